// What of an order wants a node: follows from its parts, news of stock and nodes, and time.

import {
  blockOfLines,
  type CoreState,
  historySteps,
  isEnded,
  type Order,
  type OrderLine,
  restOf,
} from '#orchestrator/core'
import type { Want } from '#orchestrator/sourcing'

/** What an order wants now. */
export interface Wanted {
  wants: Want[]
  /** Whether these units were not looked at yet; otherwise they waited for stock, and there is news. */
  isFresh: boolean
}

/**
 * Units that want a node: new ones first, then those that wait for stock once there is news of it.
 * @param lineIds lines that are meant, null = all
 */
export function wantsOf(order: Order, state: CoreState, lineIds: readonly string[] | null = null): Wanted {
  const lines = order.lines.filter(
    (line) => (lineIds?.includes(line.lineId) ?? true) && blockOfLines(state, [line]) === null,
  )
  const fresh = wantsBy(lines, (line) => restOf(order, line).fresh)
  if (fresh.length > 0 || isEnded(order) || !hasNews(order, state)) return { wants: fresh, isFresh: true }
  return { wants: wantsBy(lines, (line) => restOf(order, line).backordered), isFresh: false }
}

function wantsBy(lines: readonly OrderLine[], unitsOf: (line: OrderLine) => number): Want[] {
  return lines.flatMap((line) => {
    const quantity = unitsOf(line)
    return quantity > 0 ? [{ lineId: line.lineId, sku: line.sku, quantity }] : []
  })
}

/** Whether there may be a place for it by now: news, or time that passed. */
function hasNews(order: Order, state: CoreState): boolean {
  const { waitingSince } = order
  if (waitingSince === null || newsOf(order, state) > waitingSince) return true
  const last = historySteps(order.history).findLast(({ type }) => type === 'OrderBackordered')
  return mayEnd(last?.reason ?? null)
}

/** The `CoreState.changes` at which stock of its goods or the nodes changed last. */
export function newsOf(order: Order, { stock, stockOfSku, nodesVersion }: CoreState): number {
  let last = nodesVersion
  for (const { sku } of order.lines) {
    for (const key of stockOfSku.get(sku) ?? []) last = Math.max(last, stock.get(key)?.version ?? 0)
  }
  return last
}

const ending: ReadonlySet<string> = new Set([
  'no_capacity',
  'node_closed',
  'node_avoided',
  'refused_too_often',
])

/** Whether what an order waits for may come by time alone, by the code with which it waits. */
export function mayEnd(reason: string | null): boolean {
  return reason !== null && ending.has(reason)
}
