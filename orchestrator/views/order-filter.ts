// The filters of the order list, once as SQL over the tables and once as a test of an order of the core. Values go
// in as parameters, never as text of the statement.

import { fail } from '#data/kernel'
import { type CoreState, isEnded, type Order } from '#orchestrator/core'
import { channelOf, lateOf, nodesOf, regionOf } from './order-summary.ts'
import { listed, listedIds, type Named, texts, type Where } from './parameters.ts'
import type { OrderQuery } from './query.ts'
import { heldBy, isAtRisk, isHeldBy, ordersAtRisk, riskOf } from './risk.ts'

interface Clause {
  sql: string
  parameters?: Named
}

/** What a filter has to know beside the query. */
export interface FilterContext {
  state: CoreState
  /** Orders the tables know too little about; the core answers for them. */
  overlaid: ReadonlySet<string>
  market: string
}

const searched = `contains(lower(external_id), $q) OR contains(lower(coalesce(customer_ref, '')), $q)
  OR contains(lower(coalesce(city, '')), $q)
  OR order_id IN (SELECT order_id FROM order_lines WHERE contains(lower(sku), $q))
  OR order_id IN (SELECT order_id FROM shipments WHERE contains(lower(coalesce(tracking_number, '')), $q))`

/** Letters of an order id from which on it is looked for. */
const idLetters = 6

/** Orders with the term in one of the texts, or whose id begins with it. */
function searchClause(term: string): Clause {
  const digits = term.replaceAll('-', '')
  if (!/^[0-9a-f-]+$/.test(term) || digits.length < idLetters || digits.length > 32) {
    return { sql: `(${searched})`, parameters: { q: term } }
  }
  const range = { low: idText(digits.padEnd(32, '0')), high: idText(digits.padEnd(32, 'f')) }
  return {
    sql: `(${searched} OR (order_id >= $low::UUID AND order_id <= $high::UUID))`,
    parameters: { q: term, ...range },
  }
}

function idText(hex: string): string {
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

/** The filters over the table `orders`. @throws HTTP_QUERY_INVALID for an instant that is none */
export function whereOf(query: OrderQuery, context: FilterContext): Where {
  const clauses: Clause[] = [
    { sql: 'market = $market', parameters: { market: context.market } },
    ...overlayClause(context),
    ...plainClauses(query),
    ...coreClauses(query, context),
  ]
  return {
    sql: clauses.map((clause) => clause.sql).join(' AND '),
    parameters: Object.assign({}, ...clauses.map((clause) => clause.parameters ?? {})),
  }
}

function overlayClause({ overlaid }: FilterContext): Clause[] {
  if (overlaid.size === 0) return []
  return [
    {
      sql: `order_id NOT IN ${listedIds('overlaid')}`,
      parameters: { overlaid: texts(overlaid) },
    },
  ]
}

function plainClauses(query: OrderQuery): Clause[] {
  const { q, status, node, channel, region, method, provider, open, late, from, to } = query
  const clauses: Clause[] = []
  const add = (sql: string, parameters: Named) => clauses.push({ sql, parameters })
  const term = termOf(q)
  if (term !== null) clauses.push(searchClause(term))
  if (status !== undefined && status.length > 0) {
    add(`status IN ${listed('status')}`, { status: texts(status) })
  }
  if (node !== undefined) {
    add(
      `(node_id = $node OR (node_count > 1
        AND order_id IN (SELECT order_id FROM fulfillment_orders WHERE node_id = $node
          AND status NOT IN ('cancelled', 'rejected'))))`,
      { node },
    )
  }
  if (channel !== undefined) add('channel = $channel', { channel })
  if (region !== undefined) add('region = $region', { region })
  if (method !== undefined) add('method = $method', { method })
  if (provider !== undefined) add('provider = $provider', { provider })
  if (open !== undefined) add('is_open = $open', { open })
  if (late !== undefined) add('coalesce(is_late, false) = $late', { late })
  if (from !== undefined) add('placed_at >= $from::TIMESTAMPTZ', { from: instantOf(from, 'from') })
  if (to !== undefined) add('placed_at < $to::TIMESTAMPTZ', { to: instantOf(to, 'to') })
  return clauses
}

const movedIds = `(SELECT try_cast(order_id AS UUID) FROM decisions
  WHERE kind = 'reroute' AND status = 'done' AND try_cast(order_id AS UUID) IS NOT NULL)`

/** Filters whose answer the core gives, or the decisions. */
function coreClauses(query: OrderQuery, { state }: FilterContext): Clause[] {
  const { moved, atRisk, incident, ownState } = query
  const clauses: Clause[] = []
  if (moved !== undefined) clauses.push({ sql: `order_id ${moved ? '' : 'NOT '}IN ${movedIds}` })
  if (atRisk !== undefined) {
    clauses.push({
      sql: `order_id ${atRisk ? '' : 'NOT '}IN ${listedIds('at_risk')}`,
      parameters: { at_risk: texts(ordersAtRisk(state).keys()) },
    })
  }
  if (ownState !== undefined) {
    const ids = [...state.withOwnState].filter((orderId) => {
      const order = state.orders.get(orderId)
      return order !== undefined && isInOwnState(order, ownState)
    })
    clauses.push({ sql: `order_id IN ${listedIds('own_state')}`, parameters: { own_state: texts(ids) } })
  }
  if (incident !== undefined) {
    const known = state.incidents.get(incident)
    const held = known === undefined || known.status === 'resolved' ? [] : heldBy(state, known)
    clauses.push({
      sql: `(order_id IN ${listedIds('held')} OR order_id IN
        (SELECT try_cast(order_id AS UUID) FROM decisions
         WHERE incident_id = $incident AND try_cast(order_id AS UUID) IS NOT NULL))`,
      parameters: { held: texts(held.map((order) => order.orderId)), incident },
    })
  }
  return clauses
}

/**
 * The same filters as a test of an order of the core.
 * @param decidedFor orders that newest decisions took because of the incident asked for
 */
export function matcherOf(
  query: OrderQuery,
  state: CoreState,
  decidedFor: ReadonlySet<string>,
): (order: Order) => boolean {
  const { status, node, channel, region, method, provider, open, late, moved, atRisk, incident, ownState } =
    query
  const term = termOf(query.q)
  const [from, to] = [query.from, query.to].map((text) => (text === undefined ? null : Date.parse(text)))
  const risk = riskOf(state)
  const known = incident === undefined ? undefined : state.incidents.get(incident)
  const isOf = (order: Order) =>
    decidedFor.has(order.orderId) ||
    (known !== undefined && known.status !== 'resolved' && isHeldBy(order, known))
  return (order) =>
    (term === null || isFound(order, term)) &&
    (status === undefined || status.length === 0 || status.includes(order.status)) &&
    (node === undefined || nodesOf(order).includes(node)) &&
    (channel === undefined || channelOf(order) === channel) &&
    (region === undefined || regionOf(order) === region) &&
    (method === undefined || order.method === method) &&
    (provider === undefined || order.provider === provider) &&
    (open === undefined || !isEnded(order) === open) &&
    (late === undefined || (lateOf(order) ?? false) === late) &&
    (moved === undefined || order.moves > 0 === moved) &&
    (atRisk === undefined || isAtRisk(order, risk) === atRisk) &&
    (incident === undefined || isOf(order)) &&
    (ownState === undefined || isInOwnState(order, ownState)) &&
    (from === null || from === undefined || order.placedAt >= from) &&
    (to === null || to === undefined || order.placedAt < to)
}

function isInOwnState(order: Order, name: string): boolean {
  return [...order.lines, ...order.work].some(({ ownState }) => ownState === name)
}

function isFound(order: Order, term: string): boolean {
  const has = (text: string | null) => text?.toLowerCase().includes(term) ?? false
  return (
    has(order.externalId) ||
    has(order.customerRef) ||
    has(order.shipTo.city) ||
    (term.length >= idLetters && order.orderId.startsWith(term)) ||
    order.lines.some((line) => has(line.sku)) ||
    order.shipments.some((shipment) => has(shipment.trackingNumber))
  )
}

/** What is looked for; null where nothing. */
export function termOf(q: string | undefined): string | null {
  const term = (q ?? '').trim().toLowerCase().replaceAll('\0', '').slice(0, 200)
  return term === '' ? null : term
}

/** The instant as the warehouse reads it. @throws HTTP_QUERY_INVALID */
export function instantOf(text: string, name: string): string {
  const at = Date.parse(text)
  if (Number.isNaN(at)) throw fail('HTTP_QUERY_INVALID', { reason: `"${name}" is not an instant` })
  return new Date(at).toISOString()
}
