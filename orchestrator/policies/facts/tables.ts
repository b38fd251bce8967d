// What policies may ask for, by subject: names, types and meanings. It computes nothing.

import { fulfillmentOrderStatuses, nodeTypes, orderStatuses } from '#data/contracts'
import type { Facts } from '#orchestrator/conditions'
import { orderFacts as beforeSourcing } from '#orchestrator/sourcing'

const { zone: _, ...shared } = beforeSourcing

const lateRisk = {
  type: 'double',
  means: 'probability that open work of it misses its promise, 0 to 1; 0 without work or promise',
  least: 0,
  most: 1,
} as const

/** Of the order. */
export const orderTable = {
  ...shared,
  valueCents: { type: 'int', means: 'value of its goods, cents' },
  lines: { type: 'int', means: 'lines that were not cancelled', least: 0 },
  units: { type: 'int', means: 'units that were not cancelled', least: 0 },
  id: { type: 'string', means: 'its id' },
  externalId: { type: 'string', means: 'its id in its source' },
  provider: { type: 'string', means: 'where it came from' },
  status: { type: 'string', means: 'how it stands', words: orderStatuses },
  hold: { type: 'string', means: 'why it is held; "" = it is not' },
  flags: { type: 'list<string>', means: 'what its source found odd about it' },
  tags: { type: 'list<string>', means: 'what policies tagged it with' },
  freightCents: { type: 'int', means: 'freight that the customer pays, cents' },
  discountCents: { type: 'int', means: 'discount on the whole, cents' },
  moves: { type: 'int', means: 'how often its work was moved', least: 0 },
  isPinned: { type: 'bool', means: 'whether a person put it back after a move' },
  nodes: { type: 'list<string>', means: 'nodes that have work of it' },
  lateRisk,
} as const satisfies Facts

/** Of a line. */
export const lineTable = {
  id: { type: 'string', means: 'its id within the order' },
  sku: { type: 'string', means: 'what was ordered' },
  name: { type: 'string', means: 'name of the product; "" = not known' },
  skuClass: { type: 'string', means: 'class of the product; "" = not known' },
  quantity: { type: 'int', means: 'units that were not cancelled', least: 0 },
  unitPriceCents: { type: 'int', means: 'price of a unit, cents' },
  valueCents: { type: 'int', means: 'price of all its units, cents' },
  discountCents: { type: 'int', means: 'discount on the line, cents' },
  weightG: { type: 'double', means: 'weight of all its units, g; 0 = not known', least: 0 },
  status: { type: 'string', means: 'how it stands', words: orderStatuses },
  hold: { type: 'string', means: 'why it is held; "" = it is not' },
  isBackordered: { type: 'bool', means: 'whether units of it wait for stock' },
  isPreordered: { type: 'bool', means: 'whether it waits for its day' },
  nodeId: { type: 'string', means: 'node that has work of it; "" = none' },
  lateRisk,
} as const satisfies Facts

/** Of a fulfillment order. */
export const workTable = {
  id: { type: 'string', means: 'its id within the order' },
  nodeId: { type: 'string', means: 'node that has it' },
  carrier: { type: 'string', means: 'carrier it is planned for; "" = none' },
  service: { type: 'string', means: 'service of the carrier; "" = none' },
  status: { type: 'string', means: 'how it stands', words: fulfillmentOrderStatuses },
  attempt: { type: 'int', means: 'which node in a row, 1 = the first', least: 0 },
  lines: { type: 'int', means: 'its lines', least: 0 },
  units: { type: 'int', means: 'its units', least: 0 },
  hoursAtNode: { type: 'double', means: 'hours since it was released, or else planned' },
  hasShipBy: { type: 'bool', means: 'whether it has to leave by a time' },
  shipByInHours: { type: 'double', means: 'hours until it has to leave; 1,000,000 = any time' },
  isMovable: { type: 'bool', means: 'whether nobody began to pick it' },
  lateRisk,
} as const satisfies Facts

/** Of a node: the one of the line or of the work; of a policy of nodes, the one that may be chosen. */
export const nodeTable = {
  id: { type: 'string', means: 'its id; "" = there is none yet' },
  name: { type: 'string', means: 'its name' },
  type: { type: 'string', means: 'what it is', words: nodeTypes },
  country: { type: 'string', means: 'country' },
  region: { type: 'string', means: 'region' },
  city: { type: 'string', means: 'city' },
  isActive: { type: 'bool', means: 'whether it takes work' },
  openOrders: { type: 'int', means: 'orders with open work there', least: 0 },
  ordersPerDay: { type: 'int', means: 'orders it can do a day; 0 = not known', least: 0 },
  load: { type: 'double', means: 'open orders / orders a day; 0 = not known', least: 0 },
} as const satisfies Facts

/** Of who ordered. */
export const customerTable = {
  ref: { type: 'string', means: 'who, as the source names them; "" = not known' },
  isKnown: { type: 'bool', means: 'whether the source names them' },
  recentOrders: {
    type: 'int',
    means: 'orders they placed in the last 7 days, this one among them; 0 = not known',
    least: 0,
  },
  country: { type: 'string', means: 'country of the destination' },
  region: { type: 'string', means: 'region of the destination' },
  city: { type: 'string', means: 'city of the destination' },
  postalCode: { type: 'string', means: 'postal code of the destination' },
} as const satisfies Facts

/** Of the open incidents of one kind that touch it: the worst counts. */
export const incidentTable = {
  isOpen: { type: 'bool', means: 'whether there is one' },
  severity: { type: 'double', means: 'how bad, 0 to 1; 0 = none', least: 0, most: 1 },
  metric: { type: 'string', means: 'metric that shows it; "" = none' },
  value: { type: 'string', means: 'what it is about, e.g. the node; "" = none' },
  ageHours: { type: 'double', means: 'hours since it was opened' },
  ordersAtRisk: { type: 'int', means: 'open orders that it touches', least: 0 },
} as const satisfies Facts

/** Of what models find odd. */
export const anomalyTable = {
  oddness: {
    type: 'double',
    means:
      'how odd the model finds the order, 0 to 1; 0 = not scored yet, as a new order on its way to its nodes',
    least: 0,
    most: 1,
  },
} as const satisfies Facts

/** Kinds of incidents by what they are about. */
export const incidentKinds = ['node', 'carrier', 'lane', 'region', 'channel', 'provider', 'all'] as const
/** Kind of an incident. */
export type IncidentKind = (typeof incidentKinds)[number]
