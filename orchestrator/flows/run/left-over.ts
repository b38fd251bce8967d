// What nodes gave back, or could not take, of lines that a flow handed out: while it waits there, their units go to
// other nodes. Lines that it has not handed out stay where it has them.

import type { FlowRun, FlowToken, Order } from '#orchestrator/core'
import { wantsOf } from '../wants.ts'
import { checkedAgain, release, reserve, source } from './order-tiles.ts'
import type { RunParts } from './result.ts'
import { plannedIn } from './scope.ts'

/** Places what is left over where a run waits. @throws LOG_UNAVAILABLE, LOG_FENCED */
export async function placeLeftOver(run: FlowRun, parts: RunParts): Promise<void> {
  if (run.status !== 'running') return
  for (const token of run.tokens) {
    const order = parts.core.state().orders.get(run.orderId ?? '')
    if (order === undefined || token.state === 'ready') continue
    const own = linesWith(token, run, order)
    if (!isHandedOut(order, run, own)) continue
    const lineIds = own.length === order.lines.length ? null : own
    await placeLines({ parts, run, token: { ...token, lineIds }, order })
  }
}

/** Lines of a token that no token of a branch beside it has to itself. */
function linesWith({ lineIds }: FlowToken, { tokens }: FlowRun, order: Order): string[] {
  const sizeOf = (lines: FlowToken['lineIds']) => lines?.length ?? Number.POSITIVE_INFINITY
  const inner = new Set(
    tokens.flatMap((each) => (sizeOf(each.lineIds) < sizeOf(lineIds) ? (each.lineIds ?? []) : [])),
  )
  const all = order.lines.map((line) => line.lineId)
  return all.filter((lineId) => (lineIds?.includes(lineId) ?? true) && !inner.has(lineId))
}

async function placeLines(scene: Parameters<typeof source>[0]): Promise<void> {
  const { parts, order, token } = scene
  if (order.hold !== null || (await checkedAgain(scene)) !== null) return
  for (const step of [source, reserve, release]) {
    const state = parts.core.state()
    const now = state.orders.get(order.orderId) ?? order
    const isDue =
      plannedIn(now, token.lineIds).length > 0 || wantsOf(now, state, token.lineIds).wants.length > 0
    if (!isDue || (await step({ ...scene, order: now })).kind !== 'next') return
  }
}

/** Whether nodes had work of the lines in this run. */
function isHandedOut({ work }: Order, { outBefore }: FlowRun, lineIds: readonly string[]): boolean {
  return work.some(
    ({ fulfillmentOrderId, releasedAt, lines }) =>
      releasedAt !== null &&
      !outBefore.includes(fulfillmentOrderId) &&
      lines.some(({ lineId }) => lineIds.includes(lineId)),
  )
}
