// How orders come into flows: which one takes an order, and the beginning of its run.

import type { CommandResult } from '#data/log'
import type { CoreAnswer, Order } from '#orchestrator/core'
import { type FlowInForce, flowsInForce } from './book.ts'
import type { FlowPlan } from './compile/plan.ts'
import type { FlowContext } from './context.ts'
import { tellShadow, wouldTake } from './run/dry.ts'

/** The first flow that takes the order; all in shadow mode that would take it say what they would do. */
export async function chooseFlow(order: Order, context: FlowContext): Promise<FlowInForce | null> {
  let first: FlowInForce | null = null
  for (const each of flowsInForce(context.core.state().flows)) {
    const { plan, mode } = each
    const isShadow = mode === 'shadow'
    if (plan.kind !== 'order' || (first !== null && !isShadow)) continue
    if (!wouldTake(plan, order, context)) continue
    if (isShadow) await tellShadow(plan, order, context)
    else first = each
  }
  return first
}

/** Begins the next run of an order. @param mark steps of the order before what it is about; absent = all so far */
export function beginRun(
  { orderId }: Order,
  { flowId, version, start: tileId }: FlowPlan,
  reason: string,
  { core, now }: FlowContext,
  mark?: number,
): Promise<CommandResult<CoreAnswer>> {
  const from = mark === undefined ? {} : { mark }
  return core.execute('StartFlowRun', { orderId, flowId, version, tileId, reason, ...from }, { at: now() })
}
