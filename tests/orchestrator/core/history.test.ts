// The history of an order: packed and told again as it was.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { historySteps } from '#orchestrator/core'
import { withStep } from '../../../orchestrator/core/orders/history.ts'
import type { History } from '../../../orchestrator/core/orders/order.ts'

const entry = fc.record({
  at: fc.integer({ min: 0, max: 4_000_000_000_000 }),
  type: fc.constantFrom('OrderCreated', 'OrderReleased'),
  reason: fc.oneof(fc.constant(null), fc.string()),
  nodeId: fc.oneof(fc.constant(null), fc.constantFrom('fab:A', 'fab:B')),
})

test('tells the newest hundred steps as they were noted, whatever their times', () => {
  fc.assert(
    fc.property(fc.array(entry, { minLength: 1, maxLength: 130 }), (entries) => {
      const history = entries.reduce<History | null>(withStep, null) ?? []
      expect(historySteps(history)).toEqual(entries.slice(-100))
    }),
  )
})
