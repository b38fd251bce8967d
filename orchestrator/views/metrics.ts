// The catalogue of metrics, series and slices.

import type { api } from '#data/contracts'
import { fail } from '#data/kernel'
import type { Engine } from '#orchestrator/engine'
import type { SeriesQuery, SlicesQuery } from './query.ts'

/** What every metric means. */
export async function metricCatalogue(_engine: Engine): Promise<api.MetricInfo[]> {
  throw fail('INTERNAL', { reason: 'not built yet' })
}

/** A series with its expected range, null where no such metric or dimension exists. */
export async function metricSeries(_engine: Engine, _query: SeriesQuery): Promise<api.MetricSeries | null> {
  throw fail('INTERNAL', { reason: 'not built yet' })
}

/** A metric by the values of a dimension, largest first, at most 200; null where no such metric exists. */
export async function metricSlices(_engine: Engine, _query: SlicesQuery): Promise<api.MetricSlice[] | null> {
  throw fail('INTERNAL', { reason: 'not built yet' })
}
