// A world opened for sourcing: what is the same for many orders is worked out once. It is good for one instant and one
// state of the world, and it chooses nothing.

import type { api } from '#data/contracts'
import type { ServiceLane } from '../network/compiled.ts'
import { zoneClock } from '../network/zone-clock.ts'
import type { Destination, SourcingOrder, SourcingWorld } from '../world.ts'
import { DayLaw } from './day-law.ts'
import { daysOf, type WorkDay } from './days.ts'
import { checkedNode, factsOf, keptChecks, keptRules, type NodeFacts, stretchOf, usual } from './facts.ts'
import { type Law, lawOf } from './laws.ts'
import { type DayLimits, limitsOf } from './limits.ts'
import { type Rules, rulesOf } from './rules.ts'

export type { NodeFacts } from './facts.ts'

/** What was worked out of a world. */
export class SourcingSession {
  readonly world: SourcingWorld
  readonly rules: Rules
  readonly nodes: readonly NodeFacts[]
  readonly #byId = new Map<string, NodeFacts>()
  readonly #days: Map<string | null, readonly WorkDay[]>[] = []
  readonly #limits: Map<string, DayLimits>[] = []
  readonly #transit = new Map<string, Law>()
  readonly #laws = new Map<object, Law>()
  readonly #others = new Map<api.Strategy, SourcingSession>()
  readonly #stretch = new Map<string, number>()
  readonly #urgent: api.Strategy['prices'] | null
  readonly #prices = new WeakMap<SourcingOrder, api.Strategy['prices']>()
  readonly #dayLaws = new WeakMap<Destination, Map<string, DayLaw | null>>()

  constructor(world: SourcingWorld, without?: ReadonlySet<api.ConstraintName>) {
    this.world = world
    this.#urgent = urgentPrices(world)
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

  /** What the strategy charges for, where an order that is worth more in time costs more to be late. */
  prices(order: SourcingOrder): api.Strategy['prices'] {
    const { strategy, urgency } = this.world
    if (this.#urgent === null || urgency == null) return strategy.prices
    let known = this.#prices.get(order)
    if (known === undefined) {
      known = urgency.isUrgent(order) ? this.#urgent : strategy.prices
      this.#prices.set(order, known)
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

  /** What a node can take on a local day in all. */
  limits({ node, index }: NodeFacts, day: string): DayLimits {
    let days = this.#limits[index]
    if (days === undefined) {
      days = new Map()
      this.#limits[index] = days
    }
    let known = days.get(day)
    if (known === undefined) {
      known = limitsOf(node, day, this.world.network)
      days.set(day, known)
    }
    return known
  }

  /** From leaving a node to a destination by a service: of the lane, else of the service, else as history has it. */
  transit({ lane, service, nodeId, to }: ServiceLane): Law {
    return this.transitBy(service, lane, nodeId, to.region)
  }

  /** The same of a service by one of its lanes, null = it has none there. */
  transitBy(
    service: ServiceLane['service'],
    lane: ServiceLane['lane'],
    nodeId: string,
    region: string | null,
  ): Law {
    const spread = lane?.transit ?? service.transit
    if (spread === null) return this.learnedTransit(nodeId, service.carrierId, region)
    const own = this.#ownStretch(nodeId, service.carrierId, region)
    if (own > 1) return lawOf(spread, this.carrierStretch(service.carrierId) * own)
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
      known = lawOf(spread, this.wayStretch(nodeId, carrierId, region))
      this.#transit.set(key, known)
    }
    return known
  }

  /** Days that a service takes from a node to a destination, as they were seen; null where too little was. */
  daysBy({ service, nodeId }: Pick<ServiceLane, 'service' | 'nodeId'>, to: Destination): DayLaw | null {
    const laws = this.#dayLaws.get(to) ?? new Map<string, DayLaw | null>()
    this.#dayLaws.set(to, laws)
    const key = `${nodeId}\u001f${service.serviceId}`
    let known = laws.get(key)
    if (known === undefined) {
      known = this.#dayLawOf({ service, nodeId }, to)
      laws.set(key, known)
    }
    return known
  }

  #dayLawOf({ service, nodeId }: Pick<ServiceLane, 'service' | 'nodeId'>, to: Destination): DayLaw | null {
    const { learned, network } = this.world
    const { serviceId, carrierId, deliveryDays } = service
    const { postalCode, region } = to
    const way = { nodeId, serviceId, postalCode, region, distanceKm: () => network.distanceKm(nodeId, to) }
    const shares = learned.days?.(way) ?? null
    const begins = zoneClock(network.nodes.get(nodeId)?.timeZone ?? '')
    const ends = zoneClock(to.timeZone ?? '') ?? begins
    if (shares === null || begins === null || ends === null) return null
    const more = learned.moreDays?.(nodeId, carrierId, region) ?? 0
    return new DayLaw(shares, more, deliveryDays, { begins, ends })
  }

  /** How many times longer the way from a node to a region takes now. */
  wayStretch(nodeId: string, carrierId: string | null, region: string | null): number {
    return this.carrierStretch(carrierId) * this.#ownStretch(nodeId, carrierId, region)
  }

  #ownStretch(nodeId: string, carrierId: string | null, region: string | null): number {
    const { stretchOfWay } = this.world.learned
    if (stretchOfWay === undefined) return 1
    const key = `${nodeId}\u001f${carrierId ?? ''}\u001f${region ?? ''}`
    let known = this.#stretch.get(key)
    if (known === undefined) {
      known = Math.max(1, stretchOfWay(nodeId, carrierId, region))
      this.#stretch.set(key, known)
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

/** Prices of orders that are worth more in time; null where the strategy charges as much already. */
function urgentPrices({ strategy, urgency }: SourcingWorld): api.Strategy['prices'] | null {
  if (urgency == null) return null
  const { prices, weights } = strategy
  // A weight above 1 must not make it more than what a person allows.
  const lateOrderCents = urgency.lateOrderCents / Math.max(1, weights.lateness)
  return prices.lateOrderCents >= lateOrderCents ? null : { ...prices, lateOrderCents }
}

function isoDay(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}

/** Opens a world for many orders. */
export function openSession(world: SourcingWorld): SourcingSession {
  return new SourcingSession(world)
}
