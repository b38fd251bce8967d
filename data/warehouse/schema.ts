// The tables of the warehouse and the numbered steps that bring an older file up to date.

import {
  columnsOf,
  createTableSql,
  entities,
  logTables,
  marts,
  operations,
  type TableContract,
} from '#data/contracts'
import { fail } from '#data/kernel'
import type { Queries, Warehouse } from './warehouse.ts'

/** One numbered step. Steps are never edited once released; they may be run on a warehouse that has the change. */
interface Migration {
  id: number
  name: string
  run(queries: Queries): Promise<void>
}

/** Tables that are written row by row; marts are rebuilt by the pipeline. */
const kept: TableContract[] = [
  ...Object.values(operations),
  ...(Object.values(logTables) as TableContract[]),
  ...Object.values(entities).map((entity) => entity as unknown as TableContract),
]

const migrations: Migration[] = [
  {
    id: 1,
    name: 'raw tables, operations and marts',
    run: async (queries) => {
      for (const contract of allTables()) await queries.run(createTableSql(contract))
    },
  },
  {
    id: 2,
    name: 'rows of the core, more of decisions and incidents',
    run: async (queries) => {
      for (const contract of Object.values(logTables)) {
        await queries.run(createTableSql(contract as TableContract))
      }
      for (const column of ['hours_saved DOUBLE', 'order_external_id VARCHAR', 'currency VARCHAR']) {
        await queries.run(`ALTER TABLE decisions ADD COLUMN IF NOT EXISTS ${column}`)
      }
      for (const column of ['orders_moved BIGINT', 'orders_not_moved BIGINT']) {
        await queries.run(`ALTER TABLE incidents ADD COLUMN IF NOT EXISTS ${column}`)
      }
    },
  },
  {
    id: 3,
    name: 'ledger of stock',
    run: async (queries) => {
      // It has a cursor of its own, so that it begins with the log also where other rows are there already.
      const { rawLogStockLedger, rawLogStockSchedule, rawLogStockCursors } = logTables
      for (const contract of [rawLogStockLedger, rawLogStockSchedule, rawLogStockCursors]) {
        await queries.run(createTableSql(contract as unknown as TableContract))
      }
      for (const column of ['reserved BIGINT', 'ring_fenced BIGINT']) {
        await queries.run(`ALTER TABLE raw_log_inventory ADD COLUMN IF NOT EXISTS ${column}`)
      }
    },
  },
  { id: 4, name: 'strategies of decisions, a row for each candidate', run: addCandidates },
  {
    id: 5,
    name: 'risks of open work',
    run: async (queries) => {
      await queries.run(createTableSql(operations.orderRisks))
    },
  },
  {
    id: 6,
    name: 'scores of own models',
    run: async (queries) => {
      await queries.run(createTableSql(operations.modelScores))
    },
  },
  {
    id: 7,
    name: 'what reroutes gain, and their effects',
    run: async (queries) => {
      for (const column of [
        ...['gain_cents BIGINT', 'risk_before DOUBLE', 'risk_after DOUBLE', 'hours_before DOUBLE'],
        ...['hours_after DOUBLE', 'refused_code VARCHAR'],
      ]) {
        await queries.run(`ALTER TABLE decisions ADD COLUMN IF NOT EXISTS ${column}`)
      }
      await queries.run(createTableSql(operations.rerouteEffects))
    },
  },
  { id: 8, name: 'life of incidents, notices, silences', run: addIncidentLife },
  {
    id: 9,
    name: 'policies and what they said',
    run: async (queries) => {
      await queries.run(createTableSql(operations.policies))
      await queries.run(createTableSql(operations.policyResults))
    },
  },
  {
    id: 10,
    name: 'runs of flows, their steps, actions of providers',
    run: async (queries) => {
      for (const contract of [operations.flowRuns, operations.flowSteps, operations.providerActions]) {
        await queries.run(createTableSql(contract as unknown as TableContract))
      }
    },
  },
]

async function addIncidentLife(queries: Queries): Promise<void> {
  for (const column of [
    ...['owner VARCHAR', 'acknowledged_by VARCHAR', 'snoozed_until TIMESTAMPTZ', 'severity_found DOUBLE'],
    ...['resolved_by VARCHAR', 'reopened BIGINT', 'is_flapping BOOLEAN', 'flap_score DOUBLE'],
    ...['merged_into VARCHAR', 'split_from VARCHAR', 'silenced_by VARCHAR'],
  ]) {
    await queries.run(`ALTER TABLE incidents ADD COLUMN IF NOT EXISTS ${column}`)
  }
  const { incidentHistory, incidentComments, incidentNotices, silences } = operations
  await queries.run(createTableSql(incidentHistory))
  await queries.run(createTableSql(incidentComments))
  await queries.run(createTableSql(incidentNotices))
  await queries.run(createTableSql(silences))
  // What earlier versions kept of incidents says as much as theirs would today.
  await queries.run(
    `UPDATE incidents SET severity_found = severity, reopened = 0, is_flapping = false, flap_score = 0
     WHERE reopened IS NULL`,
  )
  await queries.run(
    `UPDATE incidents SET acknowledged_by = e.last_by, owner = e.first_by
     FROM (SELECT data->>'incidentId' AS incident_id, arg_max(data->>'by', seq) AS last_by,
             arg_min(data->>'by', seq) AS first_by
           FROM raw_log_events WHERE type = 'IncidentAcknowledged' GROUP BY ALL) AS e
     WHERE incidents.incident_id = e.incident_id AND acknowledged_by IS NULL`,
  )
  await queries.run(
    `INSERT INTO incident_history BY NAME
     SELECT substr(stream, 8) AS market, seq, data->>'incidentId' AS incident_id,
       make_timestamptz((data->>'at')::BIGINT * 1000) AS happened_at, type AS event, data->>'by' AS said_by,
       CASE type WHEN 'IncidentOpened' THEN 'Opened: ' || (data->'finding'->>'title')
         WHEN 'IncidentResolved' THEN 'Resolved: ' || (data->>'reason')
         WHEN 'IncidentAcknowledged' THEN 'Acknowledged by ' || (data->>'by')
         ELSE data->'finding'->>'title' END AS text,
       (data->'finding'->>'severity')::DOUBLE AS severity,
       (data->'impact'->>'ordersAtRisk')::BIGINT AS orders_at_risk,
       (data->'impact'->>'centsAtRisk')::BIGINT AS cents_at_risk
     FROM raw_log_events
     WHERE type IN ('IncidentOpened', 'IncidentUpdated', 'IncidentResolved', 'IncidentAcknowledged')
       AND (stream, seq) NOT IN (SELECT ('market:' || market, seq) FROM incident_history)`,
  )
}

async function addCandidates(queries: Queries): Promise<void> {
  for (const column of [
    'strategy_id VARCHAR',
    'strategy_version BIGINT',
    'method VARCHAR',
    'gap DOUBLE',
    'other_count BIGINT',
    'runner_up_node_id VARCHAR',
    'lines JSON',
    'counterfactuals JSON',
  ]) {
    await queries.run(`ALTER TABLE decisions ADD COLUMN IF NOT EXISTS ${column}`)
  }
  await queries.run(createTableSql(operations.decisionCandidates))
  // Decisions of earlier versions knew less of their candidates; what they knew is in the table already.
  await queries.run(
    `INSERT INTO decision_candidates BY NAME
     SELECT decision_id, market, order_id, decided_at, rank, c->>'nodeId' AS node_id, c->>'carrier' AS carrier,
       (c->>'isChosen')::BOOLEAN AS is_chosen, (c->>'isFeasible')::BOOLEAN AS is_feasible,
       from_json(c->'failed', '["VARCHAR"]') AS failed, (c->>'available')::BIGINT AS available,
       (c->>'hours')::DOUBLE AS hours, (c->>'totalCents')::BIGINT AS total_cents, c->'terms' AS terms
     FROM (
       SELECT decision_id, market, order_id, decided_at, unnest(json_extract(candidates, '$[*]')) AS c,
         generate_subscripts(json_extract(candidates, '$[*]'), 1) AS rank
       FROM decisions
     )
     WHERE decision_id NOT IN (SELECT decision_id FROM decision_candidates)`,
  )
}

/** Every table contract of the warehouse. */
export function allTables(): TableContract[] {
  return [...kept, ...(Object.values(marts) as TableContract[])]
}

/**
 * Brings the warehouse to the newest schema.
 * @throws WAREHOUSE_NEWER when a newer Detour wrote it, WAREHOUSE_DAMAGED when a table is not as its contract says
 */
export async function migrate(warehouse: Warehouse): Promise<void> {
  await warehouse.run(
    'CREATE TABLE IF NOT EXISTS schema_migrations (id INTEGER NOT NULL, name VARCHAR NOT NULL)',
  )
  const { found } = await warehouse.one<{ found: number }>(
    'SELECT coalesce(max(id), 0)::INTEGER AS found FROM schema_migrations',
  )
  const known = migrations.at(-1)?.id ?? 0
  if (found > known) throw fail('WAREHOUSE_NEWER', { found, known })
  for (const migration of migrations.filter((step) => step.id > found)) {
    await warehouse.transaction(async (queries) => {
      await migration.run(queries)
      await queries.run('INSERT INTO schema_migrations VALUES ($1, $2)', [migration.id, migration.name])
    })
  }
  const drift = await schemaDrift(warehouse)
  if (drift.length > 0) throw fail('WAREHOUSE_DAMAGED', { path: warehouse.path, reason: drift.join('; ') })
}

/** Where the tables differ from their contracts, in words; empty when they agree. */
export async function schemaDrift(queries: Queries): Promise<string[]> {
  const rows = await queries.all<{ table_name: string; column_name: string; data_type: string }>(
    'SELECT table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal ORDER BY column_index',
  )
  const found = new Map<string, string[]>()
  for (const row of rows) {
    const list = found.get(row.table_name) ?? []
    list.push(`${row.column_name} ${row.data_type}`)
    found.set(row.table_name, list)
  }
  return allTables().flatMap((contract) => {
    const expected = columnsOf(contract).map((column) => `${column.name} ${column.type}`)
    const actual = found.get(contract.name) ?? []
    const missing = expected.filter((column) => !actual.includes(column))
    const extra = actual.filter((column) => !expected.includes(column))
    return missing.length + extra.length === 0
      ? []
      : [
          `${contract.name}: lacks ${missing.join(', ') || 'nothing'}, has beside ${extra.join(', ') || 'nothing'}`,
        ]
  })
}
