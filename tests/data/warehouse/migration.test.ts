// A warehouse of an earlier Detour gets the tables and columns that came later, and keeps its rows.

import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { logTables, operations, type TableContract } from '#data/contracts'
import { migrate, openWarehouse, schemaDrift } from '#data/warehouse'
import { effectsWith, insertRows, newFolder } from '../../orchestrator/places.ts'

let folder: Awaited<ReturnType<typeof newFolder>>
beforeAll(async () => {
  folder = await newFolder()
})
afterAll(() => folder.remove())

/** Columns that came with later steps, by table. */
const later = {
  decisions: [
    ...['hours_saved', 'order_external_id', 'currency', 'strategy_id', 'strategy_version', 'method', 'gap'],
    ...['other_count', 'runner_up_node_id', 'lines', 'counterfactuals', 'gain_cents', 'risk_before'],
    ...['risk_after', 'hours_before', 'hours_after', 'refused_code'],
  ],
  incidents: [
    ...['orders_moved', 'orders_not_moved', 'owner', 'acknowledged_by', 'snoozed_until', 'severity_found'],
    ...['resolved_by', 'reopened', 'is_flapping', 'flap_score', 'merged_into', 'split_from', 'silenced_by'],
  ],
}

/** A candidate as the first version wrote it. */
const candidate = (nodeId: string, isChosen: boolean, available: number | null) => ({
  nodeId,
  carrier: null,
  isChosen,
  isFeasible: isChosen,
  failed: isChosen ? [] : ['does not stock "x"'],
  available,
  hours: 30.5,
  terms: [{ name: 'carriage', cents: 642 }],
  totalCents: 642,
})

test('a file of the first schema is brought up to date and keeps its rows', async () => {
  const path = join(folder.path, 'first.duckdb')
  const { memoryMb, threads } = effectsWith().config
  const first = await openWarehouse(path, { memoryMb, threads })
  await migrate(first)
  for (const { name } of Object.values(logTables) as TableContract[]) await first.run(`DROP TABLE ${name}`)
  for (const [table, columns] of Object.entries(later)) {
    for (const column of columns) await first.run(`ALTER TABLE ${table} DROP COLUMN ${column}`)
  }
  await first.run('DROP TABLE decision_candidates')
  await first.run('DROP TABLE incident_history')
  const told = { incidentId: 'i1', by: 'Mia', at: 1_700_000_000_000 }
  await first.run(
    `INSERT INTO incidents BY NAME SELECT 'i1' AS incident_id, 'main' AS market, 'resolved' AS status,
       0.5 AS severity, 'A is slow' AS title, 'backlog' AS metric, 'node' AS dimension, 'a:1' AS dimension_value,
       now() AS opened_at, 1 AS orders_at_risk, 2 AS cents_at_risk`,
  )
  await first.run(
    `INSERT INTO raw_log_events VALUES ('market:main', 7, 'e/0', 'IncidentAcknowledged', now(), $1)`,
    [JSON.stringify(told)],
  )
  await first.run('DELETE FROM schema_migrations WHERE id > 1')
  await first.run(
    `INSERT INTO decisions SELECT 'd1', 'main', 'o1', 'reroute', NULL, 'a:1', 'a:2', 'done', 'x', now(), 5, $1`,
    [JSON.stringify([candidate('a:2', true, 3), candidate('a:3', false, null)])],
  )
  await insertRows(first, operations.loads as unknown as TableContract, 3)
  await first.close()

  const now = await openWarehouse(path, { memoryMb, threads })
  await migrate(now)
  expect(await schemaDrift(now)).toEqual([])
  expect(await now.all('SELECT id FROM schema_migrations ORDER BY id')).toEqual([
    { id: 1 },
    { id: 2 },
    { id: 3 },
    { id: 4 },
    { id: 5 },
    { id: 6 },
    { id: 7 },
    { id: 8 },
    { id: 9 },
    { id: 10 },
  ])
  const known = { decision_id: 'd1', order_id: 'o1', hours: 30.5, total_cents: 642 }
  const unknown = { service_id: null, late_risk: null, distance_km: null, constraints: null, line_ids: null }
  const terms = '[{"name":"carriage","cents":642}]'
  expect(await now.all('FROM decision_candidates ORDER BY rank')).toMatchObject([
    { ...known, ...unknown, rank: 1, node_id: 'a:2', is_chosen: true, failed: [], available: 3, terms },
    {
      ...{ ...known, ...unknown, rank: 2, node_id: 'a:3', is_chosen: false, available: null, terms },
      failed: ['does not stock "x"'],
    },
  ])
  expect(await now.all('SELECT decision_id, cost_cents, hours_saved, currency FROM decisions')).toEqual([
    { decision_id: 'd1', cost_cents: 5, hours_saved: null, currency: null },
  ])
  expect(await now.all('SELECT owner, acknowledged_by, reopened, severity_found FROM incidents')).toEqual([
    { owner: 'Mia', acknowledged_by: 'Mia', reopened: 0, severity_found: 0.5 },
  ])
  expect(await now.all('SELECT market, seq, incident_id, said_by, text FROM incident_history')).toEqual([
    { market: 'main', seq: 7, incident_id: 'i1', said_by: 'Mia', text: 'Acknowledged by Mia' },
  ])
  expect(await now.one('SELECT count(*) AS n FROM loads')).toEqual({ n: 3 })
  expect(await now.one('SELECT count(*) AS n FROM raw_log_orders')).toEqual({ n: 0 })
  await migrate(now)
  await now.close()
})
