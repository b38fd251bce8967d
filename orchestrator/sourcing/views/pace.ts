// How fast nodes get through their work now: what waits there, and how much of it was packed lately. It knows only what
// the shop was told of its own work, and it decides nothing.

import type { api } from '#data/contracts'
import { type CoreState, type FulfillmentOrder, isOpenWork, type Order } from '#orchestrator/core'
import type { CompiledNetwork } from '../network/compiled.ts'
import { OrderFollower, type OrderIndex } from './order-follower.ts'

/** How a node gets on with its work. */
export interface Pace {
  /** Pieces that wait to be packed. */
  waiting: number
  /** Pieces that it packs in an hour at work, as things are. */
  perHour: number
  /** Hours at work before anything is packed at all: it stood still so long already. */
  idleHours: number
  /** Pieces that it usually packs in an hour at work while work waits. */
  usualPerHour: number
}

const hourMs = 3_600_000
const stepMs = 900_000
/** Hours at work that are looked back at. */
const lookHours = 2
/** Within so many hours of a shift it is early. */
const earlyHours = 1
const lookMostMs = 72 * hourMs
/** So many pieces of the usual speed count beside what was seen. */
const usualPieces = 3
/** With so many pieces not packed that usually would have been, a node stands still. */
const idlePieces = 6
/** Bins of a quarter of an hour of hours at work from release until it is packed. */
const binsPerHour = 4
const bins = 40 * binsPerHour
const fewPieces = 30
const ninetieth = 0.9

interface Packed {
  /** Pieces packed, by quarter of an hour since 1970. */
  steps: Map<number, number>
  spent: Float64Array
  count: number
}

/** What waits at a node, as of the orders that were open there. */
interface Waiting {
  open: Iterable<string> | undefined
  queue: readonly number[]
}

/** What was packed when, by node, and queues as long as nothing of a node changes. */
class PackedIndex implements OrderIndex {
  readonly nodes = new Map<string, Packed>()
  readonly queues = new Map<string, Waiting>()
  network: CompiledNetwork | null = null
  /** Grows with every order that changes: what was read before holds for another state. */
  changes = 0

  clear(): void {
    this.nodes.clear()
    this.queues.clear()
    this.changes++
  }

  count(order: Order, sign: 1 | -1): void {
    this.changes++
    for (const work of order.work) {
      const { nodeId, packedAt, releasedAt } = work
      this.queues.delete(nodeId)
      if (packedAt === null || releasedAt === null) continue
      const own = this.nodes.get(nodeId) ?? { steps: new Map(), spent: new Float64Array(bins), count: 0 }
      this.nodes.set(nodeId, own)
      const step = Math.floor(packedAt / stepMs)
      own.steps.set(step, (own.steps.get(step) ?? 0) + sign)
      const hours = this.network?.workingHours(nodeId, releasedAt, packedAt) ?? 0
      const bin = Math.min(bins - 1, Math.floor(hours * binsPerHour))
      own.spent[bin] = (own.spent[bin] ?? 0) + sign
      own.count += sign
    }
  }
}

/** Paces of all nodes of a market. */
export class Paces {
  readonly #index = new PackedIndex()
  readonly #follower = new OrderFollower(this.#index)

  /** As of a state. Cost: orders that changed since the last call. @param now epoch ms of the market */
  at(state: CoreState, now: number, network: CompiledNetwork): PaceView {
    this.#index.network = network
    this.#follower.follow(state, now)
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
      known = usualOf(this.#index.nodes.get(nodeId))
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
    const { waiting, perHour, usualPerHour, idleHours } = pace
    const ahead = work === null ? waiting : this.#ahead(nodeId, comesAt(work.order, work.work))
    const pieces = Math.max(0, ahead + change) + 1
    const hours = isUsual ? pieces / usualPerHour : idleHours + pieces / perHour
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
    const usual = this.#usualPerHour(nodeId)
    // Of a node that never told when it packed anything nobody knows what it does.
    if (usual === null || (this.#index.nodes.get(nodeId)?.count ?? 0) < fewPieces) return null
    const queue = this.#queueOf(nodeId)
    const waiting = queue.length
    // One piece that is stuck says nothing of the others: the time is that since which several wait.
    const since = queue[Math.min(2, waiting - 1)]
    if (since === undefined) return { waiting: 0, perHour: usual, usualPerHour: usual, idleHours: 0 }
    const { hours, done, gapHours, isEarly } = this.#lately(nodeId, since)
    const isIdle = gapHours * usual >= idlePieces
    // Early in a shift nobody knows whether a node that stood still when the last one ended still does.
    if (isIdle && isEarly) return { waiting, perHour: usual, usualPerHour: usual, idleHours: 0 }
    if (isIdle) return { waiting, perHour: usual, usualPerHour: usual, idleHours: gapHours }
    const perHour = (done + usualPieces) / (hours + usualPieces / usual)
    return { waiting, perHour, usualPerHour: usual, idleHours: 0 }
  }

  /**
   * Hours at work lately while work waited, and what was packed in them: those of this shift, where it has gone on for
   * a while.
   */
  #lately(nodeId: string, since: number) {
    const steps = this.#index.nodes.get(nodeId)?.steps
    const from = Math.max(since, this.#now - lookMostMs)
    const isOpen = this.#network.workingHours(nodeId, this.#now - 1, this.#now) > 0
    let [hours, done, gapHours] = [0, 0, 0]
    let shiftHours: number | null = isOpen ? null : 0
    for (let step = Math.floor(this.#now / stepMs); (step + 1) * stepMs > from; step--) {
      const [begins, ends] = [Math.max(from, step * stepMs), Math.min(this.#now, (step + 1) * stepMs)]
      const worked = this.#network.workingHours(nodeId, begins, ends)
      const packed = steps?.get(step) ?? 0
      if (worked === 0 && hours > 0) {
        shiftHours ??= hours
        if (hours >= earlyHours && done > 0) break
      }
      if (done + packed === 0) gapHours += worked
      else if (hours >= lookHours) break
      hours += worked
      done += packed
    }
    return { hours, done, gapHours, isEarly: (shiftHours ?? hours) < earlyHours }
  }

  /** What it can do in an hour at work: what is told of its day, else what it did in a good hour. */
  #usualPerHour(nodeId: string): number | null {
    const { ordersPerDay, ordersPerHour } = this.#network.nodes.get(nodeId)?.capacity ?? {}
    if (ordersPerHour != null) return ordersPerHour
    if (ordersPerDay == null || !(ordersPerDay > 0)) return null
    const day = this.#network.dayAt(nodeId, this.#now)
    let hours = 0
    for (let back = 0; back < 7 && hours === 0; back++) {
      const at = back === 0 ? day : this.#network.dayAt(nodeId, this.#now - back * 24 * hourMs)
      hours = at === null ? 0 : this.#network.workedHours(nodeId, at)
    }
    return hours > 0 ? ordersPerDay / hours : null
  }
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

function usualOf(packed: Packed | undefined): api.Spread | null {
  if (packed === undefined || packed.count < fewPieces) return null
  const at = (share: number) => {
    let left = share * packed.count
    for (let bin = 0; bin < bins; bin++) {
      left -= packed.spent[bin] ?? 0
      if (left <= 0) return (bin + 1) / binsPerHour
    }
    return bins / binsPerHour
  }
  const [medianHours, p90Hours] = [at(0.5), at(ninetieth)]
  return { medianHours, p90Hours: Math.max(p90Hours, medianHours) }
}
