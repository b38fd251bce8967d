// Decisions and the candidates they weighed as rows of the warehouse, from their events alone: the same event, the same
// rows. What events of earlier versions do not say is null.

import { operations, type RowOf } from '#data/contracts'
import { jsonText, type Queries } from '#data/warehouse'
import type { CandidateRecord, CoreEvent, CoreState, DecisionRecord } from '#orchestrator/core'
import { insertRows, replaceRows } from './write.ts'

type DecisionRow = RowOf<typeof operations.decisions>
type CandidateRow = RowOf<typeof operations.decisionCandidates>

interface Made {
  orderId: string
  at: number
  decision: DecisionRecord
}

/**
 * Writes the decisions of events with their candidates, and which were undone.
 * @param options keepsTrail: else what they weighed is left out
 */
export async function landDecisions(
  queries: Queries,
  state: CoreState,
  events: readonly CoreEvent[],
  { keepsTrail }: { keepsTrail: boolean },
): Promise<void> {
  const made = new Map<string, Made>()
  const undone = new Set<string>()
  for (const { type, data } of events) {
    if (type === 'RerouteUndone') undone.add(data.decisionId)
    const { decision, orderId } = data as { decision?: DecisionRecord | null; orderId?: string }
    if (decision == null || orderId === undefined) continue
    const kept = keepsTrail ? decision : withoutTrail(decision)
    made.set(decision.decisionId, { orderId, at: data.at, decision: kept })
  }
  const rows = [...made.values()].map((each) => rowOfDecision(state, each))
  const candidates = [...made.values()].flatMap((each) => rowsOfCandidates(state.market, each))
  // Almost every decision is new: only those that are there make it worth to look through the candidates of all.
  const known = await knownDecisions(queries, [...made.keys()])
  await replaceRows(queries, operations.decisions, rows, ['decision_id'])
  await replaceRows(queries, operations.decisionCandidates, [], ['decision_id'], known)
  if (candidates.length > 0) await insertRows(queries, operations.decisionCandidates, candidates)
  if (undone.size === 0) return
  await queries.run(
    `UPDATE decisions SET status = 'undone'
     WHERE decision_id IN (SELECT unnest(from_json($1::VARCHAR, '["VARCHAR"]')))`,
    [jsonText([...undone])],
  )
}

const withoutTrail = ({ lines: _, counterfactuals: __, ...decision }: DecisionRecord): DecisionRecord => ({
  ...decision,
  candidates: [],
})

async function knownDecisions(queries: Queries, ids: readonly string[]): Promise<[string][]> {
  if (ids.length === 0) return []
  const rows = await queries.all<{ decision_id: string }>(
    `SELECT decision_id FROM decisions
     WHERE decision_id IN (SELECT unnest(from_json($1::VARCHAR, '["VARCHAR"]')))`,
    [jsonText(ids)],
  )
  return rows.map((row) => [row.decision_id])
}

/** Of the state only what never changes in an order. */
function rowOfDecision(state: CoreState, { orderId, at, decision }: Made): DecisionRow {
  const order = state.orders.get(orderId)
  return {
    decisionId: decision.decisionId,
    market: state.market,
    orderId,
    kind: decision.kind,
    incidentId: decision.incidentId,
    fromNodeId: decision.fromNodeId,
    toNodeId: decision.toNodeId,
    status: decision.status,
    reason: decision.reason,
    decidedAt: instant(at),
    costCents: decision.costCents,
    hoursSaved: decision.hoursSaved,
    candidates: JSON.stringify(decision.candidates),
    orderExternalId: order?.externalId ?? null,
    currency: order?.currency ?? null,
    strategyId: decision.strategyId ?? null,
    strategyVersion: decision.strategyVersion ?? null,
    method: decision.method ?? null,
    gap: decision.gap ?? null,
    otherCount: decision.otherCount ?? null,
    runnerUpNodeId: decision.runnerUpNodeId ?? null,
    lines: jsonOrNull(decision.lines),
    counterfactuals: jsonOrNull(decision.counterfactuals),
    gainCents: decision.gainCents ?? null,
    riskBefore: decision.riskBefore ?? null,
    riskAfter: decision.riskAfter ?? null,
    hoursBefore: decision.hoursBefore ?? null,
    hoursAfter: decision.hoursAfter ?? null,
    refusedCode: decision.refusedCode ?? null,
  }
}

function rowsOfCandidates(market: string, { orderId, at, decision }: Made): CandidateRow[] {
  const own = { decisionId: decision.decisionId, market, orderId, decidedAt: instant(at) }
  return decision.candidates.map((candidate, i) => ({ ...own, rank: i + 1, ...weighed(candidate) }))
}

function weighed(
  candidate: CandidateRecord,
): Omit<CandidateRow, 'decisionId' | 'market' | 'orderId' | 'decidedAt' | 'rank'> {
  return {
    nodeId: candidate.nodeId,
    carrier: candidate.carrier,
    serviceId: candidate.serviceId ?? null,
    isChosen: candidate.isChosen,
    isFeasible: candidate.isFeasible,
    failed: [...candidate.failed],
    available: candidate.available,
    hours: candidate.hours,
    dispatchAt: instantOrNull(candidate.dispatchAt),
    arrivesAt: instantOrNull(candidate.arrivesAt),
    lateRisk: candidate.lateRisk ?? null,
    distanceKm: candidate.distanceKm ?? null,
    co2Grams: candidate.co2Grams ?? null,
    totalCents: candidate.totalCents,
    terms: JSON.stringify(candidate.terms),
    constraints: jsonOrNull(candidate.constraints),
    lineIds: candidate.lineIds === undefined ? null : [...candidate.lineIds],
  }
}

function instant(ms: number): string {
  return new Date(ms).toISOString()
}

function instantOrNull(ms: number | null | undefined): string | null {
  return ms == null ? null : instant(ms)
}

function jsonOrNull(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value)
}
