// What a detection tells: rows of anomalies, and constraints of slices that have no series any more. It judges nothing.

import { seriesModel } from './constraints.ts'
import { type AnomalyRow, type Constraint, idOf } from './detection.ts'
import { dayMs } from './kept.ts'
import type { Finding } from './score.ts'
import type { Dimension } from './watched.ts'

const anomaliesAtMost = 500
/** Points with a p-value up to this are kept as anomalies, confirmed or not. */
const noteworthyP = 0.001

/**
 * Open constraints that nothing is said of any more: nothing holds anything up there.
 * @param newLevels starts of levels that have lasted and count as usual now, by key, epoch ms
 */
export function unknown(
  keys: readonly string[],
  now: number,
  newLevels: ReadonlyMap<string, number> = new Map(),
): Constraint[] {
  return keys.map((key) => {
    const [dimension = 'all', ...rest] = key.split('/')
    return {
      key,
      dimension: dimension as Dimension,
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
      newLevelSince: newLevels.get(key) ?? null,
      model: seriesModel,
      causes: [],
      metrics: [],
    }
  })
}

/** What stood out, the rarest first. */
export function anomaliesOf(market: string, now: number, found: readonly Finding[]): AnomalyRow[] {
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
