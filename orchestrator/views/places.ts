// Names for people: nodes with their clocks, the market's zone and currency, what metrics mean. It reads and keeps.

import type { api } from '#data/contracts'
import { isTimeZone } from '#data/kernel'
import type { Queries } from '#data/warehouse'
import type { Engine } from '#orchestrator/engine'
import { ownMetrics } from '#orchestrator/incidents'
import { cachePerEngine, type TablesState, tablesState } from './tables.ts'

/** A node as far as views need it. */
export interface Place {
  nodeId: string
  name: string
  type: string
  region: string
  timeZone: string
  dailyCapacity: number | null
  cutOff: string | null
  latitude: number | null
  longitude: number | null
}

/** What is named where. */
export interface Places {
  tables: TablesState
  nodes: ReadonlyMap<string, Place>
  metrics: ReadonlyMap<string, api.MetricInfo>
  /** Currency of most orders. */
  currency: string
  /** Zone of most nodes, UTC where none has one. */
  zone: string
  /** Name of a node; its id where it has none. */
  nodeName(nodeId: string): string
  /** Name of a dimension's value. */
  titleOf(dimension: string, value: string): string
  /** Zone whose clock a series follows. */
  zoneOf(dimension: string, value: string): string
}

interface FromTables {
  nodes: Place[]
  metrics: Map<string, api.MetricInfo>
  currency: string | null
}

const caches = cachePerEngine<FromTables>(2)

/** The names that hold now: those of the tables with the nodes of the core laid over them. */
export async function placesOf(engine: Engine): Promise<Places> {
  const tables = await tablesState(engine)
  const kept = await caches(engine).get(String(tables.runId), () =>
    engine.workspace.warehouse.reading((queries) => readNames(queries, engine.market)),
  )
  const state = engine.core.state()
  const nodes = new Map(kept.nodes.map((node) => [node.nodeId, node]))
  for (const node of state.nodes.values())
    nodes.set(node.nodeId, { ...node, region: node.region ?? 'unknown' })
  const zone = mostCommon([...nodes.values()].map((node) => node.timeZone)) ?? 'UTC'
  const nodeName = (nodeId: string) => nodes.get(nodeId)?.name ?? nodeId
  return {
    tables,
    nodes,
    metrics: kept.metrics,
    currency: kept.currency ?? state.orders.values().next().value?.currency ?? 'USD',
    zone,
    nodeName,
    titleOf: (dimension, value) => titleOf(dimension, value, nodeName),
    zoneOf: (dimension, value) => (dimension === 'node' ? (nodes.get(value)?.timeZone ?? zone) : zone),
  }
}

const wholes: Record<string, string> = { all: 'All nodes' }

function titleOf(dimension: string, value: string, nodeName: (nodeId: string) => string): string {
  if (dimension === 'node' || dimension === 'handover' || dimension === 'supply') return nodeName(value)
  if (dimension === 'lane') return value.replace('>', ' to ')
  return wholes[dimension] ?? value
}

async function readNames(queries: Queries, market: string): Promise<FromTables> {
  const nodes = await queries.all<{
    node_id: string
    name: string
    type: string
    region: string
    time_zone: string
    daily_capacity: number | null
    cut_off: string | null
    latitude: number | null
    longitude: number | null
  }>(
    `SELECT node_id, name, type, region, time_zone, daily_capacity, cut_off, latitude, longitude FROM nodes
     WHERE market = $market ORDER BY node_id`,
    { market },
  )
  const [money] = await queries.all<{ currency: string }>(
    'SELECT currency FROM orders WHERE market = $market GROUP BY currency ORDER BY count(*) DESC LIMIT 1',
    { market },
  )
  return {
    nodes: nodes.map((node) => ({
      nodeId: node.node_id,
      name: node.name,
      type: node.type,
      region: node.region,
      timeZone: isTimeZone(node.time_zone) ? node.time_zone : 'UTC',
      dailyCapacity: node.daily_capacity,
      cutOff: node.cut_off,
      latitude: node.latitude,
      longitude: node.longitude,
    })),
    metrics: new Map((await readCatalogue(queries)).map((info) => [info.metric, info])),
    currency: money?.currency ?? null,
  }
}

async function readCatalogue(queries: Queries): Promise<api.MetricInfo[]> {
  const rows = await queries.all<{
    metric: string
    title: string
    family: string
    formula: string
    unit: string
    is_additive: boolean
    better_when: api.MetricInfo['betterWhen']
  }>('SELECT metric, title, family, formula, unit, is_additive, better_when FROM metric_catalogue')
  return rows.map(({ is_additive: isAdditive, better_when: betterWhen, ...row }) => ({
    ...row,
    isAdditive,
    betterWhen,
  }))
}

/** The meaning of a metric; one that the catalogue does not list speaks for itself. */
export function infoOf(places: Places, metric: string): api.MetricInfo {
  const found = places.metrics.get(metric)
  if (found !== undefined) return found
  const { title, unit } = ownMetrics[metric] ?? { title: metric.replaceAll('_', ' '), unit: 'records' }
  return { metric, title, family: '', formula: '', unit, isAdditive: true, betterWhen: 'neither' }
}

function mostCommon(texts: readonly string[]): string | null {
  const counts = new Map<string, number>()
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? null
}
