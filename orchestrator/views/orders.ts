// The order list: search, filters and pages over the tables, with the orders laid over them that only the core
// knows as they are now. It changes nothing.

import type { api } from '#data/contracts'
import type { Queries } from '#data/warehouse'
import type { Order } from '#orchestrator/core'
import type { Engine } from '#orchestrator/engine'
import type { Outlook } from '#orchestrator/sourcing'
import { cursorOf, type Place, pageLimit, placeOf } from './cursor.ts'
import { matcherOf, termOf, whereOf } from './order-filter.ts'
import { lateRiskOf, type OrderRow, orderColumns, summaryOfOrder, summaryOfRow } from './order-summary.ts'
import type { Named, Where } from './parameters.ts'
import { placesOf } from './places.ts'
import type { Direction, OrderQuery, OrderSort } from './query.ts'
import { riskOf, worthOf } from './risk.ts'
import { tailOf } from './tail.ts'

/** Matches beyond this are not counted. */
const counted = 10_000
/** Where an order stands of which the sort knows nothing: last, whichever way the list goes. */
const never = 9_000_000_000_000_000

interface Sorting {
  sort: OrderSort
  direction: Direction
  /** Name in cursors. */
  name: string
}

/**
 * A page of orders, newest first unless asked otherwise; `total` is exact up to 10,000, else null.
 * The tables answer, and for orders that changed since they were made the core does.
 * @throws HTTP_CURSOR_INVALID, HTTP_QUERY_INVALID
 */
export async function listOrders(
  engine: Engine,
  query: OrderQuery = {},
): Promise<api.Page<api.OrderSummary>> {
  const sorting = sortingOf(query)
  const place = placeOf(query.cursor, sorting.name, 'number')
  const limit = pageLimit(query.limit)
  const [tail, places] = await Promise.all([tailOf(engine), placesOf(engine)])
  const state = engine.core.state()
  const outlook = engine.worlds.history.outlook ?? null
  const where = whereOf(query, { state, overlaid: tail.orderIds, market: engine.market })
  const { warehouse } = engine.workspace
  const isSearch = termOf(query.q) !== null
  const [rows, count] = await Promise.all([
    warehouse.reading((queries) =>
      readRows(queries, where, { ...sorting, isSearch, isForeseen: outlook !== null }, place, limit + 1),
    ),
    isSearch ? null : warehouse.reading((queries) => countRows(queries, where)),
  ])
  const total = count ?? rows[0]?.matches ?? (await warehouse.reading((queries) => countRows(queries, where)))
  const decidedFor = tail.decisions.filter((each) => each.incidentId === query.incident)
  const isMatch = matcherOf(query, state, new Set(decidedFor.map((each) => each.orderId)))
  const overlaid = [...tail.orderIds].flatMap((orderId) => {
    const order = state.orders.get(orderId)
    return order !== undefined && isMatch(order) ? [order] : []
  })
  const risk = riskOf(state, outlook)
  const itemOf = (row: OrderRow) => {
    const order = state.orders.get(row.order_id)
    return order === undefined
      ? summaryOfRow(row, places, { moves: 0, outlook })
      : summaryOfOrder(order, places, risk)
  }
  const merged = [
    ...rows.map((row) => ({ key: row.sort_key, id: row.order_id, item: () => itemOf(row) })),
    ...overlaid.map((order) => ({
      key: keyOf(order, sorting, outlook),
      id: order.orderId,
      item: () => summaryOfOrder(order, places, risk),
    })),
  ]
    .filter((each) => place === null || compare(each, place as { key: number; id: string }, sorting) > 0)
    .sort((a, b) => compare(a, b, sorting))
  const page = merged.slice(0, limit)
  const last = page.at(-1)
  const isEnd = merged.length <= limit || last === undefined
  const sum = total + overlaid.length
  return {
    items: page.map((each) => each.item()),
    nextCursor: isEnd ? null : cursorOf({ sort: sorting.name, key: last.key, id: last.id }),
    total: sum > counted ? null : sum,
  }
}

function sortingOf({ sort = 'placedAt', direction = 'desc' }: OrderQuery): Sorting {
  return { sort, direction, name: `${sort}.${direction}` }
}

/**
 * Columns behind the sorts, how their keys are told (times in microseconds, money in cents, risks as they are), and
 * read back.
 */
const columns: Record<OrderSort, { name: string; key: string; back: string; isKnown: boolean }> = {
  placedAt: {
    name: 'placed_at',
    key: 'epoch_us(placed_at)',
    back: 'make_timestamptz($key::BIGINT)',
    isKnown: true,
  },
  promisedAt: {
    name: 'promised_at',
    key: 'coalesce(epoch_us(promised_at), $never)',
    back: 'make_timestamptz($key::BIGINT)',
    isKnown: false,
  },
  totalCents: { name: 'total_cents', key: 'total_cents', back: '$key::BIGINT', isKnown: true },
  lateRisk: {
    name: 'late_risk',
    key: 'coalesce(late_risk, $never)',
    back: '$key::DOUBLE',
    isKnown: false,
  },
}

/** Orders with what the model of lateness says of them, as the list shows it. */
const riskedSql = `(SELECT orders.*,
      CASE WHEN delivered_at IS NULL AND status <> 'cancelled' THEN told.risk END AS late_risk
    FROM orders LEFT JOIN (SELECT try_cast(order_id AS UUID) AS risked_id, max(risk) AS risk
      FROM order_risks WHERE market = $market GROUP BY order_id) AS told ON told.risked_id = orders.order_id)`

function keyOf(order: Order, { sort, direction }: Sorting, outlook: Outlook | null): number {
  if (sort === 'totalCents') return worthOf(order)
  if (sort === 'placedAt') return order.placedAt * 1000
  if (sort === 'lateRisk') return lateRiskOf(order, outlook) ?? neverOf(direction)
  return order.promisedAt === null ? neverOf(direction) : order.promisedAt * 1000
}

const neverOf = (direction: Direction) => (direction === 'asc' ? never : -never)

function compare(
  a: { key: number; id: string },
  b: { key: number; id: string },
  { direction }: Sorting,
): number {
  if (a.key !== b.key) return a.key < b.key === (direction === 'asc') ? -1 : 1
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}

/**
 * Rows of a page; of a search with the number of matches, as finding them twice would cost twice.
 * @param isForeseen whether anything is said of lateness now
 */
function readRows(
  queries: Queries,
  where: Where,
  { sort, direction, isSearch, isForeseen }: Sorting & { isSearch: boolean; isForeseen: boolean },
  place: Place | null,
  limit: number,
): Promise<(OrderRow & { matches?: number })[]> {
  const { name, key } = columns[sort]
  const parameters: Named = { ...where.parameters }
  if (!columns[sort].isKnown) parameters.never = neverOf(direction)
  const unforeseen = '(SELECT *, NULL::DOUBLE AS late_risk FROM orders)'
  const source = `${sort !== 'lateRisk' ? 'orders' : isForeseen ? riskedSql : unforeseen} AS orders`
  const after = place === null ? 'true' : afterSql(sort, direction, place, parameters)
  const order = `ORDER BY orders.${name} ${direction === 'asc' ? 'ASC' : 'DESC'} NULLS LAST, orders.order_id`
  const plain = `SELECT ${orderColumns}, ${key} AS sort_key FROM ${source} WHERE ${where.sql} AND ${after}
    ${order} LIMIT ${limit}`
  const search = `WITH hits AS MATERIALIZED (SELECT order_id, ${name} FROM ${source} WHERE ${where.sql}),
    page AS (SELECT order_id FROM hits AS orders WHERE ${after} ${order} LIMIT ${limit})
    SELECT ${orderColumns}, ${key} AS sort_key,
      (SELECT count(*) FROM (SELECT 1 FROM hits LIMIT ${counted + 1})) AS matches
    FROM ${source} WHERE orders.order_id IN (SELECT order_id FROM page) ${order}`
  return queries.all(isSearch ? search : plain, parameters)
}

/** What stands behind the place, in plain columns so that the scan can leave out what does not. */
function afterSql(sort: OrderSort, direction: Direction, place: Place, parameters: Named): string {
  const { name, back, isKnown } = columns[sort]
  const isAfterId = 'orders.order_id > $id::UUID'
  parameters.id = place.id
  if (Math.abs(Number(place.key)) === never) return `(${name} IS NULL AND ${isAfterId})`
  parameters.key = place.key
  const sign = direction === 'asc' ? '>' : '<'
  const orNone = isKnown ? '' : ` OR ${name} IS NULL`
  return `(${name} ${sign} ${back} OR (${name} = ${back} AND ${isAfterId})${orNone})`
}

async function countRows(queries: Queries, { sql, parameters }: Where): Promise<number> {
  const { matches } = await queries.one<{ matches: number }>(
    `SELECT count(*) AS matches FROM (SELECT 1 FROM orders WHERE ${sql} LIMIT ${counted + 1})`,
    parameters,
  )
  return matches
}
