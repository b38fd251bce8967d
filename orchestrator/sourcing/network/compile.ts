// Makes a network ready for look-ups: nodes settled, calendars, lanes, rates and places indexed. It reads nothing and
// decides nothing; what does not fit together becomes a finding.

import type { api } from '#data/contracts'
import type { Node } from '#orchestrator/core'
import { Centroids } from './centroids.ts'
import { checkReferences, checkTimetables } from './checks.ts'
import type { CompiledNetwork, CompiledNode, Departure } from './compiled.ts'
import { Timetable } from './departures.ts'
import { Destinations } from './destinations.ts'
import { Findings } from './findings.ts'
import { settleNodes, usualZone } from './nodes.ts'
import { countryKey, filled } from './place.ts'
import { Reach } from './reach.ts'
import { WorkingHours } from './working-hours.ts'
import { dayNumber, dayText, isInstant, weekdayOf, ZoneClock, zoneClock } from './zone-clock.ts'

/** What a network is made of. */
export interface NetworkInput {
  document: api.NetworkDocument
  /** Of the document. */
  version: number
  /** As files say. */
  nodes: Iterable<Node>
  /** Of countries other than the US and Canada, or better ones for these. */
  centroids?: Centroids
}

/**
 * A network that answers look-ups. None of them throws: what is not known or no number is null or empty.
 * Cost: nodes + lanes + bands, about a second for half a million of these.
 */
export function compileNetwork({
  document,
  version,
  nodes: files,
  centroids,
}: NetworkInput): CompiledNetwork {
  const findings = new Findings()
  const places = centroids ?? new Centroids()
  const settled = settleNodes(files, document, findings)
  const homeCountry = onlyCountryOf(settled) ?? places.onlyCountry
  const nodes = new Map(settled.map((node) => [node.nodeId, located(node, places, homeCountry, findings)]))
  const timetables = timetablesOf(nodes)
  checkReferences(document, nodes, findings)
  checkTimetables(timetables, findings)
  const reach = reachOf(document, findings)
  const clockOf = (nodeId: string) => timetables.get(nodeId)?.hours.clock ?? null
  const destinations = new Destinations(nodes, reach, places, homeCountry, clockOf)
  return {
    version,
    nodes,
    carriers: new Map(document.carriers.map((carrier) => [carrier.carrierId, carrier])),
    services: new Map(document.services.map((service) => [service.serviceId, service])),
    hasServices: document.services.length > 0,
    findings: [...places.findings, ...findings.list()],
    servicesTo: (nodeId, to) => destinations.servicesTo(nodeId, to),
    reached: (nodeId, to) => destinations.reached(nodeId, to),
    rate: (service, parcel, at) => destinations.rate(service, parcel, at),
    rateCents: (service, parcel, at) => destinations.cents(service, parcel, at),
    rateFloor: (service) => destinations.floor(service),
    reachFloor: (reach, distanceKm, mostG) => destinations.reachFloor(reach, distanceKm, mostG),
    departures: (nodeId, carrierId, from, count, hours = 0, cameAt = from): readonly Departure[] =>
      timetables.get(nodeId)?.list(carrierId, from, count, hours, cameAt) ?? [],
    addWorkingTime: (nodeId, from, hours) => timetables.get(nodeId)?.hours.add(from, hours) ?? null,
    workingHours: (nodeId, from, to) => timetables.get(nodeId)?.hours.between(from, to) ?? 0,
    lastPickup: (nodeId, carrierId, at) => timetables.get(nodeId)?.lastPickup(carrierId, at) ?? null,
    workedHours: (nodeId, day) => timetables.get(nodeId)?.hours.workedOn(dayNumber(day)) ?? 0,
    onDeliveryDay,
    locate: (to) => destinations.locate(to),
    distanceKm: (nodeId, to) => destinations.distanceKm(nodeId, to),
    dayAt: (nodeId, at) => {
      const clock = clockOf(nodeId)
      return clock === null || !isInstant(at) ? null : dayText(clock.dayAt(at))
    },
  }
}

/** The country of all nodes that name one, null where they name several or none. */
function onlyCountryOf(nodes: readonly CompiledNode[]): string | null {
  const named = nodes.flatMap(({ country }) => (filled(country) === null ? [] : countryKey(country ?? '')))
  const [first, ...others] = new Set(named)
  return first === undefined || others.length > 0 ? null : first
}

/** A node with coordinates: its own, else those of its postal code, city or region. */
function located(
  node: CompiledNode,
  centroids: Centroids,
  homeCountry: string | null,
  findings: Findings,
): CompiledNode {
  if (node.latitude !== null) return node
  const country = filled(node.country) === null ? homeCountry : countryKey(node.country ?? '')
  const point = country === null ? null : centroids.find(country, node)
  if (point === null) {
    const text = `Nobody knows where node ${node.nodeId} is: it has no distances.`
    findings.add('node_place_unknown', 'nodes', node.nodeId, text)
    return node
  }
  return { ...node, ...point }
}

/** Nodes of one calendar, zone and active window share their working hours. */
function timetablesOf(nodes: ReadonlyMap<string, CompiledNode>): Map<string, Timetable> {
  const shared = new Map<string, WorkingHours>()
  const timetables = new Map<string, Timetable>()
  for (const node of nodes.values()) {
    const { timeZone, calendar, activeFrom, activeUntil } = node
    const key = [timeZone, calendar?.calendarId ?? '', activeFrom, activeUntil].join('\u001f')
    let hours = shared.get(key)
    if (hours === undefined) {
      const clock = zoneClock(timeZone) ?? new ZoneClock(usualZone)
      hours = new WorkingHours(clock, calendar, { from: activeFrom, until: activeUntil })
      shared.set(key, hours)
    }
    timetables.set(node.nodeId, new Timetable(hours, node))
  }
  return timetables
}

/** What is not active does not go anywhere. */
function reachOf(document: api.NetworkDocument, findings: Findings): Reach {
  const resting = new Set(
    document.carriers.filter(({ isActive }) => !isActive).map(({ carrierId }) => carrierId),
  )
  const reach = new Reach(document.services.filter((one) => one.isActive && !resting.has(one.carrierId)))
  reach.addLanes(document.lanes, findings)
  reach.addCards(document.rateCards, findings)
  return reach
}

function onDeliveryDay(service: api.CarrierService, at: number, timeZone: string): number {
  const days = service.deliveryDays
  const clock = zoneClock(timeZone) ?? zoneClock(usualZone)
  if (days.length === 0 || clock === null || !isInstant(at)) return at
  const day = clock.dayAt(at)
  if (days.includes(weekdayOf(day))) return at
  for (let ahead = 1; ahead < 7; ahead += 1) {
    if (days.includes(weekdayOf(day + ahead))) return clock.instant(day + ahead, 0)
  }
  return at
}
