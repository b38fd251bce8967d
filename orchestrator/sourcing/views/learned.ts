// What is learned of times and costs, for whoever weighs nodes: what a model says of now, else history, of which the
// narrow level counts as far as it has shipments and the wider one fills up. It reads nothing by itself.

import type { api } from '#data/contracts'
import { type CoreState, type Incident, partsOfSlice } from '#orchestrator/core'
import { usual } from '../model/facts.ts'
import type { LearnedView } from '../world.ts'
import { type History, type Passage, pairKey } from './history.ts'
import { wayKey, wayOf } from './outlook.ts'

/** With so many shipments a level counts as much as the wider one. */
const enoughShipments = 8

/** What history and open incidents say; what was worked out once is kept as long as the history. */
export function learnedView(history: History, state: CoreState): LearnedView {
  const kept = keptOf(history)
  const slow = slowWays(state)
  return {
    processing: (nodeId) => {
      const usual = () => processing(history, nodeId)
      return kept.processing.get(nodeId, () => history.outlook?.processing.get(nodeId) ?? usual())
    },
    transit: (nodeId, carrierId, region) => {
      const key = wayKey(nodeId, carrierId, region)
      const usual = () => transit(history, nodeId, carrierId, region ?? 'unknown')
      return kept.transit.get(key, () => history.outlook?.transit.get(key) ?? usual())
    },
    carriageCents: (nodeId, region) =>
      kept.cents.get(pairKey(nodeId, region ?? ''), () => carriage(history, nodeId, region ?? 'unknown')),
    stretch: (dimension, id) => {
      const stretch = stretchOf(incidentAt(state, dimension, id))
      if (stretch === 1) return 1
      // What the model has seen of it is in its hours already.
      const seen = kept.longer.get(pairKey(dimension, id), () => longerBy(history, dimension, id))
      return Math.max(1, stretch / seen)
    },
    hasIncident: (nodeId) => hampers(incidentAt(state, 'node', nodeId)),
    ...(slow === null ? {} : { stretchOfWay: slow }),
    carriers: (nodeId) => history.carriersOf.get(nodeId) ?? state.nodes.get(nodeId)?.carriers ?? [],
  }
}

/** Values worked out once. */
class Kept<V> {
  readonly #values = new Map<string, V>()

  get(key: string, make: () => V): V {
    const known = this.#values.get(key)
    if (known !== undefined) return known
    // Regions come from orders: whatever they are called, memory has an end.
    if (this.#values.size >= 100_000) this.#values.clear()
    const made = make()
    this.#values.set(key, made)
    return made
  }
}

interface KeptValues {
  processing: Kept<api.Spread | null>
  transit: Kept<api.Spread | null>
  cents: Kept<number | null>
  longer: Kept<number>
}

const keptByHistory = new WeakMap<History, KeptValues>()

function keptOf(history: History): KeptValues {
  const known = keptByHistory.get(history)
  if (known !== undefined) return known
  const made: KeptValues = {
    processing: new Kept(),
    transit: new Kept(),
    cents: new Kept(),
    longer: new Kept(),
  }
  keptByHistory.set(history, made)
  return made
}

function processing({ nodes, all }: History, nodeId: string): api.Spread | null {
  return mixedSpread(nodes.get(nodeId), 'processing', ofMarket(all, 'processing'))
}

/** What holds for a market: a handful of shipments, such as those that somebody tries it out with, say little yet. */
function ofMarket(all: Passage, name: 'processing' | 'transit'): api.Spread | null {
  return all[name] === null ? null : mixedSpread(all, name, usual[name])
}

/** The lane as it usually is, times what the carrier usually takes longer or shorter at that node. */
function transit(
  { all, nodes, lanes, carriers, nodeCarriers }: History,
  nodeId: string,
  carrierId: string | null,
  region: string,
): api.Spread | null {
  const market = ofMarket(all, 'transit')
  const node = mixedSpread(nodes.get(nodeId), 'transit', market)
  const lane = mixedSpread(lanes.get(pairKey(nodeId, region)), 'transit', node)
  if (carrierId === null || node === null || lane === null || market === null) return lane
  const carrier = mixedSpread(carriers.get(carrierId), 'transit', market)
  const expected = scaled(node, carrier, market)
  const own = mixedSpread(nodeCarriers.get(pairKey(nodeId, carrierId)), 'transit', expected)
  return scaled(lane, own, node)
}

/** `spread` times what `some` is of `all`. */
function scaled(spread: api.Spread, some: api.Spread | null, all: api.Spread): api.Spread {
  if (some === null) return spread
  const times = (name: 'medianHours' | 'p90Hours') =>
    spread[name] * (all[name] > 0 ? some[name] / all[name] : 1)
  const medianHours = times('medianHours')
  return { medianHours, p90Hours: Math.max(medianHours, times('p90Hours')) }
}

/** How many times longer a model says that things take than history does, at least 1. */
function longerBy(history: History, dimension: 'node' | 'carrier', id: string): number {
  const { outlook } = history
  if (outlook == null) return 1
  const ratio = (told: api.Spread | undefined, usual: api.Spread | null) =>
    told === undefined || usual === null || !(usual.medianHours > 0)
      ? []
      : [told.medianHours / usual.medianHours]
  const ratios =
    dimension === 'node'
      ? ratio(outlook.processing.get(id), processing(history, id))
      : [...outlook.transit].flatMap(([key, told]) => {
          const { nodeId, carrierId, region } = wayOf(key)
          return carrierId === id ? ratio(told, transit(history, nodeId, id, region ?? 'unknown')) : []
        })
  const mean = ratios.reduce((sum, one) => sum + one, 0) / Math.max(1, ratios.length)
  return Math.max(1, mean)
}

function carriage({ all, nodes, lanes }: History, nodeId: string, region: string): number | null {
  const node = mixed(nodes.get(nodeId)?.freightCents, nodes.get(nodeId)?.count, all.freightCents)
  const lane = lanes.get(pairKey(nodeId, region))
  const cents = mixed(lane?.freightCents, lane?.count, node)
  return cents === null ? null : Math.round(cents)
}

function mixedSpread(
  narrow: Passage | undefined,
  name: 'processing' | 'transit',
  wide: api.Spread | null,
): api.Spread | null {
  const own = narrow?.[name] ?? null
  const medianHours = mixed(own?.medianHours, narrow?.count, wide?.medianHours ?? null)
  const p90Hours = mixed(own?.p90Hours, narrow?.count, wide?.p90Hours ?? null)
  return medianHours === null || p90Hours === null ? null : { medianHours, p90Hours }
}

function mixed(
  own: number | null | undefined,
  count: number | undefined,
  wide: number | null,
): number | null {
  if (own == null) return wide
  if (wide === null) return own
  const share = (count ?? 0) / ((count ?? 0) + enoughShipments)
  return share * own + (1 - share) * wide
}

/** Open incident at a node or carrier. */
export function incidentAt(
  state: CoreState,
  dimension: 'node' | 'carrier',
  value: string | null,
): Incident | undefined {
  const incidentId = state.openIncidents.get(`${dimension}/${value}`)
  return incidentId === undefined ? undefined : state.incidents.get(incidentId)
}

/** Stretches of ways by open incidents that are of neither a node nor a carrier alone; null = there are none. */
function slowWays(state: CoreState): NonNullable<LearnedView['stretchOfWay']> | null {
  const slices: { slice: Map<string, string>; stretch: number }[] = []
  for (const incidentId of state.openIncidents.values()) {
    const incident = state.incidents.get(incidentId)
    if (incident === undefined || incident.dimension === 'node' || incident.dimension === 'carrier') continue
    const slice = new Map(partsOfSlice(incident).map(({ dimension, value }) => [dimension, value]))
    if ([...slice.keys()].every((dimension) => ofWays.has(dimension))) {
      slices.push({ slice, stretch: stretchOf(incident) })
    }
  }
  if (slices.length === 0) return null
  return (nodeId, carrierId, region) => {
    const lane = `${state.nodes.get(nodeId)?.region ?? 'unknown'}>${region ?? 'unknown'}`
    const way: Record<string, string> = { node: nodeId, carrier: carrierId ?? '', region: region ?? '', lane }
    const stretches = slices.flatMap(({ slice, stretch }) =>
      [...slice].every(([dimension, value]) => way[dimension] === value) ? stretch : [],
    )
    return Math.max(1, ...stretches)
  }
}

/** Dimensions that a way has. */
const ofWays: ReadonlySet<string> = new Set(['node', 'carrier', 'region', 'lane'])

/**
 * What metrics imply of time: what is seen against what is usual, within [at least, at most] times longer.
 * Shares and counts of what is late say that it takes longer, and not by how much; some say nothing of time.
 */
const implied: Readonly<Record<string, readonly [number, number]>> = {
  transit_hours: [1, 8],
  book_to_ship_hours: [1, 8],
  pick_to_ship_hours: [1, 8],
  internal_cycle_time_hours: [1, 8],
  past_due: [1.5, 3],
  in_jeopardy: [1.25, 2],
  late_share: [1.5, 1.5],
  on_time_ship_share: [1.5, 2],
  delivered_orders: [1.5, 2],
  orders: [1, 1],
  order_lines: [1, 1],
  cancellations: [1, 1],
  returns: [1, 1],
  reject_share: [1, 1],
  short_pick_share: [1, 1],
  stock_out_share: [1, 1],
  units_adjusted: [1, 1],
  freight_per_parcel: [1, 1],
  repeated_orders: [1, 1],
  receiver_failing: [1, 1],
  refused_moves: [1, 1],
  hours_without_goods: [1, 1],
}
/** Of any other metric. */
const [stretchLeast, stretchMost] = [2, 8]

/** Whether an incident says that things take longer; one of goods, orders or money does not. */
export function isOfSpeed({ metric }: Pick<Incident, 'metric'>): boolean {
  return (implied[metric]?.[1] ?? stretchMost) > 1
}

/** Metrics of goods that a node does not have. */
const ofGoods: ReadonlySet<string> = new Set([
  'reject_share',
  'short_pick_share',
  'stock_out_share',
  'units_adjusted',
])

/** Whether an incident says that things take longer or that goods are not there; one of demand does not. */
export function hampers(incident: Incident | undefined): boolean {
  return incident !== undefined && (isOfSpeed(incident) || ofGoods.has(incident.metric))
}

/** How many times longer things take under an incident: as its metric implies, at most 8; 1 without one. */
function stretchOf(incident: Incident | undefined): number {
  if (incident === undefined) return 1
  const [least, most] = implied[incident.metric] ?? [stretchLeast, stretchMost]
  const { value, expected } = incident
  const seen =
    value !== null && expected !== null && expected > 0
      ? Math.max(value / expected, expected / Math.max(value, 1e-9))
      : 3
  return Math.min(most, Math.max(least, seen))
}
