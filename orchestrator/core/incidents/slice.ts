// Slices of the work: one dimension with its value, or several that hold together, as `node x carrier`. Pure.

import type { Incident } from './incident.ts'

/** One dimension of a slice, e.g. carrier = SwiftPost. */
export interface SlicePart {
  dimension: string
  value: string
}

/** Slice of an incident, or of anything that is named like one. */
export type Slice = Pick<Incident, 'dimension' | 'dimensionValue'>

const joint = ' x '

/** Dimensions of a slice one by one: `node x carrier` is two. */
export function partsOfSlice({ dimension, dimensionValue }: Slice): SlicePart[] {
  const dimensions = dimension.split(joint)
  if (dimensions.length === 1) return [{ dimension, value: dimensionValue }]
  const values = dimensionValue.split(joint)
  return dimensions.map((each, i) => ({ dimension: each, value: values[i] ?? '' }))
}

/**
 * The slice of a cause within that of its incident: a carrier that makes a node late does so at that node. Null where
 * the cause is all of the incident.
 */
export function sliceOfCause(of: Slice, cause: SlicePart): Slice | null {
  const outer = of.dimension === 'all' ? [] : partsOfSlice(of)
  const inner = partsOfSlice({ dimension: cause.dimension, dimensionValue: cause.value })
  // A node is the same node by whatever name its incident goes.
  const more = inner.filter(({ value }) => !outer.some((each) => each.value === value))
  if (more.length === 0) return null
  const parts = [...outer, ...more]
  return {
    dimension: parts.map(({ dimension }) => dimension).join(joint),
    dimensionValue: parts.map(({ value }) => value).join(joint),
  }
}

/** Whether both name the same work, in whatever order their dimensions stand. */
export function isSameSlice(one: Slice, other: Slice): boolean {
  const parts = partsOfSlice(one)
  const others = partsOfSlice(other)
  return (
    parts.length === others.length && parts.every((part) => others.some((each) => isSamePart(each, part)))
  )
}

function isSamePart(one: SlicePart, other: SlicePart): boolean {
  return one.dimension === other.dimension && one.value === other.value
}
