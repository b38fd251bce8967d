// Where services go and which rates hold there: lanes and bands found by destination and origin, the narrowest lane and
// every band that fits. It prices nothing.

import type { api } from '#data/contracts'
import { Bands, bandFault, type Row } from './bands.ts'
import type { CompiledNode, ServiceReach } from './compiled.ts'
import type { Findings } from './findings.ts'
import { destinationKeys, type PlaceKeys, patternKey, prefixLength, wordKey } from './place.ts'

/** Bands of a card for one origin, destination and zone as written. */
export interface Rates {
  card: api.RateCard
  /** Place of the card among all. */
  order: number
  zone: string | null
  bands: Bands
}

/** A service that goes somewhere, with what it may cost. */
export interface Reached extends ServiceReach {
  rates: readonly Rates[]
}

/** All that is written for one destination. */
interface Bucket {
  id: number
  /** By origin, then by service. */
  lanes: Map<string, Map<string, api.NetworkLane>>
  rates: Map<string, Map<string, Rates[]>>
}

/** Destinations that the same lanes and bands are written for. */
export interface Area {
  zone: string | null
  buckets: readonly Bucket[]
  byNode: Map<string, readonly Reached[]>
}

/** Answers kept, in services of nodes in areas; beyond them all are forgotten. */
const keptAnswers = 500_000

/** Lanes and rates by place. */
export class Reach {
  readonly #services: readonly api.CarrierService[]
  readonly #withLanes = new Set<string>()
  readonly #buckets = new Map<string, Bucket>()
  readonly #areas = new Map<string, Area>()
  #prefixes: readonly number[] = []
  #kept = 0

  /** @param services those that go at all, in the order they are listed */
  constructor(services: readonly api.CarrierService[]) {
    this.#services = services
  }

  /** Takes lanes in; of two for the same places the one with the lesser id counts. */
  addLanes(lanes: readonly api.NetworkLane[], findings: Findings): void {
    for (const lane of lanes) {
      this.#withLanes.add(lane.serviceId)
      const byService = inner(this.#bucketOf(lane.destination).lanes, lane.origin.trim())
      const other = byService.get(lane.serviceId)
      if (other !== undefined) {
        const both = `Lanes ${other.laneId} and ${lane.laneId} are for the same service and places`
        const text = `${both}: the first by id counts.`
        findings.add('lane_twice', 'lanes', lane.laneId, text)
        if (other.laneId <= lane.laneId) continue
      }
      byService.set(lane.serviceId, lane)
    }
    this.#measure()
  }

  /** Takes rate cards in; bands that cannot hold are left out. */
  addCards(cards: readonly api.RateCard[], findings: Findings): void {
    for (const [order, card] of cards.entries()) {
      const groups = new Map<string, { first: api.RateBand; rows: Row[] }>()
      for (const [row, band] of card.bands.entries()) {
        const fault = bandFault(band)
        if (fault !== null) {
          const text = `Row ${row + 1} of rate card ${card.rateCardId} ${fault}: left out.`
          findings.add('band_invalid', 'rateCards', card.rateCardId, text)
          continue
        }
        const key = `${band.origin.trim()}\u001f${patternKey(band.destination)}\u001f${zoneOf(band.zone) ?? ''}`
        const group = groups.get(key)
        if (group === undefined) groups.set(key, { first: band, rows: [{ band, row }] })
        else group.rows.push({ band, row })
      }
      for (const { first, rows } of groups.values()) {
        const byService = inner(this.#bucketOf(first.destination).rates, first.origin.trim())
        const list = byService.get(card.serviceId) ?? []
        list.push({ card, order, zone: zoneOf(first.zone), bands: new Bands(rows) })
        byService.set(card.serviceId, list)
      }
    }
    this.#measure()
  }

  /** The area that a destination is in. */
  area(place: PlaceKeys): Area {
    const buckets = destinationKeys(place, this.#prefixes).flatMap((key) => this.#buckets.get(key) ?? [])
    const key = `${buckets.map(({ id }) => id).join()}\u001f${place.zone ?? ''}`
    let area = this.#areas.get(key)
    if (area === undefined) {
      area = { zone: place.zone, buckets, byNode: new Map() }
      this.#areas.set(key, area)
      this.#keep(1)
    }
    return area
  }

  /** Services from a node to an area, in the order they are listed. */
  from(node: CompiledNode, area: Area): readonly Reached[] {
    const known = area.byNode.get(node.nodeId)
    if (known !== undefined) return known
    const reached = this.#find(node, area)
    area.byNode.set(node.nodeId, reached)
    this.#keep(reached.length + 1)
    return reached
  }

  #find(node: CompiledNode, area: Area): Reached[] {
    const groups = [...new Set(node.groupIds)]
    const lanes = this.#narrowest([[node.nodeId], groups, ['*']], area)
    const rates = ratesOf([...new Set([node.nodeId, ...groups, '*'])], area)
    return this.#services.flatMap((service) => {
      const { serviceId } = service
      if (node.serviceIds !== null && !node.serviceIds.has(serviceId)) return []
      const lane = lanes.get(serviceId) ?? null
      if (lane === null && this.#withLanes.has(serviceId)) return []
      const zone = zoneOf(lane?.zone ?? null) ?? area.zone
      const fitting = (rates.get(serviceId) ?? []).filter((rate) => rate.zone === null || rate.zone === zone)
      return [{ service, lane, rates: fitting }]
    })
  }

  /** Of the origins the narrowest counts, then of the destinations, then of the ids the least. */
  #narrowest(origins: readonly (readonly string[])[], { buckets }: Area): Map<string, api.NetworkLane> {
    const found = new Map<string, api.NetworkLane>()
    for (const alike of origins) {
      for (const { lanes } of buckets) {
        const here = new Map<string, api.NetworkLane>()
        for (const origin of alike) {
          for (const [serviceId, lane] of lanes.get(origin) ?? []) {
            const other = here.get(serviceId)
            if (other === undefined || lane.laneId < other.laneId) here.set(serviceId, lane)
          }
        }
        for (const [serviceId, lane] of here) if (!found.has(serviceId)) found.set(serviceId, lane)
      }
    }
    return found
  }

  #bucketOf(destination: string): Bucket {
    const key = patternKey(destination)
    let bucket = this.#buckets.get(key)
    if (bucket === undefined) {
      bucket = { id: this.#buckets.size, lanes: new Map(), rates: new Map() }
      this.#buckets.set(key, bucket)
    }
    return bucket
  }

  #measure(): void {
    const lengths = new Set([...this.#buckets.keys()].map(prefixLength))
    this.#prefixes = [...lengths].filter((length) => length > 0).sort((a, b) => b - a)
  }

  #keep(count: number): void {
    this.#kept += count
    if (this.#kept <= keptAnswers) return
    for (const area of this.#areas.values()) area.byNode.clear()
    this.#areas.clear()
    this.#kept = 0
  }
}

function ratesOf(origins: readonly string[], { buckets }: Area): Map<string, Rates[]> {
  const found = new Map<string, Rates[]>()
  for (const { rates } of buckets) {
    for (const origin of origins) {
      for (const [serviceId, list] of rates.get(origin) ?? []) {
        const here = found.get(serviceId)
        if (here === undefined) found.set(serviceId, [...list])
        else here.push(...list)
      }
    }
  }
  return found
}

function zoneOf(zone: string | null): string | null {
  return zone === null || zone.trim() === '' ? null : wordKey(zone)
}

function inner<Value>(map: Map<string, Map<string, Value>>, key: string): Map<string, Value> {
  let found = map.get(key)
  if (found === undefined) {
    found = new Map()
    map.set(key, found)
  }
  return found
}
