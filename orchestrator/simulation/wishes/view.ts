// What somebody who asks for something knows: a state that may be old, chance, and the time of the market. It asks for
// nothing itself.

import type { Random } from '#data/kernel'
import {
  type CommandData,
  type CommandType,
  type CoreState,
  type FulfillmentOrder,
  isOpenWork,
  type Order,
  type OrderLine,
} from '#orchestrator/core'

/** What a wish is made from. */
export interface View {
  state: CoreState
  random: Random
  /** Epoch ms of the market. */
  now: number
  /** A number that was not given before. */
  fresh(): number
  /** An order that is in the archive, and how often it went there; null where none is. */
  archived(): { order: Order; times: number } | null
}

/** Makes the data of a command, null where the state offers nothing to ask it of. */
export type Wish<T extends CommandType> = (view: View) => CommandData[T] | null

/** Makers of some commands. */
export type WishesOf<D> = { [T in Exclude<keyof D & CommandType, 'ArchiveOrder' | 'RestoreOrder'>]: Wish<T> }

/** The goods; the first is the one that everybody wants. */
export const skus = ['hot', 'warm', 'cool', 'rare'] as const

/** The places; the last has no stock feed at first. */
export const nodeIds = ['fab:A', 'fab:B', 'fab:C', 'fab:D'] as const

/** Where orders come from; the first may have units set apart. */
export const channels = ['web', 'shop'] as const

/** Whether it happens, in `percent` of all cases. */
export function chance({ random }: View, percent: number): boolean {
  return random.int(1, 100) <= percent
}

/** A SKU, most often the hot one. */
export function anySku({ random }: View): string {
  return skus[random.weighted([5, 2, 2, 1])] ?? 'hot'
}

/** A node. */
export function anyNode({ random }: View): string {
  return random.pick(nodeIds)
}

/** One of the items, null where there is none. */
export function oneOf<T>({ random }: View, items: readonly T[]): T | null {
  return items.length === 0 ? null : random.pick(items)
}

/** An order that fits, null where none does. */
export function anyOrder(view: View, fits: (order: Order) => boolean): Order | null {
  return oneOf(view, [...view.state.orders.values()].filter(fits))
}

/** A piece of work that fits, with its order. */
export function anyWork(
  view: View,
  fits: (work: FulfillmentOrder, order: Order) => boolean,
): { order: Order; work: FulfillmentOrder } | null {
  const found: { order: Order; work: FulfillmentOrder }[] = []
  for (const order of view.state.orders.values()) {
    for (const work of order.work) if (fits(work, order)) found.push({ order, work })
  }
  return oneOf(view, found)
}

/** Names of a piece of work. */
export function refOf({ order, work }: { order: Order; work: FulfillmentOrder }) {
  return { orderId: order.orderId, fulfillmentOrderId: work.fulfillmentOrderId }
}

/** Units of a line that nothing became of so far. */
export function unitsLeft(line: OrderLine): number {
  return line.quantity - line.cancelled - line.shipped
}

/** Some units of some lines that have units left. */
export function someUnits(view: View, order: Order): { lineId: string; quantity: number }[] | null {
  const lines = order.lines.filter((line) => unitsLeft(line) > 0)
  const first = oneOf(view, lines)
  if (first === null) return null
  const chosen = chance(view, 25) ? lines : [first]
  return chosen.map((line) => ({ lineId: line.lineId, quantity: view.random.int(1, unitsLeft(line)) }))
}

/** Whether any work of the order is still to be done. */
export function hasOpenWork(order: Order): boolean {
  return order.work.some(isOpenWork)
}
