// Orders as a shop has them, with everything that happens to them until they are delivered, as commands of the core.
// The same order for the same number.

import type { CommandData, CommandType, CoreState, Node, Order } from '#orchestrator/core'
import { unassigned } from '#orchestrator/core'
import { askedFor, assignmentOf, sourceHere, Worlds } from '#orchestrator/sourcing'

/** Size of the market. */
export const market = { nodes: 8, skus: 1_000 } as const

const dayOne = 1_760_000_000_000
const worlds = new Worlds()

/** A command without its id and time. */
export interface Wish<T extends CommandType = CommandType> {
  type: T
  data: CommandData[T]
}

/** How far an order goes. */
export type Stage = 'created' | 'released' | 'picking' | 'packed' | 'shipped' | 'delivered'

const stages: readonly Stage[] = ['created', 'released', 'picking', 'packed', 'shipped', 'delivered']

/** The nodes of the market. */
export function nodes(): Node[] {
  return Array.from({ length: market.nodes }, (_, i) => ({
    nodeId: `bench:N${i}`,
    provider: 'bench',
    externalId: `N${i}`,
    name: `Node ${i}`,
    type: 'warehouse',
    timeZone: 'America/Chicago',
    country: 'US',
    region: `R${i % 4}`,
    city: 'Springfield',
    postalCode: '65801',
    latitude: null,
    longitude: null,
    dailyCapacity: 100_000,
    cutOff: '15:00',
    processingCostCents: 200 + i,
    isActive: true,
    carriers: ['UPS', 'FedEx'],
  }))
}

/** Stock of every SKU at every node, in lots of one command. */
export function* stockLots(lot = 1_000): Generator<CommandData['CountStock']> {
  const positions = market.nodes * market.skus
  for (let from = 0; from < positions; from += lot) {
    const items = Array.from({ length: Math.min(lot, positions - from) }, (_, i) => ({
      sku: skuOf(from + i),
      nodeId: `bench:N${Math.floor((from + i) / market.skus)}`,
      onHand: 1_000_000_000,
      safetyStock: 5,
      inbound: 0,
      countedAt: dayOne,
    }))
    yield { items }
  }
}

/** SKU by number. */
export function skuOf(number: number): string {
  return `SKU-${String(number % market.skus).padStart(5, '0')}`
}

/** Lines of the order with this number: one to three. */
export function linesOf(number: number): number {
  return 1 + (number % 3)
}

/** An order that comes in over the API. */
export function newOrder(name: string, number: number, at: number): Wish<'CreateOrder'> {
  const lines = Array.from({ length: linesOf(number) }, (_, i) => ({
    lineId: String(i + 1),
    sku: skuOf(number * 7 + i * 131),
    quantity: 1 + ((number + i) % 3),
    cancelled: 0,
    shipped: 0,
    unitPriceCents: 499 + ((number * 37) % 9_000),
    discountCents: 0,
    taxCents: 0,
    freightCents: 0,
  }))
  const order = {
    orderId: `main:api:${name}`,
    market: 'main',
    provider: 'api',
    externalId: name,
    channel: 'web',
    method: 'delivery' as const,
    currency: 'USD',
    customerRef: `customer-${number}`,
    shipTo: {
      country: 'US',
      region: `R${number % 4}`,
      city: 'Springfield',
      postalCode: String(10_000 + number),
      timeZone: null,
    },
    placedAt: at,
    approvedAt: null,
    promisedAt: at + 5 * 86_400_000,
    totalCents: lines.reduce((sum, line) => sum + line.quantity * line.unitPriceCents, 0),
    freightCents: 499,
    taxCents: 0,
    discountCents: 0,
    flags: [],
  }
  return { type: 'CreateOrder', data: { order, lines } }
}

/** What happens next to the order on its way to the stage, null once it is there. */
export function nextStep(state: CoreState, orderId: string, stage: Stage, at: number): Wish | null {
  const order = state.orders.get(orderId)
  if (order === undefined) return null
  if (stages.indexOf(stage) <= stages.indexOf(order.status as Stage)) return null
  switch (order.status) {
    case 'created':
      return { type: 'ValidateOrder', data: { orderId } }
    case 'validated':
      return sourced(state, order, at)
    case 'sourced':
      return {
        type: order.work.some((work) => !work.isReserved) ? 'ReserveOrder' : 'ReleaseOrder',
        data: { orderId },
      }
    default:
      return worked(order, at)
  }
}

function sourced(state: CoreState, order: Order, now: number): Wish {
  const skus = new Map(order.lines.map((line) => [line.lineId, line.sku]))
  const wants = [...unassigned(order)].map(([lineId, quantity]) => ({
    lineId,
    sku: skus.get(lineId) ?? '',
    quantity,
  }))
  const { orderId } = order
  const here = { worlds, state, now }
  const decisionId = `${orderId}/source/0`
  const { work, decision } = sourceHere(askedFor(state, order, wants, now), here, { decisionId })
  return { type: 'SourceOrder', data: { orderId, assignments: work.map(assignmentOf), decision } }
}

function worked({ orderId, work }: Order, at: number): Wish | null {
  const [each] = work
  if (each === undefined) return null
  const { fulfillmentOrderId, nodeId } = each
  const ref = { orderId, fulfillmentOrderId }
  if (each.status === 'open') return { type: 'StartPicking', data: ref }
  if (each.status === 'picking' && each.pickedAt === null)
    return { type: 'PickWork', data: { ...ref, short: [] } }
  if (each.status === 'picking') return { type: 'PackWork', data: ref }
  if (each.status === 'shipped') return { type: 'DeliverWork', data: ref }
  const none = { service: null, promisedAt: null, deliveredAt: null, freightCostCents: null }
  const shipment = {
    ...none,
    shipmentId: `${fulfillmentOrderId}-S1`,
    nodeId,
    carrier: 'UPS',
    trackingNumber: `1Z999AA1${fulfillmentOrderId}`,
    shippedAt: at,
    insuranceCents: null,
    weightG: null,
  }
  return { type: 'ShipWork', data: { ...ref, shipment } }
}
