// Decisions with the candidates they weighed: those of the tables, and the newest that only the log has. It decides
// nothing.

import type { api } from '#data/contracts'
import type { Queries } from '#data/warehouse'
import type { CandidateRecord, Counterfactual, LineDecision } from '#orchestrator/core'
import type { Engine } from '#orchestrator/engine'
import { cursorOf, type Place, pageLimit, placeOf } from './cursor.ts'
import { type AnyDecision, decisionViews } from './decision-view.ts'
import { listed, type Named, texts, type Where } from './parameters.ts'
import { placesOf } from './places.ts'
import type { DecisionQuery } from './query.ts'
import { type Tail, tailOf } from './tail.ts'

const sortName = 'decidedAt.desc'
const counted = 10_000

interface DecisionRow extends Record<string, unknown> {
  decision_id: string
  order_id: string
  kind: 'source' | 'reroute'
  incident_id: string | null
  from_node_id: string | null
  to_node_id: string | null
  status: api.Decision['status']
  reason: string
  decided_at: number
  cost_cents: number | null
  hours_saved: number | null
  candidates: string
  strategy_id: string | null
  strategy_version: number | null
  method: 'exact' | 'batch' | null
  gap: number | null
  other_count: number | null
  runner_up_node_id: string | null
  lines: string | null
  counterfactuals: string | null
}

/**
 * A page of decisions, newest first.
 * @throws HTTP_CURSOR_INVALID
 */
export async function listDecisions(
  engine: Engine,
  query: DecisionQuery = {},
): Promise<api.Page<api.Decision>> {
  const place = placeOf(query.cursor, sortName, 'number')
  const limit = pageLimit(query.limit)
  const [tail, places] = await Promise.all([tailOf(engine), placesOf(engine)])
  const newest = tail.decisions.filter((each) => isMatch(query, withUndone(each, tail)))
  const where = whereOf(query, engine.market, tail)
  const { warehouse } = engine.workspace
  const [rows, total] = await Promise.all([
    warehouse.reading((queries) => readRows(queries, where, place, limit + 1)),
    warehouse.reading((queries) => countRows(queries, where)),
  ])
  const merged = [...rows.map(decisionOf), ...newest]
    .map((each) => withUndone(each, tail))
    .filter(
      (each) => place === null || compare(each, { decidedAt: Number(place.key), decisionId: place.id }) > 0,
    )
    .sort(compare)
  const page = merged.slice(0, limit)
  const last = page.at(-1)
  const sum = total + newest.length
  return {
    items: await decisionViews(engine, places, page),
    nextCursor:
      merged.length <= limit || last === undefined
        ? null
        : cursorOf({ sort: sortName, key: last.decidedAt, id: last.decisionId }),
    total: sum > counted ? null : sum,
  }
}

/** A decision, null where there is none. */
export async function getDecision(engine: Engine, decisionId: string): Promise<api.Decision | null> {
  const [tail, places] = await Promise.all([tailOf(engine), placesOf(engine)])
  const logged = tail.decisions.find((each) => each.decisionId === decisionId)
  const rows =
    logged === undefined
      ? await engine.workspace.warehouse.reading((queries) =>
          readRows(
            queries,
            {
              sql: 'market = $market AND decision_id = $id0',
              parameters: { market: engine.market, id0: decisionId },
            },
            null,
            1,
          ),
        )
      : []
  const found = logged ?? rows.map(decisionOf)[0]
  if (found === undefined) return null
  const [view] = await decisionViews(engine, places, [withUndone(found, tail)])
  return view ?? null
}

function compare(
  a: Pick<AnyDecision, 'decidedAt' | 'decisionId'>,
  b: Pick<AnyDecision, 'decidedAt' | 'decisionId'>,
): number {
  if (a.decidedAt !== b.decidedAt) return b.decidedAt - a.decidedAt
  return a.decisionId < b.decisionId ? -1 : a.decisionId > b.decisionId ? 1 : 0
}

/** The decision, as undone where the log says so. */
export function withUndone(decision: AnyDecision, { undone }: Tail): AnyDecision {
  return undone.has(decision.decisionId) ? { ...decision, status: 'undone' } : decision
}

function isMatch({ kind, status, incident, order, node }: DecisionQuery, each: AnyDecision): boolean {
  return (
    (kind === undefined || each.kind === kind) &&
    (status === undefined || each.status === status) &&
    (incident === undefined || each.incidentId === incident) &&
    (order === undefined || each.orderId === order) &&
    (node === undefined || each.fromNodeId === node || each.toNodeId === node)
  )
}

function whereOf({ kind, status, incident, order, node }: DecisionQuery, market: string, tail: Tail): Where {
  const parts = ['market = $market']
  const parameters: Named = { market }
  const add = (sql: string, name: string, value: string | undefined) => {
    if (value === undefined) return
    parts.push(sql)
    parameters[name] = value
  }
  add('kind = $kind', 'kind', kind)
  add('incident_id = $incident', 'incident', incident)
  add('order_id = $order', 'order', order)
  add('(from_node_id = $node OR to_node_id = $node)', 'node', node)
  const undone = tail.undone.size > 0 && status !== undefined
  if (undone) parameters.undone = texts(tail.undone)
  const isUndone = undone ? `(decision_id IN ${listed('undone')})` : 'false'
  if (status === 'undone') parts.push(`(status = 'undone' OR ${isUndone})`)
  else add(`(status = $status AND NOT ${isUndone})`, 'status', status)
  const known = tail.decisions.map((each) => each.decisionId)
  if (known.length > 0) {
    parts.push(`decision_id NOT IN ${listed('known')}`)
    parameters.known = texts(known)
  }
  return { sql: parts.join(' AND '), parameters }
}

function readRows(
  queries: Queries,
  { sql, parameters }: Where,
  place: Place | null,
  limit: number,
): Promise<DecisionRow[]> {
  const after =
    place === null
      ? ''
      : ' AND (epoch_ms(decided_at) < $key OR (epoch_ms(decided_at) = $key AND decision_id > $id))'
  return queries.all<DecisionRow>(
    `SELECT decision_id, order_id, kind, incident_id, from_node_id, to_node_id, status, reason,
       epoch_ms(decided_at) AS decided_at, cost_cents, hours_saved, candidates::VARCHAR AS candidates,
       strategy_id, strategy_version, method, gap, other_count, runner_up_node_id, lines::VARCHAR AS lines,
       counterfactuals::VARCHAR AS counterfactuals
     FROM decisions WHERE ${sql}${after}
     ORDER BY epoch_ms(decided_at) DESC, decision_id LIMIT ${limit}`,
    place === null ? parameters : { ...parameters, key: place.key, id: place.id },
  )
}

async function countRows(queries: Queries, { sql, parameters }: Where): Promise<number> {
  const { matches } = await queries.one<{ matches: number }>(
    `SELECT count(*) AS matches FROM (SELECT 1 FROM decisions WHERE ${sql} LIMIT ${counted + 1})`,
    parameters,
  )
  return matches
}

function decisionOf(row: DecisionRow): AnyDecision {
  return {
    decisionId: row.decision_id,
    orderId: row.order_id,
    kind: row.kind,
    incidentId: row.incident_id,
    fromNodeId: row.from_node_id,
    toNodeId: row.to_node_id,
    status: row.status,
    reason: row.reason,
    decidedAt: row.decided_at,
    costCents: row.cost_cents,
    hoursSaved: row.hours_saved,
    candidates: listIn<CandidateRecord>(row.candidates) ?? [],
    ...strategyOf(row),
  }
}

/** What decisions before strategies do not say is absent in the record, as it is in the log. */
function strategyOf(row: DecisionRow): Partial<AnyDecision> {
  if (row.strategy_id === null || row.strategy_version === null) return {}
  const lines = listIn<LineDecision>(row.lines)
  const counterfactuals = listIn<Counterfactual>(row.counterfactuals)
  return {
    strategyId: row.strategy_id,
    strategyVersion: row.strategy_version,
    runnerUpNodeId: row.runner_up_node_id,
    gap: row.gap,
    ...(row.method === null ? {} : { method: row.method }),
    ...(row.other_count === null ? {} : { otherCount: row.other_count }),
    ...(lines === null ? {} : { lines }),
    ...(counterfactuals === null ? {} : { counterfactuals }),
  }
}

/** The list that a document of the table is; the projection wrote it from the log. */
function listIn<T>(text: string | null): T[] | null {
  const list: unknown = text === null ? null : JSON.parse(text)
  return Array.isArray(list) ? (list as T[]) : null
}
