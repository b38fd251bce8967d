// Stock positions: what was counted, with what the core knows laid over it. It moves no units.

import type { api } from '#data/contracts'
import type { Queries } from '#data/warehouse'
import { availableOf, type Stock, settled, stockKey } from '#orchestrator/core'
import type { Engine } from '#orchestrator/engine'
import { cursorOf, pageLimit, placeOf } from './cursor.ts'
import { isoOf } from './figures.ts'
import { termOf } from './order-filter.ts'
import { listed, texts } from './parameters.ts'
import { type Places, placesOf } from './places.ts'
import type { StockQuery } from './query.ts'
import { cachePerEngine } from './tables.ts'

interface Position extends Omit<api.StockPosition, 'name' | 'nodeName' | 'updatedAt'> {
  updatedAt: number
}

interface Item {
  id: string
  key: string | number
  position: Position
}

/** Products whose name holds what is searched for, at most. */
const mostNamed = 10_000
const caches = cachePerEngine<Map<string, Position>>(1)

/**
 * A page of stock positions, by SKU unless asked otherwise; where the core follows a position, its numbers hold.
 * All positions are looked at: about 1 ms for each 2,000 of them.
 * @throws HTTP_CURSOR_INVALID
 */
export async function listStock(
  engine: Engine,
  query: StockQuery = {},
): Promise<api.Page<api.StockPosition>> {
  const { sort = 'sku', direction = 'asc' } = query
  const sortName = `${sort}.${direction}`
  const place = placeOf(query.cursor, sortName, sort === 'sku' ? 'string' : 'number')
  const limit = pageLimit(query.limit)
  const { warehouse } = engine.workspace
  const places = await placesOf(engine)
  const [all, named] = await Promise.all([
    positionsOf(engine, places),
    warehouse.reading((queries) => skusNamed(queries, engine.market, query.q)),
  ])
  const isMatch = matcherOf(query, named)
  const compare = (a: Pick<Item, 'id' | 'key'>, b: Pick<Item, 'id' | 'key'>) => {
    if (a.key !== b.key) return a.key < b.key === (direction === 'asc') ? -1 : 1
    return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
  }
  const matches: Item[] = []
  for (const [id, position] of all) {
    const key = sort === 'sku' ? position.sku : position[sort]
    if (isMatch(position)) matches.push({ id, key, position })
  }
  matches.sort(compare)
  const rest = place === null ? matches : matches.filter((item) => compare(item, place) > 0)
  const page = rest.slice(0, limit)
  const last = page.at(-1)
  const isEnd = rest.length <= limit || last === undefined
  const positions = page.map((item) => item.position)
  return {
    items: await positionViews(engine, places, positions),
    nextCursor: isEnd ? null : cursorOf({ sort: sortName, key: last.key, id: last.id }),
    total: matches.length,
  }
}

async function positionViews(
  engine: Engine,
  places: Places,
  positions: readonly Position[],
): Promise<api.StockPosition[]> {
  const skus = new Set(positions.map((position) => position.sku))
  const rows = await engine.workspace.warehouse.reading((queries) =>
    queries.all<{ sku: string; name: string; sku_class: string }>(
      `SELECT sku, name, sku_class FROM products WHERE market = $market AND sku IN ${listed('skus')}`,
      { market: engine.market, skus: texts(skus) },
    ),
  )
  const products = new Map(rows.map((row) => [row.sku, row]))
  return positions.map((position) => {
    const product = products.get(position.sku)
    return {
      ...position,
      name: product?.name ?? null,
      skuClass: product?.sku_class ?? position.skuClass,
      nodeName: places.nodeName(position.nodeId),
      updatedAt: isoOf(position.updatedAt),
    }
  })
}

function matcherOf(
  { q, node, state }: StockQuery,
  named: ReadonlySet<string>,
): (position: Position) => boolean {
  const term = termOf(q)
  return (position) =>
    (node === undefined || position.nodeId === node) &&
    (state === undefined || position.state === state) &&
    (term === null || position.sku.toLowerCase().includes(term) || named.has(position.sku))
}

/** SKUs of products whose name holds what is searched for. */
async function skusNamed(queries: Queries, market: string, q: string | undefined): Promise<Set<string>> {
  const term = termOf(q)
  if (term === null) return new Set()
  const rows = await queries.all<{ sku: string }>(
    `SELECT DISTINCT sku FROM products WHERE market = $market AND contains(lower(name), $term) LIMIT ${mostNamed}`,
    { market, term },
  )
  return new Set(rows.map((row) => row.sku))
}

/** Every position by its key, those of the core as the core has them. */
async function positionsOf(engine: Engine, places: Places): Promise<Map<string, Position>> {
  const { warehouse } = engine.workspace
  const counted = await caches(engine).get(String(places.tables.runId), () =>
    warehouse.reading((queries) => readPositions(queries, engine.market)),
  )
  const { stock } = settled(engine.core.state(), engine.now())
  if (stock.size === 0) return counted
  const all = new Map(counted)
  for (const [key, one] of stock) all.set(key, positionOf(one, counted.get(key)?.skuClass ?? 'unknown'))
  return all
}

function positionOf(stock: Stock, skuClass: string): Position {
  const available = availableOf(stock)
  return {
    sku: stock.sku,
    skuClass,
    nodeId: stock.nodeId,
    onHand: stock.onHand,
    allocated: stock.allocated,
    reserved: stock.reserved,
    ringFenced: stock.ringFenced,
    safetyStock: stock.safetyStock,
    inbound: stock.inbound,
    available,
    state: stateOf(available, stock.onHand, stock.safetyStock),
    updatedAt: stock.updatedAt,
  }
}

/** Units left at which a position without safety stock is low. */
const few = 2

/** out: nothing left to promise; low: no more left than the safety stock again, or two units. */
function stateOf(available: number, onHand: number, safetyStock: number): api.StockPosition['state'] {
  if (available <= 0 || onHand <= 0) return 'out'
  return available <= Math.max(safetyStock, few) ? 'low' : 'ok'
}

async function readPositions(queries: Queries, market: string): Promise<Map<string, Position>> {
  const rows = await queries.all<{
    sku: string
    sku_class: string
    node_id: string
    on_hand: number
    allocated: number
    reserved: number
    safety_stock: number
    inbound: number
    available: number
    counted_at: number
  }>(
    `SELECT sku, sku_class, node_id, on_hand, allocated, reserved, safety_stock, inbound, available,
       epoch_ms(counted_at) AS counted_at
     FROM inventory_positions WHERE market = $market ORDER BY counted_at`,
    { market },
  )
  return new Map(
    rows.map((row) => [
      stockKey(row.sku, row.node_id),
      {
        sku: row.sku,
        skuClass: row.sku_class,
        nodeId: row.node_id,
        onHand: row.on_hand,
        allocated: row.allocated,
        reserved: row.reserved,
        ringFenced: row.on_hand - row.allocated - row.reserved - row.safety_stock - row.available,
        safetyStock: row.safety_stock,
        inbound: row.inbound,
        available: row.available,
        state: stateOf(row.available, row.on_hand, row.safety_stock),
        updatedAt: row.counted_at,
      },
    ]),
  )
}
