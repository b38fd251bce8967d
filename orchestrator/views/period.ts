// The period a view looks at: how long, up to when, in which steps. It reads how many orders a time had, no more.

import type { Engine } from '#orchestrator/engine'
import { dayMs, hourMs } from './figures.ts'
import { stepOf } from './points.ts'
import type { RangeName } from './query.ts'
import type { TablesState } from './tables.ts'

/** A period in whole steps. */
export interface Period {
  name: RangeName
  /** Epoch ms, on the step. */
  from: number
  /** Epoch ms, end of the step that `knownTo` lies in. */
  to: number
  /** Start of the equal period before; `from` where there is none. */
  previousFrom: number
  /** Steps that figures and short series are made of. */
  grain: 'hour' | 'day'
  /** Steps of the chart. */
  chartGrain: 'hour' | 'day'
  /** Steps in a point of a short series. */
  stepsPerPoint: number
  /** Up to where the tables know what happened, epoch ms. */
  knownTo: number
}

const lengths = { '24h': dayMs, '7d': 7 * dayMs, '28d': 28 * dayMs, '90d': 90 * dayMs } as const
const perPoint = { '24h': 1, '7d': 3, '28d': 12, '90d': 2 } as const
/** Orders that make a period worth showing. */
const enough = 50
const mostPoints = 60

/** Up to where the tables know what happened: a wall clock also knows that nothing came since. */
export function knownTo(engine: Engine, { watermark }: TablesState): number {
  const now = engine.now()
  if (engine.clock().mode === 'wall' || watermark === null) return now
  return Math.min(now, watermark)
}

/** The period of a range that ends with what is known. */
export function periodOf(name: RangeName, known: number, firstAt: number | null): Period {
  const isFine = name !== '90d' && name !== 'all'
  const grain = isFine ? 'hour' : 'day'
  const step = stepOf(grain)
  const to = Math.max(step, Math.ceil(known / step) * step)
  const chartGrain = name === '24h' || name === '7d' ? 'hour' : 'day'
  if (name !== 'all') {
    const from = to - lengths[name]
    const previousFrom = from - lengths[name]
    return { name, from, to, previousFrom, grain, chartGrain, stepsPerPoint: perPoint[name], knownTo: known }
  }
  const from = Math.min(to - dayMs, Math.floor((firstAt ?? to) / dayMs) * dayMs)
  const stepsPerPoint = Math.max(1, Math.ceil((to - from) / dayMs / mostPoints))
  return { name, from, to, previousFrom: from, grain, chartGrain, stepsPerPoint, knownTo: known }
}

/** The shortest range from a week on with orders enough, or with all there are. */
export async function defaultRange(
  engine: Engine,
  known: number,
  firstAt: number | null,
): Promise<RangeName> {
  if (firstAt === null) return '7d'
  const { recent7, recent28, recent90 } = await engine.workspace.warehouse.reading((queries) =>
    queries.one<{ recent7: number; recent28: number; recent90: number }>(
      `SELECT
         coalesce(sum(numerator) FILTER (epoch_ms(bucket_start) >= $from7), 0) AS recent7,
         coalesce(sum(numerator) FILTER (epoch_ms(bucket_start) >= $from28), 0) AS recent28,
         coalesce(sum(numerator), 0) AS recent90
       FROM metric_points
       WHERE market = $market AND metric = 'orders' AND dimension = 'all' AND grain = 'hour'
         AND bucket_start >= make_timestamptz($from90::BIGINT * 1000)
         AND bucket_start <= make_timestamptz($known::BIGINT * 1000)`,
      {
        market: engine.market,
        known,
        from7: known - 7 * dayMs,
        from28: known - 28 * dayMs,
        from90: known - 90 * dayMs,
      },
    ),
  )
  if (recent7 >= enough || firstAt >= known - 7 * dayMs) return '7d'
  if (recent28 >= enough || firstAt >= known - 28 * dayMs) return '28d'
  if (recent90 >= enough || firstAt >= known - 90 * dayMs) return '90d'
  return 'all'
}

export { hourMs }
