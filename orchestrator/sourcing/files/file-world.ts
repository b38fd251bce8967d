// The world of a problem from files: its network, its stock, and nothing learned or under way. It reads no file.

import type { api } from '#data/contracts'
import { compileNetwork } from '../network/compile.ts'
import type { SourcingOrder, SourcingWorld, StockView } from '../world.ts'
import type { FileOrder, SourcingFiles } from './problem-files.ts'

/** What is said of a run beside its files. */
export interface FileSetting {
  currency: string
  /** Epoch ms at which the orders are sourced. */
  now: number
}

/** The world that the orders of files are sourced in. */
export function worldOfFiles(files: SourcingFiles, { now }: FileSetting): SourcingWorld {
  const products = new Map(files.products.map((product) => [product.sku, product]))
  const strategy: api.Strategy = {
    ...files.strategy,
    version: 1,
    publishedAt: new Date(now).toISOString(),
    publishedBy: 'file',
  }
  return {
    now,
    network: compileNetwork({ document: files.network, version: 1, nodes: [] }),
    strategy,
    stock: stockOf(files),
    load: {
      booked: () => ({ orders: 0, lines: 0, units: 0 }),
      open: () => 0,
      refused: () => 0,
    },
    learned: {
      processing: () => null,
      transit: () => null,
      carriageCents: () => null,
      stretch: () => 1,
      carriers: () => [],
    },
    product: (sku) => products.get(sku) ?? null,
    rounding: 'none',
  }
}

function stockOf({ stock }: SourcingFiles): StockView {
  // Without a file of stock every node has everything.
  if (stock === null)
    return { available: () => null, keptBack: () => 0, onHand: () => null, nodesOf: () => null }
  const bySku = new Map<string, Map<string, number | null>>()
  for (const { sku, nodeId, available } of stock) {
    const there = bySku.get(sku)
    if (there === undefined) bySku.set(sku, new Map([[nodeId, available]]))
    else there.set(nodeId, available)
  }
  const nodes = new Map([...bySku].map(([sku, there]) => [sku, [...there.keys()]]))
  return {
    available: (sku, nodeId) => bySku.get(sku)?.get(nodeId),
    keptBack: () => 0,
    onHand: (sku, nodeId) => bySku.get(sku)?.get(nodeId) ?? null,
    nodesOf: (sku) => nodes.get(sku) ?? [],
  }
}

/** The orders of files as sourcing takes them. */
export function ordersOfFiles(orders: readonly FileOrder[], { currency, now }: FileSetting): SourcingOrder[] {
  const avoided = new Map<string, string>()
  return orders.map((order) => ({
    ...order,
    currency,
    placedAt: order.placedAt ?? now,
    avoided,
    held: () => 0,
    from: null,
  }))
}
