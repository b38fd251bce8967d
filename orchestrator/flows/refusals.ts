// Which nodes not to ask again for units of an order, and why: follows from the history of its work. What was refused
// is forgotten once it no longer says anything.

import { type CoreState, type FulfillmentOrder, type Order, stockKey, unitsAt } from '#orchestrator/core'
import type { Want } from '#orchestrator/sourcing'

/** How long a refusal counts that is not about stock, ms: as long as refusals of a node are counted. */
const refusalMs = 7 * 86_400_000

/** How many refusals of the units there were since they were last tried again. */
export function timesRefused(order: Order, wants: readonly Want[]): number {
  return rejections(order, wants).length
}

/** Nodes that refused any of the units since they were last tried again, with the words for the decision. */
export function refusedNodes(
  order: Order,
  wants: readonly Want[],
  state: CoreState,
  now: number,
): Map<string, string> {
  const nodes = new Map<string, string>()
  for (const work of rejections(order, wants)) {
    if (isOver(work, wants, state, now)) continue
    const { rejectReason } = work
    nodes.set(work.nodeId, rejectReason === null ? 'refused it before' : `refused it before: ${rejectReason}`)
  }
  return nodes
}

/** Nodes that did not find units of the lines, and have not counted them since. */
export function shortNodes(order: Order, wants: readonly Want[], state: CoreState): Map<string, string> {
  const short = order.work.filter((work) => {
    const missing = shortOf(work, wants)
    const at = work.pickedAt ?? work.cancelledAt ?? work.sourcedAt
    return missing.length > 0 && !missing.every((sku) => isCountedSince(state, sku, work.nodeId, at))
  })
  return new Map(short.map(({ nodeId }) => [nodeId, 'did not find it before']))
}

/** The work that had any of the units first and did not do it, null where they were never sourced before. */
export function firstTry(order: Order, wants: readonly Want[]): FulfillmentOrder | null {
  const [first = null] = [
    ...rejections(order, wants),
    ...order.work.filter((work) => shortOf(work, wants).length > 0 && !isForgotten(order, work.pickedAt)),
  ].sort((a, b) => a.sourcedAt - b.sourcedAt)
  return first
}

function rejections(order: Order, wants: readonly Want[]): FulfillmentOrder[] {
  return order.work.filter(
    (work) =>
      work.status === 'rejected' &&
      !isForgotten(order, work.rejectedAt) &&
      wants.some((want) => unitsAt(work, want) > 0),
  )
}

/** Whether the order was tried again since. */
function isForgotten({ retriedAt }: Order, at: number | null): boolean {
  return retriedAt !== null && (at ?? 0) <= retriedAt
}

/** A node without stock can be asked again once it has counted; other refusals grow old. */
function isOver(work: FulfillmentOrder, wants: readonly Want[], state: CoreState, now: number): boolean {
  const at = work.rejectedAt ?? 0
  if (!isForStock(work.rejectReason)) return now - at > refusalMs
  const skus = wants.filter((want) => unitsAt(work, want) > 0).map(({ sku }) => sku)
  return skus.every((sku) => isCountedSince(state, sku, work.nodeId, at))
}

/** Whether a reason of a node says that the goods are not there. */
function isForStock(reason: string | null): boolean {
  return reason !== null && /\b(out[ _-]?of[ _-]?stock|no[ _-]?stock|not[ _-]?in[ _-]?stock)\b/i.test(reason)
}

function isCountedSince(state: CoreState, sku: string, nodeId: string, at: number): boolean {
  return (state.stock.get(stockKey(sku, nodeId))?.countedAt ?? 0) > at
}

function shortOf(work: FulfillmentOrder, wants: readonly Want[]): string[] {
  return work.lines.flatMap((line) =>
    line.short > 0 && wants.some(({ lineId }) => lineId === line.lineId) ? [line.sku] : [],
  )
}
