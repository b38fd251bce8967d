// Finds rows of a rate card that ask for the same parcel. Of two the cheaper counts, which may not be what was meant.

import type { api } from '#data/contracts'

/** Comparisons for one card at most: a card of many rows that all overlap is told by its first ones. */
const comparisonsMost = 200_000

interface Numbered {
  band: api.RateBand
  /** Row in the card, the first is 1. */
  row: number
}

/** Two rows of the card that cover the same weights and distances between the same places, null = none found. */
export function firstOverlap(bands: readonly api.RateBand[]): [number, number] | null {
  const groups = Map.groupBy(
    bands.map((band, i) => ({ band, row: i + 1 })),
    ({ band }) => [band.origin, band.destination, band.zone ?? ''].join('\u001f'),
  )
  let left = comparisonsMost
  for (const group of groups.values()) {
    const found = overlapIn(group, () => left-- > 0)
    if (found !== null) return found
  }
  return null
}

/** Rows in the order of where they begin; those that have ended are compared no more. */
function overlapIn(group: readonly Numbered[], mayGoOn: () => boolean): [number, number] | null {
  const weights = new Set(group.map(({ band }) => band.weightFromG)).size
  const isByWeight = weights >= new Set(group.map(({ band }) => band.distanceFromKm)).size
  const from = ({ band }: Numbered) => (isByWeight ? band.weightFromG : band.distanceFromKm)
  const to = ({ band }: Numbered) => end(isByWeight ? band.weightToG : band.distanceToKm)
  let open: Numbered[] = []
  for (const next of [...group].sort((a, b) => from(a) - from(b) || a.row - b.row)) {
    open = open.filter((before) => to(before) > from(next))
    for (const before of open) {
      if (!mayGoOn()) return null
      if (isOver(before.band, next.band))
        return [before.row, next.row].sort((a, b) => a - b) as [number, number]
    }
    open.push(next)
  }
  return null
}

/** Bounds that only touch do not overlap. */
function isOver(a: api.RateBand, b: api.RateBand): boolean {
  const isWeight = a.weightFromG < end(b.weightToG) && b.weightFromG < end(a.weightToG)
  return isWeight && a.distanceFromKm < end(b.distanceToKm) && b.distanceFromKm < end(a.distanceToKm)
}

function end(bound: number | null): number {
  return bound ?? Number.POSITIVE_INFINITY
}
