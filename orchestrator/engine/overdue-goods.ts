// Nodes that get no goods although suppliers come to them as regularly as a clock: told of once a delivery is overdue,
// over when one came. What is on the shelf can still be sent, so nothing is moved for it.

import type { Queries } from '#data/warehouse'
import type { CoreState, Incident } from '#orchestrator/core'
import { endOf, type Told } from './own-constraints.ts'

/** What tells of them, as the model of an incident. */
const byRhythm = 'supply_rhythm'
const metric = 'hours_without_goods'
const dimension = 'supply'
const hourMs = 3_600_000
/** What counting in hours may lose. */
const roundedMs = 1_000
const historyMs = 60 * 24 * hourMs
/** Newest gaps between deliveries that make a rhythm, and how much they may differ as share of the usual one. */
const gapsAsked = 6
const differMost = 0.5
/** Until there are as many, fewer do where all are nearly the same and span a week, so that each weekday counts. */
const early = { gapsAsked: 3, differMost: 0.1, spanMs: 7 * 24 * hourMs }
/** A delivery is overdue after the longest gap so far, this share of how much they differ, and some hours. */
const beyondShare = 0.25
const lateMs = 6 * hourMs
/** Nodes with a rhythm from which on one that falls out of it says something. */
const nodesLeast = 3
const severity = { least: 0.4, perGap: 0.3, most: 0.9 }

/** Deliveries that files told of, by node, epoch ms, the oldest first. */
export type PastDeliveries = ReadonlyMap<string, readonly number[]>

/** Whether an incident is told by the rhythm of deliveries. */
export const isByRhythm = (model: string | undefined): boolean => model === byRhythm

/** Deliveries of the last 60 days that files told of. @param now epoch ms of the market @throws WAREHOUSE_QUERY */
export async function readDeliveries(queries: Queries, market: string, now: number): Promise<PastDeliveries> {
  const rows = await queries.all<{ nodeId: string; at: number }>(
    `SELECT node_id AS "nodeId", epoch_ms(min(moved_at))::DOUBLE AS "at" FROM inventory_movements
     WHERE market = $market AND kind = 'receipt' AND delta > 0 AND moved_at > to_timestamp($since)
     GROUP BY node_id, epoch(moved_at)::BIGINT // 43200 ORDER BY node_id, "at"`,
    { market, since: (now - historyMs) / 1000 },
  )
  const found = Map.groupBy(rows, ({ nodeId }) => nodeId)
  return new Map([...found].map(([nodeId, own]) => [nodeId, own.map(({ at }) => at)]))
}

/**
 * Nodes whose deliveries are overdue as constraints, and the ends of those to which goods came or that are closed.
 * Where goods come to few nodes in a rhythm, or most of these are overdue, nobody can say that it is not what tells of
 * goods that stopped: nothing new is told then, and what is told stays.
 * @param now epoch ms of the market
 */
export function overdueGoods(state: CoreState, past: PastDeliveries, now: number): Told[] {
  const nodeIds = new Set([...past.keys(), ...state.deliveries.keys()])
  const judged = [...nodeIds].flatMap((nodeId) => {
    const rhythm = rhythmOf(deliveriesOf(nodeId, state, past))
    return rhythm === null ? [] : [{ nodeId, rhythm, isOverdue: now > rhythm.dueBy }]
  })
  const overdue = judged.filter(({ isOverdue }) => isOverdue)
  const isNewTold = judged.length >= nodesLeast && overdue.length * 2 < judged.length
  const open = [...state.openIncidents.values()].flatMap((id) => {
    const incident = state.incidents.get(id)
    return incident !== undefined && isByRhythm(incident.model) ? [incident] : []
  })
  const openNodes = new Set(open.map(({ dimensionValue }) => dimensionValue))
  const told = overdue.filter(
    ({ nodeId }) => !isClosed(state, nodeId) && (isNewTold || openNodes.has(nodeId)),
  )
  const toldNodes = new Set(told.map(({ nodeId }) => nodeId))
  const ended = open.filter((incident) => {
    const { dimensionValue: nodeId } = incident
    const last = deliveriesOf(nodeId, state, past).at(-1) ?? Number.NEGATIVE_INFINITY
    return !toldNodes.has(nodeId) && (isClosed(state, nodeId) || last > lastBefore(incident) + roundedMs)
  })
  return [
    ...told.map(({ nodeId, rhythm }) => constraintOf(nodeId, rhythm, now)),
    ...ended.map((incident) => endOfWait(incident, state)),
  ]
}

/** Files may tell of goods in another way than whoever tells of them live: one is not held against the other. */
const deliveriesOf = (nodeId: string, { deliveries }: CoreState, past: PastDeliveries): readonly number[] =>
  deliveries.get(nodeId) ?? past.get(nodeId) ?? []

/** The delivery before the one that an incident waits for, epoch ms: it began the longest gap later. */
const lastBefore = ({ beganAt, expectedHigh }: Incident): number => beganAt - (expectedHigh ?? 0) * hourMs

const endOfWait = (incident: Incident, state: CoreState): Told =>
  isClosed(state, incident.dimensionValue)
    ? { ...endOf(incident), endedBecause: 'its node is closed' }
    : endOf(incident)

/** Whether no goods are waited for at a node any more. */
const isClosed = ({ nodes }: CoreState, nodeId: string): boolean => nodes.get(nodeId)?.isActive === false

/** How goods come to a node, ms; instants in epoch ms. */
interface Rhythm {
  last: number
  /** The gaps between deliveries. */
  usual: number
  least: number
  most: number
  dueBy: number
}

function rhythmOf(deliveries: readonly number[]): Rhythm | null {
  const last = deliveries.at(-1) ?? Number.NaN
  const gaps = deliveries.slice(1).map((at, i) => at - (deliveries[i] as number))
  const sorted = gaps.slice(-gapsAsked).sort((a, b) => a - b)
  return sorted.length < gapsAsked ? earlyRhythmOf(last, sorted) : lastingRhythmOf(last, sorted)
}

/** @param sorted as many gaps as are asked for */
function lastingRhythmOf(last: number, sorted: readonly number[]): Rhythm | null {
  const usual = sorted[sorted.length >> 1] as number
  // Two may be short: something was brought in between.
  const [least, most] = [sorted[2] as number, sorted.at(-1) as number]
  if (most - least > differMost * usual) return null
  return { last, usual, least, most, dueBy: last + most + beyondShare * (most - least) + lateMs }
}

/** So few gaps do not show how much they differ: a delivery may come later by as much as they were allowed to. */
function earlyRhythmOf(last: number, sorted: readonly number[]): Rhythm | null {
  const span = sorted.reduce((sum, gap) => sum + gap, 0)
  if (sorted.length < early.gapsAsked || span < early.spanMs) return null
  const usual = sorted[sorted.length >> 1] as number
  const [least, most] = [sorted[0] as number, sorted.at(-1) as number]
  if (most - least > early.differMost * usual) return null
  return { last, usual, least, most, dueBy: last + most + early.differMost * usual + lateMs }
}

const keyOf = (nodeId: string): string => `${dimension}/${nodeId}`

function constraintOf(nodeId: string, { last, usual, least, most }: Rhythm, now: number): Told {
  const over = now - last - most
  return {
    key: keyOf(nodeId),
    metric,
    dimension,
    dimensionValue: nodeId,
    severity: Math.min(severity.most, severity.least + severity.perGap * (over / usual)),
    beganAt: last + most,
    value: (now - last) / hourMs,
    expected: usual / hourMs,
    expectedLow: least / hourMs,
    expectedHigh: most / hourMs,
    pValue: null,
    model: byRhythm,
    causes: [{ dimension: 'node', value: nodeId, share: 1 }],
    isBreaching: true,
    hasRecovered: false,
  }
}
