// Orders made up from the values that conditions name: one value of each fact just within and just beyond what is
// asked. The same conditions make the same orders.

import type { Condition, NamedFact } from '#orchestrator/conditions'
import type { Order, OrderLine } from '#orchestrator/core'

/** Values that are tried for each fact, by its path. */
type Tried = Map<string, (string | number | boolean)[]>

/** Facts that an order can be given, with how. */
const makers: Readonly<Record<string, (order: Order, value: string | number | boolean) => Order>> = {
  'order.method': (order, value) => ({ ...order, method: value as Order['method'] }),
  'order.channel': (order, value) => ({ ...order, channel: String(value) }),
  'order.provider': (order, value) => ({ ...order, provider: String(value) }),
  'order.currency': (order, value) => ({ ...order, currency: String(value) }),
  'order.customerRef': (order, value) => ({ ...order, customerRef: String(value) }),
  'customer.ref': (order, value) => ({ ...order, customerRef: String(value) }),
  'order.country': (order, value) => shipTo(order, { country: String(value) }),
  'order.region': (order, value) => shipTo(order, { region: String(value) }),
  'order.city': (order, value) => shipTo(order, { city: String(value) }),
  'order.postalCode': (order, value) => shipTo(order, { postalCode: String(value) }),
  'customer.country': (order, value) => shipTo(order, { country: String(value) }),
  'customer.region': (order, value) => shipTo(order, { region: String(value) }),
  'order.valueCents': (order, value) => ({ ...order, totalCents: Math.max(0, Math.round(Number(value))) }),
  'order.freightCents': (order, value) => ({ ...order, freightCents: Math.round(Number(value)) }),
  'order.units': (order, value) => withLines(order, { units: Number(value) }),
  'order.lines': (order, value) => withLines(order, { lines: Number(value) }),
  'order.skus': (order, value) => withLines(order, { sku: String(value) }),
  'order.promisedInHours': (order, value) => ({
    ...order,
    promisedAt: order.placedAt + Math.round(Number(value) * hourMs),
  }),
  'order.hasPromise': (order, value) => ({
    ...order,
    promisedAt: value === true ? order.placedAt + 72 * hourMs : null,
  }),
  'order.isExpress': (order, value) => ({
    ...order,
    promisedAt: order.placedAt + (value === true ? 24 : 96) * hourMs,
  }),
}

/** Marks orders that nobody placed. */
export const madeUpFlag = 'made_up'

const hourMs = 3_600_000
const linesMost = 50
/** A text that no condition names. */
const another = 'another'

function shipTo(order: Order, change: Partial<Order['shipTo']>): Order {
  return { ...order, shipTo: { ...order.shipTo, ...change } }
}

function withLines(
  order: Order,
  { units, lines, sku }: { units?: number; lines?: number; sku?: string },
): Order {
  const count = Math.min(linesMost, Math.max(1, Math.round(lines ?? order.lines.length)))
  const all = Math.max(count, Math.round(units ?? order.lines.reduce((sum, line) => sum + line.quantity, 0)))
  const each = Math.floor(all / count)
  const made = Array.from({ length: count }, (_, i) => ({
    ...line,
    lineId: String(i + 1),
    sku: i === 0 ? (sku ?? order.lines[0]?.sku ?? line.sku) : `sku-${i + 1}`,
    quantity: i === 0 ? all - each * (count - 1) : each,
  }))
  return { ...order, lines: made }
}

const line: OrderLine = {
  ...{ lineId: '1', sku: 'sku-1', quantity: 1, unitPriceCents: 2_000, discountCents: 0, taxCents: 0 },
  ...{ freightCents: 0, cancelled: 0, shipped: 0, delivered: 0, returnRequested: 0, returned: 0 },
  ...{ backordered: 0, launchAt: null, hold: null, ownState: null },
}

function plainOrder(now: number): Order {
  return {
    ...{ orderId: 'made-up', market: '', provider: 'api', externalId: 'made-up', channel: 'web' },
    ...{ method: 'delivery', currency: 'USD', customerRef: null, placedAt: now, approvedAt: null },
    shipTo: { country: 'US', region: 'CA', city: null, postalCode: null, timeZone: null },
    ...{ promisedAt: now + 72 * hourMs, totalCents: null, freightCents: 0, taxCents: 0, discountCents: 0 },
    ...{ flags: [madeUpFlag], status: 'created', origin: 'api', version: 1, stage: 'created', hold: null },
    ...{ parentOrderId: null, reservationId: null, retriedAt: null, lines: [line], work: [] },
    ...{ shipments: [], shippedAt: null, deliveredAt: null, cancelledAt: null, cancelReason: null },
    ...{ moves: 0, declinedFor: [], isPinned: false, hasOwnSteps: false, waitingSince: null },
    ...{ contentHash: null, history: [], updatedAt: now },
  }
}

/** Orders that the conditions may tell apart. @param most of them */
export function madeUpOrders(
  conditions: readonly Condition[],
  facts: ReadonlyMap<string, NamedFact>,
  now: number,
  most: number,
): Order[] {
  const tried: Tried = new Map()
  for (const condition of conditions) collect(condition.tree, facts, tried)
  const paths = [...tried].filter(([path]) => Object.hasOwn(makers, path))
  const combinations = paths.reduce((count, [, values]) => count * (values.length + 1), 1)
  const step = Math.max(1, Math.floor(combinations / most))
  const orders: Order[] = []
  for (let at = 0; at < combinations && orders.length < most; at += step) {
    let order = plainOrder(now)
    let rest = at
    for (const [path, values] of paths) {
      const value = values[(rest % (values.length + 1)) - 1]
      rest = Math.floor(rest / (values.length + 1))
      const make = makers[path]
      if (value !== undefined && make !== undefined) order = make(order, value)
    }
    orders.push(order)
  }
  return orders
}

interface Node {
  op: string
  args: unknown
}

/** Values beside the facts that a condition names. */
function collect(node: unknown, facts: ReadonlyMap<string, NamedFact>, tried: Tried): void {
  const paths = new Set<string>()
  const values: (string | number | boolean)[] = []
  walk(node, (each) => {
    const path = pathOf(each)
    if (path !== null && facts.has(path)) paths.add(path)
    if (each.op === 'value') values.push(...plainValue(each.args))
  })
  for (const path of paths) {
    const fact = facts.get(path)
    const own = tried.get(path) ?? []
    for (const value of values) own.push(...around(value, fact))
    if (fact?.type === 'bool') own.push(true, false)
    if (fact?.type === 'string' && fact.words === undefined) own.push(another)
    if (fact?.words !== undefined) own.push(...fact.words)
    tried.set(path, [...new Set(own)].slice(0, 12))
  }
}

function plainValue(value: unknown): (string | number | boolean)[] {
  if (typeof value === 'bigint') return [Number(value)]
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? [value] : []
}

/** A value and its neighbours, where the fact is of its type. */
function around(
  value: string | number | boolean,
  fact: NamedFact | undefined,
): (string | number | boolean)[] {
  const isNumber = fact?.type === 'int' || fact?.type === 'double'
  if (typeof value === 'number' && isNumber) return [value - 1, value, value + 1]
  if (typeof value === 'string' && (fact?.type === 'string' || fact?.type === 'list<string>')) return [value]
  return []
}

/** The way `order.channel` that a node is, null = it is none. */
function pathOf({ op, args }: Node): string | null {
  if (op === 'id') return String(args)
  if (op !== '.' || !Array.isArray(args)) return null
  const [object, field] = args as [Node, unknown]
  const before = pathOf(object)
  return before === null ? null : `${before}.${String(field)}`
}

function walk(given: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(given)) {
    for (const each of given) walk(each, visit)
    return
  }
  if (typeof given !== 'object' || given === null || !('op' in given)) return
  const node = given as Node
  visit(node)
  walk(node.args, visit)
}
