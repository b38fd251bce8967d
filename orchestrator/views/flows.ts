// Flows, their versions and runs as people see them: what is in force from the core, what happened from the tables.
// It changes nothing.

import type { api } from '#data/contracts'
import { fail } from '#data/kernel'
import { type CoreState, defaultFlowId, type FlowRun, newestFlow, runOf } from '#orchestrator/core'
import type { Engine } from '#orchestrator/engine'
import { compileContextOf, compileFlow, defaultOrderFlow, planOrNull, versionOf } from '#orchestrator/flows'
import { cursorOf, pageLimit, placeOf } from './cursor.ts'
import type { Named } from './parameters.ts'

const iso = (ms: number) => new Date(ms).toISOString()

/** All flows, the default last. */
export function listFlows(engine: Engine): api.FlowsAnswer {
  const state = engine.core.state()
  const { published, drafts } = state.flows
  const names = new Set([...published.map(({ flowId }) => flowId), ...drafts.map(({ flowId }) => flowId)])
  names.delete(defaultFlowId)
  const counts = countRuns(state)
  return {
    items: [...[...names].toSorted(), defaultFlowId].map((flowId) => summaryOf(flowId, state, counts)),
  }
}

/** One flow. @param version default the newest @throws FLOW_UNKNOWN */
export function getFlow(engine: Engine, flowId: string, version?: number): api.FlowDetail {
  const state = engine.core.state()
  const { drafts, runs } = state.flows
  const newest = newestOf(state, flowId)
  const draft = drafts.find((each) => each.flowId === flowId) ?? null
  const flow = version === undefined ? newest : versionOf(state, flowId, version)
  if (flow === undefined && (version !== undefined || draft === null)) throw fail('FLOW_UNKNOWN', { flowId })
  const context = compileContextOf(state, engine.now(), engine.flows.outside)
  const looked = flow?.document ?? draft?.document
  const running = new Map<number, number>()
  for (const run of runs.values())
    if (run.flowId === flowId) running.set(run.version, (running.get(run.version) ?? 0) + 1)
  return {
    ...summaryOf(flowId, state, countRuns(state)),
    document: flow?.document ?? null,
    draft,
    findings: compileFlow(looked, context).findings,
    runsByVersion: [...running]
      .map(([of, count]) => ({ version: of, running: count }))
      .sort((a, b) => b.version - a.version),
  }
}

function newestOf({ flows }: CoreState, flowId: string): api.PublishedFlow | undefined {
  return newestFlow(flows.published, flowId) ?? (flowId === defaultFlowId ? defaultOrderFlow : undefined)
}

interface Counts {
  running: number
  waitingForPeople: number
}

function countRuns(state: CoreState): ReadonlyMap<string, Counts> {
  const counts = new Map<string, Counts>()
  for (const run of state.flows.runs.values()) {
    const own = counts.get(run.flowId) ?? { running: 0, waitingForPeople: 0 }
    counts.set(run.flowId, own)
    own.running++
    if (waitsForPeople(run, state)) own.waitingForPeople++
  }
  return counts
}

function waitsForPeople({ flowId, version, tokens }: FlowRun, state: CoreState): boolean {
  const flow = versionOf(state, flowId, version)
  if (flow === undefined) return false
  const tiles = planOrNull(flow)?.tiles
  return tokens.some(({ tileId }) => tiles?.get(tileId)?.type === 'approval')
}

function summaryOf(flowId: string, state: CoreState, counts: ReadonlyMap<string, Counts>): api.FlowSummary {
  const { published, drafts, modes } = state.flows
  const newest = newestOf(state, flowId)
  const draft = drafts.find((each) => each.flowId === flowId)
  const said = (draft?.document ?? {}) as { title?: unknown; kind?: unknown }
  const own = published.filter((flow) => flow.flowId === flowId).map(({ version }) => version)
  const { running = 0, waitingForPeople = 0 } = counts.get(flowId) ?? {}
  return {
    flowId,
    kind: newest?.document.kind ?? kindIn(said.kind),
    title: newest?.document.title ?? (typeof said.title === 'string' ? said.title.slice(0, 200) : flowId),
    mode: newest === undefined ? 'off' : (modes[flowId] ?? 'on'),
    version: newest?.version ?? 0,
    publishedAt: newest?.publishedAt ?? null,
    publishedBy: newest?.publishedBy ?? null,
    versions: flowId === defaultFlowId ? [...own, defaultOrderFlow.version] : own,
    hasDraft: draft !== undefined,
    running,
    waitingForPeople,
    isStraight: newest === undefined ? false : (planOrNull(newest)?.isStraight ?? false),
  }
}

function kindIn(kind: unknown): api.FlowKind {
  return kind === 'inventory' || kind === 'return' ? kind : 'order'
}

/** What is asked of runs. */
export interface RunQuery {
  flowId?: string
  orderId?: string
  runId?: string
  status?: api.FlowRun['status']
  cursor?: string
  limit?: number
}

interface RunRow extends Record<string, unknown> {
  run_id: string
  flow_id: string
  version: number
  order_id: string | null
  sku: string | null
  node_id: string | null
  status: api.FlowRun['status']
  reason: string | null
  started_at: number
  ended_at: number | null
}

interface StepRow extends Record<string, unknown> {
  run_id: string
  step: number
  taken_at: number
  tile_id: string
  outcome: api.FlowOutcome
  reason: string | null
  attempt: number
}

const sort = 'startedAt.desc'

/** Runs, the newest first, with their steps. @throws HTTP_CURSOR_INVALID */
export async function listRuns(engine: Engine, query: RunQuery): Promise<api.Page<api.FlowRun>> {
  await engine.project()
  const { market, core } = engine
  const limit = pageLimit(query.limit)
  const place = placeOf(query.cursor, sort, 'number')
  const filters = ['market = $market']
  const parameters: Named = { market, limit: limit + 1 }
  const only = (name: string, value: string | undefined) => {
    if (value === undefined) return
    filters.push(`${name} = $${name}`)
    parameters[name] = value
  }
  only('flow_id', query.flowId)
  only('order_id', query.orderId)
  only('run_id', query.runId)
  only('status', query.status)
  if (place !== null) {
    filters.push('(epoch_ms(started_at), run_id) < ($key, $id)')
    parameters.key = Number(place.key)
    parameters.id = place.id
  }
  return engine.workspace.warehouse.reading(async (queries) => {
    const rows = await queries.all<RunRow>(
      `SELECT run_id, flow_id, version, order_id, sku, node_id, status, reason, epoch_ms(started_at) AS started_at,
         epoch_ms(ended_at) AS ended_at
       FROM flow_runs WHERE ${filters.join(' AND ')} ORDER BY started_at DESC, run_id DESC LIMIT $limit`,
      parameters,
    )
    const shown = rows.slice(0, limit)
    const steps = await queries.all<StepRow>(
      `SELECT run_id, step, epoch_ms(taken_at) AS taken_at, tile_id, outcome, reason, attempt FROM flow_steps
       WHERE market = $market AND run_id IN (SELECT unnest(from_json($ids::JSON, '["VARCHAR"]')))
       ORDER BY run_id, step`,
      { market, ids: JSON.stringify(shown.map(({ run_id: runId }) => runId)) },
    )
    const last = shown.at(-1)
    const next = rows.length > limit && last !== undefined
    return {
      items: shown.map((row) => runView(row, steps, core.state())),
      nextCursor: next ? cursorOf({ sort, key: last.started_at, id: last.run_id }) : null,
      total: null,
    }
  })
}

function runView(row: RunRow, all: readonly StepRow[], state: CoreState): api.FlowRun {
  const flow = versionOf(state, row.flow_id, row.version)
  const tiles = flow === undefined ? null : planOrNull(flow)?.tiles
  const titleOf = (tileId: string) => tiles?.get(tileId)?.title ?? tileId
  const live = state.flows.runs.get(row.run_id)
  const order = state.orders.get(row.order_id ?? '')
  return {
    ...{ runId: row.run_id, flowId: row.flow_id, version: row.version, orderId: row.order_id },
    ...{ sku: row.sku, nodeId: row.node_id, status: row.status, reason: row.reason },
    isNewest: order !== undefined && runOf(order) === row.run_id,
    startedAt: iso(row.started_at),
    endedAt: row.ended_at === null ? null : iso(row.ended_at),
    at: (live?.tokens ?? []).map(({ tileId, state: how, since, dueAt, note }) => ({
      ...{ tileId, title: titleOf(tileId), state: note ?? how, since: iso(since) },
      isAsking: tiles?.get(tileId)?.type === 'approval',
      dueAt: dueAt === null ? null : iso(dueAt),
    })),
    steps: all
      .filter((step) => step.run_id === row.run_id)
      .map(({ step, taken_at: at, tile_id: tileId, outcome, reason, attempt }) => ({
        ...{ step, at: iso(at), tileId, title: titleOf(tileId), outcome, reason, attempt },
      })),
  }
}
