// Carries planned moves out, many side by side: each is one command that happens whole or not, and whose repetition
// does nothing. What the core refuses, stays.

import { type Core, isStayTold, type MoveGuard } from '#orchestrator/core'
import { type PlannedMove, type StayingWork, staying } from './plan.ts'

/** What became of moves. */
export interface Outcome {
  moved: number
  notMoved: number
  /** Moves of a plan that wait for the next hour. */
  later: number
  /** Somebody stopped reroutes meanwhile. */
  isStopped: boolean
}

/** Moves sent to the core side by side. */
const sideBySide = 200

/** Codes of refusals that hold for all that follows. */
const stopping: ReadonlySet<string> = new Set([
  'reroutes_stopped',
  'reroutes_off',
  'shadow',
  'plan_not_approved',
])

/** Codes of refusals that will hold no more in a while: what a person approved waits. */
const passing: ReadonlySet<string> = new Set(['hour_limit', 'node_hour_limit'])

/** Codes of refusals that say only that the order has gone on; nothing is noted of them. */
const goneOn: ReadonlySet<string> = new Set(['order_unknown', 'work_unknown', 'picking_began', 'same_place'])

/**
 * Makes moves; what reroutes that were stopped leave over is noted as staying.
 * @throws LOG_UNAVAILABLE, LOG_FENCED
 */
export async function carryOut(
  core: Core,
  moves: readonly PlannedMove[],
  guard: MoveGuard,
  at: number,
): Promise<Outcome> {
  const outcome: Outcome = { moved: 0, notMoved: 0, later: 0, isStopped: false }
  const stopped: StayingWork[] = []
  for (let from = 0; from < moves.length; from += sideBySide) {
    const group = moves.slice(from, from + sideBySide)
    if (outcome.isStopped) {
      for (const { order, work, decision } of group) {
        stopped.push({ order, work, decision: staying(decision, notAnyMore) })
      }
      continue
    }
    const refusals = await Promise.all(group.map((move) => makeMove(core, move, guard, at)))
    for (const [i, refused] of refusals.entries()) {
      const move = group[i]
      if (refused === null) outcome.moved++
      else if (guard.planId !== undefined && passing.has(refused.code)) outcome.later++
      else if (move !== undefined && !goneOn.has(refused.code)) {
        stopped.push({ order: move.order, work: move.work, decision: staying(move.decision, refused) })
        outcome.isStopped ||= stopping.has(refused.code)
      }
    }
  }
  // Without an incident, or after it, what stays is weighed again and again: nothing is noted.
  const noted = stopped.filter(({ decision }) => decision.incidentId !== null && guard.isBack !== true)
  outcome.notMoved = await noteStaying(core, noted, at)
  return outcome
}

const notAnyMore = { code: 'reroutes_stopped', text: 'reroutes were stopped' }

async function makeMove(core: Core, move: PlannedMove, guard: MoveGuard, at: number) {
  const { order, work, assignments, decision } = move
  const { orderId } = order
  const { fulfillmentOrderId } = work
  const data = { orderId, fulfillmentOrderId, assignments, decision, guard }
  const result = await core.execute('RerouteOrder', data, { at })
  if (result.status === 'done') return null
  const { reason } = (result.answer.details ?? {}) as { reason?: string }
  const code = result.reason ?? 'refused'
  return { code, text: reason ?? words[code] ?? code.replaceAll('_', ' ') }
}

const words: Record<string, string> = { stock_short: 'others took the units meanwhile' }

/**
 * Notes work that stays; once for each incident, and once that it is held out.
 * @returns how many were noted
 */
export async function noteStaying(core: Core, stays: readonly StayingWork[], at: number): Promise<number> {
  let noted = 0
  for (let from = 0; from < stays.length; from += sideBySide) {
    const results = await Promise.all(
      stays.slice(from, from + sideBySide).map(async ({ order, decision }) => {
        const now = core.state().orders.get(order.orderId)
        if (now === undefined || isStayTold(now, decision)) return false
        const data = { orderId: order.orderId, decision }
        const result = await core.execute('DeclineReroute', data, { at })
        return result.status === 'done'
      }),
    )
    noted += results.filter(Boolean).length
  }
  return noted
}
