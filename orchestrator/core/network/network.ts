// The network of a market as its core keeps it: lists of entries by id, and what references what. Pure.

import type { api } from '#data/contracts'

/** The network and how often it was changed. */
export interface NetworkState {
  /** 0 = never changed; what was made ready from a version stays right until there is another. */
  version: number
  /** Each list in order of its ids. */
  document: api.NetworkDocument
}

/** Strategies and the rules that choose. */
export interface StrategiesState {
  /** Published versions, newest first in each id, ids in order; of each id the newest 50. */
  strategies: readonly api.Strategy[]
  rules: readonly api.StrategyRule[]
}

/** Name of a list of the network. */
export type ListName = keyof api.NetworkDocument
/** An entry of any list. */
export type Entry = api.NetworkDocument[ListName][number]

/** The lists, each with the field that is its id and the most entries it takes. */
export const networkLists = {
  nodes: { id: 'nodeId', most: 20_000 },
  groups: { id: 'groupId', most: 20_000 },
  calendars: { id: 'calendarId', most: 5_000 },
  carriers: { id: 'carrierId', most: 5_000 },
  services: { id: 'serviceId', most: 20_000 },
  lanes: { id: 'laneId', most: 500_000 },
  rateCards: { id: 'rateCardId', most: 5_000 },
} as const satisfies Record<ListName, { id: string; most: number }>

/** Names of the lists, those that others refer to first. */
export const listNames: readonly ListName[] = [
  'groups',
  'calendars',
  'carriers',
  'services',
  'nodes',
  'lanes',
  'rateCards',
]

/** A network without anything. */
export const emptyNetwork: api.NetworkDocument = {
  nodes: [],
  groups: [],
  calendars: [],
  carriers: [],
  services: [],
  lanes: [],
  rateCards: [],
}

/** Id of an entry of a list. */
export function entryId(list: ListName, entry: Entry): string {
  return (entry as unknown as Record<string, string>)[networkLists[list].id] ?? ''
}

/** The network with entries put by their id and ids taken away. Cost: its entries. */
export function applied(
  document: api.NetworkDocument,
  put: Partial<api.NetworkDocument>,
  remove: NonNullable<api.NetworkChange['remove']>,
): api.NetworkDocument {
  const next: Partial<Record<ListName, readonly Entry[]>> = {}
  for (const list of listNames) {
    const entries: readonly Entry[] = put[list] ?? []
    const gone = remove[list] ?? []
    if (entries.length === 0 && gone.length === 0) continue
    next[list] = merged(list, document[list], entries, new Set(gone))
  }
  return { ...document, ...next } as api.NetworkDocument
}

/** Two lists in order of ids, the second one counts; without those that are gone. */
function merged(
  list: ListName,
  before: readonly Entry[],
  put: readonly Entry[],
  gone: ReadonlySet<string>,
): Entry[] {
  const id = (entry: Entry) => entryId(list, entry)
  const byId = new Map(put.map((entry) => [id(entry), entry]))
  const fresh = [...byId.values()].sort((a, b) => (id(a) < id(b) ? -1 : 1))
  const all: Entry[] = []
  let at = 0
  for (const entry of before) {
    const own = id(entry)
    for (let next = fresh[at]; next !== undefined && id(next) < own; next = fresh[++at]) all.push(next)
    if (!gone.has(own) && !byId.has(own)) all.push(entry)
  }
  return [...all, ...fresh.slice(at)]
}

/** Something that an entry needs: an entry of another list. */
export interface Reference {
  list: ListName
  id: string
  /** Field that names it. */
  field: string
}

/** What an entry needs. */
export function* referencesOf(list: ListName, entry: Entry): Generator<Reference> {
  if (list === 'nodes') yield* referencesOfNode(entry as api.NetworkNode)
  else if (list === 'services') {
    yield { list: 'carriers', id: (entry as api.CarrierService).carrierId, field: 'carrierId' }
  } else if (list === 'lanes' || list === 'rateCards') {
    yield { list: 'services', id: (entry as api.NetworkLane).serviceId, field: 'serviceId' }
  }
}

function* referencesOfNode(node: api.NetworkNode): Generator<Reference> {
  for (const id of node.groupIds) yield { list: 'groups', id, field: 'groupIds' }
  if (node.calendarId !== null) yield { list: 'calendars', id: node.calendarId, field: 'calendarId' }
  for (const { carrierId } of node.pickups) {
    if (carrierId !== null) yield { list: 'carriers', id: carrierId, field: 'pickups.carrierId' }
  }
  for (const id of node.serviceIds) yield { list: 'services', id, field: 'serviceIds' }
}

/** Rows of a network, nested ones too. */
export function rowsOf(document: Partial<api.NetworkDocument>): number {
  let rows = 0
  for (const list of listNames) rows += document[list]?.length ?? 0
  for (const node of document.nodes ?? []) {
    rows += node.groupIds.length + node.pickups.length + node.onlyCustomers.length + node.serviceIds.length
  }
  for (const { hours, holidays, extraDays } of document.calendars ?? []) {
    rows += hours.length + holidays.length + extraDays.length
  }
  for (const { bands } of document.rateCards ?? []) rows += bands.length
  return rows
}

/** A node of which nothing is said but its id: what files tell of it, and what is usual, holds. */
export function blankNode(nodeId: string): api.NetworkNode {
  return {
    nodeId,
    name: null,
    type: null,
    timeZone: null,
    country: null,
    region: null,
    city: null,
    postalCode: null,
    latitude: null,
    longitude: null,
    isActive: true,
    activeFrom: null,
    activeUntil: null,
    groupIds: [],
    calendarId: null,
    cutOff: null,
    pickups: [],
    processing: null,
    orderCostCents: null,
    lineCostCents: null,
    unitCostCents: null,
    capacity: { ordersPerDay: null, linesPerDay: null, unitsPerDay: null, ordersPerHour: null },
    methods: [],
    priority: 0,
    safetyUnits: null,
    safetyPercent: null,
    onlyCustomers: [],
    serviceIds: [],
  }
}
