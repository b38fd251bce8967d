// Five made-up networks of different character: each order from its nearest node, Detour, and what is proven of the
// optimum. It measures; it changes nothing.

import type { Effects } from '#data/kernel'
import {
  type BatchPlan,
  type NearestPlan,
  ordersOfFiles,
  type SourcingFiles,
  type SourcingOrder,
  type SourcingWorld,
  sourceBatch,
  sourceNearest,
  worldOfFiles,
} from '#orchestrator/sourcing'
import type { BenchRow } from '../row.ts'
import { type MadeOptions, makeProblem } from './made-network.ts'

const group = 'sourcing'
const like = { stores: 0, kept: 0.6, capacity: null, rates: 'distance', isTimed: false, prices: {} } as const

/** What the networks are like. */
export const madeNetworks: readonly MadeOptions[] = [
  {
    ...{ ...like, name: 'scarce stock', seed: 1, nodes: 12, orders: 200, skus: 60, linesMost: 4 },
    stock: [0.8, 1.4],
  },
  {
    ...{ ...like, name: 'tight capacity', seed: 2, nodes: 50, orders: 1_000, skus: 150, linesMost: 3 },
    ...{ stock: [3, 6], capacity: [0.9, 1.4] },
  },
  {
    ...{
      ...like,
      name: 'rates by zone and weight',
      seed: 3,
      nodes: 100,
      orders: 800,
      skus: 200,
      linesMost: 4,
    },
    ...{ stock: [2, 5], kept: 0.3, rates: 'zone' },
  },
  {
    ...{ ...like, name: 'stores and warehouses', seed: 4, nodes: 60, orders: 300, skus: 120, linesMost: 5 },
    ...{ stores: 0.8, stock: [1.5, 3], kept: 0.6, capacity: [2, 8] },
  },
  {
    ...{ ...like, name: 'cut-offs and promises', seed: 5, nodes: 30, orders: 500, skus: 100, linesMost: 3 },
    ...{ stores: 0.5, stock: [1.5, 3], capacity: [0.5, 1.2], isTimed: true },
    prices: { lateOrderCents: 1_500, lateDayCents: 500 },
  },
]

/** How orders go, in figures; money in units of the currency, what has no node at its price. */
export interface Going {
  /** With the price of what has no node. */
  cost: number
  /** Without it. */
  paid: number
  /** Of it carriage and work: what is really paid. */
  billed: number
  served: number
  splits: number
  /** Expected share of pieces of work with a promise that come late; null where nothing is promised. */
  lateShare: number | null
}

/** A problem by distance alone and by Detour. */
export interface Compared {
  name: string
  orders: number
  nodes: number
  nearest: Going
  detour: Going & { seconds: number; gap: number; isProven: boolean; bound: number }
}

/** A problem of files both ways. */
export function compare(
  name: string,
  files: SourcingFiles,
  now: number,
  seconds: number,
  clock: Effects['clock'],
): Promise<Compared> {
  const setting = { currency: 'USD', now }
  return compareIn(name, ordersOfFiles(files.orders, setting), worldOfFiles(files, setting), seconds, clock)
}

/**
 * Orders both ways in a world.
 * @param seconds for Detour; it ends before where the optimum is proven
 */
export async function compareIn(
  name: string,
  orders: readonly SourcingOrder[],
  world: SourcingWorld,
  seconds: number,
  clock: Effects['clock'],
): Promise<Compared> {
  const began = clock.now()
  const found = await sourceBatch(orders, world, {
    ...{ timeLimitMs: seconds * 1_000, gap: 0, seed: 1 },
    elapsedMs: () => clock.now() - began,
  })
  return {
    ...{ name, orders: orders.length, nodes: world.network.nodes.size },
    nearest: goingOf(sourceNearest(orders, world)),
    detour: {
      ...goingOf(batchAsNearest(found)),
      ...{ seconds: found.seconds, gap: found.gap, isProven: found.stopped === null },
      bound: found.boundCents / 100,
    },
  }
}

function batchAsNearest({ plans, costCents }: BatchPlan): NearestPlan {
  return {
    costCents,
    plans: plans.map(({ unserved, ...plan }) => ({
      ...plan,
      unservedUnits: unserved.reduce((sum, { quantity }) => sum + quantity, 0),
    })),
  }
}

/** Plans in figures. */
export function goingOf({ plans, costCents }: NearestPlan): Going {
  const works = plans.flatMap(({ work }) => work)
  const risks = works.flatMap(({ lateRisk }) => lateRisk ?? [])
  return {
    cost: costCents / 100,
    paid: plans.reduce((sum, plan) => sum + plan.costCents, 0) / 100,
    billed: works.reduce((sum, { terms }) => sum + billedOf(terms), 0) / 100,
    served: plans.filter(({ unservedUnits }) => unservedUnits === 0).length,
    splits: plans.filter(({ work }) => work.length > 1).length,
    lateShare: risks.length === 0 ? null : risks.reduce((sum, risk) => sum + risk, 0) / risks.length,
  }
}

function billedOf(terms: NearestPlan['plans'][number]['work'][number]['terms']): number {
  return terms.reduce(
    (sum, { name, cents }) => sum + (name === 'carriage' || name === 'processing' ? cents : 0),
    0,
  )
}

/** The five networks, one after the other. */
export async function compareNetworks(seconds: number, clock: Effects['clock']): Promise<Compared[]> {
  const all: Compared[] = []
  for (const options of madeNetworks) {
    const files = makeProblem(options)
    all.push(await compare(options.name, files, files.orders[0]?.placedAt ?? 0, seconds, clock))
  }
  return all
}

/** Rows of five networks: what Detour saves against the nearest node; goal: never dearer. About 60 s. */
export async function networkRows({ clock }: Effects, seconds = 15): Promise<BenchRow[]> {
  return (await compareNetworks(seconds, clock)).map(savingRow)
}

/** What is saved, with the rest in words. */
export function savingRow({ name, orders, nodes, nearest, detour }: Compared): BenchRow {
  const saved = nearest.cost - detour.cost
  // What has no node either way is no part of the share.
  const left = Math.min(nearest.cost - nearest.paid, detour.cost - detour.paid)
  const base = nearest.cost - left
  return {
    group,
    name: `${name}: ${orders} orders x ${nodes} nodes, saved against the nearest node`,
    value: base === 0 ? 0 : (saved / base) * 100,
    unit: '%',
    baseline:
      `nearest ${goingText(nearest)}; Detour ${goingText(detour)} ` +
      `in ${detour.seconds.toFixed(1)} s, ${gapText(detour)}`,
    ratio: base === 0 ? null : (detour.cost - left) / base,
    goal: 0,
    pass: saved >= -1e-6 * nearest.cost,
  }
}

function goingText({ cost, paid, billed, served, splits, lateShare }: Going): string {
  const late = lateShare === null ? '' : `, ${(lateShare * 100).toFixed(1)} % late`
  const left = cost - paid > 0.005 ? `, ${(cost - paid).toFixed(2)} for what has no node` : ''
  return `${cost.toFixed(2)} (${served} whole, ${splits} split, ${billed.toFixed(2)} billed${late}${left})`
}

function gapText({ isProven, gap, bound }: Compared['detour']): string {
  return isProven ? 'the proven optimum' : `at most ${(gap * 100).toFixed(3)} % above ${bound.toFixed(2)}`
}
