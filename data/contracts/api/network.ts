// Shapes of the fulfillment network: what a person says of nodes beyond what files tell, and how goods travel. One
// document of lists; every list is edited by id. Money is in cents of the market's currency and may have fractions.

import { Type } from 'typebox'
import { methods, nodeTypes } from '../status.ts'
import { type Of, oneOf, orNull, shape } from './shape.ts'

const id = () => Type.String({ minLength: 1, maxLength: 200 })
const name = () => Type.String({ maxLength: 200 })
const text = (maxLength = 200) => orNull(Type.String({ maxLength }))
const cost = (description?: string) =>
  Type.Number({ minimum: 0, maximum: 1e12, ...(description === undefined ? {} : { description }) })
const count = () => orNull(Type.Integer({ minimum: 0, maximum: 1_000_000_000 }))
const hours = () => Type.Number({ minimum: 0, maximum: 100_000 })
const localTime = () => Type.String({ pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$', description: 'HH:MM' })
const localDate = () => Type.String({ pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' })
const weekday = () => Type.Integer({ minimum: 1, maximum: 7, description: '1 = Monday' })

/** How long something takes: half of the time at most `medianHours`, nine times of ten at most `p90Hours`. */
export const spread = shape({ medianHours: hours(), p90Hours: hours() })
export type Spread = Of<typeof spread>

/** Work that a node can take; null = no limit. */
export const capacity = shape({
  ordersPerDay: count(),
  linesPerDay: count(),
  unitsPerDay: count(),
  ordersPerHour: count(),
})
export type Capacity = Of<typeof capacity>

/** When a carrier collects. */
export const pickup = shape({
  carrierId: orNull(id()),
  days: Type.Array(weekday(), { maxItems: 7 }),
  time: localTime(),
})

/**
 * A node. One that files tell of too keeps from them what is null here; `isActive` is true only where both say so.
 */
export const networkNode = shape({
  nodeId: id(),
  name: text(),
  type: orNull(oneOf(nodeTypes)),
  timeZone: text(60),
  country: text(),
  region: text(),
  city: text(),
  postalCode: text(20),
  latitude: orNull(Type.Number({ minimum: -90, maximum: 90 })),
  longitude: orNull(Type.Number({ minimum: -180, maximum: 180 })),
  isActive: Type.Boolean(),
  activeFrom: orNull(localDate()),
  activeUntil: orNull(localDate()),
  groupIds: Type.Array(id(), { maxItems: 100 }),
  calendarId: orNull(id()),
  cutOff: orNull(localTime()),
  pickups: Type.Array(pickup, { maxItems: 100, description: 'none = goods leave when they are ready' }),
  processing: orNull(spread),
  orderCostCents: orNull(cost('for each piece of work')),
  lineCostCents: orNull(cost()),
  unitCostCents: orNull(cost()),
  capacity,
  methods: Type.Array(oneOf(methods), { description: 'what it serves; none = what its type usually does' }),
  priority: Type.Integer({ minimum: 0, maximum: 1_000_000, description: '0 = first' }),
  safetyUnits: count(),
  safetyPercent: orNull(Type.Number({ minimum: 0, maximum: 100, description: 'of on hand, kept back' })),
  onlyCustomers: Type.Array(id(), { maxItems: 100_000, description: 'none = everybody' }),
  serviceIds: Type.Array(id(), {
    maxItems: 1_000,
    description: 'none = every service with a lane from here',
  }),
})
export type NetworkNode = Of<typeof networkNode>

/** A name for several nodes; rates and lanes may start at one. */
export const nodeGroup = shape({ groupId: id(), name: name() })
export type NodeGroup = Of<typeof nodeGroup>

/** When a node works, in its own time zone. */
export const workCalendar = shape({
  calendarId: id(),
  name: name(),
  hours: Type.Array(shape({ day: weekday(), opens: localTime(), closes: localTime() }), { maxItems: 50 }),
  holidays: Type.Array(localDate(), { maxItems: 2_000 }),
  extraDays: Type.Array(shape({ date: localDate(), opens: localTime(), closes: localTime() }), {
    maxItems: 2_000,
  }),
})
export type WorkCalendar = Of<typeof workCalendar>

/** Who carries. */
export const carrier = shape({ carrierId: id(), name: name(), isActive: Type.Boolean() })
export type Carrier = Of<typeof carrier>

/** A way of a carrier to carry. */
export const carrierService = shape({
  serviceId: id(),
  carrierId: id(),
  name: name(),
  isActive: Type.Boolean(),
  dimDivisor: orNull(
    Type.Number({ exclusiveMinimum: 0, maximum: 1e9, description: 'cubic centimetres that count as 1 kg' }),
  ),
  maxWeightG: orNull(cost()),
  co2GramsPerTonneKm: orNull(cost()),
  deliveryDays: Type.Array(weekday(), { maxItems: 7, description: 'none = every day' }),
  transit: orNull(spread),
})
export type CarrierService = Of<typeof carrierService>

/**
 * Where something is: `*`, a node id or group id (origins), or `country`, `country/region`, `country/postal prefix*`
 * or the name of a zone (destinations).
 */
const place = () => Type.String({ minLength: 1, maxLength: 200 })

/** How long a service takes between two places; the narrowest that fits counts. */
export const lane = shape({
  laneId: id(),
  serviceId: id(),
  origin: place(),
  destination: place(),
  zone: text(),
  distanceKm: orNull(cost()),
  transit: orNull(spread),
})
export type NetworkLane = Of<typeof lane>

/** A row of a rate card: what it costs in these bounds, both ends within; the cheapest that fits counts. */
export const rateBand = shape({
  origin: place(),
  destination: place(),
  zone: text(),
  weightFromG: cost(),
  weightToG: orNull(cost()),
  distanceFromKm: cost(),
  distanceToKm: orNull(cost()),
  baseCents: cost(),
  perKgCents: cost(),
  perKmCents: cost(),
  minimumCents: cost(),
})
export type RateBand = Of<typeof rateBand>

/** What a service costs. */
export const rateCard = shape({
  rateCardId: id(),
  serviceId: id(),
  factor: Type.Number({ minimum: 0, maximum: 1_000, description: 'on every amount, 1 = as written' }),
  validFrom: orNull(localDate()),
  validUntil: orNull(localDate()),
  freeFromCents: orNull(cost('value of goods from which it costs nothing')),
  bands: Type.Array(rateBand, { maxItems: 100_000 }),
})
export type RateCard = Of<typeof rateCard>

const lists = {
  nodes: Type.Array(networkNode, { maxItems: 20_000 }),
  groups: Type.Array(nodeGroup, { maxItems: 20_000 }),
  calendars: Type.Array(workCalendar, { maxItems: 5_000 }),
  carriers: Type.Array(carrier, { maxItems: 5_000 }),
  services: Type.Array(carrierService, { maxItems: 20_000 }),
  lanes: Type.Array(lane, { maxItems: 500_000 }),
  rateCards: Type.Array(rateCard, { maxItems: 5_000 }),
}

/** The whole network. */
export const networkDocument = shape(lists)
export type NetworkDocument = Of<typeof networkDocument>

const ids = () => Type.Array(id(), { maxItems: 500_000 })

/** Entries put by their id, and ids taken away. */
export const networkChange = Type.Object(
  {
    put: Type.Optional(Type.Partial(networkDocument, { additionalProperties: false })),
    remove: Type.Optional(
      Type.Partial(
        shape({
          nodes: ids(),
          groups: ids(),
          calendars: ids(),
          carriers: ids(),
          services: ids(),
          lanes: ids(),
          rateCards: ids(),
        }),
        { additionalProperties: false },
      ),
    ),
    version: Type.Optional(
      Type.Integer({ description: 'of the network that was looked at; refused where it is another by now' }),
    ),
  },
  { additionalProperties: false },
)
export type NetworkChange = Of<typeof networkChange>

/** What is odd about a network; sourcing works around it. */
export const networkFinding = shape({
  code: Type.String({ description: 'e.g. lane_service_unknown' }),
  kind: Type.String({ description: 'list it is in' }),
  id: Type.String(),
  text: Type.String({ description: 'one sentence' }),
})
export type NetworkFinding = Of<typeof networkFinding>

/** What files tell of a node; it counts where the network says nothing else. */
export const fileNode = shape({
  nodeId: id(),
  name: name(),
  type: oneOf(nodeTypes),
  timeZone: Type.String(),
  country: text(),
  region: text(),
  city: text(),
  postalCode: text(),
  latitude: orNull(Type.Number()),
  longitude: orNull(Type.Number()),
  cutOff: text(),
  dailyCapacity: orNull(Type.Integer({ description: 'orders' })),
  processingCostCents: orNull(Type.Number({ description: 'of an order' })),
  isActive: Type.Boolean(),
})
export type FileNode = Of<typeof fileNode>

/** The network as it is. */
export const networkAnswer = shape({
  version: Type.Integer(),
  network: networkDocument,
  fileNodes: Type.Array(fileNode, {
    description: 'nodes that files tell of, whether the network does or not',
  }),
  findings: Type.Array(networkFinding),
})
export type NetworkAnswer = Of<typeof networkAnswer>

/** What a change made of the network, by list. */
export const networkDifference = shape({
  list: Type.String(),
  added: Type.Array(Type.String(), { description: 'ids, at most 1,000' }),
  changed: Type.Array(Type.String(), { description: 'ids, at most 1,000' }),
  removed: Type.Array(Type.String(), { description: 'ids, at most 1,000' }),
  counts: shape({ added: Type.Integer(), changed: Type.Integer(), removed: Type.Integer() }),
})
export type NetworkDifference = Of<typeof networkDifference>

/** What a change led to, or would lead to. */
export const networkChanged = shape({
  version: Type.Integer({ description: 'of the network after it' }),
  isDryRun: Type.Boolean(),
  differences: Type.Array(networkDifference),
  findings: Type.Array(networkFinding),
})
export type NetworkChanged = Of<typeof networkChanged>

/** Files of a network by their names. */
export const networkFiles = shape({ files: Type.Record(Type.String(), Type.String()) })
export type NetworkFiles = Of<typeof networkFiles>
