// What can be promised of SKUs at nodes, from a state in memory. It reads, promises nothing, and knows no clock.

import type { api } from '#data/contracts'
import { fail } from '#data/kernel'
import {
  availableFor,
  type CoreState,
  calculated,
  isAnyDue,
  knowsSku,
  type Stock,
  sourcesOf,
  stockReadAt,
} from '#orchestrator/core'
import { skusOfNode } from './node-index.ts'
import { pageFrom, placeIn } from './page.ts'

/** Positions in an answer at most. */
const pairsMost = 10_000
const pageUsual = 1_000

/** What is asked of availability. */
export type AvailabilityRequest = { [K in keyof api.AvailabilityQuery]: api.AvailabilityQuery[K] | undefined }

/** Figures of a position at a time, wherever they come from: as they are answered. */
export interface Figures {
  sku: string
  nodeId: string
  isTracked: true
  onHand: number
  allocated: number
  reserved: number
  safetyStock: number
  ringFenced: number
  inbound: number
  /** For the channel that was asked for. */
  available: number
}

/** Where figures come from: the state in memory, or the ledger of a past instant. */
export interface FigureSource {
  /** null where the position is not known; then its node tells what that means. */
  figuresOf(sku: string, nodeId: string): Figures | null
  isTracked(nodeId: string): boolean
  /** Ids of the nodes with stock of a SKU. */
  nodesOf(sku: string): readonly string[]
  /** SKUs of a node, sorted. */
  skusOf(nodeId: string): readonly string[]
}

/** Figures of the state as it reads at a time, for a channel. */
export function figuresOfState(state: CoreState, channel: string | null, at: number): FigureSource {
  const isSettled = !isAnyDue(state, at)
  return {
    figuresOf: (sku, nodeId) => {
      const stock = isSettled ? state.stock.getPair(sku, nodeId) : stockReadAt(state, sku, nodeId, at)
      return stock === undefined ? null : figures(stock, channel)
    },
    isTracked: (nodeId) => state.trackedNodes.has(nodeId),
    nodesOf: (sku) => (state.stockOfSku.get(sku) ?? []).map((key) => key.slice(sku.length + 1)),
    skusOf: (nodeId) => skusOfNode(state, nodeId),
  }
}

/** Field by field: this is made for every position of every answer. */
function figures(stock: Stock, channel: string | null): Figures {
  return {
    sku: stock.sku,
    nodeId: stock.nodeId,
    isTracked: true,
    onHand: stock.onHand,
    allocated: stock.allocated,
    reserved: stock.reserved,
    safetyStock: stock.safetyStock,
    ringFenced: stock.ringFenced,
    inbound: stock.inbound,
    available: availableFor(stock, channel),
  }
}

/**
 * Availability of SKUs at nodes: of each pair; of every node with stock of the SKUs; or of every SKU of the nodes, in
 * pages.
 * @param state where SKUs, nodes and measures are known from
 * @throws INVENTORY_QUERY_INVALID, HTTP_CURSOR_INVALID
 */
export function availabilityOf(
  state: CoreState,
  source: FigureSource,
  query: AvailabilityRequest,
  at: number,
): api.AvailabilityAnswer {
  const { skus = [], nodeIds = [], measures, limit = pageUsual } = query
  const measure = measures === undefined || measures.length === 0 ? null : measurer(state, measures)
  let isAllKnown = skus.length > 0 && nodeIds.length > 0
  const items: api.Availability[] = []
  const next = eachPair(source, query, limit, (sku, nodeId) => {
    const known = source.figuresOf(sku, nodeId)
    if (known === null) isAllKnown = false
    const item = known ?? unknownItem(source, sku, nodeId)
    items.push(measure === null ? item : { ...item, measures: measure(sku, nodeId) })
  })
  const answer: api.AvailabilityAnswer = { at: new Date(at).toISOString(), items, nextCursor: next }
  if (query.totals === true) answer.totals = totalsOf(items)
  const unknown = isAllKnown ? null : unknownOf(state, skus, nodeIds)
  if (unknown !== null) answer.unknown = unknown
  return answer
}

type Visit = (sku: string, nodeId: string) => void

/** Visits the positions that are asked for. @returns where the next page begins, null where there is none */
function eachPair(
  source: FigureSource,
  { skus = [], nodeIds = [], cursor }: AvailabilityRequest,
  limit: number,
  visit: Visit,
): string | null {
  if (skus.length === 0 && nodeIds.length === 0) {
    throw fail('INVENTORY_QUERY_INVALID', { reason: 'name SKUs, nodes or both' })
  }
  if (skus.length === 0) return pageOfNodes(source, nodeIds, { cursor, limit }, visit)
  let visited = 0
  for (const sku of skus) {
    for (const nodeId of nodeIds.length === 0 ? source.nodesOf(sku) : nodeIds) {
      if (++visited > pairsMost) {
        throw fail('INVENTORY_QUERY_INVALID', { reason: `more than ${pairsMost} positions; ask in parts` })
      }
      visit(sku, nodeId)
    }
  }
  return null
}

/** Positions of nodes, node by node as asked, each by SKU. */
function pageOfNodes(
  source: FigureSource,
  nodeIds: readonly string[],
  { cursor, limit }: { cursor: string | undefined; limit: number },
  visit: Visit,
): string | null {
  const place = placeIn(cursor, 'availability')
  let last: { sku: string; nodeId: string } | null = null
  let visited = 0
  let isBefore = place !== null
  for (const nodeId of new Set(nodeIds)) {
    if (isBefore && nodeId !== place?.[0]) continue
    const skus = source.skusOf(nodeId)
    const from = isBefore ? firstAfter(skus, place?.[1] ?? '') : 0
    isBefore = false
    for (let i = from; i < skus.length; i++) {
      if (visited === limit && last !== null) return pageFrom('availability', last.nodeId, last.sku)
      const sku = skus[i] ?? ''
      visit(sku, nodeId)
      visited++
      last = { sku, nodeId }
    }
  }
  return null
}

/** Index of the first that is greater. */
export function firstAfter(sorted: readonly string[], value: string): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const mid = (low + high) >> 1
    if ((sorted[mid] ?? '') <= value) low = mid + 1
    else high = mid
  }
  return low
}

const nothing = Object.freeze({
  onHand: 0,
  allocated: 0,
  reserved: 0,
  safetyStock: 0,
  ringFenced: 0,
  inbound: 0,
})

function unknownItem(source: FigureSource, sku: string, nodeId: string): api.Availability {
  // A node with a feed does not have what the feed leaves out; one without may have anything.
  const isTracked = source.isTracked(nodeId)
  return { sku, nodeId, isTracked, ...nothing, available: isTracked ? 0 : null }
}

function totalsOf(items: readonly api.Availability[]): api.AvailabilityTotal[] {
  const totals = new Map<string, api.AvailabilityTotal>()
  for (const item of items) {
    const { sku } = item
    const sum = totals.get(sku) ?? { sku, ...nothing, available: 0, nodes: 0, untrackedNodes: 0 }
    totals.set(sku, sum)
    if (!item.isTracked) {
      sum.untrackedNodes++
      continue
    }
    sum.nodes++
    sum.onHand += item.onHand
    sum.allocated += item.allocated
    sum.reserved += item.reserved
    sum.safetyStock += item.safetyStock
    sum.ringFenced += item.ringFenced
    sum.inbound += item.inbound
    sum.available += item.available ?? 0
  }
  return [...totals.values()]
}

/** What was asked for and is not known at all, null where all is. */
function unknownOf(
  state: CoreState,
  skus: readonly string[],
  nodeIds: readonly string[],
): { skus: string[]; nodeIds: string[] } | null {
  const oddSkus = skus.filter((sku) => !knowsSku(state, sku))
  const oddNodes = nodeIds.filter((nodeId) => !state.nodes.has(nodeId) && !state.trackedNodes.has(nodeId))
  return oddSkus.length + oddNodes.length === 0 ? null : { skus: oddSkus, nodeIds: oddNodes }
}

/** Gives the values of measures that were asked for: defined ones, or `source.measure`. */
function measurer(state: CoreState, names: readonly string[]) {
  const parts = names.map((name) => {
    const defined = state.measures.find((measure) => measure.name === name)
    if (defined !== undefined) return { name, terms: defined.terms }
    const [source, measure, ...rest] = name.split('.')
    if (source === undefined || measure === undefined || rest.length > 0) {
      throw fail('INVENTORY_QUERY_INVALID', { reason: `there is no measure ${name}` })
    }
    return { name, terms: [{ source, measure, factor: 1 }] }
  })
  return (sku: string, nodeId: string): Record<string, number> => {
    const stock = state.stock.getPair(sku, nodeId)
    const sources = stock === undefined ? [] : sourcesOf(stock)
    return Object.fromEntries(parts.map(({ name, terms }) => [name, calculated(sources, terms)]))
  }
}
