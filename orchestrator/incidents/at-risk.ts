// Work whose promise will probably be missed, without any incident: it goes to a node where it clearly has a better
// chance, within the limits that a person set for reroutes. The core has the last word on each move.

import { type CoreState, type FulfillmentOrder, isMovable, type Order } from '#orchestrator/core'
import { incidentAt, riskOfStaying } from '#orchestrator/sourcing'
import { type MoveContext, planMove } from './move.ts'
import { isHeldOut } from './reroute.ts'

/** Probability of missing the promise from which on work is at risk. */
const riskMost = 0.25
/** How much smaller the probability has to be elsewhere, where it is not half of what it was. */
const clearlyLess = 0.25
/** Work that is weighed in a round, and moved, at most. */
const looksMost = 200
const movesMost = 50
/** After that long work that stayed is weighed again, ms of the market. */
const againMs = 3_600_000

/** Orders that were weighed, and when. */
const weighed = new WeakMap<Order, number>()

interface AtRisk {
  order: Order
  work: FulfillmentOrder
}

/**
 * One round over all open work; the promise that ends first goes first.
 * @returns orders moved
 * @throws LOG_UNAVAILABLE, LOG_FENCED
 */
export async function rescueAll(context: MoveContext): Promise<number> {
  const { core } = context
  if (core.state().policy.mode !== 'on') return 0
  let moved = 0
  for (const { order, work } of atRisk(context).slice(0, looksMost)) {
    if (moved >= movesMost) break
    weighed.set(order, context.now)
    if (await rescue(order, work, context)) moved++
  }
  return moved
}

function atRisk(context: MoveContext): AtRisk[] {
  const { core, now } = context
  const state = core.state()
  const found: AtRisk[] = []
  for (const nodeId of state.openByNode.keys()) {
    for (const orderId of state.openByNode.get(nodeId) ?? []) {
      const order = state.orders.get(orderId)
      if (order === undefined || order.promisedAt === null || !mayMove(order, state)) continue
      if ((weighed.get(order) ?? Number.NEGATIVE_INFINITY) > now - againMs) continue
      const work = order.work.find((each) => each.nodeId === nodeId && isMovable(each))
      if (work !== undefined && isPressing(work, order, context)) found.push({ order, work })
    }
  }
  return found.sort(
    (a, b) =>
      (a.order.promisedAt ?? 0) - (b.order.promisedAt ?? 0) || (a.order.orderId < b.order.orderId ? -1 : 1),
  )
}

function mayMove({ orderId, method, isPinned, moves }: Order, { policy }: CoreState): boolean {
  const isCollected = method === 'pickup' || method === 'curbside'
  return (
    !isPinned && !isCollected && moves < policy.maxMovesPerOrder && !isHeldOut(orderId, policy.holdOutShare)
  )
}

/** Whether it may well come too late where it is. Work that an incident touches is moved because of that, or not. */
function isPressing(work: FulfillmentOrder, order: Order, { worlds, core, now }: MoveContext): boolean {
  const state = core.state()
  if (incidentAt(state, 'node', work.nodeId) !== undefined) return false
  if (incidentAt(state, 'carrier', work.carrier) !== undefined) return false
  return (riskOfStaying(order, work, { worlds, state, now }) ?? 0) >= riskMost
}

async function rescue(order: Order, work: FulfillmentOrder, context: MoveContext): Promise<boolean> {
  const { core, now } = context
  const { orderId } = order
  const { fulfillmentOrderId } = work
  const { assignments, decision } = planMove(order, work, context, {
    decisionId: `${orderId}/risk/${fulfillmentOrderId}`,
    incidentId: null,
    maxExtraCents: core.state().policy.maxExtraCostCents,
  })
  if (assignments === null) return false
  const { candidates } = decision
  const stay = candidates.find((each) => each.nodeId === work.nodeId && each.carrier === work.carrier)
  const best = candidates.find(({ isChosen }) => isChosen)
  const told = context.worlds.history.outlook?.risks.get(orderId)?.get(fulfillmentOrderId)
  const [before, after] = [told ?? stay?.lateRisk ?? 0, best?.lateRisk ?? 1]
  if (before < riskMost || after > Math.max(before - clearlyLess, before / 2)) return false
  const reason = `its promise would probably be missed: ${decision.reason}`
  const result = await core.execute(
    'RerouteOrder',
    { orderId, fulfillmentOrderId, assignments, decision: { ...decision, reason } },
    { at: now },
  )
  return result.status === 'done'
}
