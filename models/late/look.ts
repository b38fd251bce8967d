// What a model says of a market now: how long its nodes and ways take, and how likely each piece of open work misses
// its promise. Runs in the thread of models; it changes nothing.

import type { TaskContext } from '../runtime/index.ts'
import { calibrated } from './calibrate.ts'
import { shiftAt } from './drifted.ts'
import { foretell, rawChance, type Spreads, toldChance } from './foretell.ts'
import {
  type LateVersion,
  type LateView,
  transitKey,
  type ViewAnswer,
  type ViewInput,
  type WorkRisk,
} from './model.ts'
import { type Hours, isCarried, type Passage, type Stage, wasLate } from './passage.ts'
import { unpack } from './read.ts'
import type { Look } from './replay.ts'
import { type Staged, seen } from './sights.ts'
import { recentCounts } from './watched.ts'
import { typicalWork, waysOf } from './ways.ts'

const dayMs = 86_400_000
/** Time over which told chances are held against what came of them. */
const followedMs = 90 * dayMs
const followedAtMost = 5_000
/** Open work that is told of at most, the newest; and how long it is waited for. */
const openAtMost = 20_000
const openMs = 45 * dayMs

/** The task. @throws MODELS_FAILED */
export async function lookLate(
  { rows, now, model, profile }: ViewInput,
  _context: TaskContext,
): Promise<ViewAnswer> {
  const works = unpack(rows)
  return {
    view: await lookAt(works, now, model),
    recent: profile === null ? null : await recentCounts(works, now, model, profile),
  }
}

/**
 * What a version says at an instant.
 * @param works in order of their release; nothing in them is later than `now`
 */
export async function lookAt(works: readonly Passage[], now: number, model: LateVersion): Promise<LateView> {
  const open = openOf(works, now)
  const followed = followedOf(works, now)
  const typical = typicalWork(works, now)
  const ways = waysOf(works, now).map((way) => typical(way, now))
  const nodes = [...new Set(ways.map(({ node }) => node))].map((node) =>
    typical({ node, carrier: undefined, region: undefined }, now),
  )
  const asNow = (work: Passage, stage: Stage): Look & { stage: Stage } => ({ at: now, work, stage })
  const looks = [
    ...open.map((work) => asNow(work, work.shippedAt === null ? 'waiting' : 'carried')),
    ...followed.map((work) => ({ at: work.releasedAt, work, stage: 'decided' as const })),
    ...ways.map((work) => asNow(work, 'decided')),
    ...nodes.map((work) => asNow(work, 'decided')),
  ]
  const sights = seen(works, looks)
  const told = await foretell(model, sights)
  const at = {
    followed: open.length,
    ways: open.length + followed.length,
    nodes: open.length + followed.length + ways.length,
  }
  const outcomes = followed.map((_, i) => {
    const sight = sights[at.followed + i] as Staged
    const raw = rawChance(told[at.followed + i] as Spreads, sight.work, sight.at, 'decided')
    return { sight, chance: calibrated(raw, model.meta.calibration.decided) }
  })
  const shift = shiftAt(outcomes, now)
  const risks = open.map((work, i): WorkRisk => {
    const { stage } = sights[i] as Staged
    const raw = rawChance(told[i] as Spreads, work, now, stage)
    return {
      orderId: work.orderId,
      workId: work.workId,
      risk: toldChance(raw, model.meta, stage, shift),
      stage,
    }
  })
  const { isBetter } = model.meta
  return {
    version: model.version,
    madeAt: now,
    processing: new Map(
      isBetter.processing
        ? nodes.map((work, i) => [work.node, hoursOf((told[at.nodes + i] as Spreads).processing)])
        : [],
    ),
    transit: new Map(
      isBetter.transit
        ? ways.map((work, i) => [
            transitKey(work.node, work.carrier, work.region),
            hoursOf((told[at.ways + i] as Spreads).transit),
          ])
        : [],
    ),
    risks: risks.sort((a, b) => b.risk - a.risk || (a.orderId < b.orderId ? -1 : 1)),
  }
}

function hoursOf(spread: Spreads['transit']): Hours {
  const round = (hours: number) => Math.round(hours * 1000) / 1000
  return { medianHours: round(spread.quantile(0.5)), p90Hours: round(spread.quantile(0.9)) }
}

function openOf(works: readonly Passage[], now: number): Passage[] {
  const open = works.filter((work) => {
    const { promisedAt, deliveredAt, endedAt, releasedAt } = work
    const isOpen = deliveredAt === null && endedAt === null && releasedAt > now - openMs
    return isOpen && promisedAt !== null && isCarried(work)
  })
  return open.slice(-openAtMost)
}

function followedOf(works: readonly Passage[], now: number): Passage[] {
  const known = works.filter((work) => work.releasedAt > now - followedMs && wasLate(work, now) !== null)
  return known.slice(-followedAtMost)
}
