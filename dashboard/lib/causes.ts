// Causes of an incident in words: one slice, or several that hold together. Pure.

import type { api } from '#data/contracts'
import { plain } from './words.ts'

type Cause = api.Incident['causes'][number]
type NameOf = (dimension: string, value: string) => string

/** Parts of a cause; incidents of before conjunctions name one. */
export function partsOf({ dimension, value, slice }: Cause): { dimension: string; value: string }[] {
  return slice === undefined || slice.length === 0 ? [{ dimension, value }] : slice
}

/** Causes elsewhere than at the incident itself, which its title names already. */
export function causesBeside({
  dimension,
  dimensionValue,
  causes,
}: Pick<api.Incident, 'dimension' | 'dimensionValue' | 'causes'>): Cause[] {
  return causes.filter((cause) => {
    const [first, ...more] = partsOf(cause)
    return more.length > 0 || first?.dimension !== dimension || first.value !== dimensionValue
  })
}

/** `Reno × 2-day` */
export function causeWord(cause: Cause, nameOf: NameOf): string {
  return partsOf(cause)
    .map((part) => nameOf(part.dimension, part.value))
    .join(' × ')
}

/** `Node × service` */
export function causeDimensions(cause: Cause): string {
  return plain(
    partsOf(cause)
      .map(({ dimension }) => plain(dimension, false))
      .join(' × '),
  )
}
