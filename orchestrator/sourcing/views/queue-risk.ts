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

/** Shares of cases in which a carrier that is away has come again: as many sights, each as likely as another. */
const cameAgain = [0.1, 0.3, 0.5, 0.7, 0.9] as const
/** By how much more than it takes as likely as not there must be time, so that it is safe to send work there. */
const spare = 1.25
const sitsMs = 2 * 3_600_000

/**
 * How a world is seen: as it is, as if carriers that left goods behind came again from now on, as it was planned, with
 * nothing slower than usual, or as if such carriers came again when they have in so many of all cases.
 */
type Sight = 'now' | 'usual' | 'planned' | (typeof cameAgain)[number]

/** What is seen otherwise. @param now epoch ms of the market */
function seenAs(sight: Sight, { awayUntil }: LearnedView, now: number): Partial<LearnedView> {
  if (sight === 'now') return {}
  if (sight === 'usual') return { awayUntil: () => null }
  if (sight === 'planned') return { awayUntil: () => null, moreDays: () => 0 }
  return {
    awayUntil: (carrierId) => {
      const until = awayUntil?.(carrierId) ?? null
      // The end is as likely as not by then, and m / (m + t) that it takes longer than t where that is m from now.
      return until === null ? null : now + ((until - now) * sight) / (1 - sight)
    },
  }
}

/** Queues of nodes as they are. */
export class Queues {
  readonly #worlds: Worlds
  readonly #state: CoreState
  readonly #now: number
  readonly #paces: PaceView
  readonly #sessions = new Map<Sight, Map<api.Strategy, SourcingSession>>()

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
    const asked = this.asked(order, work, change, isUsual)
    return isUsual ? this.#riskSeen(order, work, asked, 'usual') : this.#riskNow(order, work, asked)
  }

  /** Whether the carrier of work left goods behind, so that nobody knows when it comes again. */
  isAway(order: Order, work: FulfillmentOrder): boolean {
    return this.#hasLeft(work, this.asked(order, work))
  }

  #hasLeft({ carrier }: FulfillmentOrder, asked: SourcingOrder): boolean {
    return this.#sessionFor(asked, 'now').world.learned.awayUntil?.(carrier) != null
  }

  #riskNow(order: Order, work: FulfillmentOrder, asked: SourcingOrder): number | null {
    if (!this.#hasLeft(work, asked)) return this.#riskSeen(order, work, asked, 'now')
    const risks = cameAgain.map((sight) => this.#riskSeen(order, work, asked, sight))
    return risks.reduce((sum, risk) => (sum === null || risk === null ? null : sum + risk / risks.length), 0)
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
    return this.#riskNow(order, work, this.asked(order, work, change, true))
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
    const sessions = this.#sessions.get(sight) ?? new Map<api.Strategy, SourcingSession>()
    this.#sessions.set(sight, sessions)
    let known = sessions.get(strategy)
    if (known === undefined) {
      const world = this.#worlds.at(this.#state, this.#now, strategy, true)
      known = openSession({
        ...world,
        learned: { ...world.learned, ...seenAs(sight, world.learned, this.#now) },
      })
      sessions.set(strategy, known)
    }
    return known
  }
}
