// The overview in one answer: verdict, tiles, chart, queue, network, reroutes. It reads side by side and changes
// nothing.

import type { api } from '#data/contracts'
import type { Engine } from '#orchestrator/engine'
import { learningMs } from './bands.ts'
import { listDecisions } from './decisions.ts'
import { dayMs, isoOf } from './figures.ts'
import { incidentQueue } from './incidents.ts'
import { limitsView } from './limits.ts'
import { isLive, networkOf } from './network.ts'
import { defaultRange, knownTo, type Period, periodOf } from './period.ts'
import { infoOf, type Places, placesOf } from './places.ts'
import { loadSeries } from './points.ts'
import type { OverviewQuery } from './query.ts'
import { rerouteSums } from './reroutes.ts'
import { ceilTo, chartOf, floorTo } from './series-view.ts'
import { systemStatus } from './status.ts'
import { cachePerEngine } from './tables.ts'
import { chooseTiles, tileMetrics, tileOf } from './tiles.ts'
import { verdictOf } from './verdict.ts'

const recentShown = 10
const movesShown = 6
const tileCache = cachePerEngine<api.Tile[]>(20)
const chartCache = cachePerEngine<api.MetricSeries | null>(100)

/** Everything the overview shows; what the query leaves out is chosen by the data. */
export async function overview(engine: Engine, query: OverviewQuery = {}): Promise<api.Overview> {
  const places = await placesOf(engine)
  const { firstAt } = places.tables
  const known = knownTo(engine, places.tables)
  const period = periodOf(query.range ?? (await defaultRange(engine, known, firstAt)), known, firstAt)
  const incidents = incidentQueue(engine, places)
  const open = incidents.filter((incident) => incident.status !== 'resolved')
  const ended = incidents.filter(
    ({ resolvedAt }) => resolvedAt !== null && Date.parse(resolvedAt) >= known - dayMs,
  )
  const named = open.length > 0 ? open : ended
  const [status, tiles, chart, network, sums, moved, moves, recent] = await Promise.all([
    systemStatus(engine),
    tilesOf(engine, places, period),
    focusedChart(engine, places, period, query, open),
    networkOf(engine, places),
    rerouteSums(engine, { from: period.from, to: engine.now() }),
    rerouteSums(engine, { incidentIds: named.map((incident) => incident.incidentId) }),
    listDecisions(engine, { kind: 'reroute', status: 'done', limit: movesShown }),
    listDecisions(engine, { kind: 'reroute', limit: recentShown }),
  ])
  const isHistory = status.clock.mode === 'watermark' && !isLive(engine)
  const { currency, nodeName, zoneOf } = places
  const input = {
    isEmpty: status.isEmpty,
    isHistory,
    now: engine.now(),
    from: period.from,
    range: period.name,
  }
  return {
    status,
    range: {
      name: period.name,
      from: isoOf(period.from),
      to: isoOf(known),
      previousFrom: isoOf(period.previousFrom),
      grain: period.chartGrain,
    },
    verdict: verdictOf({ ...input, open, ended, moved, tiles, currency, nodeName, zoneOf }),
    tiles,
    chart,
    incidents,
    network,
    networkTotal: places.nodes.size,
    reroutes: {
      orders: sums.orders,
      extraCostCents: sums.extraCostCents,
      hoursSaved: sums.hoursSaved,
      currency,
      recent: newestOf(recent.items, moves.items),
    },
    policy: limitsView(engine.core.state()),
  }
}

/** The six figures; made once for each cycle and step of time. */
function tilesOf(engine: Engine, places: Places, period: Period): Promise<api.Tile[]> {
  const { name, to, knownTo: known } = period
  const key = [places.tables.runId, places.zone, name, to, Math.floor(known / 60_000)].join('/')
  return tileCache(engine).get(key, () => makeTiles(engine, places, period))
}

async function makeTiles(engine: Engine, places: Places, period: Period): Promise<api.Tile[]> {
  const { market } = engine
  const { warehouse } = engine.workspace
  const hasData = await metricsWithData(engine, period)
  const metrics = chooseTiles(hasData, !isLive(engine) && engine.clock().mode === 'watermark')
  const from = Math.min(period.previousFrom, period.from - learningMs[period.grain])
  const { grain, to, knownTo: known } = period
  if (metrics.length === 0) return []
  const loaded = await warehouse.reading((queries) =>
    loadSeries(queries, {
      market,
      metrics: metrics.map((metric) => infoOf(places, metric)),
      dimension: 'all',
      value: 'all',
      grain,
      from,
      to,
      knownTo: known,
    }),
  )
  return metrics.flatMap((metric) => {
    const series = loaded.get(metric)
    return series === undefined ? [] : [tileOf(infoOf(places, metric), series, period, places)]
  })
}

/** Metrics of tiles that say something in the period: one that is always 0 says nothing, except orders that wait. */
async function metricsWithData(engine: Engine, { from, to }: Period): Promise<Set<string>> {
  const rows = await engine.workspace.warehouse.reading((queries) =>
    queries.all<{ metric: string }>(
      `SELECT metric FROM metric_points
       WHERE market = $market AND dimension = 'all' AND grain = 'day'
         AND bucket_start >= make_timestamptz($from::BIGINT * 1000)
         AND bucket_start < make_timestamptz($to::BIGINT * 1000)
       GROUP BY metric HAVING max(abs(numerator)) > 0 AND max(denominator) > 0`,
      { market: engine.market, from: Math.floor(from / dayMs) * dayMs, to },
    ),
  )
  return new Set(rows.map((row) => row.metric).filter((metric) => tileMetrics.includes(metric)))
}

/** The chart that was asked for, else that of the worst open incident, else the backlog, else the orders. */
async function focusedChart(
  engine: Engine,
  places: Places,
  period: Period,
  query: OverviewQuery,
  open: readonly api.Incident[],
): Promise<api.MetricSeries | null> {
  const [worst] = open
  const wishes = [
    ...(query.metric === undefined
      ? worst === undefined
        ? []
        : [{ metric: worst.metric, dimension: worst.dimension, value: worst.dimensionValue }]
      : [{ metric: query.metric, dimension: query.dimension ?? 'all', value: query.value ?? 'all' }]),
    { metric: 'backlog', dimension: query.dimension ?? 'all', value: query.value ?? 'all' },
    { metric: 'orders', dimension: 'all', value: 'all' },
  ]
  for (const wish of wishes) {
    for (const grain of period.chartGrain === 'hour' ? (['hour', 'day'] as const) : (['day'] as const)) {
      const chart = await chartWith(engine, places, period, { ...wish, grain })
      if (chart !== null) return chart
    }
  }
  return null
}

function chartWith(
  engine: Engine,
  places: Places,
  period: Period,
  wish: { metric: string; dimension: string; value: string; grain: 'hour' | 'day' },
): Promise<api.MetricSeries | null> {
  const { grain } = wish
  const [from, to] = [floorTo(period.from, grain), ceilTo(period.to, grain)]
  const previousFrom = period.previousFrom === period.from ? from : from - (to - from)
  const { knownTo: known } = period
  const named = [places.titleOf(wish.dimension, wish.value), places.zoneOf(wish.dimension, wish.value)]
  const key = JSON.stringify([places.tables.version, wish, named, from, to, Math.floor(known / 60_000)])
  return chartCache(engine).get(key, () =>
    chartOf(engine, places, {
      ...wish,
      metric: infoOf(places, wish.metric),
      from,
      to,
      previousFrom,
      knownTo: known,
    }),
  )
}

/** The newest decisions with the newest moves, each once, newest first. */
function newestOf(decisions: readonly api.Decision[], moves: readonly api.Decision[]): api.Decision[] {
  const each = new Map([...decisions, ...moves].map((one) => [one.decisionId, one]))
  return [...each.values()].sort((a, b) => Date.parse(b.decidedAt) - Date.parse(a.decidedAt))
}
