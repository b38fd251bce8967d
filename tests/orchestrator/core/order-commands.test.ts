// What each command on an order may do and what it refuses, and what logs of earlier versions still tell.

import { describe, expect, test } from 'vitest'
import {
  type CoreEvent,
  type CoreState,
  coreDefinition,
  emptyState,
  type Order,
  partsOf,
} from '#orchestrator/core'
import { plan, record, Sandbox, shipment } from './setting.ts'

const reason = 'test'
const last = (order: Order) => order.work.at(-1)?.fulfillmentOrderId ?? ''
const parts = (order: Order, line = 0) =>
  partsOf(order, order.lines[line] as Order['lines'][number]).map(
    ({ state, quantity }) => `${quantity} ${state}`,
  )
const unit = (lineId: string, quantity: number) => [{ lineId, quantity }]

/** An order of 3 x and 2 y, released at A. */
function released(): Sandbox {
  const box = Sandbox.withStock()
  box.release('o1', { x: 3, y: 2 }, 'A')
  return box
}
const ref = (box: Sandbox) => ({ orderId: 'o1', fulfillmentOrderId: last(box.order('o1')) })
function picked(box: Sandbox): void {
  box.run('StartPicking', ref(box))
  box.run('PickWork', { ...ref(box), short: [] })
}
const orderId = 'o1'
const made = { newOrderId: 'o2', newExternalId: 'o2' }

describe('units of a line', () => {
  test('are shipped, wait, are cancelled and come back each by themselves', () => {
    const box = Sandbox.withStock()
    box.release('o1', { x: 5 }, 'A')
    box.run('CancelLines', { orderId, lines: unit('1', 1), reason })
    box.run('BackorderLines', { orderId, lines: unit('1', 1), reason })
    expect(parts(box.order('o1'))).toEqual(['3 released', '1 backordered', '1 cancelled'])
    expect(box.stock('x', 'A')).toMatchObject({ onHand: 10, allocated: 3 })
    picked(box)
    box.run('PackWork', ref(box))
    box.run('ShipWork', { ...ref(box), shipment: shipment('s1'), lines: unit('1', 2) })
    box.run('DeliverWork', { ...ref(box), shipmentId: 's1' })
    box.run('RequestReturn', { orderId, lines: unit('1', 1), reason })
    expect(parts(box.order('o1'))).toEqual([
      '1 packed',
      '1 delivered',
      '1 return_requested',
      '1 backordered',
      '1 cancelled',
    ])
    expect(box.stock('x', 'A')).toMatchObject({ onHand: 8, allocated: 1 })
    box.run('ReceiveReturn', { orderId, lines: unit('1', 1), nodeId: 'fab:A', restock: true, reason })
    expect(box.stock('x', 'A')).toMatchObject({ onHand: 9, allocated: 1 })
    expect(box.order('o1').status).toBe('backordered')
  })

  test('of a split keep their share of the money to the cent', () => {
    const box = Sandbox.withStock()
    box.create('o1', { x: 3 })
    box.run('SplitOrder', { orderId, lines: unit('1', 2), reason, ...made })
    const [kept, moved] = [box.order('o1'), box.order('o2')].map((order) => order.lines[0])
    expect([kept?.quantity, moved?.quantity]).toEqual([1, 2])
    expect(box.order('o2')).toMatchObject({
      parentOrderId: 'o1',
      totalCents: 2_000,
      promisedAt: expect.anything(),
    })
    expect(box.run('SplitOrder', { orderId, lines: unit('1', 2), reason, ...made }).events).toEqual([])
  })
})

type Asking = (box: Sandbox) => { refused: string | null }

describe('refuses, and changes nothing:', () => {
  test.each<[string, Asking, string]>([
    [
      'fewer units than none',
      (box) => box.run('CancelLines', { orderId, lines: unit('1', -1), reason }),
      'quantity_invalid',
    ],
    [
      'no units',
      (box) => box.run('CancelLines', { orderId, lines: unit('1', 0), reason }),
      'quantity_invalid',
    ],
    [
      'half a unit',
      (box) => box.run('CancelLines', { orderId, lines: unit('1', 0.5), reason }),
      'quantity_invalid',
    ],
    [
      'more than ordered',
      (box) => box.run('CancelLines', { orderId, lines: unit('1', 4), reason }),
      'more_than_ordered',
    ],
    [
      'more than ordered in two parts',
      (box) => box.run('CancelLines', { orderId, lines: [...unit('1', 2), ...unit('1', 2)], reason }),
      'more_than_ordered',
    ],
    [
      'an unknown line',
      (box) => box.run('CancelLines', { orderId, lines: unit('7', 1), reason }),
      'line_unknown',
    ],
    ['no line at all', (box) => box.run('CancelLines', { orderId, lines: [], reason }), 'no_lines'],
    [
      'everything to another order',
      (box) => box.run('SplitOrder', { orderId, lines: [...unit('1', 3), ...unit('2', 2)], reason, ...made }),
      'nothing_left',
    ],
    [
      'an edit of another version',
      (box) => box.run('EditOrder', { orderId, version: 7, changes: { promisedAt: null }, reason }),
      'version_conflict',
    ],
    [
      'a negative price',
      (box) => {
        const prices = [{ lineId: '1', unitPriceCents: -1 }]
        return box.run('EditOrder', { orderId, version: null, changes: { prices }, reason })
      },
      'price_negative',
    ],
    [
      'a line that is there',
      (box) => {
        const [line] = box.order('o1').lines
        return box.run('EditOrder', { orderId, version: 1, changes: { add: line ? [line] : [] }, reason })
      },
      'line_exists',
    ],
    [
      'the same SKU instead',
      (box) => {
        const more = { lineId: '1', quantity: 1, sku: 'x', newLineId: '9', unitPriceCents: null }
        return box.run('SubstituteLine', { orderId, ...more, reason })
      },
      'same_sku',
    ],
    [
      'a day that has gone',
      (box) => box.run('PreorderLines', { orderId, lineIds: null, launchAt: box.at - 1, reason }),
      'launch_in_past',
    ],
    ['a try where nothing failed', (box) => box.run('RetryOrder', { orderId, reason }), 'nothing_to_retry'],
    [
      'goods back before they came',
      (box) => box.run('RequestReturn', { orderId, lines: unit('1', 1), reason }),
      'more_than_delivered',
    ],
    [
      'a parcel that is not packed',
      (box) => box.run('ShipWork', { ...ref(box), shipment: shipment('s') }),
      'wrong_state',
    ],
    ['goods that nobody collects', (box) => box.run('CollectWork', ref(box)), 'wrong_state'],
    [
      'an own state nobody defined',
      (box) =>
        box.run('SetOwnState', { orderId, lineId: null, fulfillmentOrderId: null, state: 'odd', reason }),
      'own_state_unknown',
    ],
  ])('%s', (_, ask, code) => {
    const box = released()
    const before = box.state
    expect(ask(box).refused).toBe(code)
    expect(box.state).toBe(before)
  })

  test.each<[string, Asking]>([
    ['cancelling', (box) => box.run('CancelOrder', { orderId, reason })],
    ['cancelling units', (box) => box.run('CancelLines', { orderId, lines: unit('1', 1), reason })],
    ['a hold', (box) => box.run('HoldOrder', { orderId, lineIds: null, reason })],
    [
      'another way',
      (box) => box.run('EditOrder', { orderId, version: 1, changes: { method: 'pickup' }, reason }),
    ],
    [
      'fewer units',
      (box) => box.run('EditOrder', { orderId, version: 1, changes: { quantities: unit('1', 1) }, reason }),
    ],
    ['a split', (box) => box.run('SplitOrder', { orderId, lines: unit('1', 1), reason, ...made })],
    ['waiting for stock', (box) => box.run('BackorderLines', { orderId, lines: null, reason })],
    ['a rejection', (box) => box.run('RejectWork', { ...ref(box), reason })],
  ])('%s once a node has begun', (_, ask) => {
    const box = released()
    box.run('StartPicking', ref(box))
    const before = box.state
    expect(ask(box).refused).toBe('picking_began')
    expect(box.state).toBe(before)
  })
})

describe('a log of an earlier version', () => {
  const { evolve } = coreDefinition('main')
  /** The events as they were written before lines and work knew more. */
  function earlier(events: readonly CoreEvent[]): CoreState {
    const told = JSON.parse(JSON.stringify(events), (name, value) => {
      const isNew = [
        'delivered',
        'returnRequested',
        'returned',
        'backordered',
        'launchAt',
        'hold',
        'ownState',
      ]
      if (isNew.includes(name)) return undefined
      return name === 'shipped' && value === 0 ? undefined : value
    }) as CoreEvent[]
    return told.reduce(evolve, emptyState('main'))
  }

  test('tells the same orders', () => {
    const box = released()
    picked(box)
    box.run('PackWork', ref(box))
    box.run('ShipWork', { ...ref(box), shipment: shipment('s1') })
    box.run('DeliverWork', ref(box))
    const again = earlier(box.events)
    expect(again.orders.get('o1')).toEqual(box.order('o1'))
  })

  test('cancels units that were not found, and takes pick-up orders from shipped to collected', () => {
    const box = Sandbox.withStock()
    box.method = 'pickup'
    box.release('o1', { x: 3 }, 'A')
    const work = ref(box)
    const { at } = box
    const old = [
      { type: 'PickingStarted', data: { ...work, at } },
      { type: 'WorkPicked', data: { ...work, short: unit('1', 1), at } },
      { type: 'WorkPacked', data: { ...work, at } },
      { type: 'WorkShipped', data: { ...work, shipment: shipment('s1'), at } },
    ] as unknown as CoreEvent[]
    const ready = earlier([...box.events, ...old]).orders.get('o1')
    expect(ready).toMatchObject({
      status: 'ready_for_pickup',
      shipments: [],
      lines: [{ cancelled: 1, shipped: 2 }],
    })
    const gone = { type: 'WorkDelivered', data: { ...work, at } } as unknown as CoreEvent
    const collected = earlier([...box.events, ...old, gone]).orders.get('o1')
    expect(collected).toMatchObject({ status: 'collected', lines: [{ delivered: 2 }] })
  })
})

test('an edit calls back what it touches, and the stock of it', () => {
  const box = released()
  const shipTo = { ...box.order('o1').shipTo, city: 'Reno' }
  box.run('EditOrder', { orderId, version: 1, changes: { shipTo }, reason })
  expect(box.order('o1')).toMatchObject({ status: 'created', version: 2, work: [{ status: 'cancelled' }] })
  expect(box.stock('x', 'A')).toMatchObject({ allocated: 0 })
  expect(box.run('EditOrder', { orderId, version: 2, changes: { shipTo }, reason }).events).toEqual([])
  box.run('ValidateOrder', { orderId })
  expect(box.run('SourceOrder', { orderId, ...plan('o1', { x: 3, y: 2 }, 'B') }).refused).toBeNull()
})

test('a rejection frees the stock, and the next work counts the attempt', () => {
  const box = released()
  box.run('AcceptWork', ref(box))
  box.run('RejectWork', { ...ref(box), reason: 'no hands' })
  expect(box.order('o1')).toMatchObject({
    status: 'validated',
    work: [{ status: 'rejected', rejectReason: 'no hands' }],
  })
  expect(box.stock('x', 'A')).toMatchObject({ allocated: 0 })
  const { assignments } = plan('o1', { x: 3, y: 2 }, 'B')
  box.run('SourceOrder', { orderId, assignments, decision: record('again', 'source', 'B') })
  expect(box.order('o1').work.at(-1)).toMatchObject({ nodeId: 'fab:B', attempt: 2 })
})
