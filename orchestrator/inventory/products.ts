// Finds products by the beginning of their SKU, of their name or of its words. The index is made when it is first asked
// for, and anew when products or SKUs with stock came.

import type { api } from '#data/contracts'
import { availableOf, type CoreState, partsOfKey, stockReadAt } from '#orchestrator/core'
import { pageFrom, placeIn } from './page.ts'

/** Products that are ranked at most; more are too many to read anyway. */
const candidatesMost = 10_000

interface Entry {
  sku: string
  /** SKU and name in lower case, words apart by one space, with one in front of each. */
  text: string
  /** The same of the SKU and of the name as they begin. */
  starts: readonly string[]
}

interface Index {
  products: CoreState['products']
  /** Begins of words, sorted, with the place of their product. */
  tokens: readonly { token: string; entry: Entry }[]
}

let indexes = new WeakMap<CoreState['stockOfSku'], Index>()

function spaced(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

function indexOf({ products, stockOfSku }: CoreState): Index {
  const known = indexes.get(stockOfSku)
  if (known?.products === products) return known
  const tokens: { token: string; entry: Entry }[] = []
  const add = (sku: string, name: string | null) => {
    const starts = name === null ? [spaced(sku)] : [spaced(sku), spaced(name)]
    const entry = { sku, text: ` ${starts.join(' ')}`, starts }
    for (const token of new Set(entry.text.slice(1).split(' '))) tokens.push({ token, entry })
  }
  for (const { sku, name } of products.values()) add(sku, name)
  for (const sku of stockOfSku.keys()) if (!products.has(sku)) add(sku, null)
  tokens.sort((a, b) => (a.token < b.token ? -1 : a.token > b.token ? 1 : 0))
  const index = { products, tokens }
  indexes = new WeakMap([[stockOfSku, index]])
  return index
}

/** Place of the first token that does not come before. */
function lowerBound(tokens: Index['tokens'], token: string): number {
  let [low, high] = [0, tokens.length]
  while (low < high) {
    const mid = (low + high) >> 1
    if ((tokens[mid]?.token ?? '') < token) low = mid + 1
    else high = mid
  }
  return low
}

interface Found {
  sku: string
  rank: number
}

/** Products whose SKU or name begins with the text, then those of which words begin with each of its words. */
function find(state: CoreState, q: string): { found: Found[]; isCut: boolean } {
  const asked = spaced(q)
  const words = asked.split(' ').filter((word) => word !== '')
  const longest = words.toSorted((a, b) => b.length - a.length)[0]
  if (longest === undefined) return { found: [], isCut: false }
  const { tokens } = indexOf(state)
  const found = new Map<string, Found>()
  let at = lowerBound(tokens, longest)
  for (; at < tokens.length && found.size < candidatesMost; at++) {
    const { token, entry } = tokens[at] ?? { token: '', entry: null }
    if (entry === null || !token.startsWith(longest)) break
    if (!words.every((word) => entry.text.includes(` ${word}`))) continue
    const rank = entry.starts.some((start) => start.startsWith(asked)) ? 0 : 1
    found.set(entry.sku, { sku: entry.sku, rank })
  }
  return { found: [...found.values()].sort(compare), isCut: found.size >= candidatesMost }
}

function compare(a: Found, b: Found): number {
  return a.rank - b.rank || (a.sku < b.sku ? -1 : a.sku > b.sku ? 1 : 0)
}

/**
 * A page of products, the best first, with what there is of each.
 * @param at time at which stock is read, epoch ms of the market
 * @throws HTTP_CURSOR_INVALID
 */
export function searchProducts(
  state: CoreState,
  { q, cursor, limit = 20 }: { q: string; cursor?: string | undefined; limit?: number | undefined },
  at: number,
): api.ProductPage {
  const place = placeIn(cursor, 'products')
  const { found, isCut } = find(state, q)
  const last = place === null ? null : { rank: Number(place[0]), sku: place[1] }
  const rest = last === null ? found : found.filter((each) => compare(each, last) > 0)
  const page = rest.slice(0, limit)
  const end = page.at(-1)
  const isEnd = rest.length <= limit || end === undefined
  return {
    items: page.map(({ sku }) => viewOf(state, sku, at)),
    nextCursor: isEnd ? null : pageFrom('products', end.rank, end.sku),
    total: isCut ? null : found.length,
  }
}

function viewOf(state: CoreState, sku: string, at: number): api.ProductPage['items'][number] {
  const { name = null, skuClass = null } = state.products.get(sku) ?? {}
  const view = { sku, name, skuClass, onHand: 0, available: 0, nodes: 0 }
  for (const key of state.stockOfSku.get(sku) ?? []) {
    const stock = stockReadAt(state, sku, partsOfKey(key).nodeId, at)
    if (stock === undefined) continue
    view.onHand += stock.onHand
    view.available += availableOf(stock)
    view.nodes++
  }
  return view
}
