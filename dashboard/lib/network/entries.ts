// The network as lists of entries that a form can edit: what a list is called, its ids, what is new, what differs.
// Pure.

import type { api } from '#data/contracts'

/** Lists of the network. */
export type ListName = keyof api.NetworkDocument

/** An entry of any list, as forms see it. */
export type Entry = Record<string, unknown>

/** What a list is called, and which field is the id of its entries. */
export interface ListWords {
  title: string
  one: string
  id: string
  /** What an empty list says. */
  empty: string
}

/** Words of the lists, in the order in which they are shown. */
export const lists: Record<ListName, ListWords> = {
  nodes: {
    title: 'Nodes',
    one: 'node',
    id: 'nodeId',
    empty: 'Warehouses, stores, 3PLs and vendors that can send goods. Add one, or import a file.',
  },
  groups: {
    title: 'Groups',
    one: 'group',
    id: 'groupId',
    empty: 'A name for several nodes: lanes, rates and source lists may mean a group.',
  },
  calendars: {
    title: 'Calendars',
    one: 'calendar',
    id: 'calendarId',
    empty: 'When nodes work. A node without a calendar works always.',
  },
  carriers: { title: 'Carriers', one: 'carrier', id: 'carrierId', empty: 'Who carries.' },
  services: {
    title: 'Services',
    one: 'service',
    id: 'serviceId',
    empty: 'Ways of carriers to carry: ground, two days, overnight.',
  },
  lanes: {
    title: 'Lanes',
    one: 'lane',
    id: 'laneId',
    empty: 'How long a service takes between two places. Without lanes, times come from history.',
  },
  rateCards: {
    title: 'Rate cards',
    one: 'rate card',
    id: 'rateCardId',
    empty: 'What a service costs. Without rate cards, costs come from history.',
  },
}

/** Names of the lists, in the order in which they are shown. */
export const listNames = Object.keys(lists) as ListName[]

/** The list of a name in an address; nodes where it is none. */
export function listOf(name: string): ListName {
  return listNames.find((one) => one === name) ?? 'nodes'
}

/** Id of an entry. */
export function idOf(list: ListName, entry: Entry): string {
  return String(entry[lists[list].id] ?? '')
}

/** Entries of a list as forms see them. */
export function entriesOf(document: api.NetworkDocument, list: ListName): readonly Entry[] {
  return document[list] as unknown as readonly Entry[]
}

/** Name of an entry of a list for people: its name, else its id. */
export function nameIn(document: api.NetworkDocument, list: ListName, id: string | null): string {
  if (id === null) return ''
  const found = entriesOf(document, list).find((entry) => idOf(list, entry) === id)
  return found === undefined ? id : titleOf(list, found)
}

/** Name of an entry for people. */
export function titleOf(list: ListName, entry: Entry): string {
  const name = entry.name
  if (typeof name === 'string' && name !== '') return name
  if (list === 'lanes') return `${entry.origin} → ${entry.destination}`
  return idOf(list, entry)
}

const blanks: { [L in ListName]: api.NetworkDocument[L][number] } = {
  nodes: {
    nodeId: '',
    name: null,
    type: 'warehouse',
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
  },
  groups: { groupId: '', name: '' },
  calendars: {
    calendarId: '',
    name: '',
    hours: [1, 2, 3, 4, 5].map((day) => ({ day, opens: '08:00', closes: '18:00' })),
    holidays: [],
    extraDays: [],
  },
  carriers: { carrierId: '', name: '', isActive: true },
  services: {
    serviceId: '',
    carrierId: '',
    name: '',
    isActive: true,
    dimDivisor: null,
    maxWeightG: null,
    co2GramsPerTonneKm: null,
    deliveryDays: [],
    transit: null,
  },
  lanes: {
    laneId: '',
    serviceId: '',
    origin: '*',
    destination: '',
    zone: null,
    distanceKm: null,
    transit: null,
  },
  rateCards: {
    rateCardId: '',
    serviceId: '',
    factor: 1,
    validFrom: null,
    validUntil: null,
    freeFromCents: null,
    bands: [],
  },
}

/** A new entry of a list, to be filled in. */
export function blankOf(list: ListName): Entry {
  return structuredClone(blanks[list]) as unknown as Entry
}

/** The value at a path such as `capacity.ordersPerDay`. */
export function valueAt(entry: Entry, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, name) => (inner as Entry | null)?.[name], entry)
}

/** The entry with another value at a path. */
export function withValue(entry: Entry, path: string, value: unknown): Entry {
  const [name = '', ...rest] = path.split('.')
  if (rest.length === 0) return { ...entry, [name]: value }
  return { ...entry, [name]: withValue((entry[name] ?? {}) as Entry, rest.join('.'), value) }
}

/** Fields in which two entries differ. */
export function differingFields(before: Entry, after: Entry): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...names].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
}

/** What files say of a node. */
export type FileNode = api.FileNode

/** What files say of a node, by the fields of the network that they answer where it is silent. */
export function saidByFiles(file: FileNode): Partial<api.NetworkNode> {
  const { nodeId, dailyCapacity, processingCostCents, isActive, ...facts } = file
  const capacity = { ordersPerDay: dailyCapacity, linesPerDay: null, unitsPerDay: null, ordersPerHour: null }
  return { ...facts, capacity, orderCostCents: processingCostCents }
}

/** Every node as it counts: those that files tell of, completed and overruled by the network, then its own. */
export function settledNodes({ network, fileNodes }: api.NetworkAnswer): api.NetworkNode[] {
  const told = new Map(network.nodes.map((node) => [node.nodeId, node]))
  const fromFiles = fileNodes.map((file) => {
    const own = told.get(file.nodeId)
    told.delete(file.nodeId)
    return settled(file, own ?? untold(file.nodeId))
  })
  return [...fromFiles, ...told.values()]
}

/** What the network says of a node that it does not know yet: nothing, so that all is as files say. */
export function untold(nodeId: string): api.NetworkNode {
  return { ...structuredClone(blanks.nodes), nodeId, type: null }
}

function settled(file: FileNode, own: api.NetworkNode): api.NetworkNode {
  const said = saidByFiles(file) as Record<string, unknown>
  const node = { ...own } as Record<string, unknown>
  for (const [field, value] of Object.entries(said)) node[field] ??= value
  const ordersPerDay = own.capacity.ordersPerDay ?? file.dailyCapacity
  return {
    ...(node as unknown as api.NetworkNode),
    capacity: { ...own.capacity, ordersPerDay },
    isActive: own.isActive && file.isActive,
  }
}
