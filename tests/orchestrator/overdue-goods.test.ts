// A node to which goods come as regularly as a clock is told of once they do not, where others still get theirs.

import { expect, test } from 'vitest'
import {
  type CoreState,
  emptyState,
  evolve,
  type Incident,
  type Node,
  PersistentMap,
} from '#orchestrator/core'
import { overdueGoods, readDeliveries } from '../../orchestrator/engine/overdue-goods.ts'
import { emptyWarehouse } from '../pipeline/raw.ts'

const hour = 3_600_000
const start = Date.UTC(2026, 4, 6, 12)

/** Ten instants `gap` hours apart, the last one an hour before `start`. */
const times = (gap: number, count = 10) =>
  Array.from({ length: count }, (_, i) => start - hour - (count - 1 - i) * gap * hour)
const none = new Map<string, number[]>()
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
const after = (all: Record<string, readonly number[]>): CoreState =>
  Object.entries(all).reduce(
    (before, [nodeId, own]) => own.reduce((state, at) => came(state, nodeId, at), before),
    emptyState('main'),
  )
/** With an incident for each node that is told of after some hours. */
const opened = (before: CoreState, past: Map<string, number[]>, hours: number): CoreState => {
  const found = overdueGoods(before, past, start + hours * hour)
  return {
    ...before,
    incidents: PersistentMap(
      found.map((one) => [one.key, { ...one, incidentId: one.key } as unknown as Incident]),
    ),
    openIncidents: PersistentMap(found.map(({ key }) => [key, key])),
  }
}
/** Goods go on to come to b and c. */
const others = [...times(72), start + 71 * hour, start + 143 * hour]
const usual = after({ a: times(72), b: others, c: others })

test('a delivery is overdue some hours after the longest gap, the severer the longer, and over when it came', () => {
  expect(told(usual, none, 76)).toEqual([])
  expect(told(usual, none, 78)).toEqual(['supply/a overdue'])
  const [first] = overdueGoods(usual, none, start + 78 * hour)
  const [later] = overdueGoods(usual, none, start + 140 * hour)
  expect(first).toMatchObject({
    ...{ metric: 'hours_without_goods', value: 79, expected: 72, beganAt: start + 71 * hour },
    causes: [{ dimension: 'node', value: 'a', share: 1 }],
  })
  expect(later?.severity).toBeGreaterThan(first?.severity ?? 1)
  const incident = { ...first, incidentId: 'i', status: 'open' } as unknown as Incident
  const open = {
    ...usual,
    incidents: PersistentMap([['i', incident]]),
    openIncidents: PersistentMap([['supply/a', 'i']]),
  }
  expect(told(open, none, 100)).toEqual(['supply/a overdue'])
  expect(told(came(open, 'a', start + 90 * hour), none, 100)).toEqual(['supply/a over'])
})

test('what is told stays, and nothing new is told, while most are overdue or too few are judged', () => {
  const five = after({ a: times(72), b: times(72), c: others, d: others, e: others })
  const open = opened(five, none, 78)
  expect(told(open, none, 80)).toEqual(['supply/a overdue', 'supply/b overdue'])
  expect(told(open, none, 230)).toEqual(['supply/a overdue', 'supply/b overdue'])
  expect(told(came(open, 'a', start + 160 * hour), none, 230)).toEqual(['supply/b overdue', 'supply/a over'])
  const past = new Map([
    ['a', times(24)],
    ...['b', 'c'].map((nodeId) => [nodeId, times(24).map((at) => at + 24 * hour)] as const),
  ])
  const byFiles = opened(emptyState('main'), past, 30)
  expect(told(came(byFiles, 'b', start + 31 * hour), past, 32)).toEqual(['supply/a overdue'])
  expect(told(byFiles, none, 32)).toEqual([])
  expect(told(came(byFiles, 'a', start + 31 * hour), past, 32)).toEqual(['supply/a over'])
  const late = new Map([...past, ['a', [...times(24), start + 22 * hour]]])
  expect(told(byFiles, late, 32)).toEqual(['supply/a over'])
})

test('nothing is waited for at a node that is closed', () => {
  const open = opened(usual, none, 78)
  const closed = (before: CoreState) => ({
    ...before,
    nodes: PersistentMap([['a', { nodeId: 'a', isActive: false } as Node]]),
  })
  expect(told(closed(open), none, 80)).toEqual(['supply/a over'])
  const [end] = overdueGoods(closed(open), none, start + 80 * hour)
  expect(end?.endedBecause).toBe('its node is closed')
  expect(told(closed(usual), none, 80)).toEqual([])
})

test('a delivery in between does not break a rhythm', () => {
  const more = [...times(72), start - 100 * hour].sort((one, other) => one - other)
  expect(told(after({ a: more, b: others, c: others }), none, 78)).toEqual(['supply/a overdue'])
})

test('four deliveries in more than a week make a rhythm where they came alike, with more patience', () => {
  const few = after({ a: times(72, 4), b: others, c: others })
  expect(told(few, none, 84)).toEqual([])
  expect(told(few, none, 85)).toEqual(['supply/a overdue'])
  expect(told(came(few, 'a', start + 90 * hour), none, 100)).toEqual([])
})

test('few deliveries make none where they differ as many may, or a weekend could still be to come', () => {
  const unlike = [0, 72, 156, 228, 300].map((at) => start - 301 * hour + at * hour)
  expect(told(after({ a: unlike, b: others, c: others }), none, 140)).toEqual([])
  expect(told(after({ a: times(24, 6), b: others, c: others }), none, 100)).toEqual([])
})

test('nothing is told of what has no rhythm, of too few, and where most are overdue', () => {
  const irregular = [0, 20, 110, 130, 260, 300, 380, 400, 490].map((at) => start - 500 * hour + at * hour)
  expect(told(after({ a: times(72), b: times(72), c: times(72) }), none, 100)).toEqual([])
  expect(told(after({ a: times(72, 3), b: others, c: others }), none, 100)).toEqual([])
  expect(told(after({ a: times(72), b: others }), none, 100)).toEqual([])
  expect(told(after({ a: irregular, b: others, c: others }), none, 140)).toEqual([])
})

test('what files told of counts where nobody tells live, and is not held against what is told live', () => {
  const past = new Map(['a', 'b', 'c'].map((nodeId) => [nodeId, times(24)]))
  const first = after({ b: [start + 20 * hour], c: [start + 20 * hour] })
  expect(told(first, past, 40)).toEqual([])
  const files = new Map([...past, ['b', times(24).map((at) => at + 24 * hour)]])
  expect(told(emptyState('main'), files, 30)).toEqual([])
  const two = new Map([...files, ['c', times(24).map((at) => at + 24 * hour)]])
  expect(told(emptyState('main'), two, 30)).toEqual(['supply/a overdue'])
})

test('what is unpacked for hours came at once, and what is written off or comes back is no delivery', () => {
  let now = came(came(emptyState('main'), 'a', start), 'a', start + 3 * hour)
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
