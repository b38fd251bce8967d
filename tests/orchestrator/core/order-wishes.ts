// Random commands on orders for properties of the core: any command, mostly possible ones, now and then absurd ones.

import fc from 'fast-check'
import { isOpenWork, type Order, partsOf, unassigned } from '#orchestrator/core'
import { record, type Sandbox, shipment } from './setting.ts'

const ids = ['o1', 'o2', 'o3'] as const
const places = ['A', 'B', 'C'] as const

/** One random wish: what is asked, and numbers that decide its details. */
export const wish = fc.noBias(
  fc.record({
    kind: fc.oneof(
      {
        weight: 12,
        arbitrary: fc.constantFrom('flow', 'work', 'work', 'work', 'deliver', 'return', 'receive'),
      },
      { weight: 3, arbitrary: fc.constantFrom('lift', 'launch', 'retry', 'accept', 'adjust') },
      {
        weight: 4,
        arbitrary: fc.constantFrom(
          ...['create', 'reject', 'reroute', 'undo', 'edit', 'hold', 'cancelLines', 'split', 'clone'],
          ...['substitute', 'backorder', 'preorder', 'own', 'unsource'],
        ),
      },
      { weight: 1, arbitrary: fc.constantFrom('cancel', 'create') },
    ),
    id: fc.constantFrom(...ids),
    at: fc.constantFrom(...places),
    n: fc.integer({ min: -1, max: 4 }),
    line: fc.integer({ min: 0, max: 2 }),
    pick: fc.integer({ min: 0, max: 9 }),
  }),
)
/** One random wish. */
export interface Wish {
  kind: string
  id: string
  at: string
  n: number
  line: number
  pick: number
}

const reason = 'test'

/** Own states that the properties use: one that holds back, one that does not. */
export const ownStates = [
  { name: 'in review', within: 'validated' as const, from: ['validated'], to: ['validated'], blocks: true },
  { name: 'gift wrap', within: 'picking' as const, from: ['picking'], to: ['picking'], blocks: false },
]

/** Asks the core for it; whether it is refused is the core's business. */
export function perform(box: Sandbox, step: Wish): void {
  // Orders that were made of others get their turn too.
  const all = [...box.state.orders.keys()]
  const id = step.pick > 6 ? (all[step.pick % Math.max(1, all.length)] ?? step.id) : step.id
  const order = box.state.orders.get(id)
  if (step.kind === 'create') {
    create(box, step)
    return
  }
  if (step.kind === 'adjust') {
    const items = [{ sku: 'x', nodeId: `fab:${step.at}`, delta: Math.max(0, step.n), onHand: null, reason }]
    box.run('AdjustStock', { items })
    return
  }
  if (order === undefined) return
  const lineId = order.lines[step.line % order.lines.length]?.lineId ?? 'none'
  const lines = [{ lineId, quantity: step.n }]
  if (onOrder(box, step, order, lineId, lines)) return
  onWork(box, step, order)
}

function create(box: Sandbox, step: Wish): void {
  if (box.state.orders.has(step.id)) return
  box.method = step.pick % 4 === 0 ? 'pickup' : 'delivery'
  box.create(step.id, { x: Math.max(1, step.n), y: Math.max(1, step.line) })
}

type Lines = { lineId: string; quantity: number }[]

function onOrder(box: Sandbox, step: Wish, order: Order, lineId: string, lines: Lines): boolean {
  const { orderId } = order
  const isAll = step.pick % 2 === 0
  const lineIds = isAll ? null : [lineId]
  const made = {
    newOrderId: `${orderId}-${box.events.length}`,
    newExternalId: `${orderId}-${box.events.length}`,
  }
  switch (step.kind) {
    case 'edit':
      box.run('EditOrder', { orderId, version: null, changes: changesOf(step, lineId, box), reason })
      return true
    case 'hold':
      box.run('HoldOrder', { orderId, lineIds, reason })
      return true
    case 'lift':
      box.run('LiftHold', { orderId, lineIds, reason })
      return true
    case 'cancel':
      box.run('CancelOrder', { orderId, reason })
      return true
    case 'cancelLines':
      box.run('CancelLines', { orderId, lines, reason })
      return true
    case 'split':
      if (box.state.orders.size < 8) box.run('SplitOrder', { orderId, lines, reason, ...made })
      return true
    case 'clone':
      if (box.state.orders.size < 8)
        box.run('CloneOrder', { orderId, lines: isAll ? null : lines, reason, ...made })
      return true
    case 'substitute': {
      const more = { quantity: step.n, sku: 'y', newLineId: `${lineId}s`, unitPriceCents: null }
      box.run('SubstituteLine', { orderId, lineId, reason, ...more })
      return true
    }
    default:
      return onWaiting(box, step, order, lineId, lines)
  }
}

function onWaiting(box: Sandbox, step: Wish, order: Order, lineId: string, lines: Lines): boolean {
  const { orderId } = order
  const isAll = step.pick % 2 === 0
  const lineIds = isAll ? null : [lineId]
  switch (step.kind) {
    case 'backorder':
      box.run('BackorderLines', { orderId, lines: isAll ? null : lines, reason })
      return true
    case 'preorder':
      box.run('PreorderLines', { orderId, lineIds, launchAt: box.at + step.n * 5_000, reason })
      return true
    case 'launch':
      box.run('LaunchPreorder', { orderId })
      return true
    case 'retry':
      box.run('RetryOrder', { orderId, reason })
      return true
    case 'own': {
      const state = [null, 'in review', 'gift wrap', 'unheard of'][step.pick % 4] ?? null
      box.run('SetOwnState', { orderId, lineId: null, fulfillmentOrderId: null, state, reason })
      return true
    }
    case 'return':
      box.run('RequestReturn', { orderId, lines: ofLine(order, 'delivered') ?? lines, reason })
      return true
    case 'receive':
      box.run('ReceiveReturn', {
        orderId,
        lines: ofLine(order, 'returnRequested') ?? lines,
        nodeId: `fab:${step.at}`,
        restock: isAll,
        reason,
      })
      return true
    case 'unsource':
      box.run('UnsourceOrder', { orderId, reason })
      return true
    case 'flow':
      flow(box, step, order)
      return true
    default:
      return false
  }
}

/** A unit of the first line that has any of them. */
function ofLine(order: Order, field: 'delivered' | 'returnRequested'): Lines | null {
  const line = order.lines.find((each) => each[field] > 0)
  return line === undefined ? null : [{ lineId: line.lineId, quantity: 1 }]
}

function changesOf(step: Wish, lineId: string, box: Sandbox) {
  const money = { unitPriceCents: 100, discountCents: 0, taxCents: 0, freightCents: 0 }
  const add = [{ lineId: `e${box.events.length}`, sku: 'x', quantity: step.n, ...money }]
  const shipTo = { country: 'US', region: 'NV', city: String(step.n), postalCode: null, timeZone: null }
  return [
    { add },
    { quantities: [{ lineId, quantity: step.n }] },
    { prices: [{ lineId, unitPriceCents: step.n * 100 }] },
    { shipTo },
    { promisedAt: box.at + step.n * 1000 },
    { method: 'curbside' as const },
  ][step.pick % 6] as { add: typeof add }
}

/** The next step of the flow: some units at one node, some at another. */
function flow(box: Sandbox, step: Wish, { orderId }: Order): void {
  box.run('ValidateOrder', { orderId })
  const order = box.order(orderId)
  const lines = [...unassigned(order)].map(([lineId, quantity]) => ({
    lineId,
    quantity: step.pick === 0 ? 1 : quantity,
  }))
  const assignment = { nodeId: `fab:${step.at}`, carrier: 'SwiftPost', shipBy: null, lines }
  const decision = record(`${orderId}/s${box.events.length}`, 'source', step.at)
  if (lines.length > 0) box.run('SourceOrder', { orderId, assignments: [assignment], decision })
  if (step.pick === 1) return
  if (box.run('ReserveOrder', { orderId }).refused === 'stock_short') {
    box.run('UnsourceOrder', { orderId, reason })
    box.run('BackorderOrder', { orderId, reason, decision: null })
  }
  if (step.pick !== 2) box.run('ReleaseOrder', { orderId })
}

function onWork(box: Sandbox, step: Wish, order: Order): void {
  const { orderId } = order
  const work =
    order.work.filter(isOpenWork)[step.line % 2] ?? order.work.findLast(isOpenWork) ?? order.work.at(-1)
  if (work === undefined) return
  const ref = { orderId, fulfillmentOrderId: work.fulfillmentOrderId }
  const [line] = work.lines
  if (step.kind === 'accept') box.run('AcceptWork', ref)
  if (step.kind === 'reject') box.run('RejectWork', { ...ref, reason })
  if (step.kind === 'undo') {
    const moved = order.work.findLast((each) => each.replaces !== null)
    box.run('UndoReroute', { orderId, decisionId: moved?.decisionId ?? 'none', reason })
  }
  if (step.kind === 'reroute') {
    const lines = work.lines.map(({ lineId, quantity, short }) => ({ lineId, quantity: quantity - short }))
    const assignments = [{ nodeId: `fab:${step.at}`, carrier: 'Northline', shipBy: null, lines }]
    const decision = record(`${orderId}/m${box.events.length}`, 'reroute', step.at)
    box.run('RerouteOrder', { ...ref, assignments, decision })
  }
  if (step.kind === 'deliver') {
    const parcel = order.shipments.at(-1)
    const shipmentId = step.pick % 2 === 0 ? null : (parcel?.shipmentId ?? 'none')
    const fulfillmentOrderId = parcel?.fulfillmentOrderId ?? ref.fulfillmentOrderId
    box.run('DeliverWork', { orderId, fulfillmentOrderId, shipmentId })
    box.run('CollectWork', ref)
  }
  if (step.kind !== 'work' || line === undefined) return
  const some = [{ lineId: line.lineId, quantity: step.n }]
  if (work.status === 'open' || work.status === 'accepted') box.run('StartPicking', ref)
  else if (work.status === 'picking' && work.pickedAt === null) {
    const shortTo = step.pick % 2 === 0 ? ('cancel' as const) : ('source' as const)
    box.run('PickWork', { ...ref, short: step.n > 2 ? some : [], shortTo })
  } else if (work.status === 'picking') box.run('PackWork', ref)
  else if (order.method === 'pickup') box.run('ReadyWork', ref)
  else {
    const lines = step.pick % 2 === 0 ? null : some
    box.run('ShipWork', { ...ref, shipment: { ...shipment(''), shippedAt: null }, lines })
  }
}

/** Units of the orders' lines by state. */
export function unitsByState(order: Order | undefined): Map<string, Map<string, number>> {
  const byLine = new Map<string, Map<string, number>>()
  for (const line of order?.lines ?? []) {
    const units = new Map<string, number>()
    for (const part of partsOf(order as Order, line)) {
      units.set(part.state, (units.get(part.state) ?? 0) + part.quantity)
    }
    byLine.set(line.lineId, units)
  }
  return byLine
}
