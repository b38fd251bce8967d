// Files about orders and stock that the core already works on: what is done here stands, what a source ends is ended.

import { describe, expect, test } from 'vitest'
import { type ImportedOrder, isOpenWork, type Order } from '#orchestrator/core'
import { Sandbox, shipment, start } from './setting.ts'

/** The order as a file would tell it, with another content. */
function filed(order: Order, hash: string, more: Partial<ImportedOrder> = {}): ImportedOrder {
  const { status, lines, work, shipments, shippedAt, deliveredAt, cancelledAt, cancelReason } = order
  const told = { status, lines, work, shipments, shippedAt, deliveredAt, cancelledAt, cancelReason }
  return { ...order, ...told, contentHash: hash, ...more }
}

const count = (countedAt: number, onHand: number) => ({
  sku: 'x',
  nodeId: 'fab:A',
  onHand,
  safetyStock: 0,
  inbound: 0,
  countedAt,
})

/** An order that a file brought without a node, released here to node A. */
function broughtAndReleased(): Sandbox {
  const box = Sandbox.withStock()
  box.release('tmp', { x: 2 }, 'A')
  const bare = filed(box.order('tmp'), 'h1', { status: 'validated', work: [] })
  box.run('ImportOrders', { orders: [{ ...bare, orderId: 'f1', externalId: 'f1' }] })
  box.run('CancelOrder', { orderId: 'tmp', reason: 'test' })
  const lines = [{ lineId: '1', quantity: 2 }]
  const assignments = [{ nodeId: 'fab:A', carrier: 'SwiftPost', shipBy: null, lines }]
  const decision = { ...sourcing, decisionId: 'f1/source/0' }
  box.run('SourceOrder', { orderId: 'f1', assignments, decision })
  box.run('ReserveOrder', { orderId: 'f1' })
  box.run('ReleaseOrder', { orderId: 'f1' })
  expect(box.order('f1').status).toBe('released')
  return box
}

const sourcing = {
  decisionId: '',
  kind: 'source' as const,
  incidentId: null,
  fromNodeId: null,
  toNodeId: 'fab:A',
  status: 'done' as const,
  reason: 'test',
  costCents: 0,
  hoursSaved: null,
  candidates: [],
}
const again = (box: Sandbox, hash: string, more: Partial<ImportedOrder>) =>
  box.run('ImportOrders', { orders: [filed(box.order('f1'), hash, more)] })

describe('an order that was worked on here', () => {
  test('keeps its work when its file comes again with an older state', () => {
    const box = broughtAndReleased()
    box.run('StartPicking', { orderId: 'f1', fulfillmentOrderId: 'f1-F1' })
    expect(again(box, 'h2', { status: 'validated', work: [] }).events).toEqual([])
    expect(box.order('f1')).toMatchObject({ status: 'picking' })
    expect(box.stock('x', 'A')?.allocated).toBe(2)
  })

  test('stays cancelled, shipped or delivered whatever an older file says', () => {
    const box = broughtAndReleased()
    box.run('CancelOrder', { orderId: 'f1', reason: 'changed mind' })
    expect(again(box, 'h2', { status: 'released' }).events).toEqual([])
    expect(again(box, 'h3', { status: 'shipped' }).events).toEqual([])
    expect(box.order('f1').status).toBe('cancelled')
    expect(box.stock('x', 'A')).toMatchObject({ onHand: 10, allocated: 0 })
  })

  test('that its source has shipped is over, and its units have left the shelf', () => {
    const box = broughtAndReleased()
    const parcel = { ...shipment('s9'), shippedAt: box.at }
    again(box, 'h2', { status: 'shipped', work: [], shippedAt: box.at, shipments: [parcel] })
    expect(box.order('f1')).toMatchObject({ status: 'shipped', lines: [{ shipped: 2 }] })
    expect(box.order('f1').work.filter(isOpenWork)).toEqual([])
    expect(box.order('f1').shipments.map((each) => each.shipmentId)).toEqual(['s9'])
    expect(box.stock('x', 'A')).toMatchObject({ onHand: 8, allocated: 0 })
  })

  test('that its source has cancelled lets its units go', () => {
    const box = broughtAndReleased()
    again(box, 'h2', { status: 'cancelled', work: [] })
    expect(box.order('f1')).toMatchObject({ status: 'cancelled', lines: [{ cancelled: 2 }] })
    expect(box.stock('x', 'A')).toMatchObject({ onHand: 10, allocated: 0 })
  })

  test('that came over the API is not replaced by a file', () => {
    const box = Sandbox.withStock()
    box.release('o1', { x: 1 }, 'A')
    const older = filed(box.order('o1'), 'h1', { status: 'created', work: [] })
    expect(box.run('ImportOrders', { orders: [older] }).events).toEqual([])
  })

  test('that is delivered cannot be cancelled', () => {
    const box = Sandbox.withStock()
    box.release('tmp', { x: 1 }, 'A')
    const order = { ...filed(box.order('tmp'), 'h1', { status: 'delivered', work: [] }), orderId: 'f1' }
    box.run('ImportOrders', { orders: [order] })
    expect(box.run('CancelOrder', { orderId: 'f1', reason: 'late' }).refused).toBe('wrong_state')
  })
})

describe('a count', () => {
  test('does not undo what moved after it was taken', () => {
    const box = Sandbox.withStock()
    const change = { sku: 'x', nodeId: 'fab:A', delta: -3, onHand: null, reason: 'damaged' }
    box.run('AdjustStock', { items: [change] })
    expect(box.stock('x', 'A')?.onHand).toBe(7)
    box.run('CountStock', { items: [count(start + 1, 9)] })
    expect(box.stock('x', 'A')?.onHand).toBe(6)
    box.run('CountStock', { items: [count(box.at, 8)] })
    expect(box.stock('x', 'A')?.onHand).toBe(8)
  })

  test('of a time to come is left out, so that later ones still count', () => {
    const box = Sandbox.withStock()
    expect(box.run('CountStock', { items: [count(Date.UTC(2199, 0, 1), 99)] }).events).toEqual([])
    box.run('CountStock', { items: [count(box.at, 4)] })
    expect(box.stock('x', 'A')?.onHand).toBe(4)
  })
})
