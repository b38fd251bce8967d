// Where on the way work is looked at: when it was decided on, and while it lay or was carried, at instants evenly
// spread. What is seen there is what could be known there.

import { isCarried, type Passage, type Sight, type Stage } from './passage.ts'
import { type Look, replay } from './replay.ts'

/** A sight with the stage in which the work was, and the late share that base rates told then. */
export interface Staged extends Sight {
  stage: Stage
  baseShare: number
}

const gridMs = 12 * 3_600_000
/** Sights on the way at most; more are thinned out evenly. */
const onTheWayAtMost = 6_000

/**
 * Every piece of work at its release; and from an instant on, also on its way.
 * @param from epoch ms from which on work is also looked at on its way; infinity = never
 * @param to epoch ms until which
 */
export function sightsOf(works: readonly Passage[], from: number, to: number): Staged[] {
  const decided = works.map((work): Look & { stage: Stage } => ({
    at: work.releasedAt,
    work,
    stage: 'decided',
  }))
  return seen(works, [...decided, ...onTheWay(works, from, to)])
}

/** What is seen at these looks, each where it was asked. */
export function seen(works: readonly Passage[], looks: readonly (Look & { stage: Stage })[]): Staged[] {
  const found = new Array<Staged>(looks.length)
  replay(works, looks, (i, past) => {
    const { at, work, stage } = looks[i] as (typeof looks)[number]
    found[i] = { at, work, stage, seen: past.seen(work, at), baseShare: past.lateShare(work, at) }
  })
  return found
}

function onTheWay(works: readonly Passage[], from: number, to: number): (Look & { stage: Stage })[] {
  const looks: (Look & { stage: Stage })[] = []
  for (const work of works) {
    const { releasedAt, shippedAt, deliveredAt, promisedAt } = work
    if (promisedAt === null || shippedAt === null || deliveredAt === null || !isCarried(work)) continue
    const first = Math.ceil(Math.max(releasedAt, from) / gridMs) * gridMs
    // What is late already is no question any more.
    for (let at = first; at < Math.min(deliveredAt, promisedAt, to); at += gridMs) {
      if (at > releasedAt) looks.push({ at, work, stage: at < shippedAt ? 'waiting' : 'carried' })
    }
  }
  const step = Math.max(1, looks.length / onTheWayAtMost)
  return Array.from(
    { length: Math.min(looks.length, onTheWayAtMost) },
    (_, i) => looks[Math.floor(i * step)] as (typeof looks)[number],
  )
}
