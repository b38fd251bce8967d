// Finds what holds work up in a market: reads its hourly series, scores the newest hours, and tells anomalies and
// constraints with their causes. It keeps nothing between calls and writes nothing.

import type { Queries } from '#data/warehouse'
import { SeriesBook } from './book.ts'
import { Calibration } from './calibration.ts'
import { causesOf, type Excess, sharesBy } from './causes.ts'
import { constraintOf, type Suspect, seriesModel, suspectsOf } from './constraints.ts'
import { type AnomalyRow, type Constraint, type Detection, type DetectOptions, idOf } from './detection.ts'
import { dayMs, hourMs } from './kept.ts'
import { type Finding, findings } from './score.ts'
import { watchedMetric } from './watched.ts'

const anomaliesAtMost = 500
/** Points with a p-value up to this are kept as anomalies, confirmed or not. */
const noteworthyP = 0.001
/** A carrier or the whole is no constraint of its own where breaching nodes or carriers hold this part of it. */
const explainedShare = 0.5

/** Newest days that are scored. */
const daysScored = 2

/** Detects in one market again and again; what it knows of the series is kept between the calls. */
export class SeriesWatch {
  readonly #market: string
  readonly #hours: SeriesBook
  readonly #days: SeriesBook
  readonly #calibration = { hours: new Calibration(hourMs), days: new Calibration(dayMs) }

  constructor(market: string) {
    this.#market = market
    this.#hours = new SeriesBook(market, hourMs)
    this.#days = new SeriesBook(market, dayMs)
  }

  /**
   * Anomalies of the newest hours and the constraints they make. It reads what is new or changed since the call before;
   * everything where `now` is earlier than then.
   * @param queries reads `metric_points`, `metric_leaves`, `fulfillment_orders`, `nodes`, `market_clock`
   * @returns empty lists where the market has no data yet
   * @throws WAREHOUSE_QUERY
   */
  async detect(queries: Queries, options: Omit<DetectOptions, 'market'>): Promise<Detection> {
    const { now, windowHours = 6, fdr = 0.1, openKeys = [] } = options
    const market = this.#market
    const caught = await this.#hours.catchUp(queries, now)
    if (caught === null) return { anomalies: [], constraints: unknown(openKeys, now), series: 0, tested: 0 }
    const { end } = caught
    this.#calibration.hours.update(this.#hours.series, caught)
    const from = Math.max(caught.start, end - Math.min(48, Math.max(1, Math.floor(windowHours))))
    const bound = Math.min(0.5, Math.max(1e-6, fdr))
    const found = findings(this.#hours.series, this.#calibration.hours, { from, end, fdr: bound })
    const suspects = suspectsOf(end, this.#hours.series, found)
    const own = await withoutExplained(queries, market, end, suspects)
    const open = new Set(openKeys)
    const constraints = own
      .map((suspect) => constraintOf(end, suspect))
      .filter((constraint) => constraint.isBreaching || open.has(constraint.key))
    for (const constraint of constraints.filter(({ isBreaching }) => isBreaching)) {
      constraint.causes = await causesOf(queries, excessOf(market, end, constraint))
    }
    const told = new Set(constraints.map(({ key }) => key))
    const gone = openKeys.filter((key) => !told.has(key))
    constraints.push(...unknown(gone, now))
    constraints.sort((a, b) => b.severity - a.severity || (a.key < b.key ? -1 : 1))
    const days = await this.#findInDays(queries, now, bound)
    return {
      anomalies: [...anomaliesOf(market, now, found), ...anomaliesOf(market, now, days)],
      constraints,
      series: this.#hours.series.length + this.#days.series.length,
      tested: found.length + days.length,
    }
  }

  async #findInDays(queries: Queries, now: number, fdr: number): Promise<Finding[]> {
    const caught = await this.#days.catchUp(queries, now)
    if (caught === null) return []
    const { end } = caught
    this.#calibration.days.update(this.#days.series, caught)
    return findings(this.#days.series, this.#calibration.days, { from: end - daysScored, end, fdr })
  }
}

/**
 * One detection by itself: it reads all it needs.
 * @throws WAREHOUSE_QUERY
 */
export function detectSeries(queries: Queries, { market, ...options }: DetectOptions): Promise<Detection> {
  return new SeriesWatch(market).detect(queries, options)
}

/** Metrics of carriers and of the whole are dropped where constraints of single nodes or carriers explain them. */
async function withoutExplained(
  queries: Queries,
  market: string,
  end: number,
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
      const constraint = constraintOf(end, { ...suspect, flagged: group })
      const excess = excessOf(market, end, { ...constraint, metric })
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

function excessOf(market: string, end: number, constraint: Constraint): Excess {
  const { metric, dimension, dimensionValue, beganAt, metrics } = constraint
  const watched = watchedMetric(metric)
  if (watched === undefined) throw new Error(`${metric} is not watched`)
  const last = metrics.find((one) => one.metric === metric)?.bucketStart
  const to = last ?? (end - 1) * hourMs
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

function anomaliesOf(market: string, now: number, found: readonly Finding[]): AnomalyRow[] {
  const least = Math.min(...found.map(({ p }) => p))
  return found
    .filter(({ isFlagged, p, z }) => isFlagged || (p <= noteworthyP && z > 3))
    .sort((a, b) => a.p - b.p || b.z - a.z)
    .slice(0, anomaliesAtMost)
    .map((one) => rowOf(market, now, one, least))
}

function rowOf(market: string, now: number, one: Finding, least: number): AnomalyRow {
  const { series, tick, value, expected, low, high, z, p, isFlagged } = one
  const { metric } = series.watched
  const grain = series.stepMs === dayMs ? 'day' : 'hour'
  const bucketStart = new Date(tick * series.stepMs).toISOString()
  return {
    anomalyId: idOf(market, metric, series.dimension, series.dimensionValue, grain, bucketStart),
    market,
    metric,
    dimension: series.dimension,
    dimensionValue: series.dimensionValue,
    grain,
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
