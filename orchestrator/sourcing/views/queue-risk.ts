// How work stands in the queue of its node: how likely it comes too late from there, and whether one more piece would
// still leave another node on its day. Good for one instant; it moves nothing.

import type { api } from '#data/contracts'
import type { CoreState, FulfillmentOrder, Order } from '#orchestrator/core'
import { CapacityRows } from '../model/capacity.ts'
import { coursesOf } from '../model/courses.ts'
import { goodsOf } from '../model/goods.ts'
import { openSession, type SourcingSession } from '../model/session.ts'
import type { LearnedView, PlannedWork, SourcingOrder } from '../world.ts'
import { askedForMove } from './asked.ts'
import { comesAt, type PaceView } from './pace.ts'
import { strategyHere } from './source-here.ts'
import type { Worlds } from './worlds.ts'

/** What is set aside in each sight. */
const sights: Readonly<Record<Sight, Partial<LearnedView>>> = {
  now: {},
  usual: { awayUntil: () => null },
  planned: { awayUntil: () => null, moreDays: () => 0 },
}
/** By how much more than it takes as likely as not there must be time, so that it is safe to send work there. */
const spare = 1.25
const sitsMs = 2 * 3_600_000

/**
 * How a world is seen: as it is, as if carriers that left goods behind came again from now on, or as it was planned,
 * with nothing slower than usual.
 */
type Sight = 'now' | 'usual' | 'planned'

/** Queues of nodes as they are. */
export class Queues {
  readonly #worlds: Worlds
  readonly #state: CoreState
  readonly #now: number
  readonly #paces: PaceView
  readonly #sessions: Readonly<Record<Sight, Map<api.Strategy, SourcingSession>>> = {
    now: new Map(),
    usual: new Map(),
    planned: new Map(),
  }

  /** @param now epoch ms of the market */
  constructor({ worlds, state, now }: { worlds: Worlds; state: CoreState; now: number }) {
    this.#worlds = worlds
    this.#state = state
    this.#now = now
    this.#paces = worlds.paces(state, now)
  }

  /** Work as moves are asked for, with what is before it at its node. @param change and isUsual see `PaceView.hours` */
  asked(order: Order, work: FulfillmentOrder, change = 0, isUsual = false): SourcingOrder {
    const hours = this.#paces.hours(work.nodeId, { order, work }, change, isUsual)
    return askedForMove(this.#state, order, work, this.#now, hours)
  }

  /** Whether it is known what is before work at its node. */
  isKnown({ nodeId }: FulfillmentOrder): boolean {
    return this.#paces.of(nodeId) !== null
  }

  /** When work came to its node, epoch ms: what came before is done before. */
  comesAt(order: Order, work: FulfillmentOrder): number {
    return comesAt(order, work)
  }

  /** Probability that the promise is missed where work is; null without a promise, or where its queue is not known. */
  risk(order: Order, work: FulfillmentOrder, change = 0, isUsual = false): number | null {
    return this.#riskSeen(order, work, this.asked(order, work, change, isUsual), isUsual ? 'usual' : 'now')
  }

  #riskSeen(order: Order, work: FulfillmentOrder, asked: SourcingOrder, sight: Sight): number | null {
    if (order.promisedAt === null || !this.isKnown(work)) return null
    const session = this.#sessionFor(asked, sight)
    const facts = session.node(work.nodeId)
    if (facts === undefined) return null
    const trip = {
      order: asked,
      goods: goodsOf(asked, session.world.product),
      session,
      terms: { now: this.#now, promisedAt: order.promisedAt },
      rows: new CapacityRows(session),
      isEveryDay: false,
    }
    const [course] = coursesOf(trip, facts, undefined, true)
    return course?.lateRisk ?? null
  }

  /**
   * Probability that the promise is missed where work leaves when it was planned to and nothing is slower than usual:
   * what was accepted when it was sourced; null where that is not known.
   */
  plannedRisk(order: Order, work: FulfillmentOrder): number | null {
    const { promisedAt } = order
    const { nodeId, shipBy, service: serviceId } = work
    const service = this.#worlds.network(this.#state).services.get(serviceId ?? '')
    if (promisedAt === null || shipBy === null || service === undefined) return null
    const asked = this.asked(order, work)
    const days = this.#sessionFor(asked, 'planned').daysBy({ service, nodeId }, asked.destination)
    return days?.lateness(shipBy, promisedAt, 0).risk ?? null
  }

  /** The same where the node works as it usually does from now on, and all else is as it is. */
  riskAtUsualPace(order: Order, work: FulfillmentOrder, change = 0): number | null {
    return this.#riskSeen(order, work, this.asked(order, work, change, true), 'now')
  }

  /** Whether nobody will begin with work for some hours: it can still be moved then. */
  maySit(order: Order, work: FulfillmentOrder): boolean {
    const hours = this.#paces.hours(work.nodeId, { order, work })
    if (hours === null) return false
    const network = this.#worlds.network(this.#state)
    const begins = network.addWorkingTime(work.nodeId, this.#now, hours.medianHours / 2)
    return begins !== null && begins - this.#now > sitsMs
  }

  /**
   * Whether planned work still leaves on its day where so many pieces come to its node before it.
   * @param from the work as it is: with another carrier alone it keeps its turn
   * @param laterHours hours at work that it comes, or goes on, later
   */
  hasRoom(
    { nodeId, carrierId, dispatchAt }: PlannedWork,
    from: { order: Order; work: FulfillmentOrder },
    before: number,
    laterHours = 0,
  ): boolean {
    const network = this.#worlds.network(this.#state)
    const hours =
      from.work.nodeId === nodeId ? this.#paces.hours(nodeId, from) : this.#paces.hours(nodeId, null, before)
    const last = network.lastPickup(nodeId, carrierId, dispatchAt)
    if (hours === null || last === null || last <= this.#now) return true
    return hours.medianHours * spare + laterHours <= network.workingHours(nodeId, this.#now, last)
  }

  #sessionFor(asked: SourcingOrder, sight: Sight): SourcingSession {
    const strategy = strategyHere(asked, { state: this.#state, now: this.#now })
    const sessions = this.#sessions[sight]
    let known = sessions.get(strategy)
    if (known === undefined) {
      const world = this.#worlds.at(this.#state, this.#now, strategy, true)
      known = openSession({ ...world, learned: { ...world.learned, ...sights[sight] } })
      sessions.set(strategy, known)
    }
    return known
  }
}
