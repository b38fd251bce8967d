// What reroutes read from the tables and write to them: orders that nodes will get, and what moves came to.

import { expect, test } from 'vitest'
import type { Warehouse } from '#data/warehouse'
import type { DayRoom } from '#orchestrator/sourcing'
import { keepEffects } from '../../../orchestrator/engine/effects.ts'
import { measureEffects } from '../../../orchestrator/reroute/effect/measure.ts'
import { expectedArrivals } from '../../../orchestrator/reroute/look-ahead.ts'
import { emptyWarehouse } from '../../pipeline/raw.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** A Wednesday. */
const now = Date.UTC(2026, 4, 6, 12)
const at = (ms: number) => new Date(ms).toISOString()

async function points(warehouse: Warehouse, rows: readonly [node: string, start: number, orders: number][]) {
  for (const [node, start, orders] of rows)
    await warehouse.run(
      `INSERT INTO metric_points VALUES ('main', 'orders', 'node', $1, 'hour', $2::TIMESTAMPTZ, $3, 1, $3, 1, true)`,
      [node, at(start), orders],
    )
}

test('a node gets what it got in the same hours of the last four weeks, up to its cut-off', async () => {
  const warehouse = await emptyWarehouse()
  const rows: [string, number, number][] = []
  for (let week = 1; week <= 4; week++)
    for (let hour = -2; hour < 6; hour++) rows.push(['A', now - 7 * week * dayMs + hour * hourMs, 10 + week])
  // Another node, and hours of other days, say nothing.
  rows.push(['B', now - 7 * dayMs, 500], ['A', now - dayMs, 900], ['A', now - 35 * dayMs, 900])
  await points(warehouse, rows)
  const room = (cutOffAt: number | null): DayRoom => ({ day: '2026-05-06', cutOffAt, limit: 100, booked: 0 })
  const rooms = new Map([
    ['A', room(now + 2.5 * hourMs)],
    ['C', room(now + hourMs)],
  ])
  const found = await warehouse.reading((queries) => expectedArrivals(queries, 'main', now, rooms))
  // Two and a half hours of 11, 12, 13 and 14 orders.
  expect(found.get('A')?.mean).toBeCloseTo(2.5 * 12.5)
  expect(found.get('A')?.variance).toBeGreaterThanOrEqual(2.5 * 12.5)
  expect(found.has('B') || found.has('C')).toBe(false)
  const late = new Map([['A', room(null)]])
  expect(await warehouse.reading((queries) => expectedArrivals(queries, 'main', now, late))).toEqual(
    new Map(),
  )
  await warehouse.close()
})

/** Arrivals of the next two hours, where each hour since so many days ago brought ten orders. */
async function arrivalsSince(days: number) {
  const warehouse = await emptyWarehouse()
  const hours = Array.from({ length: Math.round(days * 24) }, (_, i) => now - (i + 1) * hourMs)
  const near = hours.filter((start) => Math.abs(((now - start) % (7 * dayMs)) - 3.5 * dayMs) > 3.4 * dayMs)
  const first = hours.at(-1) ?? now
  await points(
    warehouse,
    [...new Set([...near, first])].map((start) => ['A', start, 10]),
  )
  const room: DayRoom = { day: '2026-05-06', cutOffAt: now + 2 * hourMs, limit: 100, booked: 0 }
  const rooms = new Map([['A', room]])
  const found = await warehouse.reading((queries) => expectedArrivals(queries, 'main', now, rooms))
  await warehouse.close()
  return found.get('A') ?? null
}

test('a node gets as much as in the weeks since it is known, however few', async () => {
  for (const days of [8, 15, 22, 29, 60])
    expect(await arrivalsSince(days), `${days} days`).toEqual({ mean: 20, variance: 20 })
  // What is known of a part of a week alone counts where there is nothing better, and else not.
  expect((await arrivalsSince(7 - 1 / 24))?.mean).toBe(10)
  expect((await arrivalsSince(14 - 1 / 24))?.mean).toBe(20)
  expect(await arrivalsSince(2)).toBeNull()
})

const idOf = (i: number) => `00000000-0000-4000-8000-${String(i).padStart(12, '0')}`

/** A moved or held-out order that came early or late. */
async function decided(
  warehouse: Warehouse,
  i: number,
  {
    incident,
    isMoved,
    isLate,
    cents = 0,
  }: { incident: string; isMoved: boolean; isLate: boolean; cents?: number },
): Promise<void> {
  const orderId = idOf(i)
  await warehouse.run(
    `INSERT INTO orders BY NAME SELECT $1::UUID AS order_id, 'main' AS market, 'p' AS provider, $1 AS external_id,
       'web' AS channel, 'delivered' AS status, 'delivery' AS method, 'USD' AS currency, 'CA' AS region,
       $2::TIMESTAMPTZ AS placed_at, $3::TIMESTAMPTZ AS promised_at, $4::TIMESTAMPTZ AS delivered_at,
       false AS is_open, 1 AS line_count, 1 AS unit_count, 100 AS total_cents, 0 AS freight_cents, 0 AS tax_cents,
       0 AS discount_cents, 1 AS node_count, 'c' AS carrier, 'l' AS lane, 's' AS sku_class, true AS is_in_full,
       false AS is_returned, []::VARCHAR[] AS flags`,
    [orderId, at(now - 4 * dayMs), at(now - dayMs), at(now - dayMs + (isLate ? 1 : -1) * 5 * hourMs)],
  )
  await decide(warehouse, i, `${incident}/1`, { incident, status: isMoved ? 'done' : 'held_out', cents })
}

/** A decision of an order; its name is the end of its id. */
async function decide(
  warehouse: Warehouse,
  i: number,
  name: string,
  { incident, status, cents, day = 3 }: { incident: string; status: string; cents: number; day?: number },
): Promise<void> {
  const orderId = idOf(i)
  await warehouse.run(
    `INSERT INTO decisions BY NAME SELECT $1 AS decision_id, 'main' AS market, $2 AS order_id, 'reroute' AS kind,
       $3 AS incident_id, $4 AS status, 'x' AS reason, $5::TIMESTAMPTZ AS decided_at, $6::BIGINT AS cost_cents,
       '[]'::JSON AS candidates, 'USD' AS currency, 0.8 AS risk_before, 0.1 AS risk_after, 60 AS hours_before,
       40 AS hours_after`,
    [`${orderId}/${name}`, orderId, incident, status, at(now - day * dayMs), cents],
  )
}

test('what moves came to is kept by incident and in all, and written again only where it changed', async () => {
  const warehouse = await emptyWarehouse()
  for (let i = 0; i < 40; i++)
    await decided(warehouse, i, { incident: 'a', isMoved: true, isLate: i % 10 === 0, cents: 200 })
  for (let i = 40; i < 60; i++)
    await decided(warehouse, i, { incident: 'a', isMoved: false, isLate: i % 5 !== 0 })
  await decided(warehouse, 60, { incident: 'b', isMoved: true, isLate: false })
  const first = await keepEffects(warehouse, { market: 'main', now }, '')
  const rows = await warehouse.all<Record<string, number | string>>(
    'SELECT * FROM reroute_effects ORDER BY incident_id',
  )
  expect(rows.map(({ incident_id, moved, held_out }) => [incident_id, moved, held_out])).toEqual([
    ['a', 40, 20],
    ['all', 41, 20],
    ['b', 1, 0],
  ])
  const [own] = rows
  // Of those held out four in five were late, of those that moved one in ten.
  expect(own?.late_avoided).toBeGreaterThan(20)
  expect(own?.late_avoided).toBeLessThan(36)
  expect(Number(own?.late_avoided_low)).toBeLessThan(Number(own?.late_avoided))
  expect(own?.extra_cents).toBe(8_000)
  expect(own?.sentence).toMatch(/late/)
  await warehouse.run("UPDATE reroute_effects SET sentence = 'mine'")
  expect(await keepEffects(warehouse, { market: 'main', now }, first)).toBe(first)
  const kept = await warehouse.all('SELECT DISTINCT sentence FROM reroute_effects')
  expect(kept).toEqual([{ sentence: 'mine' }])
  await warehouse.close()
})

test('an order counts once and costs what all its moves did: of pieces, for other incidents, and back', async () => {
  const warehouse = await emptyWarehouse()
  const done = (i: number, name: string, incident: string, cents: number, day: number) =>
    decide(warehouse, i, name, { incident, status: 'done', cents, day })
  await decided(warehouse, 0, { incident: 'b', isMoved: true, isLate: false, cents: 300 })
  await done(0, 'b/2', 'b', 300, 3)
  await done(0, 'a/3', 'a', 400, 2)
  await done(0, 'b/back/4', 'b', -250, 1)
  await decide(warehouse, 0, 'b/5', { incident: 'b', status: 'undone', cents: 900 })
  await done(0, 'hand/6', 'b', 1_000, 1)
  const effects = await warehouse.reading((queries) => measureEffects(queries, { market: 'main', now }))
  const all = effects.map(({ incidentId, moved, extraCents }) => [incidentId, moved, extraCents.value])
  expect(all).toEqual([
    [null, 1, 750],
    ['a', 1, 400],
    ['b', 1, 350],
  ])
  // Hours are those since it was moved first.
  expect(effects[0]?.hoursSaved).toEqual(effects[2]?.hoursSaved)
  expect(effects[0]?.sentence).toContain('for 7.50 USD')
  await warehouse.close()
})

test('of orders without a promise, or that were cancelled, it is not waited for whether they are late', async () => {
  const warehouse = await emptyWarehouse()
  for (let i = 0; i < 90; i++)
    await decided(warehouse, i, {
      incident: 'a',
      isMoved: i < 50,
      isLate: i >= 50 && i % 5 !== 0,
      cents: 100,
    })
  const avoided = async () => {
    const [all] = await warehouse.reading((queries) => measureEffects(queries, { market: 'main', now }))
    return all
  }
  expect(await avoided()).toMatchObject({ method: 'hold_out', moved: 50, movedKnown: 50, heldOutKnown: 40 })
  expect((await avoided())?.lateAvoided.value).toBeCloseTo(0.8 * 50)
  const last = idOf(9)
  await warehouse.run('UPDATE orders SET promised_at = NULL WHERE order_id <= $1::UUID', [last])
  await warehouse.run("UPDATE orders SET status = 'cancelled', delivered_at = NULL WHERE order_id = $1", [
    last,
  ])
  const effect = await avoided()
  expect(effect).toMatchObject({
    method: 'hold_out',
    moved: 50,
    movedKnown: 40,
    extraCents: { value: 5_000 },
  })
  expect(effect?.lateAvoided.value).toBeCloseTo(0.8 * 40)
  expect(effect?.sentence).not.toContain('not known yet')
  await warehouse.close()
})
