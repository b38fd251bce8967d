// What policies of orders say before reroutes: what is noted of open orders, which of them may go elsewhere, and which
// work they want elsewhere without an incident. The limits of reroutes hold for every move; the core has the last word.

import { setImmediate } from 'node:timers/promises'
import type { api } from '#data/contracts'
import { type CoreState, limitsOf, type Order, type PolicyResult } from '#orchestrator/core'
import {
  factsHere,
  isTold,
  judge,
  policiesAt,
  rerouteRefused,
  reroutesWanted,
  resultOf,
} from '#orchestrator/policies'
import type { AffectedWork } from './affected.ts'
import { carryOut, noteStaying } from './carry-out.ts'
import { type MoveContext, placeOf } from './context.ts'
import { isForMeasure } from './hold-out.ts'
import { Memory } from './memory.ts'
import { type PlannedMove, type Purpose, planMoves } from './plan.ts'
import { approvalFor, propose, wasRejected, workInPlans } from './propose.ts'

/** Work that is weighed in a round. */
const looksMost = 200
/** After that long work that stayed is weighed again, ms of the market. */
const againMs = 3_600_000
/** Orders that are asked about before others get the thread. */
const ordersAtOnce = 2_000
/** Orders of which something is noted in a round; the others follow in the next one. */
const notedMost = 1_000

/**
 * Notes what policies say of open orders before anything is moved, and tags them: each once, and whatever the limits of
 * reroutes are, since it moves nothing.
 * @throws LOG_UNAVAILABLE, LOG_FENCED
 */
export async function noteBeforeReroutes({ core, worlds, now }: MoveContext): Promise<void> {
  const state = core.state()
  const policies = policiesAt(state, 'reroute')
  if (policies.length === 0) return
  const facts = factsHere(worlds, state, now)
  const found: { orderId: string; results: PolicyResult[] }[] = []
  for await (const order of openOrders(state)) {
    const news = judge(policies, order, facts).filter((one) => !isTold(order, 'reroute', one))
    if (news.length === 0) continue
    const results = news.map((one) => resultOf(one, one.outcome === 'acts' ? one.policy.actions : []))
    found.push({ orderId: order.orderId, results })
    if (found.length >= notedMost) break
  }
  await Promise.all(
    found.map((each) => core.execute('ApplyPolicies', { ...each, point: 'reroute', holds: [] }, { at: now })),
  )
}

/** Tells whether policies let an order go elsewhere without a person, whatever it would go for. */
export function policySelects({ core, worlds, now }: MoveContext): (order: Order) => boolean {
  const state = core.state()
  const policies = policiesAt(state, 'reroute')
  if (policies.length === 0) return () => true
  const facts = factsHere(worlds, state, now)
  return (order) => rerouteRefused(judge(policies, order, facts)) === null
}

/** Work that policies want elsewhere, with what they said. */
interface Wanted extends AffectedWork {
  why: string
  policy: api.OrderPolicy
}

/**
 * One round over all open work that policies want elsewhere: it goes where another node is better.
 * @returns orders moved
 * @throws LOG_UNAVAILABLE, LOG_FENCED
 */
export async function rerouteByPolicy(context: MoveContext & { memory?: Memory }): Promise<number> {
  const { core, now, memory = new Memory() } = context
  const { mode, isStopped } = limitsOf(core.state().policy)
  if (isStopped || (mode !== 'on' && mode !== 'approve')) return 0
  const all = await wantedBy(context, memory)
  const wanted = all.filter(({ policy }) => !wasRejected(core.state(), aboutOf(policy)))
  if (wanted.length === 0) return 0
  const purpose: Purpose = { name: 'policy', incident: null, guard: {}, holdsOut: true }
  const plan = await planMoves(wanted, placeOf(context), purpose)
  const heldOut = plan.stays.filter(isForMeasure)
  const asking = new Map(wanted.map((each) => [keyOf(each), each]))
  const policyOf = (work: AffectedWork) => asking.get(keyOf(work))?.policy
  const byPolicy = Map.groupBy(plan.moves, policyOf)
  const plans = [...byPolicy].flatMap(([policy, some]) => {
    if (policy === undefined) return []
    const left = heldOut.filter((stay) => policyOf(stay) === policy)
    const about = { ...aboutOf(policy), heldOut: left }
    return { about, moves: some.map((move) => withWhy(move, asking.get(keyOf(move))?.why)) }
  })
  const moves = plans.flatMap((each) => each.moves)
  const reason = approvalFor(core.state(), { moves }, null, now)
  if (reason === null) {
    await noteStaying(core, heldOut, now)
    return (await carryOut(core, moves, {}, now)).moved
  }
  for (const each of plans) await propose(core, each.moves, each.about, reason, now)
  return 0
}

/** A plan for each version of a policy: one that was turned down says nothing of others. */
function aboutOf({ policyId, version, name }: api.OrderPolicy) {
  const why = `Policy ${name} asks for it`
  return { kind: 'policy' as const, incident: null, name: `${policyId}-v${version}`, why }
}

const keyOf = ({ order, work }: Pick<AffectedWork, 'order' | 'work'>) =>
  `${order.orderId}/${work.fulfillmentOrderId}`

function withWhy(move: PlannedMove, why = 'a policy asks for it'): PlannedMove {
  return { ...move, decision: { ...move.decision, reason: `${why}: ${move.decision.reason}` } }
}

/** Work that policies want elsewhere and that was not weighed a short while ago. */
async function wantedBy({ core, worlds, now }: MoveContext, memory: Memory): Promise<Wanted[]> {
  const state = core.state()
  const policies = policiesAt(state, 'reroute')
  const moving = policies.some(({ actions }) => actions.some((action) => action.do === 'reroute'))
  if (!moving) return []
  const facts = factsHere(worlds, state, now)
  const waiting = workInPlans(state)
  const found: Wanted[] = []
  for await (const order of openOrders(state)) {
    const said = judge(policies, order, facts)
    if (said.length === 0 || rerouteRefused(said) !== null) continue
    for (const [workId, { why, policy }] of reroutesWanted(said, order)) {
      const work = order.work.find(({ fulfillmentOrderId }) => fulfillmentOrderId === workId)
      const isDue = memory.isNews(`policy/${workId}/${Math.floor(now / againMs)}`)
      if (work !== undefined && isDue && !waiting.has(`${order.orderId}/${workId}`))
        found.push({ order, work, why, policy })
    }
    if (found.length >= looksMost) break
  }
  return found
}

/** Orders with work at a node that nobody pinned; others get the thread now and then. */
async function* openOrders({ openByNode, orders }: CoreState): AsyncGenerator<Order> {
  const seen = new Set<string>()
  for (const orderIds of openByNode.values()) {
    for (const orderId of orderIds) {
      const order = seen.has(orderId) ? undefined : orders.get(orderId)
      seen.add(orderId)
      if (seen.size % ordersAtOnce === 0) await setImmediate()
      if (order !== undefined && !order.isPinned) yield order
    }
  }
}
