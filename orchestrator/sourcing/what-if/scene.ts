// The world of a what-if: the market as it is without its orders, and the same with what is different. It sources
// nothing and changes nothing.

import type { api } from '#data/contracts'
import { fail } from '#data/kernel'
import { type CoreState, defaultStrategy, defaultStrategyId, newestStrategy } from '#orchestrator/core'
import { previewChange } from '../documents/change.ts'
import type { CompiledNetwork, CompiledNode } from '../network/compiled.ts'
import { checkContextOf } from '../strategy/check-context.ts'
import { assertStrategy } from '../strategy/checks.ts'
import { strategyFor } from '../strategy/choice.ts'
import { LoadIndex } from '../views/load.ts'
import type { Here } from '../views/source-here.ts'
import { stockView } from '../views/stock.ts'
import type { LoadView, SourcingOrder, SourcingWorld, StockView } from '../world.ts'
import type { AskedOrder } from './asked-order.ts'

/** One side of a what-if. */
export interface Scene {
  network: CompiledNetwork
  strategyOf(order: SourcingOrder): api.Strategy
  /** By its id, for fallbacks. */
  strategyNamed(strategyId: string): api.Strategy | null
  /** The world under a strategy, before any of the orders. */
  world(strategy: api.Strategy): SourcingWorld
}

const pairKey = (sku: string, nodeId: string) => `${sku}\u001f${nodeId}`

/** The market as it is, as if the orders were still to be sourced. */
export function baselineOf({ worlds, state, now }: Here, orders: readonly AskedOrder[]): Scene {
  const network = worlds.network(state)
  const stock = givenBack(stockView(state, worlds.history, now), orders)
  const load = loadWithout(state, orders, now, network)
  const plain = worlds.at(state, now, defaultStrategy)
  return {
    network,
    strategyOf: (order) => strategyFor(order, state.strategies, now).strategy,
    strategyNamed: (strategyId) => newestStrategy(state.strategies.strategies, strategyId) ?? null,
    world: (strategy) => ({ ...plain, network, strategy, stock, load }),
  }
}

/**
 * The same with what is different.
 * @throws SOURCING_PROBLEM_INVALID, STRATEGY_INVALID
 */
export function variantOf(
  baseline: Scene,
  overrides: api.WhatIfOverrides,
  { worlds, state, now }: Here,
): Scene {
  const after = networkAfter(overrides, state, now)
  const compiled = after === null ? baseline.network : worlds.compile(after)
  assertNodes(overrides, compiled)
  const network = withNodes(compiled, overrides)
  const strategy = strategyAfter(overrides, after ?? state, now)
  const told = new Map(
    (overrides.stock ?? []).map(({ sku, nodeId, available }) => [pairKey(sku, nodeId), available]),
  )
  return {
    ...baseline,
    network,
    strategyOf: (order) => strategy ?? baseline.strategyOf(order),
    world: (asked) => {
      const plain = baseline.world(asked)
      return {
        ...plain,
        network,
        stock: told.size === 0 ? plain.stock : overridden(plain.stock, told, overrides),
      }
    },
  }
}

function refuse(reason: string, details: Record<string, unknown> = {}): never {
  throw fail('SOURCING_PROBLEM_INVALID', { reason, ...details })
}

/** The state after a change of the network, null where none is asked for. */
function networkAfter({ network }: api.WhatIfOverrides, state: CoreState, now: number): CoreState | null {
  if (network === undefined) return null
  const { refusal, state: after } = previewChange(state, network, now)
  if (refusal !== null) refuse(`the network cannot be changed so (${refusal.reason})`, refusal.details)
  return after
}

function assertNodes(overrides: api.WhatIfOverrides, { nodes }: CompiledNetwork): void {
  const { closedNodeIds = [], capacityFactors = [], stock = [] } = overrides
  const named = [
    ...closedNodeIds,
    ...capacityFactors.flatMap(({ nodeId }) => nodeId ?? []),
    ...stock.map(({ nodeId }) => nodeId),
  ]
  const unknown = named.find((nodeId) => !nodes.has(nodeId))
  if (unknown !== undefined) refuse(`there is no node ${unknown}`, { nodeId: unknown })
}

/** Nodes closed, and with other capacities; a factor of a node counts instead of the one of all. */
function withNodes(network: CompiledNetwork, overrides: api.WhatIfOverrides): CompiledNetwork {
  const { closedNodeIds = [], capacityFactors = [] } = overrides
  if (closedNodeIds.length === 0 && capacityFactors.length === 0) return network
  const closed = new Set(closedNodeIds)
  const factors = new Map(capacityFactors.map(({ nodeId, factor }) => [nodeId, factor]))
  const nodes = new Map<string, CompiledNode>()
  for (const [nodeId, node] of network.nodes) {
    const factor = factors.get(nodeId) ?? factors.get(null) ?? 1
    const isActive = node.isActive && !closed.has(nodeId)
    nodes.set(nodeId, { ...node, isActive, capacity: times(node.capacity, factor) })
  }
  return { ...network, nodes }
}

function times(capacity: api.Capacity, factor: number): api.Capacity {
  const of = (limit: number | null) => (limit === null ? null : Math.floor(limit * factor))
  const { ordersPerDay, linesPerDay, unitsPerDay, ordersPerHour } = capacity
  return {
    ordersPerDay: of(ordersPerDay),
    linesPerDay: of(linesPerDay),
    unitsPerDay: of(unitsPerDay),
    ordersPerHour: ordersPerHour === null ? null : ordersPerHour * factor,
  }
}

/** The strategy of all orders, null where the rules go on choosing. */
function strategyAfter(overrides: api.WhatIfOverrides, state: CoreState, now: number): api.Strategy | null {
  const { strategy: draft, strategyId } = overrides
  if (draft !== undefined && strategyId !== undefined) refuse('a strategy is given or named, not both')
  if (draft !== undefined) {
    assertStrategy(draft, checkContextOf(state))
    return { ...draft, version: 1, publishedAt: new Date(now).toISOString(), publishedBy: 'what-if' }
  }
  if (strategyId === undefined) return null
  const found = newestStrategy(state.strategies.strategies, strategyId)
  if (found !== undefined) return found
  if (strategyId === defaultStrategyId) return defaultStrategy
  throw fail('STRATEGY_INVALID', { reason: `there is no strategy ${strategyId}`, code: 'strategy_unknown' })
}

/** Stock of the moment and what the orders have taken of it. */
function givenBack(stock: StockView, orders: readonly AskedOrder[]): StockView {
  const back = new Map<string, number>()
  const holders = new Map<string, Set<string>>()
  for (const { sku, nodeId, units } of orders.flatMap(({ taken }) => taken)) {
    back.set(pairKey(sku, nodeId), (back.get(pairKey(sku, nodeId)) ?? 0) + units)
    holders.set(sku, (holders.get(sku) ?? new Set()).add(nodeId))
  }
  if (back.size === 0) return stock
  return {
    available: (sku, nodeId, channel) => {
      const told = stock.available(sku, nodeId, channel)
      const units = back.get(pairKey(sku, nodeId))
      return told === null || units === undefined ? told : (told ?? 0) + units
    },
    keptBack: (sku, nodeId) => stock.keptBack(sku, nodeId),
    onHand: (sku, nodeId) => stock.onHand(sku, nodeId),
    nodesOf: (sku) => joined(stock.nodesOf(sku), holders.get(sku)),
  }
}

function joined(
  nodeIds: readonly string[] | null,
  more: ReadonlySet<string> | undefined,
): readonly string[] | null {
  return nodeIds === null || more === undefined ? nodeIds : [...new Set([...nodeIds, ...more])]
}

/** Stock with positions that are told. */
function overridden(
  stock: StockView,
  told: ReadonlyMap<string, number>,
  overrides: api.WhatIfOverrides,
): StockView {
  const holders = new Map<string, Set<string>>()
  for (const { sku, nodeId } of overrides.stock ?? []) {
    holders.set(sku, (holders.get(sku) ?? new Set()).add(nodeId))
  }
  return {
    available: (sku, nodeId, channel) =>
      told.get(pairKey(sku, nodeId)) ?? stock.available(sku, nodeId, channel),
    keptBack: (sku, nodeId) => (told.has(pairKey(sku, nodeId)) ? 0 : stock.keptBack(sku, nodeId)),
    onHand: (sku, nodeId) => told.get(pairKey(sku, nodeId)) ?? stock.onHand(sku, nodeId),
    nodesOf: (sku) => joined(stock.nodesOf(sku), holders.get(sku)),
  }
}

/** Work of nodes that is not of the orders. */
function loadWithout(
  state: CoreState,
  orders: readonly AskedOrder[],
  now: number,
  { nodes }: CompiledNetwork,
): LoadView {
  const own = orders.flatMap(({ order }) => (state.orders.has(order.orderId) ? [order.orderId] : []))
  const rest =
    own.length === 0
      ? state.orders
      : state.orders.withMutations((map) => {
          for (const orderId of own) map.delete(orderId)
        })
  return new LoadIndex().at({ ...state, orders: rest }, now, (nodeId) => nodes.get(nodeId)?.timeZone ?? 'UTC')
}
