// Finds what holds work up in a market: reads its hourly series, scores the newest hours, and tells anomalies and
// constraints with their causes. It keeps nothing between calls and writes nothing.

import type { Queries } from '#data/warehouse'
import { causesOf, type Excess, sharesBy } from './causes.ts'
import { constraintOf, type Suspect, seriesModel, suspectsOf } from './constraints.ts'
import { type AnomalyRow, type Constraint, type Detection, type DetectOptions, idOf } from './detection.ts'
import { type Frame, readFrame } from './read.ts'
import { type Finding, findings, scoreSeries } from './score.ts'
import { watchedMetrics } from './watched.ts'

const hourMs = 3_600_000
const anomaliesAtMost = 500
/** Points with a p-value up to this are kept as anomalies, confirmed or not. */
const noteworthyP = 0.001
/** A carrier or the whole is no constraint of its own where breaching nodes or carriers hold this part of it. */
const explainedShare = 0.5

/**
 * Anomalies of the newest hours and the constraints they make.
 * @param queries reads `metric_points`, `metric_leaves`, `fulfillment_orders`, `nodes`, `market_clock`
 * @returns empty lists where the market has no data yet
 */
export async function detectSeries(queries: Queries, options: DetectOptions): Promise<Detection> {
  const { market, now, windowHours = 6, fdr = 0.1, openKeys = [] } = options
  const frame = await readFrame(queries, market, now)
  if (frame === null) return { anomalies: [], constraints: unknown(openKeys, now), series: 0, tested: 0 }
  const scored = await scoreSeries(frame)
  const from = Math.max(0, frame.hours - Math.min(48, Math.max(1, Math.floor(windowHours))))
  const found = findings(frame, scored, from, Math.min(0.5, Math.max(1e-6, fdr)))
  const suspects = suspectsOf(frame, scored, found)
  const own = await withoutExplained(queries, market, frame, suspects)
  const open = new Set(openKeys)
  const constraints = own
    .map((suspect) => constraintOf(frame, suspect))
    .filter((constraint) => constraint.isBreaching || open.has(constraint.key))
  for (const constraint of constraints.filter(({ isBreaching }) => isBreaching)) {
    constraint.causes = await causesOf(queries, excessOf(market, frame, constraint))
  }
  const told = new Set(constraints.map(({ key }) => key))
  constraints.push(
    ...unknown(
      openKeys.filter((key) => !told.has(key)),
      now,
    ),
  )
  constraints.sort((a, b) => b.severity - a.severity || (a.key < b.key ? -1 : 1))
  const anomalies = anomaliesOf(market, now, frame, found)
  return { anomalies, constraints, series: scored.length, tested: found.length }
}

/** Metrics of carriers and of the whole are dropped where constraints of single nodes or carriers explain them. */
async function withoutExplained(
  queries: Queries,
  market: string,
  frame: Frame,
  suspects: readonly Suspect[],
): Promise<Suspect[]> {
  const confirmed = suspects.filter(({ isConfirmed }) => isConfirmed)
  const kept: Suspect[] = []
  for (const suspect of suspects) {
    if (!suspect.isConfirmed || suspect.dimension === 'node' || confirmed.length === 1) {
      kept.push(suspect)
      continue
    }
    const flagged: Finding[] = []
    for (const [metric, group] of Map.groupBy(suspect.flagged, ({ series }) => series.watched.metric)) {
      const constraint = constraintOf(frame, { ...suspect, flagged: group })
      const excess = excessOf(market, frame, { ...constraint, metric })
      if (!(await isExplained(queries, excess, confirmed))) flagged.push(...group)
    }
    kept.push({ ...suspect, flagged, isConfirmed: flagged.length > 0 })
  }
  return kept
}

async function isExplained(
  queries: Queries,
  excess: Excess,
  confirmed: readonly Suspect[],
): Promise<boolean> {
  for (const dimension of ['node', 'carrier'] as const) {
    const values = confirmed.filter((suspect) => suspect.dimension === dimension)
    if (dimension === excess.dimension || values.length === 0) continue
    const shares = await sharesBy(queries, excess, dimension)
    const held = values.reduce((sum, { dimensionValue }) => sum + (shares.get(dimensionValue) ?? 0), 0)
    if (held >= explainedShare) return true
  }
  return false
}

function excessOf(market: string, frame: Frame, constraint: Constraint): Excess {
  const { metric, dimension, dimensionValue, beganAt, metrics } = constraint
  const watched = watchedMetrics.find((one) => one.metric === metric) ?? watchedMetrics[0]
  if (watched === undefined) throw new Error('no metric is watched')
  const last = metrics.find((one) => one.metric === metric)?.bucketStart
  const to = last ?? frame.start + (frame.hours - 1) * hourMs
  return { market, watched, dimension, dimensionValue, from: Math.min(beganAt, to), to }
}

/** Open constraints of slices that have no series any more: nothing holds anything up there. */
function unknown(keys: readonly string[], now: number): Constraint[] {
  return keys.map((key) => {
    const [dimension = 'all', ...rest] = key.split('/')
    return {
      key,
      dimension: dimension === 'node' || dimension === 'carrier' ? dimension : 'all',
      dimensionValue: rest.join('/'),
      metric: 'backlog',
      severity: 0,
      beganAt: now,
      value: null,
      expected: null,
      expectedLow: null,
      expectedHigh: null,
      pValue: null,
      isBreaching: false,
      hasRecovered: true,
      model: seriesModel,
      causes: [],
      metrics: [],
    }
  })
}

function anomaliesOf(market: string, now: number, frame: Frame, found: readonly Finding[]): AnomalyRow[] {
  const least = Math.min(...found.map(({ p }) => p))
  return found
    .filter(({ isFlagged, p, z }) => isFlagged || (p <= noteworthyP && z > 3))
    .sort((a, b) => a.p - b.p || b.z - a.z)
    .slice(0, anomaliesAtMost)
    .map((one) => rowOf(market, now, frame, one, least))
}

function rowOf(market: string, now: number, frame: Frame, one: Finding, least: number): AnomalyRow {
  const { series, hour, value, expected, low, high, z, p, isFlagged } = one
  const { metric } = series.watched
  const bucketStart = new Date(frame.start + hour * hourMs).toISOString()
  return {
    anomalyId: idOf(market, metric, series.dimension, series.dimensionValue, 'hour', bucketStart),
    market,
    metric,
    dimension: series.dimension,
    dimensionValue: series.dimensionValue,
    grain: 'hour',
    bucketStart,
    value,
    expected,
    expectedLow: low,
    expectedHigh: high,
    score: Math.min(1, Math.max(0, Math.log(p) / Math.log(Math.min(least, 1e-4))) * Math.min(1, z / 4)),
    pValue: p,
    model: seriesModel,
    pointVersion: null,
    isConfirmed: isFlagged,
    scoredAt: new Date(now).toISOString(),
    reasons: null,
  }
}
