// What it means that delivered goods come back: asked for, then received and, where they can be sold, put on a shelf.
// Pure.

import type { CommandData } from '../commands.ts'
import { event, refused, type Verdict } from '../decision.ts'
import type { CoreState } from '../state.ts'
import { stockKey } from '../stock/stock.ts'
import { summed } from './decide-cancel.ts'
import type { LineUnits, Order, OrderLine } from './order.ts'
import { problemOfUnits, settled } from './settle.ts'

/** Delivered units are to come back. */
export function requestReturn(
  order: Order,
  data: CommandData['RequestReturn'],
  at: number,
  state: CoreState,
): Verdict {
  const { orderId } = order
  const left = (line: OrderLine) => line.delivered - line.returnRequested - line.returned
  const problem = problemOfReturn(order, data.lines, left, 'more_than_delivered')
  if (problem !== null) return problem
  const { reason } = data
  const lines = summed(data.lines)
  return settled(state, order, [event('ReturnRequested', { orderId, lines, reason, at })], at)
}

/** Goods came back to a node. */
export function receiveReturn(
  order: Order,
  data: CommandData['ReceiveReturn'],
  at: number,
  state: CoreState,
): Verdict {
  const { orderId } = order
  const { nodeId, restock, reason } = data
  if (!state.nodes.has(nodeId)) return refused('node_unknown', { nodeId }, order)
  const problem = problemOfReturn(order, data.lines, (line) => line.returnRequested, 'more_than_requested')
  if (problem !== null) return problem
  const lines = summed(data.lines)
  const received = event('ReturnReceived', { orderId, lines, nodeId, reason, at })
  const items = restock ? shelved(state, order, lines, nodeId) : []
  const stock = items.length === 0 ? [] : [event('StockAdjusted', { items, at })]
  return settled(state, order, [received], at, stock)
}

/** Units for the shelves of a node; where no stock is tracked there is none to add to. */
function shelved(state: CoreState, order: Order, lines: readonly LineUnits[], nodeId: string) {
  return lines.flatMap(({ lineId, quantity }) => {
    const sku = order.lines.find((line) => line.lineId === lineId)?.sku ?? ''
    const isTracked = state.trackedNodes.has(nodeId) || state.stock.has(stockKey(sku, nodeId))
    return isTracked ? [{ sku, nodeId, delta: quantity, reason: 'return' }] : []
  })
}

function problemOfReturn(
  order: Order,
  lines: readonly LineUnits[],
  most: (line: OrderLine) => number,
  reason: string,
): Verdict | null {
  const problem = problemOfUnits(order, lines)
  if (problem !== null) return problem
  for (const { lineId, quantity } of summed(lines)) {
    const line = order.lines.find((each) => each.lineId === lineId)
    const possible = line === undefined ? 0 : most(line)
    if (quantity > possible) return refused(reason, { lineId, quantity, possible }, order)
  }
  return null
}
