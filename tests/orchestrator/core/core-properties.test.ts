// What always holds in the core, whatever is asked of it in whatever order.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  availableOf,
  type CoreState,
  coreDefinition,
  emptyState,
  isOpenWork,
  unitsOf,
} from '#orchestrator/core'
import { record, Sandbox, shipment } from './setting.ts'

const ids = fc.constantFrom('o1', 'o2', 'o3', 'o4')
const places = fc.constantFrom('A', 'B', 'C')
const act = fc.oneof(
  fc.record({ type: fc.constant('release'), id: ids, x: fc.integer({ min: 1, max: 4 }), at: places }),
  fc.record({ type: fc.constant('reroute'), id: ids, at: places }),
  fc.record({ type: fc.constant('undo'), id: ids }),
  fc.record({ type: fc.constant('work'), id: ids, short: fc.integer({ min: 0, max: 2 }) }),
  fc.record({ type: fc.constant('cancel'), id: ids }),
  fc.record({ type: fc.constant('adjust'), at: places, delta: fc.integer({ min: 0, max: 3 }) }),
)
type Act = { type: string; id?: string; x?: number; at?: string; short?: number; delta?: number }

function perform(box: Sandbox, step: Act): void {
  const id = step.id ?? ''
  const order = box.state.orders.get(id)
  const at = step.at ?? 'A'
  if (step.type === 'release' && order === undefined) box.release(id, { x: step.x ?? 1 }, at)
  if (step.type === 'adjust') {
    const item = { sku: 'x', nodeId: `fab:${at}`, delta: step.delta ?? 0, onHand: null, reason: 'receipt' }
    box.run('AdjustStock', { items: [item] })
  }
  if (order === undefined) return
  const work = order.work.find(isOpenWork)
  const ref = { orderId: id, fulfillmentOrderId: work?.fulfillmentOrderId ?? '' }
  if (step.type === 'cancel') box.run('CancelOrder', { orderId: id, reason: 'test' })
  if (step.type === 'undo')
    box.run('UndoReroute', { orderId: id, decisionId: `${id}/m${order.moves - 1}`, reason: 't' })
  if (work === undefined) return
  if (step.type === 'reroute') {
    const lines = work.lines.map((line) => ({ lineId: line.lineId, quantity: unitsOf(line) }))
    const assignments = [{ nodeId: `fab:${at}`, carrier: 'SwiftPost', shipBy: null, lines }]
    const decision = record(`${id}/m${order.moves}`, 'reroute', at)
    box.run('RerouteOrder', { ...ref, assignments, decision })
  }
  if (step.type === 'work') {
    if (work.status === 'open') box.run('StartPicking', ref)
    else if (work.status === 'picking' && work.pickedAt === null) {
      const units = Math.min(
        step.short ?? 0,
        unitsOf(work.lines[0] ?? { lineId: '', sku: '', quantity: 0, short: 0 }),
      )
      box.run('PickWork', { ...ref, short: units === 0 ? [] : [{ lineId: '1', quantity: units }] })
    } else if (work.status === 'picking') box.run('PackWork', ref)
    else box.run('ShipWork', { ...ref, shipment: shipment(`${id}-s`) })
  }
}

function check(box: Sandbox): void {
  const held = new Map<string, number>()
  for (const order of box.state.orders.values()) {
    const open = order.work.filter(isOpenWork)
    expect(new Set(open.map((work) => work.nodeId)).size).toBeLessThanOrEqual(1)
    for (const work of open) {
      if (!work.isReserved) continue
      for (const line of work.lines) held.set(work.nodeId, (held.get(work.nodeId) ?? 0) + unitsOf(line))
    }
    for (const line of order.lines) expect(line.cancelled + line.shipped).toBeLessThanOrEqual(line.quantity)
  }
  for (const stock of box.state.stock.values()) {
    if (stock.sku !== 'x') continue
    expect(availableOf(stock)).toBeGreaterThanOrEqual(0)
    expect(stock.allocated).toBe(held.get(stock.nodeId) ?? 0)
  }
}

test('whatever happens, nothing is promised twice, no order is at two nodes and the log tells the same state', () => {
  fc.assert(
    fc.property(fc.array(act, { minLength: 1, maxLength: 40 }), (acts) => {
      const box = Sandbox.withStock(4)
      for (const step of acts) {
        perform(box, step)
        check(box)
      }
      const { evolve } = coreDefinition('main')
      const told = JSON.parse(JSON.stringify(box.events)) as typeof box.events
      const again = told.reduce((state, event) => evolve(state, event), emptyState('main'))
      expect([...again.orders]).toEqual([...box.state.orders])
      expect([...again.stock]).toEqual([...box.state.stock])
      expect(openOf(again)).toEqual(openOf(box.state))
    }),
    { numRuns: 150 },
  )
})

function openOf({ openByNode }: CoreState) {
  return openByNode
    .entries()
    .filter(([, orders]) => orders.size > 0)
    .map(([nodeId, orders]) => [nodeId, ...orders])
    .toArray()
}
