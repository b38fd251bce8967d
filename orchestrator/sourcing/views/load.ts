// How much work nodes have on which day, kept in step with the state: only what changed is looked at. It never changes
// an order, and it can be made anew from any state.

import { type CoreState, type FulfillmentOrder, isOpenWork, type Order, unitsOf } from '#orchestrator/core'
import { dayMs, dayNumber, zoneClock } from '../network/zone-clock.ts'
import type { LoadView } from '../world.ts'
import { DayLedger } from './day-ledger.ts'

/** Work that a plan is about to give to a node. */
export interface Claim {
  nodeId: string
  /** Epoch ms. */
  dispatchAt: number
  lines: number
  units: number
}

const hourMs = 3_600_000
/** How long refusals of a node count. */
const refusedMs = 7 * dayMs
/** How long the index goes on before it is made anew, so that days of long ago leave it. */
const keptMs = 30 * dayMs

/** Work by node and local day; refusals by node. */
export class LoadIndex {
  #orders: CoreState['orders'] | null = null
  #nodesVersion = -1
  #networkVersion = -1
  /** What ended before is not in it, epoch ms. */
  #since = 0
  #zoneOf: (nodeId: string) => string = () => 'UTC'
  /** Work that is to leave, and work that has left. */
  readonly #open = new DayLedger()
  readonly #left = new DayLedger()
  /** Refusals by node and hour. */
  readonly #refused = new Map<string, Map<number, number>>()
  readonly #refusedSums = new Map<string, number>()
  #sumsHour = 0
  readonly #claims = new Set<readonly Claim[]>()

  /**
   * Load in a state. Cost: orders that changed since the last call; the first call looks at all of them.
   * @param zoneOf time zone of a node
   */
  at(state: CoreState, now: number, zoneOf: (nodeId: string) => string): LoadView {
    this.#follow(state, now, zoneOf)
    return {
      booked: (nodeId, day) => this.#booked(nodeId, dayNumber(day), this.#dayOf(nodeId, now)),
      open: (nodeId) => state.openByNode.get(nodeId)?.size ?? 0,
      refused: (nodeId) => this.#refusedOf(nodeId, now),
    }
  }

  /**
   * Work that is about to be planned counts already, so that orders that are sourced side by side see each other.
   * @returns takes it away again: once the state has it, or it came to nothing
   */
  claim(claims: readonly Claim[]): () => void {
    this.#claims.add(claims)
    this.#countClaims(claims, 1)
    return () => {
      if (this.#claims.delete(claims)) this.#countClaims(claims, -1)
    }
  }

  #follow(state: CoreState, now: number, zoneOf: (nodeId: string) => string): void {
    const before = this.#orders
    const isSame =
      state.nodesVersion === this.#nodesVersion &&
      state.network.version === this.#networkVersion &&
      now >= this.#since &&
      now < this.#since + keptMs
    if (before === null || !isSame) {
      this.#start(state, now, zoneOf)
      return
    }
    if (before === state.orders) return
    for (const orderId of state.orders.differences(before)) {
      this.#count(before.get(orderId), -1)
      this.#count(state.orders.get(orderId), 1)
    }
    this.#orders = state.orders
  }

  #start(state: CoreState, now: number, zoneOf: (nodeId: string) => string): void {
    this.#nodesVersion = state.nodesVersion
    this.#networkVersion = state.network.version
    this.#since = now - refusedMs
    this.#zoneOf = zoneOf
    this.#open.clear()
    this.#left.clear()
    this.#refused.clear()
    this.#refusedSums.clear()
    for (const order of state.orders.values()) this.#count(order, 1)
    for (const claims of this.#claims) this.#countClaims(claims, 1)
    this.#orders = state.orders
  }

  #dayOf(nodeId: string, at: number): number {
    return zoneClock(this.#zoneOf(nodeId))?.dayAt(at) ?? Math.floor(at / dayMs)
  }

  #count(order: Order | undefined, sign: 1 | -1): void {
    for (const work of order?.work ?? []) {
      const { nodeId, status, rejectedAt } = work
      if (status === 'rejected' && rejectedAt !== null && rejectedAt >= this.#since) {
        this.#refuse(nodeId, Math.floor(rejectedAt / hourMs), sign)
      }
      const isOpen = isOpenWork(work)
      const at = isOpen ? (work.shipBy ?? work.sourcedAt) : work.shippedAt
      if (at === null || (!isOpen && at < this.#since)) continue
      const ledger = isOpen ? this.#open : this.#left
      ledger.add(nodeId, this.#dayOf(nodeId, at), { orders: sign, ...sizeOf(work, sign) })
    }
  }

  #countClaims(claims: readonly Claim[], sign: 1 | -1): void {
    for (const { nodeId, dispatchAt, lines, units } of claims) {
      const booked = { orders: sign, lines: sign * lines, units: sign * units }
      this.#open.add(nodeId, this.#dayOf(nodeId, dispatchAt), booked)
    }
  }

  #refuse(nodeId: string, hour: number, sign: 1 | -1): void {
    const hours = this.#refused.get(nodeId) ?? new Map<number, number>()
    this.#refused.set(nodeId, hours)
    hours.set(hour, (hours.get(hour) ?? 0) + sign)
    this.#refusedSums.delete(nodeId)
  }

  /** What should have left before today still has to. */
  #booked(nodeId: string, day: number | null, today: number) {
    if (day === null) return { orders: 0, lines: 0, units: 0 }
    const open = day === today ? this.#open.upTo(nodeId, today) : this.#open.on(nodeId, day)
    const left = this.#left.on(nodeId, day)
    return {
      orders: open.orders + left.orders,
      lines: open.lines + left.lines,
      units: open.units + left.units,
    }
  }

  #refusedOf(nodeId: string, now: number): number {
    const hour = Math.floor(now / hourMs)
    if (hour !== this.#sumsHour) {
      this.#refusedSums.clear()
      this.#sumsHour = hour
    }
    const known = this.#refusedSums.get(nodeId)
    if (known !== undefined) return known
    let sum = 0
    for (const [each, count] of this.#refused.get(nodeId) ?? []) {
      if (each > hour - refusedMs / hourMs && each <= hour) sum += count
    }
    this.#refusedSums.set(nodeId, sum)
    return sum
  }
}

function sizeOf(work: FulfillmentOrder, sign: 1 | -1) {
  let units = 0
  for (const line of work.lines) units += unitsOf(line)
  return { lines: sign * work.lines.length, units: sign * units }
}
