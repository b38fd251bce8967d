// What of an order wants a node, and which nodes to avoid for it: follows from its parts and the history of its work.

import {
  blockOfLines,
  type CoreState,
  isEnded,
  type Order,
  type OrderLine,
  restOf,
  unitsAt,
} from '#orchestrator/core'

/** Units of a line that want a node. */
export interface Want {
  lineId: string
  sku: string
  quantity: number
}

/** What an order wants now. */
export interface Wanted {
  wants: Want[]
  /** Whether these units were not looked at yet; otherwise they waited for stock, and there is news. */
  isFresh: boolean
}

/** Nodes that may refuse the same units before a person has to look. */
const maxAttempts = 5

/** Units that want a node: new ones first, then those that wait for stock once there is news of it. */
export function wantsOf(order: Order, state: CoreState): Wanted {
  const lines = order.lines.filter((line) => blockOfLines(state, [line]) === null)
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

/** Whether stock of its goods or the nodes changed since it was found that the order has to wait. */
function hasNews(order: Order, { stock, stockOfSku, nodesVersion }: CoreState): boolean {
  const { waitingSince } = order
  if (waitingSince === null || nodesVersion > waitingSince) return true
  return order.lines.some(({ sku }) =>
    (stockOfSku.get(sku) ?? []).some((key) => (stock.get(key)?.version ?? 0) > waitingSince),
  )
}

/** Nodes that refused any of the units since they were last tried again, with the words for the decision. */
export function refusedNodes(order: Order, wants: readonly Want[]): Map<string, string> {
  const rejected = rejections(order, wants)
  return new Map(rejected.map(({ nodeId }) => [nodeId, 'refused it before']))
}

/** Whether so many nodes refused the units that no further one is asked. */
export function isPastTries(order: Order, wants: readonly Want[]): boolean {
  return rejections(order, wants).length >= maxAttempts
}

function rejections(order: Order, wants: readonly Want[]) {
  return order.work.filter(
    (work) =>
      work.status === 'rejected' &&
      (order.retriedAt === null || (work.rejectedAt ?? 0) > order.retriedAt) &&
      wants.some((want) => unitsAt(work, want) > 0),
  )
}

/** Nodes that did not find units of the lines. */
export function shortNodes(order: Order, wants: readonly Want[]): Map<string, string> {
  const lineIds = new Set(wants.map(({ lineId }) => lineId))
  const short = order.work.filter((work) =>
    work.lines.some((line) => lineIds.has(line.lineId) && line.short > 0),
  )
  return new Map(short.map(({ nodeId }) => [nodeId, 'did not find it before']))
}
