// What the core remembers of moves, once it is more than it keeps: the newest of it.

import { expect, test } from 'vitest'
import { emptyReroutes, pairKey, spentOn, withMove } from '../../../orchestrator/core/reroute/ledger.ts'

test('budgets of incidents and pauses of ways are kept for those that moved something last', () => {
  let state = emptyReroutes()
  for (let i = 0; i <= 1_000; i++) {
    const way = { fromNodeId: `a${i}`, toNodeIds: ['b'] }
    state = withMove(state, { at: i * 1_000, ...way, incidentId: `i${i}`, extraCents: 7, isByPerson: false })
  }
  const spent = Array.from({ length: 1_001 }, (_, i) => spentOn(state, `i${i}`))
  expect(spent.slice(501)).toEqual(Array.from({ length: 500 }, () => 7))
  expect(spent.slice(0, 500)).toEqual(Array.from({ length: 500 }, () => 0))
  const again = { at: 2_000_000, fromNodeId: 'a1000', toNodeIds: ['b'], extraCents: 3, isByPerson: false }
  state = withMove(state, { ...again, incidentId: 'i1000' })
  expect(spentOn(state, 'i1000')).toBe(10)
  expect(state.pairs.get(pairKey('a1000', 'b'))).toBe(2_000_000)
})
