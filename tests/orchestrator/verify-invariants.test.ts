// What always holds in the core holds after every command, and its rules notice what does not.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CoreState, isOpenWork, stockKey } from '#orchestrator/core'
import { invariants, violationsAround, violationsOf, violationsOfStep } from '#orchestrator/verify'
import { record, Sandbox, shipment } from './core/setting.ts'

const place = fc.constantFrom('A', 'B', 'C')
const id = fc.constantFrom('o1', 'o2', 'o3')
const act = fc.oneof(
  fc.record({ type: fc.constant('release' as const), id, units: fc.integer({ min: 1, max: 4 }), at: place }),
  fc.record({ type: fc.constant('reroute' as const), id, at: place }),
  fc.record({ type: fc.constant('work' as const), id, short: fc.integer({ min: 0, max: 1 }) }),
  fc.record({ type: fc.constant('cancel' as const), id }),
)
type Act = typeof act extends fc.Arbitrary<infer T> ? T : never

function perform(box: Sandbox, step: Act): void {
  const order = box.state.orders.get(step.id)
  if (step.type === 'release' && order === undefined) box.release(step.id, { x: step.units }, step.at)
  const work = order?.work.find(isOpenWork)
  if (order === undefined || work === undefined) return
  const ref = { orderId: step.id, fulfillmentOrderId: work.fulfillmentOrderId }
  const [line] = work.lines
  const units = (line?.quantity ?? 0) - (line?.short ?? 0)
  if (step.type === 'cancel') box.run('CancelOrder', { orderId: step.id, reason: 'test' })
  if (step.type === 'reroute') {
    const lines = [{ lineId: '1', quantity: units }]
    const assignments = [{ nodeId: `fab:${step.at}`, carrier: 'SwiftPost', shipBy: null, lines }]
    const decision = record(`${step.id}/m${order.moves}`, 'reroute', step.at)
    box.run('RerouteOrder', { ...ref, assignments, decision })
  }
  if (step.type === 'work' && work.status === 'open') box.run('StartPicking', ref)
  if (step.type === 'work' && work.status === 'picking' && work.pickedAt === null) {
    const short = step.short === 0 || units === 0 ? [] : [{ lineId: '1', quantity: 1 }]
    box.run('PickWork', { ...ref, short })
  }
  if (step.type === 'work' && work.status === 'picking' && work.pickedAt !== null) box.run('PackWork', ref)
  if (step.type === 'work' && work.status === 'packed') {
    box.run('ShipWork', { ...ref, shipment: shipment(`${step.id}-s`) })
  }
}

test('every rule holds after every command, whatever is asked in whatever order', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 30 }), (acts) => {
      const box = Sandbox.withStock(4)
      for (const step of acts) {
        const before = box.state
        perform(box, step)
        expect(violationsOf(box.state)).toEqual([])
        const scope = { orderIds: box.state.orders.keys(), positions: box.state.stock.keys() }
        expect(violationsAround(box.state, scope)).toEqual([])
        expect(violationsOfStep(before, box.state, box.state.stock.keys())).toEqual([])
      }
    }),
    { numRuns: 60 },
  )
})

const key = stockKey('x', 'fab:A')
const reservationOfNothing = {
  reservationId: 'r',
  lines: [],
  createdAt: 0,
  expiresAt: 1,
  channel: null,
  reference: null,
}

test.each<[string, (state: CoreState) => CoreState]>([
  ['allocated_is_reserved_work', (state) => withStock(state, { allocated: 3 })],
  ['stock_is_counted_in_units', (state) => withStock(state, { reserved: -1 })],
  ['ring_fences_add_up', (state) => withStock(state, { ringFenced: 1 })],
  ['reserved_is_reservations', (state) => withStock(state, { reserved: 1 })],
  [
    'reservations_end_in_time',
    (state) => ({ ...state, reservations: state.reservations.set('r', reservationOfNothing) }),
  ],
  [
    'line_units_add_up',
    (state) => withOrder(state, (order) => ({ ...order, lines: bent(order, { shipped: 2 }) })),
  ],
  [
    'shipped_units_left_work',
    (state) => withOrder(state, (order) => ({ ...order, lines: bent(order, { shipped: 1 }) })),
  ],
  ['status_follows_from_parts', (state) => withOrder(state, (order) => ({ ...order, work: [] }))],
  [
    'work_ids_are_unique',
    (state) => withOrder(state, (order) => ({ ...order, work: [...order.work, ...order.work] })),
  ],
  [
    'only_open_work_holds_stock',
    (state) =>
      withOrder(state, (order) => ({
        ...order,
        work: order.work.map((w) => ({ ...w, status: 'delivered' })),
      })),
  ],
  [
    'ended_orders_have_no_open_work',
    (state) => withOrder(state, (order) => ({ ...order, status: 'cancelled' })),
  ],
  ['open_work_is_indexed', (state) => ({ ...state, openByNode: state.openByNode.clear() })],
  ['waiting_is_indexed', (state) => ({ ...state, waiting: state.waiting.add('o1') })],
  ['indexes_list_what_is_there', (state) => ({ ...state, waiting: state.waiting.add('nobody') })],
  [
    'runs_wait_for_another',
    (state) => ({ ...state, flows: { ...state.flows, queued: state.flows.queued.set('o1', [waiting]) } }),
  ],
  ['positions_are_indexed', (state) => ({ ...state, stockOfSku: state.stockOfSku.clear() })],
])('the rule %s notices what breaks it', (rule, breakIt) => {
  const box = Sandbox.withStock()
  box.release('o1', { x: 2 }, 'A')
  expect(violationsOf(box.state)).toEqual([])
  expect(violationsOf(breakIt(box.state)).map((found) => found.invariant)).toContain(rule)
})

test('a promise of more than there is shows as the step that made it', () => {
  const box = Sandbox.withStock(1)
  const after = withStock(box.state, { allocated: 2 })
  const found = violationsOfStep(box.state, after, [key])
  expect(found).toMatchObject([{ invariant: 'nothing_is_oversold', subject: 'position x at fab:A' }])
})

test('rules have ids of their own and say what they mean', () => {
  expect(new Set(invariants.map((rule) => rule.id)).size).toBe(invariants.length)
  for (const rule of invariants) expect(rule.says).toMatch(/^[A-Z].*\.$/)
})

const waiting = {
  ...{ runId: 'o1/run/2', run: 2, flowId: 'back', version: 1, tileId: 'start', reason: 'test' },
  ...{ mark: 0, queuedAt: 0 },
}

type Order = ReturnType<Sandbox['order']>

function withStock(state: CoreState, more: object): CoreState {
  const stock = state.stock.get(key)
  if (stock === undefined) throw new Error('no stock')
  return { ...state, stock: state.stock.set(key, { ...stock, ...more }) }
}

function withOrder(state: CoreState, change: (order: Order) => Order): CoreState {
  const order = state.orders.get('o1')
  if (order === undefined) throw new Error('no order')
  return { ...state, orders: state.orders.set('o1', change(order)) }
}

const bent = (order: Order, more: object) => order.lines.map((line) => ({ ...line, ...more }))
