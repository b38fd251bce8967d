// How fast nodes get through their work now: what waits there, and how much of it was packed lately. It knows only what
// the shop was told of its own work, and it decides nothing.

import type { api } from '#data/contracts'
import { type CoreState, type FulfillmentOrder, isOpenWork, type Order } from '#orchestrator/core'
import type { CompiledNetwork } from '../network/compiled.ts'
import { dayMs, type ZoneClock, zoneClock } from '../network/zone-clock.ts'
import { incidentAt } from './learned.ts'
import { OrderFollower } from './order-follower.ts'
import { fewPieces, PackedIndex, stepMs, usualSpread } from './packed.ts'
import { hoursFor, type WorkDay } from './work-days.ts'

/** How a node gets on with its work. */
export interface Pace {
  /** Pieces that wait to be packed. */
  waiting: number
  /** Pieces that it packs in an hour at work, as things are. */
  perHour: number
  /** Hours at work before anything is packed at all: it stood still so long already. */
  idleHours: number
  /** Pieces that it usually packs in an hour at work while work waits, on this day of the week. */
  usualPerHour: number
  /** What it does against what is usual on the same day of the week. */
  speed: number
  /** Hours for which it has done so, as far as it is known. */
  sinceHours: number
  /** This day from now on, and those after it. */
  days: readonly WorkDay[]
}

const hourMs = 3_600_000
/** Hours at work that are looked back at where a node may have changed its pace, and where nobody was told so. */
const lookHours = 2
const steadyHours = 12
/** Within so many hours of a shift it is early. */
const earlyHours = 1
const lookMostMs = 72 * hourMs
/** So many pieces of the usual speed count beside what was seen, and of the last hours beside the last two. */
const usualPieces = 3
const steadyPieces = 40
/** With so many pieces not packed that usually would have been, a node stands still. */
const idlePieces = 6
/** Hours for which a node is taken to have been slow where nobody was told since when. */
const untoldHours = 24
/** Days that are told apart; what is farther away goes as on the last of them. */
const daysAhead = 4
/** Paces of all nodes of a market. */
export class Paces {
  readonly #index = new PackedIndex()
  readonly #follower = new OrderFollower(this.#index)

  /** As of a state. Cost: orders that changed since the last call. @param now epoch ms of the market */
  at(state: CoreState, now: number, network: CompiledNetwork): PaceView {
    this.#index.network = network
    this.#follower.follow(state, now)
    this.#index.rates.follow(network)
    return new PaceView(state, now, network, this.#index)
  }
}

/** Paces in one state; good for one instant. */
export class PaceView {
  readonly #state: CoreState
  readonly #now: number
  readonly #network: CompiledNetwork
  readonly #index: PackedIndex
  readonly #changes: number
  readonly #paces = new Map<string, Pace | null>()
  readonly #queues = new Map<string, readonly number[]>()
  readonly #usual = new Map<string, api.Spread | null>()

  constructor(state: CoreState, now: number, network: CompiledNetwork, index: PackedIndex) {
    this.#state = state
    this.#now = now
    this.#network = network
    this.#index = index
    this.#changes = index.changes
  }

  /** How a node gets on; null where nobody knows what it can do. */
  of(nodeId: string): Pace | null {
    let known = this.#paces.get(nodeId)
    if (known === undefined) {
      known = this.#paceOf(nodeId)
      this.#paces.set(nodeId, known)
    }
    return known
  }

  /** Hours at work from coming to a node until being packed, as it usually is; null where too little is known. */
  usual(nodeId: string): api.Spread | null {
    let known = this.#usual.get(nodeId)
    if (known === undefined) {
      known = usualSpread(this.#index.nodes.get(nodeId))
      this.#usual.set(nodeId, known)
    }
    return known
  }

  /**
   * Hours at work until work that comes now, or is there already, is packed; null where nobody knows.
   * @param work what is there already
   * @param change pieces that will be before it and are not yet, or are now and will not be (below 0)
   * @param isUsual as if the node worked as it usually does from now on
   */
  hours(
    nodeId: string,
    work: { order: Order; work: FulfillmentOrder } | null = null,
    change = 0,
    isUsual = false,
  ): api.Spread | null {
    const pace = this.of(nodeId)
    if (pace === null) return null
    const { waiting } = pace
    const ahead = work === null ? waiting : this.#ahead(nodeId, comesAt(work.order, work.work))
    const pieces = Math.max(0, ahead + change) + 1
    const hours = isUsual ? hoursFor(pieces, { ...pace, speed: 1, idleHours: 0 }) : hoursFor(pieces, pace)
    const least = work === null ? (this.usual(nodeId) ?? null) : null
    const medianHours = Math.max(hours, least?.medianHours ?? 0)
    return { medianHours, p90Hours: Math.max(medianHours * 1.3 + 0.25, least?.p90Hours ?? 0) }
  }

  #ahead(nodeId: string, at: number): number {
    const queue = this.#queueOf(nodeId)
    let low = 0
    for (let high = queue.length; low < high; ) {
      const middle = (low + high) >> 1
      if ((queue[middle] ?? 0) < at) low = middle + 1
      else high = middle
    }
    return low
  }

  /** When each piece came that waits to be packed, in order. */
  #queueOf(nodeId: string): readonly number[] {
    let known = this.#queues.get(nodeId)
    if (known === undefined) {
      known = this.#sharedQueue(nodeId)
      this.#queues.set(nodeId, known)
    }
    return known
  }

  /** The queue as another view of the same orders has found it, else made anew. */
  #sharedQueue(nodeId: string): readonly number[] {
    const open = this.#state.openByNode.get(nodeId)
    const isSame = this.#changes === this.#index.changes
    const shared = isSame ? this.#index.queues.get(nodeId) : undefined
    if (shared !== undefined && shared.open === open) return shared.queue
    const queue = this.#listed(nodeId, open ?? [])
    if (isSame) this.#index.queues.set(nodeId, { open, queue })
    return queue
  }

  #listed(nodeId: string, open: Iterable<string>): readonly number[] {
    const found: number[] = []
    for (const orderId of open) {
      const order = this.#state.orders.get(orderId)
      for (const work of order?.work ?? []) {
        const isWaiting = work.nodeId === nodeId && isOpenWork(work) && work.packedAt === null
        if (order !== undefined && isWaiting && work.releasedAt !== null) found.push(comesAt(order, work))
      }
    }
    return found.sort((a, b) => a - b)
  }

  #paceOf(nodeId: string): Pace | null {
    const usual = this.#index.rates.on(nodeId, this.#now)
    // Of a node that never told when it packed anything nobody knows what it does.
    if (usual === null || (this.#index.nodes.get(nodeId)?.count ?? 0) < fewPieces) return null
    const queue = this.#queueOf(nodeId)
    const waiting = queue.length
    const days = this.#daysOf(nodeId, usual)
    const asUsual = {
      ...{ waiting, perHour: usual, usualPerHour: usual, speed: 1, idleHours: 0, days },
      sinceHours: untoldHours,
    }
    // One piece that is stuck says nothing of the others: the time is that since which several wait.
    const since = queue[Math.min(2, waiting - 1)]
    if (since === undefined) return asUsual
    const { last, steady, gapHours, gapExpected, isEarly } = this.#lately(nodeId, since)
    const isIdle = gapExpected >= idlePieces
    // Early in a shift nobody knows whether a node that stood still when the last one ended still does.
    if (isIdle && isEarly) return asUsual
    if (isIdle) return { ...asUsual, idleHours: gapHours }
    const mean = speedOf(steady, 1, usualPieces)
    // Two slow hours are no slow node, unless somebody was told that it is one.
    const told = incidentAt(this.#state, 'node', nodeId)
    if (told === undefined) {
      const speed = speedOf(last, mean, steadyPieces)
      return { ...asUsual, perHour: speed * usual, speed }
    }
    const speed = speedOf(last, 1, usualPieces)
    const sinceHours = Math.max(0, this.#now - told.beganAt) / hourMs
    return { ...asUsual, perHour: speed * usual, speed, sinceHours }
  }

  /** What is left of this day, and the days after it on which anybody works. */
  #daysOf(nodeId: string, usual: number): WorkDay[] {
    const clock = this.#clockOf(nodeId)
    const days: WorkDay[] = []
    let from = this.#now
    for (let day = 0; day < 2 * daysAhead && days.length < daysAhead; day++) {
      const ends = clock === null ? from + dayMs : endOfDay(clock, from)
      const hours = this.#network.workingHours(nodeId, from, ends)
      const usualPerHour = day === 0 ? usual : (this.#index.rates.on(nodeId, from) ?? usual)
      if (hours > 0) days.push({ hours, usualPerHour, inHours: (from - this.#now) / hourMs })
      from = ends
    }
    return days
  }

  #clockOf(nodeId: string): ZoneClock | null {
    return zoneClock(this.#network.nodes.get(nodeId)?.timeZone ?? '')
  }

  /**
   * What was packed lately while work waited, and what usually would have been: in the last hours at work of this
   * shift, where it has gone on for a while, and in those of a day.
   */
  #lately(nodeId: string, since: number) {
    const steps = this.#index.nodes.get(nodeId)?.steps
    const from = Math.max(since, this.#now - lookMostMs)
    const isOpen = this.#network.workingHours(nodeId, this.#now - 1, this.#now) > 0
    const steady = { done: 0, expected: 0 }
    let last: Packing | null = null
    let [hours, gapHours, gapExpected] = [0, 0, 0]
    let shiftHours: number | null = isOpen ? null : 0
    for (let step = Math.floor(this.#now / stepMs); (step + 1) * stepMs > from; step--) {
      const [begins, ends] = [Math.max(from, step * stepMs), Math.min(this.#now, (step + 1) * stepMs)]
      const worked = this.#network.workingHours(nodeId, begins, ends)
      const packed = steps?.get(step) ?? 0
      if (worked === 0 && hours > 0) {
        shiftHours ??= hours
        if (hours >= earlyHours && steady.done > 0) last ??= { ...steady }
      }
      const usually = worked === 0 ? 0 : worked * (this.#index.rates.on(nodeId, begins) ?? 0)
      if (steady.done + packed === 0) {
        gapHours += worked
        gapExpected += usually
      } else if (hours >= lookHours) last ??= { ...steady }
      if (last !== null && hours >= steadyHours) break
      hours += worked
      steady.expected += usually
      steady.done += packed
    }
    const isEarly = (shiftHours ?? hours) < earlyHours
    return { last: last ?? steady, steady, gapHours, gapExpected, isEarly }
  }
}

/** What was packed, and what usually would have been. */
interface Packing {
  done: number
  expected: number
}

/** Speed by what was packed, with so many pieces at another speed beside. */
function speedOf({ done, expected }: Packing, other: number, pieces: number): number {
  return (done + pieces * other) / (expected + pieces)
}

function endOfDay(clock: ZoneClock, at: number): number {
  const next = (clock.dayAt(at) + 1) * dayMs
  return next - clock.offsetAt(next - clock.offsetAt(at))
}

/** When work came to its node: where only its carrier was changed, when the first of it did. */
export function comesAt(order: Order, work: FulfillmentOrder): number {
  let first = work
  for (let id = work.replaces; id !== null; id = first.replaces) {
    const before = order.work.find(({ fulfillmentOrderId }) => fulfillmentOrderId === id)
    if (before === undefined || before.nodeId !== work.nodeId) break
    first = before
  }
  return first.releasedAt ?? first.sourcedAt
}
