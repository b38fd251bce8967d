// What is filled into lines and work of earlier versions: nothing that they did not say.

import { expect, test } from 'vitest'
import { untouchedWork } from '#orchestrator/core'
import { filledWork } from '../../../orchestrator/core/orders/filled.ts'
import type { NewWork } from '../../../orchestrator/core/orders/order.ts'
import { plan, Sandbox } from './setting.ts'

const lines = [{ lineId: '1', sku: 'x', quantity: 2, short: 0 }]
const old: NewWork = {
  ...untouchedWork,
  ...{ fulfillmentOrderId: 'o1-F1', nodeId: 'fab:A', carrier: 'SwiftPost', lines, sourcedAt: 1 },
}

test('work of logs that knew no services has none, and work that was planned with one keeps it', () => {
  expect('service' in filledWork(old)).toBe(false)
  const planned = filledWork({ ...old, service: 'swift-ground' })
  expect(planned).toEqual({ ...filledWork(old), service: 'swift-ground' })
  // Filled in once, it stays as it is.
  expect(filledWork(planned)).toEqual(planned)
  expect(filledWork(filledWork(old))).toEqual(filledWork(old))
})

test('the service that was planned is told with the work of an order', () => {
  const box = Sandbox.withStock()
  const serviceOf = (id: string) => box.order(id).work.at(-1)?.service
  for (const [id, service] of [
    ['o1', undefined],
    ['o2', 'swift-ground'],
  ] as const) {
    box.create(id, { x: 1 })
    box.run('ValidateOrder', { orderId: id })
    const { assignments, decision } = plan(id, { x: 1 }, 'A')
    const asked = assignments.map((each) => (service === undefined ? each : { ...each, service }))
    box.run('SourceOrder', { orderId: id, assignments: asked, decision })
    expect(serviceOf(id)).toBe(service)
  }
})
