// Orders and returns that are taken through their flow once more. What others hold stays held.

import type { CommandResult } from '#data/log'
import { type CoreAnswer, isLiveWork, type Order, pastOf, runOf } from '#orchestrator/core'
import { flowsInForce } from './book.ts'
import type { FlowPlan } from './compile/plan.ts'
import type { FlowContext } from './context.ts'
import { beginRun, chooseFlow } from './entry.ts'
import type { PlanFinder } from './run/runner.ts'
import { failedReason, mayGoAgain } from './run/undo.ts'

interface Place {
  parts: FlowContext
  planOf: PlanFinder
  /** Takes a run as far as it goes. */
  advance(runId: string): Promise<void>
}

type Again = { runId: string } | { reason: string }

/**
 * Takes an order through its flow once more: from the beginning, as if it had just come. What is under way stays, and
 * so does what a person or a policy holds. Where its newest run is that of a return, and failed, the return is taken
 * through its flow as if it had just been asked for: what came back since counts.
 * @returns id of the new run, or why there is none
 * @throws LOG_UNAVAILABLE, LOG_FENCED
 */
export async function reprocess(orderId: string, place: Place): Promise<Again> {
  const { core } = place.parts
  const order = core.state().orders.get(orderId)
  if (order === undefined) return { reason: 'order_unknown' }
  if (order.flow?.state === 'running') return { reason: 'flow_running' }
  const back = failedReturn(order, place)
  if (back === null && (order.status === 'cancelled' || isUnderWay(order))) return { reason: 'too_late' }
  if (!mayGoAgain(order)) return { reason: 'on_hold' }
  if (back !== null) {
    const asked = pastOf(order).kept.findLast(({ name }) => back.startEvents.has(name))
    return begun(order, back, place, asked && asked.place + 1)
  }
  const chosen = await chooseFlow(order, place.parts)
  if (chosen !== null && !chosen.plan.isStraight) return begun(order, chosen.plan, place)
  const result = await tryAgain(orderId, place.parts)
  return result.status === 'refused' ? { reason: result.reason ?? 'refused' } : { reason: 'straight' }
}

/** Whether a node has, or had, work of it. */
function isUnderWay({ work }: Order): boolean {
  return work.some((each) => each.releasedAt !== null && isLiveWork(each))
}

/** The flow of returns in which the newest run of an order failed: as it is in force now, or was then. */
function failedReturn({ flow }: Order, { parts, planOf }: Place): FlowPlan | null {
  if (flow?.state !== 'failed') return null
  const { flowId, version } = flow
  const inForce = flowsInForce(parts.core.state().flows).find(
    ({ plan, mode }) => plan.flowId === flowId && mode !== 'shadow',
  )
  const plan = inForce?.plan ?? planOf(flowId, version)
  return plan?.kind === 'return' ? plan : null
}

async function begun(order: Order, plan: FlowPlan, place: Place, mark?: number): Promise<Again> {
  const { orderId } = order
  const result = await beginRun(order, plan, 'reprocessed', place.parts, mark)
  if (result.status === 'refused') return { reason: result.reason ?? 'refused' }
  await tryAgain(orderId, place.parts)
  const runId = runOf(place.parts.core.state().orders.get(orderId) ?? order) ?? ''
  await place.advance(runId)
  return { runId }
}

/** Lifts what the failed run and the checks hold, nothing else. */
async function tryAgain(orderId: string, { core, now }: FlowContext): Promise<CommandResult<CoreAnswer>> {
  const again = { orderId, reason: 'reprocessed' }
  await core.execute('LiftHold', { ...again, lineIds: null, only: failedReason }, { at: now() })
  return core.execute('RetryOrder', again, { at: now() })
}
