// What sets a step: the price of a parcel its carrier, what is not found its node. Where a slice by another column
// strays for the parcels of one carrier, that carrier is what strays. It raises no alarm itself.

import type { Way } from './kinds.ts'
import type { Slice } from './slices.ts'
import { type Leaves, offOf, type Sums } from './sums.ts'

/** Elsewhere a setter has to have so much of what is usual of it within, and to stray less than this part as far. */
const elsewhereLeast = 0.5
const elsewherePart = 0.4

/** Whether a slice is by a column that does not set its step. */
export function isSetByOther({ kind, kin: { columns } }: Slice): boolean {
  const [column] = columns
  return kind.law === 'share' && column !== undefined && !kind.lawBy.includes(column)
}

/**
 * The slice by what sets the step that has the most of what strays in a slice; null where none strays in it, or it
 * strays in that slice alone.
 */
export function setterOf(slice: Slice, leaves: Leaves, way: Way): Slice | null {
  const [column] = slice.kind.lawBy
  const within = new Map<Slice, Sums>()
  for (const [leaf, sums] of leaves) {
    if (!leaf.slices.includes(slice)) continue
    for (const setter of leaf.slices) {
      const { kind, kin } = setter
      if (kind === slice.kind && kin.columns.length === 1 && kin.columns[0] === column)
        add(within, setter, sums)
    }
  }
  const [most] = [...within].sort(([, a], [, b]) => offOf(b, way) - offOf(a, way))
  if (most === undefined || !(offOf(most[1], way) > 0)) return null
  const [setter, own] = most
  const elsewhere = { seen: 0, usual: 0 }
  for (const [leaf, sums] of leaves) {
    if (!leaf.slices.includes(setter) || leaf.slices.includes(slice)) continue
    elsewhere.seen += sums.seen
    elsewhere.usual += sums.usual
  }
  const isKnown = elsewhere.usual >= elsewhereLeast * own.usual
  const rate = offOf(elsewhere, way) / Math.max(elsewhere.usual, 1e-9)
  return isKnown && rate < (elsewherePart * offOf(own, way)) / Math.max(own.usual, 1e-9) ? null : setter
}

function add(sums: Map<Slice, Sums>, slice: Slice, { seen, usual, atRisk }: Sums): void {
  const known = sums.get(slice)
  if (known === undefined) sums.set(slice, { seen, usual, atRisk })
  else {
    known.seen += seen
    known.usual += usual
    known.atRisk += atRisk
  }
}
