// A node to which goods come as regularly as a clock is told of once they do not, where others still get theirs.

import { expect, test } from 'vitest'
import { type CoreState, emptyState, evolve, type Incident, PersistentMap } from '#orchestrator/core'
import { overdueGoods, readDeliveries } from '../../orchestrator/engine/overdue-goods.ts'
import { emptyWarehouse } from '../pipeline/raw.ts'

const hour = 3_600_000
const start = Date.UTC(2026, 4, 6, 12)

/** Deliveries every `gap` hours up to an hour before `start`, at each node. */
function every(gap: number, nodes: readonly string[], count = 10): Map<string, number[]> {
  const times = Array.from({ length: count }, (_, i) => start - hour - (count - 1 - i) * gap * hour)
  return new Map(nodes.map((nodeId) => [nodeId, times]))
}

const state = emptyState('main')
const told = (of: CoreState, past: Map<string, number[]>, hours: number) =>
  overdueGoods(of, past, start + hours * hour).map(
    ({ key, isBreaching }) => `${key} ${isBreaching ? 'overdue' : 'over'}`,
  )
/** Goods come to a node. */
const came = (before: CoreState, nodeId: string, at: number): CoreState =>
  evolve(before, {
    type: 'StockAdjusted',
    data: { items: [{ sku: 'A', nodeId, delta: 5, reason: 'receipt' }], at },
  })
/** Goods came to the nodes b and c all the while. */
const others = ['b', 'c'].reduce((before, nodeId) => {
  const first = came(before, nodeId, start + 71 * hour)
  return came(first, nodeId, start + 143 * hour)
}, state)

test('a delivery is overdue some hours after the longest gap, the severer the longer, and over when it came', () => {
  const past = every(72, ['a', 'b', 'c'])
  expect(told(others, past, 76)).toEqual([])
  expect(told(others, past, 78)).toEqual(['supply/a overdue'])
  const [first] = overdueGoods(others, past, start + 78 * hour)
  const [later] = overdueGoods(others, past, start + 140 * hour)
  expect(first).toMatchObject({
    ...{ metric: 'hours_without_goods', value: 79, expected: 72, beganAt: start + 71 * hour },
    causes: [{ dimension: 'node', value: 'a', share: 1 }],
  })
  expect(later?.severity).toBeGreaterThan(first?.severity ?? 1)
  const incident = { ...first, incidentId: 'i', dimensionValue: 'a', status: 'open' } as unknown as Incident
  const open = {
    ...others,
    incidents: PersistentMap([['i', incident]]),
    openIncidents: PersistentMap([['supply/a', 'i']]),
  }
  expect(told(open, past, 100)).toEqual(['supply/a overdue'])
  expect(told(came(open, 'a', start + 90 * hour), past, 100)).toEqual(['supply/a over'])
})

test('a delivery in between does not break a rhythm', () => {
  const past = every(72, ['a', 'b', 'c'])
  const more = [...(past.get('a') ?? []), start - 100 * hour].sort((one, other) => one - other)
  expect(told(others, new Map([...past, ['a', more]]), 78)).toEqual(['supply/a overdue'])
})

test('nothing is told of what has no rhythm, of too few, and where most are overdue', () => {
  const past = every(72, ['a', 'b', 'c'])
  expect(told(state, past, 100)).toEqual([])
  expect(told(others, every(72, ['a', 'b', 'c'], 5), 100)).toEqual([])
  expect(told(came(state, 'b', start + 71 * hour), every(72, ['a', 'b']), 100)).toEqual([])
  const irregular = [0, 20, 110, 130, 260, 300, 380, 400, 490].map((at) => start - 500 * hour + at * hour)
  expect(told(others, new Map([...past, ['a', irregular]]), 300)).not.toContain('supply/a overdue')
})

test('what is unpacked for hours came at once, and what is written off or comes back is no delivery', () => {
  let now = came(came(state, 'a', start), 'a', start + 3 * hour)
  expect(now.deliveries.get('a')).toEqual([start])
  now = evolve(now, {
    type: 'StockAdjusted',
    data: { items: [{ sku: 'A', nodeId: 'a', delta: 2, reason: 'return' }], at: start + 50 * hour },
  })
  expect(now.deliveries.get('a')).toEqual([start])
  for (let i = 1; i <= 40; i++) now = came(now, 'a', start + i * 24 * hour)
  expect(now.deliveries.get('a')).toHaveLength(24)
  expect(now.deliveries.get('a')?.at(-1)).toBe(start + 40 * 24 * hour)
})

test('deliveries that files told of are read by node and half day', async () => {
  const warehouse = await emptyWarehouse()
  const row = (node: string, at: string, kind: string, delta: number, i: number) =>
    `('main', 'shop', 'm${i}', 'A', 'toys', '${node}', '${at}', '${kind}', ${delta})`
  const rows = [
    row('a', '2026-05-01 06:00:00+00', 'receipt', 5, 1),
    row('a', '2026-05-01 07:00:00+00', 'receipt', 5, 2),
    row('a', '2026-05-04 06:00:00+00', 'receipt', 5, 3),
    row('a', '2026-05-05 06:00:00+00', 'adjustment', -5, 4),
    row('b', '2026-01-01 06:00:00+00', 'receipt', 5, 5),
  ]
  await warehouse.run(`INSERT INTO inventory_movements
    (market, provider, movement_id, sku, sku_class, node_id, moved_at, kind, delta) VALUES ${rows.join(', ')}`)
  const found = await warehouse.reading((queries) => readDeliveries(queries, 'main', start))
  expect([...found]).toEqual([['a', [Date.UTC(2026, 4, 1, 6), Date.UTC(2026, 4, 4, 6)]]])
  await warehouse.close()
})
