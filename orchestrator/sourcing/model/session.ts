// A world opened for sourcing: what is the same for many orders is worked out once. It is good for one instant and one
// state of the world, and it chooses nothing.

import type { api } from '#data/contracts'
import type { CompiledNetwork, CompiledNode, ServiceLane } from '../network/compiled.ts'
import type { SourcingWorld } from '../world.ts'
import { type Check, check, fixed } from './checks.ts'
import { daysOf, type WorkDay } from './days.ts'
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

/** What was worked out of a world. */
export class SourcingSession {
  readonly world: SourcingWorld
  readonly rules: Rules
  readonly nodes: readonly NodeFacts[]
  readonly #byId = new Map<string, NodeFacts>()
  readonly #days: Map<string | null, readonly WorkDay[]>[] = []
  readonly #transit = new Map<string, Law>()
  readonly #laws = new Map<object, Law>()
  readonly #others = new Map<api.Strategy, SourcingSession>()
  readonly #stretch = new Map<string, number>()

  constructor(world: SourcingWorld, without?: ReadonlySet<api.ConstraintName>) {
    this.world = world
    const isWhole = without === undefined
    this.rules = isWhole ? keptRules(world.strategy) : rulesOf(world.strategy, without)
    const kept = isWhole ? keptChecks(world.network, world.strategy) : []
    const nodes: NodeFacts[] = []
    const days = new Map<string, string>()
    for (const node of world.network.nodes.values()) {
      let day = days.get(node.timeZone)
      if (day === undefined) {
        day = world.network.dayAt(node.nodeId, world.now) ?? isoDay(world.now)
        days.set(node.timeZone, day)
      }
      let checked = kept[nodes.length]
      if (checked?.localDay !== day) {
        checked = checkedNode(node, day, this.rules)
        kept[nodes.length] = checked
      }
      const facts = factsOf(node, nodes.length, world, checked)
      nodes.push(facts)
      this.#byId.set(node.nodeId, facts)
    }
    this.nodes = nodes
  }

  /** The same world under another strategy. */
  under(strategy: api.Strategy): SourcingSession {
    let known = this.#others.get(strategy)
    if (known === undefined) {
      known = new SourcingSession({ ...this.world, strategy })
      this.#others.set(strategy, known)
    }
    return known
  }

  node(nodeId: string): NodeFacts | undefined {
    return this.#byId.get(nodeId)
  }

  /** Days that a node could send on, the first one first; none where it does not work in sight. */
  days(facts: NodeFacts, carrierId: string | null): readonly WorkDay[] {
    let days = this.#days[facts.index]
    if (days === undefined) {
      days = new Map()
      this.#days[facts.index] = days
    }
    let known = days.get(carrierId)
    if (known === undefined) {
      known = daysOf(facts, carrierId, this.world, this.rules)
      days.set(carrierId, known)
    }
    return known
  }

  /** From leaving a node to a destination by a service: of the lane, else of the service, else as history has it. */
  transit({ lane, service, nodeId, to }: ServiceLane): Law {
    const spread = lane?.transit ?? service.transit
    if (spread === null) return this.learnedTransit(nodeId, service.carrierId, to.region)
    const from = lane?.transit == null ? service : lane
    let known = this.#laws.get(from)
    if (known === undefined) {
      known = lawOf(spread, this.carrierStretch(service.carrierId))
      this.#laws.set(from, known)
    }
    return known
  }

  /** From leaving a node to a region, as history has it. */
  learnedTransit(nodeId: string, carrierId: string | null, region: string | null): Law {
    const key = `${nodeId}\u001f${carrierId ?? ''}\u001f${region ?? ''}`
    let known = this.#transit.get(key)
    if (known === undefined) {
      const spread = this.world.learned.transit(nodeId, carrierId, region) ?? usual.transit
      known = lawOf(spread, this.carrierStretch(carrierId))
      this.#transit.set(key, known)
    }
    return known
  }

  /** How many times longer a carrier takes now. */
  carrierStretch(carrierId: string | null): number {
    if (carrierId === null) return 1
    let known = this.#stretch.get(carrierId)
    if (known === undefined) {
      known = stretchOf(this.world, 'carrier', carrierId)
      this.#stretch.set(carrierId, known)
    }
    return known
  }
}

function stretchOf({ learned }: SourcingWorld, dimension: 'node' | 'carrier', id: string): number {
  const stretch = learned.stretch(dimension, id)
  return stretch > 0 && Number.isFinite(stretch) ? stretch : 1
}

function isoDay(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}

/** Opens a world for many orders. */
export function openSession(world: SourcingWorld): SourcingSession {
  return new SourcingSession(world)
}

/** What a strategy says of a node on a day. */
type CheckedNode = Pick<
  NodeFacts,
  'checks' | 'unmet' | 'isBlocked' | 'priorityCents' | 'softCents' | 'localDay' | 'hasCapacity'
>

const rulesKept = new WeakMap<api.Strategy, Rules>()
const checksKept = new WeakMap<CompiledNetwork, WeakMap<api.Strategy, CheckedNode[]>>()

function keptRules(strategy: api.Strategy): Rules {
  const known = rulesKept.get(strategy) ?? rulesOf(strategy)
  rulesKept.set(strategy, known)
  return known
}

/** What earlier sessions found of the nodes of a network, by index. */
function keptChecks(network: CompiledNetwork, strategy: api.Strategy): CheckedNode[] {
  const byStrategy = checksKept.get(network) ?? new WeakMap<api.Strategy, CheckedNode[]>()
  checksKept.set(network, byStrategy)
  const known = byStrategy.get(strategy) ?? []
  byStrategy.set(strategy, known)
  return known
}

function factsOf(node: CompiledNode, index: number, world: SourcingWorld, checked: CheckedNode): NodeFacts {
  const stretch = stretchOf(world, 'node', node.nodeId)
  const spread = node.processing ?? world.learned.processing(node.nodeId) ?? usual.processing
  const { checks, unmet, isBlocked, priorityCents, softCents, localDay, hasCapacity } = checked
  return {
    index,
    node,
    processing: lawOf(spread, stretch),
    isWorkingTime: node.processing !== null,
    stretch,
    checks,
    unmet,
    isBlocked,
    priorityCents,
    softCents,
    localDay,
    hasCapacity,
  }
}

function checkedNode(node: CompiledNode, localDay: string, rules: Rules): CheckedNode {
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
