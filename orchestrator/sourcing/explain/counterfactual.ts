// What would have to be different for another node to win, found by solving again. It tells only what a solution shows.

import { showMoney } from '#data/kernel'
import type { DecisionRecord } from '#orchestrator/core'
import type { BuildOptions, Model, OrderModel } from '../model/build.ts'
import { blocking } from '../model/checks.ts'
import { crowdCents, type ReadPlan } from '../model/plans.ts'
import { solveOne } from '../model/solve-one.ts'
import { nodeIdOf } from './candidates.ts'
import { type Change, winsWith } from './changes.ts'
import { judge } from './judge.ts'
import { nameOf } from './sentences.ts'

type Counterfactual = NonNullable<DecisionRecord['counterfactuals']>[number]

/** Nodes that could not send anything for which a change is looked for, at most. */
const rejectedTried = 3
/** Orders more in a day that are looked at. */
const mostOrders = 64

/**
 * How many cents cheaper work at a place would have to be for it to be chosen: the best plan with it, solved again,
 * against the plan that was taken. It is exact, since the place has one piece of work in every plan.
 */
export function costCounterfactual(
  model: Model,
  order: OrderModel,
  plan: ReadPlan,
  place: number,
): Counterfactual | null {
  if (place < 0 || plan.left.length > 0) return null
  const forced = solveOne(model, order, { place })
  if (forced === null || !forced.isProven) return null
  const extra = forced.cost + crowdCents(order, forced.pieces) - plan.costCents
  return counterfactualOf(model, order, nodeIdOf(order, place), extra)
}

/** What a node that costs more in all would have to cost less: until it is cheaper, by a cent where cents are whole. */
export function counterfactualOf(
  model: Model,
  order: OrderModel,
  nodeId: string,
  extra: number,
): Counterfactual {
  const isRounded = model.session.world.rounding === 'cents'
  const amount = Math.max(0, isRounded ? Math.round(extra) + 1 : extra)
  const money = showMoney(Math.ceil(amount), order.order.currency)
  const text = `${nameOf(order, nodeId)} would win if it were ${money} cheaper.`
  return { nodeId, kind: 'cost', amount, unit: 'cents', text }
}

/**
 * What else would make another node win, each shown by solving again: a later cut-off of the runner-up; stock, distance
 * or capacity of those that came nearest and lack one thing. Cost: some solutions for each node.
 * @param runnerUp place, -1 = none
 */
export function furtherCounterfactuals(
  model: Model,
  order: OrderModel,
  runnerUp: number,
  build: BuildOptions,
): Counterfactual[] {
  const wins = (change: Change) => winsWith(change, order.order, model.session, build)
  const found: Counterfactual[] = []
  const changes = runnerUp < 0 ? [] : cutOffChanges(order, runnerUp)
  for (const { change, most } of [...changes, ...lackingChanges(order)]) {
    const least = leastThatWins(change, most, wins)
    if (least !== null) found.push(told(order, least))
  }
  return found
}

/** A change, and the most of it that is looked at; the least of it that could do is its amount. */
interface Attempt {
  change: Change
  most: number
}

/** The least of a change that makes its node win, between its amount and the most; null = none does. */
function leastThatWins(
  { amount, ...change }: Change,
  most: number,
  wins: (change: Change) => boolean,
): Change | null {
  if (!wins({ ...change, amount: most })) return null
  let [low, high] = [amount, most]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (wins({ ...change, amount: middle })) high = middle
    else low = middle + 1
  }
  return { ...change, amount: high }
}

/** The cut-off that work missed last, if it were so much later that it had reached it. */
function cutOffChanges(order: OrderModel, place: number): Attempt[] {
  const model = order.places[place]
  const { session } = order.trip
  if (model === undefined || !session.rules.isHard('calendar')) return []
  const { now, network } = session.world
  const { nodeId } = model.stand.facts.node
  const carrierId = model.ways[0]?.course.carrierId ?? null
  const missed = network
    .departures(nodeId, carrierId, now - 36 * 3_600_000, 8)
    .filter(({ cutOffAt }) => cutOffAt < now)
    .at(-1)
  if (missed === undefined) return []
  const amount = Math.ceil((now - missed.cutOffAt) / 60_000)
  return [{ change: { nodeId, kind: 'cut_off', amount }, most: amount }]
}

/** Nodes that lack one thing only. */
function lackingChanges(order: OrderModel): Attempt[] {
  const found: Attempt[] = []
  const short = order.places
    .filter(({ stand }) => stand.available.some((units, i) => units < (order.goods.quantities[i] ?? 0)))
    .map(({ stand }) => ({ facts: stand.facts, stand }))
  for (const rejected of [...short, ...order.rejected]) {
    if (found.length >= rejectedTried) break
    const { stand, checks } = judge(order, rejected)
    const [one, ...others] = blocking(checks)
    if (one === undefined || others.length > 0) continue
    const { nodeId } = stand.facts.node
    const gap = Math.ceil(-(one.slack ?? 0))
    if (one.name === 'stock' && gap > 0) {
      const line = order.goods.skus.findIndex(
        (_, i) => (stand.available[i] ?? -1) < (order.goods.quantities[i] ?? 0),
      )
      const sku = order.goods.skus[line] ?? ''
      const most = (order.goods.quantities[line] ?? 0) - Math.max(0, stand.available[line] ?? 0)
      found.push({ change: { nodeId, kind: 'stock', amount: 1, sku }, most })
    } else if (one.code === 'too_far' && one.name === 'max_distance') {
      found.push({ change: { nodeId, kind: 'distance', amount: gap }, most: gap })
    } else if (one.name === 'capacity' && one.unit === 'orders') {
      found.push({ change: { nodeId, kind: 'capacity', amount: 1 }, most: mostOrders })
    }
  }
  return found
}

function told(order: OrderModel, { nodeId, kind, amount, sku }: Change): Counterfactual {
  const name = nameOf(order, nodeId)
  const words: Record<Change['kind'], [unit: string, text: string]> = {
    cost: ['cents', `it were ${amount} cents cheaper`],
    cut_off: ['minutes', `its cut-off were ${amount} minutes later`],
    stock: ['units', `it had ${amount} more of ${sku}`],
    distance: ['km', `the maximum distance were ${amount} km more`],
    capacity: ['orders', `it could take ${amount} more ${amount === 1 ? 'order' : 'orders'} that day`],
  }
  const [unit, text] = words[kind]
  return { nodeId, kind, amount, unit, text: `${name} would win if ${text}.` }
}
