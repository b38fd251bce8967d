// The tables of the metrics: leaves, points, their revisions, the catalogue and the clock of a market.

import { day, instant, integer, number, optional, table, text, truth, word } from './column.ts'

/** The cube under the metrics: every measure at its finest slice and hour. */
export const metricLeaves = table(
  'metric_leaves',
  'one row per metric, hour and slice',
  [
    'market',
    'metric',
    'bucket_start',
    'provider',
    'node',
    'carrier',
    'lane',
    'sku_class',
    'channel',
    'region',
    'method',
  ],
  {
    market: text('market'),
    metric: text('metric'),
    bucketStart: instant('start of the hour'),
    provider: text('provider'),
    node: text('node'),
    carrier: text('carrier'),
    lane: text('lane'),
    skuClass: text('class'),
    channel: text('channel'),
    region: text('region'),
    method: text('method'),
    numerator: number('sum above the line'),
    denominator: number('sum below the line; 1 where the metric is a plain sum'),
  },
)

/** Steps of work by the hour: what was there to be done, and what of it was done. */
export const stepHours = table(
  'step_hours',
  'one row per step, hour, slice and stratum',
  [
    'market',
    'step',
    'bucket_start',
    'provider',
    'node',
    'carrier',
    'service',
    'lane',
    'sku_class',
    'channel',
    'region',
    'stratum',
  ],
  {
    market: text('market'),
    step: text('pick, pack, pace, send, refuse, short, freight, deliver, order, cancel, line or write_off'),
    bucketStart: instant('start of the hour'),
    provider: text('provider'),
    node: text('node; "none" where the step has none, as in what follows'),
    carrier: text('carrier'),
    service: text('service of the carrier'),
    lane: text('lane'),
    skuClass: text('class'),
    channel: text('channel'),
    region: text('region'),
    stratum: integer('age in hours, day and part of day, or 0 and 1: by step'),
    atRisk: integer('what was there to be done; seconds in which work waited, of pace'),
    done: integer('what of it was done; cents of freight, units written off'),
  },
)

/** Series: metric x dimension x time. */
export const metricPoints = table(
  'metric_points',
  'one row per metric, dimension value and bucket',
  ['market', 'metric', 'dimension', 'dimension_value', 'grain', 'bucket_start'],
  {
    market: text('market'),
    metric: text('metric, see metric_catalogue'),
    dimension: text('all, provider, node, carrier, lane, sku_class, channel, region, method or reason'),
    dimensionValue: text('value of the dimension, "all" for the whole'),
    grain: word(['hour', 'day'] as const, 'length of the bucket'),
    bucketStart: instant('start of the bucket'),
    numerator: number('sum above the line'),
    denominator: number('sum below the line'),
    value: optional(number('numerator / denominator; null where the denominator is 0')),
    count: integer('records behind the point'),
    isComplete: truth('whether the bucket lies before the watermark'),
  },
)

/**
 * Buckets that late data changed after they were complete; a bucket that is not here has version 1.
 * It tells what was seen when, so it cannot be rebuilt from raw rows: `martChecksums` leaves it out.
 */
export const metricRevisions = table(
  'metric_revisions',
  'one row per bucket that was rewritten',
  ['market', 'grain', 'bucket_start'],
  {
    market: text('market'),
    grain: word(['hour', 'day'] as const, 'length of the bucket'),
    bucketStart: instant('start of the bucket'),
    version: integer('2 = late data changed its points once, 3 = twice, ...'),
    runId: integer('cycle that changed it last'),
  },
)

/** What each metric means. */
export const metricCatalogue = table('metric_catalogue', 'one row per metric', ['metric'], {
  metric: text('name'),
  title: text('name for people'),
  family: text('order, fulfillment, returns, inventory or provider'),
  formula: text('how it is computed, in words'),
  unit: text('orders, lines, units, cents, hours, share'),
  anchor: text('the time that decides the bucket'),
  isAdditive: truth('whether numerators and denominators add up over slices and time'),
  betterWhen: word(['higher', 'lower', 'neither'] as const, 'direction that is good'),
})

/** Calendar of the data. */
export const marketClock = table('market_clock', 'one row per market', ['market'], {
  market: text('market'),
  firstDay: optional(day('day of the first order')),
  watermark: optional(instant('latest business time in the data: "now" of a loaded history')),
  denseFrom: optional(day('from here on the series of the whole market have a point in every bucket')),
  leavesFrom: optional(day('from here on metric_leaves has rows')),
})
