// How a node stands to an order: what it may not do, what it has of the goods. It knows no ways and no costs of
// carriage.

import type { SourcingOrder } from '../world.ts'
import { type Check, check, fixed } from './checks.ts'
import { isCollected, keepsTurn } from './courses.ts'
import type { NodeFacts } from './facts.ts'
import type { Goods } from './goods.ts'
import type { SourcingSession } from './session.ts'
import type { Stand } from './way-parts.ts'

// Made for each node of each order: objects of a class are not taken for long-lived by the engine, as literals are.
class NodeStand implements Stand {
  softCents = 0
  can = 0
  readonly facts: NodeFacts
  readonly distanceKm: number | null
  readonly checks: readonly Check[]
  readonly available: readonly number[]
  readonly free: readonly number[]

  constructor(
    facts: NodeFacts,
    distanceKm: number | null,
    checks: readonly Check[],
    available: readonly number[],
    free: readonly number[],
  ) {
    this.facts = facts
    this.distanceKm = distanceKm
    this.checks = checks
    this.available = available
    this.free = free
    for (const one of checks) this.softCents += one.cents
    for (let i = 0; i < available.length; i++) if ((available[i] ?? 0) >= 1) this.can |= 1 << i
  }
}

/**
 * How a node stands to an order.
 * @param isFull checks that are met are told, too
 */
export function standOf(
  order: SourcingOrder,
  goods: Goods,
  facts: NodeFacts,
  session: SourcingSession,
  isFull = false,
): Stand {
  const distanceKm = session.world.network.distanceKm(facts.node.nodeId, order.destination)
  const checks = checksOf(order, facts, session, distanceKm, isFull)
  const { available, free } = stockOf(order, goods, facts, session)
  return new NodeStand(facts, distanceKm, checks, available, free)
}

function checksOf(
  order: SourcingOrder,
  facts: NodeFacts,
  session: SourcingSession,
  distanceKm: number | null,
  isFull: boolean,
): Check[] {
  const { node } = facts
  const checks = isFull ? [...facts.checks] : [...facts.unmet]
  const avoided = order.avoided.get(node.nodeId)
  if (avoided !== undefined) fail(checks, 'avoided', 'node_avoided', avoided)
  if (!node.methods.has(order.method)) fail(checks, 'method', 'method_not_served', methodText(order))
  const { onlyCustomers } = node
  if (onlyCustomers !== null && (order.customerRef === null || !onlyCustomers.has(order.customerRef)))
    fail(checks, 'customer', 'customer_not_served', 'does not serve this customer')
  if (isCollected(order)) collectionChecks(order, facts, distanceKm, checks)
  else if (order.from !== null && facts.isTroubled && !keepsTurn(order, facts))
    fail(checks, 'incident', 'incident', 'has an open incident itself')
  for (const rule of session.rules.of('max_distance')) {
    const isFar = distanceKm === null || distanceKm > (rule.limit ?? Number.POSITIVE_INFINITY)
    if (isFull || isFar) checks.push(distanceCheck(rule, distanceKm))
  }
  for (const rule of session.rules.of('reject_count')) {
    const value = session.world.load.refused(node.nodeId)
    const limit = rule.limit ?? 0
    if (!isFull && value <= limit) continue
    checks.push(
      check(rule, {
        isMet: value <= limit,
        code: 'refused_too_often',
        text: value <= limit ? '' : `refused ${value} times in 7 days`,
        value,
        limit,
        unit: 'refusals',
        missedBy: value - limit,
      }),
    )
  }
  return checks
}

function fail(checks: Check[], name: Parameters<typeof fixed>[0], code: string, text: string): void {
  checks.push(fixed(name, { isMet: false, code, text }))
}

function methodText(order: SourcingOrder): string {
  return isCollected(order) ? 'customers cannot collect here' : `does not serve ${order.method}`
}

/** The customer comes to a node in the same region or near; where work is already, the customer knows where. */
function collectionChecks(
  { from, destination }: SourcingOrder,
  { node }: NodeFacts,
  distanceKm: number | null,
  checks: Check[],
): void {
  if (from !== null) fail(checks, 'method', 'collected_elsewhere', 'the customer collects at the other node')
  const { region } = destination
  const isClose = distanceKm !== null && distanceKm <= nearKm
  const isNear =
    region === null ? distanceKm === null || distanceKm <= unnamedKm : node.region === region || isClose
  if (!isNear) fail(checks, 'method', 'too_far', "not in the customer's region")
}

/** A node across the border of a region is near all the same, km. */
const nearKm = 50
/** Where no region is told, nodes farther away are not near, km. */
const unnamedKm = 150

function distanceCheck(
  rule: Parameters<typeof check>[0] & { limit: number | null },
  km: number | null,
): Check {
  const limit = rule.limit ?? Number.POSITIVE_INFINITY
  if (km === null) {
    const text = 'is at an unknown distance'
    return check(rule, {
      isMet: !rule.isHard,
      code: 'distance_unknown',
      text,
      limit,
      unit: 'km',
      missedBy: 0,
    })
  }
  const isMet = km <= limit
  const text = isMet ? '' : `is ${Math.round(km)} km away, ${Math.round(km - limit)} km too far`
  return check(rule, { isMet, code: 'too_far', text, value: km, limit, unit: 'km', missedBy: km - limit })
}

/** Units that a node can give, with and without its own safety stock. What is held for the order is there anyway. */
function stockOf(order: SourcingOrder, goods: Goods, { node }: NodeFacts, session: SourcingSession) {
  const { stock } = session.world
  const isKept = session.rules.isOn('safety_stock')
  const isHard = session.rules.isHard('safety_stock')
  const count = goods.skus.length
  const available = new Array<number>(count)
  const free = isHard || !isKept ? available : new Array<number>(count)
  for (let i = 0; i < count; i++) {
    const sku = goods.skus[i] ?? ''
    const told = stock.available(sku, node.nodeId, order.channel)
    const held = order.held(node.nodeId, sku)
    const all = told === null ? Number.POSITIVE_INFINITY : told === undefined ? held || -1 : told + held
    const kept = isKept && Number.isFinite(all) ? safetyOf(node, stock.onHand(sku, node.nodeId)) : 0
    // The larger of the node's rule and what its feed keeps back; the latter is gone from `told`.
    const safety = kept > 0 ? Math.max(0, kept - stock.keptBack(sku, node.nodeId)) : 0
    const rest = safety > 0 ? Math.max(held, all - safety) : all
    available[i] = Math.floor(isHard ? rest : all)
    if (free !== available) free[i] = rest
  }
  return { available, free }
}

function safetyOf({ safetyUnits, safetyPercent }: NodeFacts['node'], onHand: number | null): number {
  const share = onHand === null || safetyPercent === null ? 0 : Math.ceil((onHand * safetyPercent) / 100)
  return Math.max(safetyUnits ?? 0, share)
}

/** What a node lacks of the goods, in words; none where it has all. */
export function stockChecks(goods: Goods, { available }: Stand): Check[] {
  return goods.skus.map((sku, i) => {
    const has = available[i] ?? -1
    const limit = goods.quantities[i] ?? 0
    const text = has < 0 ? `does not stock ${sku}` : `has ${Math.max(0, has)} of ${limit} ${sku}`
    const value = Number.isFinite(has) ? Math.max(0, has) : null
    const slack = value === null ? null : value - limit
    return fixed('stock', { isMet: has >= limit, code: 'no_stock', text, value, limit, slack, unit: sku })
  })
}
