// A node as it is to every order: how long its work takes, what a strategy says of it, what its place in the lists
// costs. It knows no order.

import type { api } from '#data/contracts'
import type { CompiledNetwork, CompiledNode } from '../network/compiled.ts'
import type { SourcingWorld } from '../world.ts'
import { type Check, check, fixed } from './checks.ts'
import { type Law, lawOf } from './laws.ts'
import { type Rules, rulesOf } from './rules.ts'

/** What is taken where neither the network nor history says anything. */
export const usual = {
  processing: { medianHours: 24, p90Hours: 48 },
  transit: { medianHours: 72, p90Hours: 120 },
  carriageCents: 800,
  /** Freight by road. @source GLEC framework, order of magnitude of road freight */
  co2GramsPerTonneKm: 100,
} as const

/** A node as it is to every order. */
export interface NodeFacts {
  index: number
  node: CompiledNode
  /** How long work takes. */
  processing: Law
  /** Working time, as the network says; else history: from when it comes until it leaves, nights and all. */
  isWorkingTime: boolean
  /** How many times longer work takes now. */
  stretch: number
  /** Share of lines that it does not find now. */
  shortShare: number
  /** Whether it has an open incident of any kind. */
  isTroubled: boolean
  /** Checks that are the same for every order. */
  checks: readonly Check[]
  /** Those of them that are not met. */
  unmet: readonly Check[]
  isBlocked: boolean
  priorityCents: number
  /** Soft prices of `checks`. */
  softCents: number
  localDay: string
  hasCapacity: boolean
}

/** What a strategy says of a node on a day. */
export type CheckedNode = Pick<
  NodeFacts,
  'checks' | 'unmet' | 'isBlocked' | 'priorityCents' | 'softCents' | 'localDay' | 'hasCapacity'
>

const rulesKept = new WeakMap<api.Strategy, Rules>()
const checksKept = new WeakMap<CompiledNetwork, WeakMap<api.Strategy, CheckedNode[]>>()

/** The rules of a strategy; kept, since a strategy never changes. */
export function keptRules(strategy: api.Strategy): Rules {
  const known = rulesKept.get(strategy) ?? rulesOf(strategy)
  rulesKept.set(strategy, known)
  return known
}

/** What was found before of the nodes of a network, by index. */
export function keptChecks(network: CompiledNetwork, strategy: api.Strategy): CheckedNode[] {
  const byStrategy = checksKept.get(network) ?? new WeakMap<api.Strategy, CheckedNode[]>()
  checksKept.set(network, byStrategy)
  const known = byStrategy.get(strategy) ?? []
  byStrategy.set(strategy, known)
  return known
}

/** A node in a world. @param checked what the strategy says of it */
export function factsOf(
  node: CompiledNode,
  index: number,
  world: SourcingWorld,
  checked: CheckedNode,
): NodeFacts {
  const stretch = stretchOf(world, 'node', node.nodeId)
  const work = node.processing === null ? (world.learned.work?.(node.nodeId) ?? null) : null
  const spread = node.processing ?? work ?? world.learned.processing(node.nodeId) ?? usual.processing
  const { checks, unmet, isBlocked, priorityCents, softCents, localDay, hasCapacity } = checked
  return {
    index,
    node,
    // What waits at the node is in the hours of its work already.
    processing: lawOf(spread, work === null ? stretch : 1),
    isWorkingTime: node.processing !== null || work !== null,
    stretch,
    shortShare: world.learned.shortShare?.(node.nodeId) ?? 0,
    isTroubled: world.learned.hasIncident?.(node.nodeId) ?? stretch > 1,
    checks,
    unmet,
    isBlocked,
    priorityCents,
    softCents,
    localDay,
    hasCapacity,
  }
}

/** What a strategy says of a node on a local day. */
export function checkedNode(node: CompiledNode, localDay: string, rules: Rules): CheckedNode {
  const checks = [...openChecks(node, localDay), ...typeChecks(node, rules)]
  const { ordersPerDay, linesPerDay, unitsPerDay, ordersPerHour } = node.capacity
  return {
    checks,
    unmet: checks.filter(({ isMet }) => !isMet),
    isBlocked: checks.some(({ isHard, isMet }) => isHard && !isMet),
    priorityCents: priorityOf(node, rules.strategy),
    softCents: checks.reduce((sum, { cents }) => sum + cents, 0),
    localDay,
    hasCapacity: (ordersPerDay ?? linesPerDay ?? unitsPerDay ?? ordersPerHour) !== null,
  }
}

function openChecks(node: CompiledNode, day: string): Check[] {
  const isEarly = node.activeFrom !== null && day < node.activeFrom
  const isOver = node.activeUntil !== null && day > node.activeUntil
  const text = !node.isActive
    ? 'takes no new work'
    : isEarly
      ? `takes work from ${node.activeFrom}`
      : `took work until ${node.activeUntil}`
  return node.isActive && !isEarly && !isOver
    ? []
    : [fixed('active', { isMet: false, code: 'node_closed', text })]
}

function typeChecks(node: CompiledNode, rules: Rules): Check[] {
  const types = rules
    .of('node_type')
    .map((rule) =>
      check(rule, { isMet: rule.values.has(node.type), code: 'node_type', text: `is a ${node.type}` }),
    )
  const excluded = rules.of('excluded_node').map((rule) =>
    check(rule, {
      isMet: !rule.values.has(node.nodeId),
      code: 'excluded_node',
      text: 'is excluded by the strategy',
    }),
  )
  const lists = rules.of('source_list').map((rule) =>
    check(rule, {
      isMet: listsOf(node, rules.strategy, rule.values).length > 0,
      code: 'not_in_source_list',
      text: 'is in no source list',
    }),
  )
  return [...types, ...excluded, ...lists]
}

/** Source lists that a node is in, of those named; of all where none is named. */
function listsOf(node: CompiledNode, strategy: api.Strategy, names?: ReadonlySet<string>) {
  return strategy.sourceLists.filter(
    (list) =>
      (names === undefined || names.size === 0 || names.has(list.name)) &&
      (list.nodeIds.includes(node.nodeId) ||
        list.nodeTypes.includes(node.type) ||
        list.groupIds.some((groupId) => node.groupIds.includes(groupId))),
  )
}

/** Cents for each step of a node's own priority. */
const priorityStepCents = 1

/** Steps down the source lists at their prices, and the node's own priority at 1 cent a step. */
function priorityOf(node: CompiledNode, strategy: api.Strategy): number {
  const own = node.priority * priorityStepCents
  if (strategy.sourceLists.length === 0) return own
  const prices = listsOf(node, strategy).map(({ priority, priceCents }) => priority * priceCents)
  if (prices.length > 0) return own + Math.min(...prices)
  const last = strategy.sourceLists.map(({ priority, priceCents }) => (priority + 1) * priceCents)
  return own + Math.max(...last)
}

/** How many times longer something takes now; 1 where that is no number. */
export function stretchOf({ learned }: SourcingWorld, dimension: 'node' | 'carrier', id: string): number {
  const stretch = learned.stretch(dimension, id)
  return stretch > 0 && Number.isFinite(stretch) ? stretch : 1
}
