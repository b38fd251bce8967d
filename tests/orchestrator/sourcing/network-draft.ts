// Networks for tests, written with only what matters to them.

import type { api } from '#data/contracts'
import { blankNode, emptyNetwork, type Node } from '#orchestrator/core'

/** A document with nothing in it but what is given. */
export function networkDocument(given: Partial<api.NetworkDocument> = {}): api.NetworkDocument {
  return { ...emptyNetwork, ...given }
}

/** A node of the network that says nothing but what is given. */
export function networkNode(nodeId: string, given: Partial<api.NetworkNode> = {}): api.NetworkNode {
  return { ...blankNode(nodeId), ...given }
}

/** A node as files tell it. */
export function fileNode(nodeId: string, given: Partial<Node> = {}): Node {
  return {
    nodeId,
    provider: 'files',
    externalId: nodeId,
    name: nodeId,
    type: 'warehouse',
    timeZone: 'UTC',
    country: null,
    region: null,
    city: null,
    postalCode: null,
    latitude: null,
    longitude: null,
    dailyCapacity: null,
    cutOff: null,
    processingCostCents: null,
    isActive: true,
    carriers: [],
    ...given,
  }
}

/** A service of carrier C that goes everywhere. */
export function carrierService(
  serviceId: string,
  given: Partial<api.CarrierService> = {},
): api.CarrierService {
  return {
    serviceId,
    carrierId: 'C',
    name: serviceId,
    isActive: true,
    dimDivisor: null,
    maxWeightG: null,
    co2GramsPerTonneKm: null,
    deliveryDays: [],
    transit: null,
    ...given,
  }
}

/** A lane from everywhere to everywhere. */
export function networkLane(laneId: string, given: Partial<api.NetworkLane> = {}): api.NetworkLane {
  return {
    laneId,
    serviceId: 'S',
    origin: '*',
    destination: '*',
    zone: null,
    distanceKm: null,
    transit: null,
    ...given,
  }
}

/** A band without bounds that costs nothing. */
export function rateBand(given: Partial<api.RateBand> = {}): api.RateBand {
  return {
    origin: '*',
    destination: '*',
    zone: null,
    weightFromG: 0,
    weightToG: null,
    distanceFromKm: 0,
    distanceToKm: null,
    baseCents: 0,
    perKgCents: 0,
    perKmCents: 0,
    minimumCents: 0,
    ...given,
  }
}

/** A card of service S that always holds. */
export function rateCard(rateCardId: string, given: Partial<api.RateCard> = {}): api.RateCard {
  return {
    rateCardId,
    serviceId: 'S',
    factor: 1,
    validFrom: null,
    validUntil: null,
    freeFromCents: null,
    bands: [],
    ...given,
  }
}

/** A calendar with the same hours on some weekdays. */
export function weekCalendar(
  calendarId: string,
  days: readonly number[],
  opens: string,
  closes: string,
  given: Partial<api.WorkCalendar> = {},
): api.WorkCalendar {
  return {
    calendarId,
    name: calendarId,
    hours: days.map((day) => ({ day, opens, closes })),
    holidays: [],
    extraDays: [],
    ...given,
  }
}

/** Nowhere in particular. */
export const nowhere = {
  country: null,
  region: null,
  city: null,
  postalCode: null,
  zone: null,
  latitude: null,
  longitude: null,
}
