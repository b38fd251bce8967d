// What became of orders, read from the core: each order once, copies and what came before beside them.

import { expect, test } from 'vitest'
import { SimulatedClock } from '#data/kernel'
import { MemoryLog } from '#data/log'
import type { Core } from '#orchestrator/core'
import { endsOf } from '../../../orchestrator/closed-loop/ends.ts'

const start = 1_000_000

function order(orderId: string, externalId: string, placedAt: number, delivered: number) {
  const line = { quantity: 2, delivered, cancelled: 2 - delivered }
  return {
    ...{ orderId, externalId, placedAt, provider: 'fabrikam', promisedAt: start + 10, status: 'delivered' },
    ...{ lines: [line], work: [], shipments: [], cancelReason: 'changed mind' },
  }
}

test('copies are no orders of the days, and of what was placed before only moves are counted', async () => {
  const log = new MemoryLog(new SimulatedClock(start))
  const moved = ['copy', 'old', 'part'].map((orderId, i) => {
    const decision = { incidentId: null, fromNodeId: 'a', toNodeId: 'b' }
    return { eventId: `${i}/0`, type: 'OrderRerouted', data: { orderId, decision, work: [], at: start + 1 } }
  })
  await log.append('market:main', 0, moved)
  const orders = [
    ...[order('once', 'FB-26050501001', start, 2), order('copy', 'FB-26050501001-copy', start, 2)],
    ...[order('part', 'FB-26050501002', start, 1), order('old', 'FB-26050401', start - 1, 2)],
  ]
  const state = { orders: new Map(orders.map((each) => [each.orderId, each])), nodes: new Map() }
  const core = { market: 'main', state: () => state } as unknown as Core
  const ends = endsOf({ start }, core, log)
  expect(ends.orders.map(({ orderId, isFull }) => [orderId, isFull])).toEqual([
    ['once', true],
    ['part', false],
  ])
  expect(ends.copies.map(({ orderId, firstMove }) => [orderId, firstMove?.at])).toEqual([['copy', start + 1]])
  expect(ends.movedBefore).toBe(1)
})
