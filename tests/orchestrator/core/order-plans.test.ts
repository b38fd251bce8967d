// Plans as others may send them: what they say twice is one thing.

import { expect, test } from 'vitest'
import { record, Sandbox } from './setting.ts'

test('a line that a plan names twice at a node is one part of its work, which can be picked short', () => {
  const box = Sandbox.withStock()
  box.create('o1', { x: 3 })
  box.run('ValidateOrder', { orderId: 'o1' })
  const lines = [
    { lineId: '1', quantity: 2 },
    { lineId: '1', quantity: 1 },
  ]
  const assignments = [{ nodeId: 'fab:A', carrier: null, shipBy: null, lines }]
  box.run('SourceOrder', { orderId: 'o1', assignments, decision: record('d1', 'source', 'A') })
  expect(box.order('o1').work[0]?.lines).toMatchObject([{ lineId: '1', quantity: 3 }])
  box.run('ReserveOrder', { orderId: 'o1' })
  box.run('ReleaseOrder', { orderId: 'o1' })
  const ref = { orderId: 'o1', fulfillmentOrderId: 'o1-F1' }
  box.run('StartPicking', ref)
  box.run('PickWork', { ...ref, short: [{ lineId: '1', quantity: 2 }], shortTo: 'cancel' })
  expect(box.order('o1').lines[0]).toMatchObject({ quantity: 3, cancelled: 2 })
  expect(box.stock('x', 'A')).toMatchObject({ allocated: 1 })
})
