// Tells the past to whoever asks at instants on the way, strictly in order: what is asked at an instant knows nothing
// that happened then or later. It learns nothing.

import { knownSince, type Passage, wasLate } from './passage.ts'
import { Past } from './past.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** Work that has not moved for so long is not waited for any more: lost, or its end was never told. */
const lostMs = 45 * dayMs

/** A question on the way. */
export interface Look {
  at: number
  work: Passage
}

/** Kinds of what happens, in the order in which they count at one instant: questions come first. */
const kinds = { look: 0, released: 1, left: 2, ended: 3, arrived: 4, judged: 5 } as const

interface Happening {
  at: number
  kind: (typeof kinds)[keyof typeof kinds]
  work: Passage
  look: number
}

/**
 * Goes through the past once.
 * @param looks instants to stop at, in any order
 * @param visit told at each of them, in order of time
 * @returns the past at its end
 */
export function replay(
  works: readonly Passage[],
  looks: readonly Look[],
  visit: (look: number, past: Past) => void,
): Past {
  const past = new Past()
  for (const { at, kind, work, look } of happenings(works, looks)) {
    if (kind === kinds.look) visit(look, past)
    else if (kind === kinds.released) past.released(work)
    else if (kind === kinds.left) past.left(work, at, true)
    else if (kind === kinds.ended) past.left(work, at, false)
    else if (kind === kinds.arrived) past.arrived(work, at)
    else past.judged(work, at)
  }
  return past
}

function happenings(works: readonly Passage[], looks: readonly Look[]): Happening[] {
  const all: Happening[] = looks.map(({ at, work }, look) => ({ at, kind: kinds.look, work, look }))
  const add = (at: number, kind: Happening['kind'], work: Passage) => all.push({ at, kind, work, look: -1 })
  for (const work of works) {
    const { releasedAt, shippedAt, deliveredAt } = work
    add(releasedAt, kinds.released, work)
    if (wasLate(work, Number.POSITIVE_INFINITY) !== null) add(knownSince(work), kinds.judged, work)
    if (shippedAt === null) {
      add(work.endedAt ?? releasedAt + lostMs, kinds.ended, work)
      continue
    }
    add(Math.max(shippedAt, releasedAt), kinds.left, work)
    const lostAt = shippedAt + lostMs
    add(Math.max(shippedAt, releasedAt, Math.min(deliveredAt ?? lostAt, lostAt)), kinds.arrived, work)
  }
  return all.sort((a, b) => a.at - b.at || a.kind - b.kind)
}
