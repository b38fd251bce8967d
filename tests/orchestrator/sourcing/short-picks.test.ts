// What a node will not find: as it was told, until it picks again and finds or misses goods.

import { expect, test } from 'vitest'
import { type CoreState, emptyState, type Order, PersistentMap } from '#orchestrator/core'
import { ShortPicks } from '../../../orchestrator/sourcing/views/short-picks.ts'

const hourMs = 3_600_000
const now = Date.UTC(2026, 4, 6, 12)

/** Work of ten units each, of which so many were not found, picked so many hours ago. */
function stateOf(picks: readonly [hoursAgo: number, short: number][], nodeId = 'N'): CoreState {
  const orders = picks.map(([hoursAgo, short], i) => {
    const lines = [{ lineId: '1', sku: 'x', quantity: 10, short }]
    return {
      orderId: `o${i}`,
      work: [{ nodeId, pickedAt: now - hoursAgo * hourMs, lines }],
    } as unknown as Order
  })
  return { ...emptyState('main'), orders: PersistentMap(orders.map((order) => [order.orderId, order])) }
}

const shareOf = (state: CoreState, told = 0.4) => new ShortPicks().share('N', told, state, now)

test('is what was told where nothing was picked since, or only elsewhere or long ago', () => {
  expect(shareOf(stateOf([]))).toBeCloseTo(0.4)
  expect(shareOf(stateOf([[2, 0]], 'M'))).toBeCloseTo(0.4)
  expect(shareOf(stateOf([[40, 0]]))).toBeCloseTo(0.4)
})

test('falls as soon as goods are found again, and stays while they are not', () => {
  const found = Array.from({ length: 9 }, (_, i): [number, number] => [i, 0])
  const missed = found.map(([hoursAgo]): [number, number] => [hoursAgo, 4])
  expect(shareOf(stateOf(found))).toBeCloseTo(0.04)
  expect(shareOf(stateOf(missed))).toBeCloseTo(0.4)
  expect(shareOf(stateOf(missed), 0)).toBeCloseTo(0.36)
})

test('follows the orders as they change', () => {
  const picks = new ShortPicks()
  expect(picks.share('N', 0.4, stateOf([[1, 0]]), now)).toBeCloseTo(0.2)
  expect(picks.share('N', 0.4, stateOf([[1, 10]]), now)).toBeCloseTo(0.7)
  expect(picks.share('N', 0.4, stateOf([]), now)).toBeCloseTo(0.4)
})
