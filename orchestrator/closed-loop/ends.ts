// What became of every order of a simulation, what it cost, and what was told of incidents. It reads the state of
// the core and its events; it judges nothing but whether the rules of the core were kept.

import type { MemoryLog } from '#data/log'
import { isCopy, isLiveId } from '#data/world'
import { type Core, coreStream, type Order } from '#orchestrator/core'
import { auditOf } from '#orchestrator/verify'
import { provider, type Scenario } from './draw.ts'
import { type FirstMove, Tellings, type ToldIncident } from './tellings.ts'

/** What became of an order. */
export interface OrderEnd {
  orderId: string
  promisedAt: number
  /** When its customer had all of it, epoch ms; null where that was not by the end. */
  endedAt: number | null
  /** Units that the shop could not deliver. */
  missing: number
  /** Whether its customer got every unit that was ordered. */
  isFull: boolean
  /** Whether its customer canceled it. */
  isCanceled: boolean
  /** Cents paid for its carriage and work. */
  costCents: number
  /** Why it was moved first; null where it was not. */
  firstMove: FirstMove | null
}

/** All ends of a play. */
export interface Ends {
  /** Of the orders that were placed since the beginning, each once. */
  orders: OrderEnd[]
  /** Of those that a feed sent a second time: nobody waits for them. */
  copies: OrderEnd[]
  /** Orders that were moved and placed before the beginning. */
  movedBefore: number
  /** Cents paid for carriage and work. */
  costCents: number
  /** Each time an incident was opened or came back. */
  incidents: ToldIncident[]
  /** Rules of the core that did not hold. */
  broken: { invariant: string; subject: string; found: string }[]
}

/** Cents of work for a unit, as the retailer pays them. */
const unitCents = 40

/** What became of the orders that were placed since the beginning. */
export function endsOf({ start }: Pick<Scenario, 'start'>, core: Core, log: MemoryLog): Ends {
  const state = core.state()
  const tellings = new Tellings()
  const audit = auditOf(core.market, tellings.watching(log.events(coreStream(core.market))))
  const orders: OrderEnd[] = []
  const copies: OrderEnd[] = []
  let [costCents, movedBefore] = [0, 0]
  for (const order of state.orders.values()) {
    const paid = costOf(order, start, (nodeId) => state.nodes.get(nodeId)?.processingCostCents ?? 0)
    costCents += paid
    const firstMove = tellings.moves.get(order.orderId) ?? null
    const isTwice = isCopy(order.externalId)
    const isOurs = order.provider === provider && (isTwice || isLiveId(order.externalId))
    if (!isOurs || order.placedAt < start) {
      if (firstMove !== null) movedBefore++
      continue
    }
    const list = isTwice ? copies : orders
    list.push({ ...endOf(order), costCents: paid, firstMove })
  }
  const broken = audit.findings().map(({ invariant, subject, found }) => ({ invariant, subject, found }))
  return { orders, copies, movedBefore, costCents, incidents: tellings.all, broken }
}

function endOf(order: Order): Omit<OrderEnd, 'costCents' | 'firstMove'> {
  const { orderId, promisedAt } = order
  const shorts = order.work.reduce(
    (sum, { lines }) => sum + lines.reduce((all, line) => all + line.short, 0),
    0,
  )
  const canceled = order.lines.reduce((sum, line) => sum + line.cancelled, 0)
  const byShop = order.cancelReason === outOfStock ? canceled : Math.min(shorts, canceled)
  const isOver = order.lines.every((line) => line.delivered + line.cancelled >= line.quantity)
  const delivered = order.work.flatMap(({ deliveredAt }) => (deliveredAt === null ? [] : [deliveredAt]))
  return {
    orderId,
    promisedAt: promisedAt ?? Number.POSITIVE_INFINITY,
    endedAt: isOver && delivered.length > 0 ? Math.max(...delivered) : null,
    missing: byShop,
    isFull: order.lines.every((line) => line.delivered >= line.quantity),
    isCanceled: order.status === 'cancelled' && byShop === 0,
  }
}

/** Why the shop gives an order up. */
const outOfStock = 'out of stock'

/** What was paid for what left since the beginning. */
function costOf(order: Order, since: number, nodeCents: (nodeId: string) => number): number {
  let cents = 0
  for (const { shippedAt, freightCostCents } of order.shipments) {
    if ((shippedAt ?? 0) >= since) cents += freightCostCents ?? 0
  }
  for (const { pickedAt, nodeId, lines } of order.work) {
    if ((pickedAt ?? 0) < since) continue
    const units = lines.reduce((sum, line) => sum + line.quantity, 0)
    cents += nodeCents(nodeId) + unitCents * units
  }
  return cents
}
