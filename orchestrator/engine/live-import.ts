// Files bring live work: after a load, nodes, current stock and orders under way become commands of the core. What
// the core knows already changes nothing, so it may run again at any time.

import type { Warehouse } from '#data/warehouse'
import { type Core, isNewProduct, stockKey } from '#orchestrator/core'
import type { History } from '#orchestrator/sourcing'
import { newestFile, readNodes, readOrders, readProducts, readStock } from './import-rows.ts'
import { importedOrder } from './imported-order.ts'

/** What was taken over. */
export interface ImportCounts {
  orders: number
  stock: number
}

/** What an import works with. */
export interface ImportContext {
  core: Core
  warehouse: Warehouse
  history: Pick<History, 'carriersOf'>
  /** Epoch ms of the market. */
  now: number
  /** Days without activity after which an order stays history. */
  liveDays: number
}

const ordersPerCommand = 100
const countsPerCommand = 1_000

/**
 * Takes over what files after `afterFile` brought.
 * @returns what was new, and the newest file seen
 * @throws LOG_UNAVAILABLE, LOG_FENCED, WAREHOUSE_QUERY
 */
export async function importLive(
  context: ImportContext,
  afterFile: number,
): Promise<ImportCounts & { newest: number }> {
  const { core, warehouse, now, liveDays } = context
  const read = await warehouse.reading(async (queries) => {
    const newest = await newestFile(queries)
    if (newest <= afterFile) return null
    const nodes = await readNodes(queries, core.market)
    const products = await readProducts(queries, core.market, afterFile)
    const stock = await readStock(queries, core.market, afterFile)
    const orders = await readOrders(queries, core.market, { afterFile, liveDays })
    return { newest, nodes, products, stock, orders }
  })
  if (read === null) return { orders: 0, stock: 0, newest: afterFile }
  const nodes = read.nodes.map((node) => ({
    ...node,
    carriers: context.history.carriersOf.get(node.nodeId) ?? [],
  }))
  if (nodes.length > 0) await core.execute('DefineNodes', { nodes }, { at: now })
  const products = read.products.filter((product) => isNewProduct(core.state(), product))
  for (const items of chunks(products, countsPerCommand)) {
    await core.execute('DefineProducts', { products: items }, { at: now })
  }
  // Stock first, so that the units of open work are allocated on it.
  const counts = read.stock.filter((count) => {
    const known = core.state().stock.get(stockKey(count.sku, count.nodeId))
    return known === undefined || count.countedAt > known.countedAt
  })
  for (const items of chunks(counts, countsPerCommand)) {
    await core.execute('CountStock', { items }, { at: now })
  }
  const news = read.orders
    .map((rows) => importedOrder(rows, (nodeId) => core.state().nodes.get(nodeId)))
    .filter((order) => core.state().orders.get(order.orderId)?.contentHash !== order.contentHash)
  for (const orders of chunks(news, ordersPerCommand)) {
    await core.execute('ImportOrders', { orders }, { at: now })
  }
  return { orders: news.length, stock: counts.length, newest: read.newest }
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  const out: T[][] = []
  for (let at = 0; at < items.length; at += size) out.push(items.slice(at, at + size))
  return out
}
