// Shapes of metrics over the API: catalogue, points with their expected range, whole series.

import { Type } from 'typebox'
import { instantText, type Of, oneOf, orNull, shape } from './shape.ts'

/** What a metric means. */
export const metricInfo = shape({
  metric: Type.String(),
  title: Type.String(),
  family: Type.String(),
  formula: Type.String(),
  unit: Type.String({ description: 'orders, lines, units, cents, hours, share, attempts or records' }),
  isAdditive: Type.Boolean(),
  betterWhen: oneOf(['higher', 'lower', 'neither'] as const),
})
export type MetricInfo = Of<typeof metricInfo>

/** A bucket of a series; `previous` is the value one period earlier. */
export const seriesPoint = shape({
  at: instantText,
  value: orNull(Type.Number()),
  previous: orNull(Type.Number()),
  low: orNull(Type.Number({ description: 'lower end of the expected range' })),
  high: orNull(Type.Number({ description: 'upper end of the expected range' })),
  isComplete: Type.Boolean(),
  anomaly: orNull(shape({ anomalyId: Type.String(), score: Type.Number(), pValue: orNull(Type.Number()) })),
})
export type SeriesPoint = Of<typeof seriesPoint>

/** A series with what it says. */
export const metricSeries = shape({
  metric: metricInfo,
  dimension: Type.String(),
  dimensionValue: Type.String(),
  dimensionTitle: Type.String({ description: 'name of the node, carrier, ... for people' }),
  grain: oneOf(['hour', 'day'] as const),
  currency: orNull(Type.String({ description: 'where the unit is cents' })),
  timeZone: Type.String({ description: 'IANA zone for its axis' }),
  finding: Type.String({ description: 'what the series says, one sentence' }),
  points: Type.Array(seriesPoint),
})
export type MetricSeries = Of<typeof metricSeries>

/** A figure with its change and a short series. */
export const tile = shape({
  metric: metricInfo,
  currency: orNull(Type.String()),
  value: orNull(Type.Number()),
  previous: orNull(Type.Number()),
  change: orNull(
    Type.Number({ description: 'share: difference (0.031 = 3.1 points); else relative (0.38 = +38 %)' }),
  ),
  isGood: orNull(Type.Boolean({ description: 'whether the change is good; null where neither' })),
  isAnomalous: Type.Boolean({ description: 'its newest complete points are outside the expected range' }),
  points: Type.Array(seriesPoint),
})
export type Tile = Of<typeof tile>

/** One slice of a metric in a period. */
export const metricSlice = shape({
  dimensionValue: Type.String(),
  title: Type.String(),
  value: orNull(Type.Number()),
  previous: orNull(Type.Number()),
  count: Type.Integer(),
})
export type MetricSlice = Of<typeof metricSlice>
