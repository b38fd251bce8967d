// Runs of flows, their steps and what they asked of providers as rows of the warehouse, from their events alone: the
// same event, the same rows.

import { operations, type RowOf } from '#data/contracts'
import { jsonText, type Queries } from '#data/warehouse'
import type { CoreEvent, EventData } from '#orchestrator/core'
import { insertRows, replaceRows } from './write.ts'

type RunRow = RowOf<typeof operations.flowRuns>
type StepRow = RowOf<typeof operations.flowSteps>
type ActionRow = RowOf<typeof operations.providerActions>
type At<T extends keyof EventData> = EventData[T] & { at: number }

const instant = (ms: number) => new Date(ms).toISOString()

/** What is different about a run after a batch. */
interface RunChange {
  runId: string
  version: number | null
  status: RunRow['status'] | null
  reason: string | null
  startedAt: string | null
  endedAt: string | null
  steps: number
}

/** Writes what the events say of runs; events of other things are passed over. */
export async function landFlowRows(
  queries: Queries,
  market: string,
  events: readonly CoreEvent[],
): Promise<void> {
  const runs: RunRow[] = []
  const steps: StepRow[] = []
  const changes = new Map<string, RunChange>()
  const actions = new Map<string, ActionRow>()
  const ends: At<'ProviderActionDone'>[] = []
  const failures: At<'ProviderActionFailed'>[] = []
  for (const event of events) {
    switch (event.type) {
      case 'FlowRunStarted':
        if (event.data.queuedAt === undefined) runs.push(rowOfRun(market, event.data))
        else noteStart(changes, event.data)
        break
      case 'FlowRunQueued':
        runs.push({ ...rowOfRun(market, { ...event.data, position: null }), status: 'waiting' })
        break
      case 'FlowRunRefused':
        runs.push(rowOfRefused(market, event.data))
        break
      case 'FlowStepTaken':
        steps.push(rowOfStep(market, event.data))
        noteStep(changes, event.data)
        break
      case 'FlowRunMigrated':
        changeOf(changes, event.data.runId).version = event.data.version
        break
      case 'FlowShadowed':
        landShadow(market, event.data, runs, steps)
        break
      case 'ProviderActionRequested':
        actions.set(event.data.key, rowOfAction(market, event.data))
        break
      case 'ProviderActionDone':
        ends.push(event.data)
        break
      case 'ProviderActionFailed':
        failures.push(event.data)
        break
    }
  }
  if (runs.length > 0) await insertRows(queries, operations.flowRuns, runs)
  if (steps.length > 0) await insertRows(queries, operations.flowSteps, steps)
  await changeRuns(queries, market, [...changes.values()])
  await replaceRows(queries, operations.providerActions, [...actions.values()], ['market', 'action_key'])
  await endActions(queries, market, 'done', ends)
  await endActions(queries, market, 'failed', failures)
}

function rowOfRun(
  market: string,
  data: Pick<At<'FlowRunStarted'>, 'runId' | 'flowId' | 'version' | 'orderId' | 'position' | 'at'>,
): RunRow {
  const { runId, flowId, version, orderId, position, at } = data
  return {
    ...{ market, runId, flowId, version, orderId },
    ...{ sku: position?.sku ?? null, nodeId: position?.nodeId ?? null },
    ...{ status: 'running', reason: null, startedAt: instant(at), endedAt: null, steps: 0 },
  }
}

/** A run that never begins, as one that failed at once. */
function rowOfRefused(market: string, data: At<'FlowRunRefused'>): RunRow {
  const row = rowOfRun(market, { ...data, position: null })
  return { ...row, status: 'failed', reason: data.reason, endedAt: row.startedAt }
}

function rowOfStep(market: string, { runId, number, step, at }: At<'FlowStepTaken'>): StepRow {
  const { tileId, outcome, reason, attempt } = step
  return { market, runId, step: number, takenAt: instant(at), tileId, outcome, reason, attempt }
}

function changeOf(changes: Map<string, RunChange>, runId: string): RunChange {
  const known = changes.get(runId)
  const change = known ?? {
    ...{ runId, version: null, status: null, reason: null, startedAt: null, endedAt: null, steps: 0 },
  }
  if (known === undefined) changes.set(runId, change)
  return change
}

/** A run that waited has begun. */
function noteStart(changes: Map<string, RunChange>, { runId, at }: At<'FlowRunStarted'>): void {
  const change = changeOf(changes, runId)
  change.status = 'running'
  change.startedAt = instant(at)
}

function noteStep(changes: Map<string, RunChange>, { runId, number, step, at }: At<'FlowStepTaken'>): void {
  const change = changeOf(changes, runId)
  change.steps = number
  if (step.undoing !== undefined) {
    change.status = 'undoing'
    change.reason = step.undoing
  }
  if (step.ended !== undefined) {
    change.status = step.ended
    change.endedAt = instant(at)
  }
}

/** What a flow would have done, as a run that ended at once. */
function landShadow(market: string, data: At<'FlowShadowed'>, runs: RunRow[], steps: StepRow[]): void {
  const { orderId, flowId, version, at } = data
  const runId = `${orderId}/shadow/${flowId}/${version}`
  const when = instant(at)
  runs.push({
    ...{ market, runId, flowId, version, orderId, sku: null, nodeId: null, status: 'shadow', reason: null },
    ...{ startedAt: when, endedAt: when, steps: data.steps.length },
  })
  for (const [i, step] of data.steps.entries())
    steps.push({ market, runId, step: i + 1, takenAt: when, ...step, attempt: 1 })
}

async function changeRuns(queries: Queries, market: string, changes: readonly RunChange[]): Promise<void> {
  if (changes.length === 0) return
  await queries.run(
    `UPDATE flow_runs SET
       steps = greatest(flow_runs.steps, c.steps),
       version = coalesce(c.version, flow_runs.version),
       status = coalesce(c.status, flow_runs.status),
       reason = coalesce(c.reason, flow_runs.reason),
       started_at = coalesce(c.startedAt, flow_runs.started_at),
       ended_at = coalesce(c.endedAt, flow_runs.ended_at)
     FROM (SELECT unnest(from_json($2::JSON, '[{"runId":"VARCHAR","version":"BIGINT","status":"VARCHAR",
       "reason":"VARCHAR","startedAt":"TIMESTAMP WITH TIME ZONE","endedAt":"TIMESTAMP WITH TIME ZONE",
       "steps":"BIGINT"}]'), recursive := true)) AS c
     WHERE flow_runs.market = $1 AND flow_runs.run_id = c.runId`,
    [market, jsonText(changes)],
  )
}

function rowOfAction(market: string, data: At<'ProviderActionRequested'>): ActionRow {
  const { key, action, runId, tileId, orderId, target, at } = data
  return {
    ...{ market, actionKey: key, action, runId, tileId, orderId, target, status: 'requested', reason: null },
    ...{ data: JSON.stringify(data.data), requestedAt: instant(at), endedAt: null },
  }
}

async function endActions(
  queries: Queries,
  market: string,
  status: ActionRow['status'],
  ended: readonly At<'ProviderActionDone'>[],
): Promise<void> {
  if (ended.length === 0) return
  const rows = ended.map(({ key, reason, at }) => ({ key, reason, endedAt: instant(at) }))
  await queries.run(
    `UPDATE provider_actions SET status = $3, reason = c.reason, ended_at = c.endedAt
     FROM (SELECT unnest(from_json($2::JSON, '[{"key":"VARCHAR","reason":"VARCHAR",
       "endedAt":"TIMESTAMP WITH TIME ZONE"}]'), recursive := true)) AS c
     WHERE provider_actions.market = $1 AND provider_actions.action_key = c.key`,
    [market, jsonText(rows), status],
  )
}
