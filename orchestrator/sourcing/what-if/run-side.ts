// Sources all orders of a what-if on one side of it: open orders together, orders of the past by the day they were
// placed on. What was taken is not there for those that follow. It carries nothing out.

import type { api } from '#data/contracts'
import { openSession } from '../model/session.ts'
import { Pace } from '../solve/pace.ts'
import { sourceBatch } from '../source-batch.ts'
import { sourceOrder } from '../source-order.ts'
import type { SourcingOrder, SourcingPlan } from '../world.ts'
import type { AskedOrder } from './asked-order.ts'
import { type NodeLoad, WaveLoads } from './loads.ts'
import type { Scene } from './scene.ts'
import { Spent } from './spent.ts'

/** How long and how well one side is solved. */
export interface SideOptions {
  /** Wall time, ms. */
  timeLimitMs: number
  seed: number
  /** Elapsed ms since any instant. */
  elapsedMs: () => number
  isCancelled: () => boolean
}

/** How the orders of a side go. */
export interface SideRun {
  /** As the orders. */
  plans: readonly SourcingPlan[]
  /** With the price of what has no node. */
  pricedCents: number
  boundCents: number
  loads: ReadonlyMap<string, NodeLoad>
  seconds: number
}

/** Share of its cost within which a batch need not be improved any more. */
const gap = 0.001
/** Where capacity has a price only, orders go in so many groups in turn: each sees what those before take. */
const groupsOfSoft = 20
const groupLeast = 25

/** Sources the orders. Where the run is cancelled, what it gives is not to be used. */
export async function runSide(
  orders: readonly AskedOrder[],
  scene: Scene,
  options: SideOptions,
): Promise<SideRun> {
  const began = options.elapsedMs()
  const spent = new Spent(scene.network)
  const loads = new WaveLoads()
  const plans = new Map<SourcingOrder, SourcingPlan>()
  const sums = { pricedCents: 0, boundCents: 0 }
  let done = 0
  for (const wave of wavesOf(orders)) {
    spent.newDays()
    const isPast = wave[0]?.day !== null
    for (const { strategy, group } of groupsOf(wave, scene)) {
      if (options.isCancelled()) break
      const left = options.timeLimitMs - (options.elapsedMs() - began)
      const share = Math.max(1, (left * group.length) / Math.max(1, orders.length - done))
      const world = { ...spent.from(scene.world(strategy), isPast) }
      const batch = await sourceBatch(group, world, { ...options, gap, timeLimitMs: share })
      sums.pricedCents += batch.costCents
      sums.boundCents += batch.boundCents
      done += group.length
      const open = takeIn(group, batch.plans, strategy, spent, plans)
      await fallBack(open, strategy, scene, spent, isPast, plans, options)
    }
    loads.add(spent, scene, isPast)
  }
  return {
    plans: orders.map(({ order }) => plans.get(order) ?? nowhere(order)),
    ...sums,
    loads: loads.byNode,
    seconds: (options.elapsedMs() - began) / 1_000,
  }
}

/** Open orders first, then days of the past, the oldest first; in each, orders as they were placed. */
export function wavesOf(orders: readonly AskedOrder[]): AskedOrder[][] {
  const byDay = [...Map.groupBy(orders, ({ day }) => day)]
  byDay.sort(([a], [b]) => (a ?? Number.NEGATIVE_INFINITY) - (b ?? Number.NEGATIVE_INFINITY))
  return byDay.map(([, wave]) => wave.toSorted((a, b) => a.placedAt - b.placedAt))
}

interface Group {
  strategy: api.Strategy
  group: SourcingOrder[]
}

/** Orders of one strategy together, in parts where a part has to see what others take. */
function groupsOf(wave: readonly AskedOrder[], scene: Scene): Group[] {
  const byStrategy = Map.groupBy(
    wave.map(({ order }) => order),
    (order) => scene.strategyOf(order),
  )
  return [...byStrategy].flatMap(([strategy, orders]) => {
    const isSoft = strategy.constraints.every(({ name, kind }) => name !== 'capacity' || kind === 'soft')
    const size = isSoft ? Math.max(groupLeast, Math.ceil(orders.length / groupsOfSoft)) : orders.length
    const groups: Group[] = []
    for (let at = 0; at < orders.length; at += size)
      groups.push({ strategy, group: orders.slice(at, at + size) })
    return groups
  })
}

/** Keeps plans and what they take. @returns orders that a fallback may serve better */
function takeIn(
  group: readonly SourcingOrder[],
  found: readonly SourcingPlan[],
  { fallbackId }: api.Strategy,
  spent: Spent,
  plans: Map<SourcingOrder, SourcingPlan>,
): SourcingOrder[] {
  return group.filter((order, i) => {
    const plan = found[i] ?? nowhere(order)
    plans.set(order, plan)
    const isOpen = plan.unserved.length > 0 && fallbackId !== null
    if (!isOpen) spent.add(order, plan)
    return isOpen
  })
}

/** One by one by the fallback of their strategy, as it is done with what a batch leaves over. */
async function fallBack(
  orders: readonly SourcingOrder[],
  strategy: api.Strategy,
  scene: Scene,
  spent: Spent,
  isPast: boolean,
  plans: Map<SourcingOrder, SourcingPlan>,
  options: SideOptions,
): Promise<void> {
  const pace = new Pace(options)
  const strategyOf = (strategyId: string) => scene.strategyNamed(strategyId)
  for (const order of orders) {
    if (options.isCancelled()) return
    const session = openSession(spent.from(scene.world(strategy), isPast))
    const { orderId, work, unserved, costCents } = sourceOrder(order, session, {
      decisionId: order.orderId,
      strategyOf,
      counterfactuals: 'none',
    })
    const plan = { orderId, work, unserved, costCents }
    plans.set(order, plan)
    spent.add(order, plan)
    await pace.rest()
  }
}

/** Of an order that nobody came to, since the run was cancelled. */
function nowhere({ orderId, lines }: SourcingOrder): SourcingPlan {
  const said = { code: 'cancelled', reason: 'it was not looked at' }
  return {
    orderId,
    work: [],
    unserved: lines.map(({ lineId, quantity }) => ({ lineId, quantity, ...said })),
    costCents: 0,
  }
}
