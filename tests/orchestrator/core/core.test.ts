// The life of orders and stock in the core: what is allowed and what is refused.

import { describe, expect, test } from 'vitest'
import { isOpenWork, type Order } from '#orchestrator/core'
import { node, plan, record, Sandbox, shipment } from './setting.ts'

const first = (order: Order) => order.work[0]?.fulfillmentOrderId ?? ''
const last = (order: Order) => order.work.at(-1)?.fulfillmentOrderId ?? ''
describe('the way of an order', () => {
  test('goes from created to delivered, and its units leave the stock once', () => {
    const box = Sandbox.withStock()
    expect(box.release('o1', { x: 3 }, 'A')).toBeNull()
    expect(box.order('o1').status).toBe('released')
    expect(box.stock('x', 'A')).toMatchObject({ onHand: 10, allocated: 3 })
    const ref = { orderId: 'o1', fulfillmentOrderId: first(box.order('o1')) }
    box.run('StartPicking', ref)
    box.run('PickWork', { ...ref, short: [] })
    box.run('PackWork', ref)
    expect(box.order('o1').status).toBe('packed')
    box.run('ShipWork', { ...ref, shipment: shipment('s1') })
    expect(box.order('o1')).toMatchObject({ status: 'shipped', lines: [{ shipped: 3 }] })
    expect(box.stock('x', 'A')).toMatchObject({ onHand: 7, allocated: 0 })
    box.run('DeliverWork', ref)
    expect(box.order('o1').status).toBe('delivered')
    expect(box.order('o1').shipments[0]?.deliveredAt).toBe(box.at)
    expect(box.state.openByNode.get('fab:A')?.size).toBe(0)
  })

  test('holds what cannot be right', () => {
    const box = Sandbox.withStock()
    box.create('o1', { x: 1 })
    const order = box.order('o1')
    const wrong = { ...order, orderId: 'o2', currency: 'XXQ' }
    box.run('CreateOrder', { order: wrong, lines: order.lines })
    box.run('ValidateOrder', { orderId: 'o2' })
    expect(box.order('o2').status).toBe('on_hold')
  })

  test.each([
    ['an unknown order', (box: Sandbox) => box.run('ReleaseOrder', { orderId: 'no' }), 'order_unknown'],
    ['an order twice', (box: Sandbox) => box.create('o1', { x: 1 }), 'order_exists'],
    ['an order without lines', (box: Sandbox) => box.create('o9', {}), 'no_lines'],
    [
      'release before reservation',
      (box: Sandbox) => box.run('ReleaseOrder', { orderId: 'o2' }),
      'wrong_state',
    ],
    [
      'units that do not match',
      (box: Sandbox) => box.run('SourceOrder', { orderId: 'o3', ...plan('o3', { x: 9 }, 'A') }),
      'units_do_not_match',
    ],
    [
      'a node that is not there',
      (box: Sandbox) => box.run('SourceOrder', { orderId: 'o3', ...plan('o3', { x: 1 }, 'Z') }),
      'node_unknown',
    ],
    [
      'a pick before it began',
      (box: Sandbox) =>
        box.run('PickWork', { orderId: 'o1', fulfillmentOrderId: first(box.order('o1')), short: [] }),
      'wrong_state',
    ],
    [
      'stock below nothing',
      (box: Sandbox) =>
        box.run('AdjustStock', {
          items: [{ sku: 'x', nodeId: 'fab:A', delta: -99, onHand: null, reason: 'lost' }],
        }),
      'stock_negative',
    ],
  ])('refuses %s', (_, act, reason) => {
    const box = Sandbox.withStock()
    box.release('o1', { x: 1 }, 'A')
    box.create('o2', { x: 1 })
    box.create('o3', { x: 1 })
    box.run('ValidateOrder', { orderId: 'o3' })
    const before = box.state
    expect(act(box).refused).toBe(reason)
    expect(box.state).toBe(before)
  })

  test('promises no unit twice', () => {
    const box = Sandbox.withStock(2)
    expect(box.release('o1', { x: 2 }, 'A')).toBeNull()
    expect(box.release('o2', { x: 1 }, 'A')).toBe('stock_short')
    box.run('UnsourceOrder', { orderId: 'o2', reason: 'short' })
    expect(box.order('o2').status).toBe('validated')
    box.run('CancelOrder', { orderId: 'o1', reason: 'changed mind' })
    expect(box.stock('x', 'A')).toMatchObject({ onHand: 2, allocated: 0 })
  })

  test('cancels units that were not found, and the order where none is left', () => {
    const box = Sandbox.withStock()
    box.release('o1', { x: 2, y: 1 }, 'A')
    const ref = { orderId: 'o1', fulfillmentOrderId: first(box.order('o1')) }
    box.run('StartPicking', ref)
    expect(box.run('PickWork', { ...ref, short: [{ lineId: '1', quantity: 3 }] }).refused).toBe(
      'more_than_allocated',
    )
    box.run('PickWork', {
      ...ref,
      short: [
        { lineId: '1', quantity: 2 },
        { lineId: '2', quantity: 1 },
      ],
      shortTo: 'cancel',
    })
    expect(box.order('o1')).toMatchObject({ status: 'cancelled', cancelReason: 'short_pick' })
    expect(box.stock('x', 'A')).toMatchObject({ onHand: 8, allocated: 0 })
  })
})

describe('a reroute', () => {
  const reroute = (box: Sandbox, id: string, to: string, incidentId: string | null = null) =>
    box.run('RerouteOrder', {
      orderId: id,
      fulfillmentOrderId: last(box.order(id)),
      assignments: plan(id, { x: 2 }, to).assignments,
      decision: record(`${id}/${to}/${box.order(id).moves}`, 'reroute', to, { incidentId }),
    })

  test('allocates there before it lets go here, and its undo puts everything back', () => {
    const box = Sandbox.withStock()
    box.release('o1', { x: 2 }, 'A')
    const { events } = reroute(box, 'o1', 'B')
    expect(events.map((event) => event.type)).toEqual(['StockAllocated', 'OrderRerouted', 'StockReleased'])
    expect([box.stock('x', 'A')?.allocated, box.stock('x', 'B')?.allocated]).toEqual([0, 2])
    expect(box.order('o1')).toMatchObject({ status: 'released', moves: 1 })
    expect(
      box.run('UndoReroute', { orderId: 'o1', decisionId: 'o1/B/0', reason: 'by hand' }).refused,
    ).toBeNull()
    expect([box.stock('x', 'A')?.allocated, box.stock('x', 'B')?.allocated]).toEqual([2, 0])
    expect(
      box
        .order('o1')
        .work.filter(isOpenWork)
        .map((work) => work.nodeId),
    ).toEqual(['fab:A'])
  })

  test('is not taken back to a node that is closed by now', () => {
    const box = Sandbox.withStock()
    box.release('o1', { x: 2 }, 'A')
    reroute(box, 'o1', 'B')
    box.run('DefineNodes', { nodes: [node('A', { isActive: false })] })
    const undo = () => box.run('UndoReroute', { orderId: 'o1', decisionId: 'o1/B/0', reason: 'by hand' })
    expect(undo().refused).toBe('node_closed')
    expect([box.stock('x', 'A')?.allocated, box.stock('x', 'B')?.allocated]).toEqual([0, 2])
    expect(box.order('o1').isPinned).toBe(false)
    box.run('DefineNodes', { nodes: [node('A')] })
    expect(undo().refused).toBeNull()
    expect(box.order('o1').isPinned).toBe(true)
  })

  test('is refused once picking began, without stock there, to the same place and beyond the limit', () => {
    const box = Sandbox.withStock(2)
    box.release('o1', { x: 2 }, 'A')
    box.release('o2', { x: 1 }, 'B')
    expect(reroute(box, 'o1', 'A').refused).toBe('same_place')
    expect(reroute(box, 'o1', 'B').refused).toBe('stock_short')
    expect(reroute(box, 'o1', 'C', 'i1').refused).toBeNull()
    box.run('SetPolicy', { policy: { ...box.state.policy, maxMovesPerOrder: 1 } })
    expect(reroute(box, 'o1', 'A', 'i1').refused).toBe('moved_too_often')
    box.run('StartPicking', { orderId: 'o1', fulfillmentOrderId: last(box.order('o1')) })
    expect(reroute(box, 'o1', 'A').refused).toBe('picking_began')
  })

  test('of an order that a file sends again unchanged changes nothing, and a shipped one follows the file', () => {
    const box = Sandbox.withStock()
    box.release('o1', { x: 2 }, 'A')
    const { history: _h, moves: _m, declinedFor: _d, updatedAt: _u, origin: _o, ...rest } = box.order('o1')
    const filed = { ...rest, orderId: 'f1', externalId: 'f1', contentHash: 'h1' }
    box.run('ImportOrders', { orders: [filed] })
    expect(box.stock('x', 'A')?.allocated).toBe(4)
    expect(box.run('ImportOrders', { orders: [filed] }).events).toEqual([])
    reroute(box, 'f1', 'B')
    box.run('ImportOrders', { orders: [{ ...filed, contentHash: 'h2' }] })
    expect(
      box
        .order('f1')
        .work.filter(isOpenWork)
        .map((work) => work.nodeId),
    ).toEqual(['fab:B'])
    box.run('ImportOrders', { orders: [{ ...filed, status: 'cancelled', work: [], contentHash: 'h3' }] })
    expect([box.stock('x', 'A')?.allocated, box.stock('x', 'B')?.allocated]).toEqual([2, 0])
  })
})

describe('stock', () => {
  test('that begins to be counted knows the units that open work holds', () => {
    const box = Sandbox.withStock()
    box.release('o1', { z: 2 }, 'A')
    expect(box.stock('z', 'A')).toBeUndefined()
    const item = { sku: 'z', nodeId: 'fab:A', onHand: 5, safetyStock: 0, inbound: 0, countedAt: box.at }
    box.run('CountStock', { items: [item] })
    expect(box.stock('z', 'A')).toMatchObject({ onHand: 5, allocated: 2 })
    expect(box.run('CountStock', { items: [{ ...item, onHand: 9 }] }).events).toEqual([])
  })

  test('changes are made all or not at all', () => {
    const box = Sandbox.withStock()
    const change = (sku: string, delta: number) => ({
      sku,
      nodeId: 'fab:A',
      delta,
      onHand: null,
      reason: 'count',
    })
    expect(box.run('AdjustStock', { items: [change('x', 5), change('y', -11)] }).refused).toBe(
      'stock_negative',
    )
    expect(box.stock('x', 'A')?.onHand).toBe(10)
    box.run('AdjustStock', { items: [change('x', 5), change('x', -1)] })
    expect(box.stock('x', 'A')?.onHand).toBe(14)
  })
})
