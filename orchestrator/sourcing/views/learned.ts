// What history says of times and costs, for whoever weighs nodes: the narrow level counts as far as it has shipments,
// the wider one fills up. It reads nothing by itself.

import type { api } from '#data/contracts'
import type { CoreState, Incident } from '#orchestrator/core'
import type { LearnedView } from '../world.ts'
import { type History, type Passage, pairKey } from './history.ts'

/** With so many shipments a level counts as much as the wider one. */
const enoughShipments = 8

/** What history and open incidents say; what was worked out once is kept as long as the history. */
export function learnedView(history: History, state: CoreState): LearnedView {
  const kept = keptOf(history)
  return {
    processing: (nodeId) => kept.processing.get(nodeId, () => processing(history, nodeId)),
    transit: (nodeId, carrierId, region) =>
      kept.transit.get(pairKey(pairKey(nodeId, carrierId ?? ''), region ?? ''), () =>
        transit(history, nodeId, carrierId, region ?? 'unknown'),
      ),
    carriageCents: (nodeId, region) =>
      kept.cents.get(pairKey(nodeId, region ?? ''), () => carriage(history, nodeId, region ?? 'unknown')),
    stretch: (dimension, id) => stretchOf(incidentAt(state, dimension, id)),
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
}

const keptByHistory = new WeakMap<History, KeptValues>()

function keptOf(history: History): KeptValues {
  const known = keptByHistory.get(history)
  if (known !== undefined) return known
  const made = { processing: new Kept(), transit: new Kept(), cents: new Kept() } as KeptValues
  keptByHistory.set(history, made)
  return made
}

function processing({ nodes, all }: History, nodeId: string): api.Spread | null {
  return mixedSpread(nodes.get(nodeId), 'processing', all.processing)
}

/** The lane as it usually is, times what the carrier usually takes longer or shorter at that node. */
function transit(
  { all, nodes, lanes, carriers, nodeCarriers }: History,
  nodeId: string,
  carrierId: string | null,
  region: string,
): api.Spread | null {
  const node = mixedSpread(nodes.get(nodeId), 'transit', all.transit)
  const lane = mixedSpread(lanes.get(pairKey(nodeId, region)), 'transit', node)
  if (carrierId === null || node === null || lane === null || all.transit === null) return lane
  const carrier = mixedSpread(carriers.get(carrierId), 'transit', all.transit)
  const usual = scaled(node, carrier, all.transit)
  const own = mixedSpread(nodeCarriers.get(pairKey(nodeId, carrierId)), 'transit', usual)
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

/** How many times longer things take under an incident: what was seen against what is usual, 2 to 8; 1 without one. */
function stretchOf(incident: Incident | undefined): number {
  if (incident === undefined) return 1
  const { value, expected } = incident
  const seen =
    value !== null && expected !== null && expected > 0
      ? Math.max(value / expected, expected / Math.max(value, 1e-9))
      : 3
  return Math.min(8, Math.max(2, seen))
}
