// How much more carriers ask for lately than their rate cards say, as the shop was charged for its parcels. It knows no
// incidents and decides nothing.

import type { CoreState, FulfillmentOrder, Order, Shipment } from '#orchestrator/core'
import type { CompiledNetwork } from '../network/compiled.ts'
import { OrderFollower, type OrderIndex } from './order-follower.ts'

interface Charged {
  carrier: string
  shippedAt: number
  paidCents: number
  /** What the card says. */
  plannedCents: number
}

const hourMs = 3_600_000
/** Parcels that left before say nothing of now. */
const recentMs = 48 * hourMs
/** So many parcels as the cards say count beside those that were charged. */
const usualParcels = 4
const fewParcels = 8
/** Surcharges below that share are left to whoever keeps the cards. */
const dearerLeast = 1.2
const dearerMost = 5

class ChargedIndex implements OrderIndex {
  readonly parcels = new Map<string, Charged>()
  network: CompiledNetwork | null = null
  since = 0

  clear(): void {
    this.parcels.clear()
  }

  count(order: Order, sign: 1 | -1): void {
    // What was charged stays as it was charged.
    if (sign < 0) return
    for (const shipment of order.shipments) {
      const { shippedAt, shipmentId } = shipment
      if (shippedAt === null || shippedAt < this.since || this.parcels.has(shipmentId)) continue
      const work = order.work.find(({ fulfillmentOrderId: id }) => id === shipment.fulfillmentOrderId)
      const charged = work === undefined ? null : this.#chargedFor(order, work, shipment, shippedAt)
      if (charged !== null) this.parcels.set(shipmentId, charged)
    }
  }

  #chargedFor(order: Order, work: FulfillmentOrder, parcel: Shipment, shippedAt: number): Charged | null {
    const { carrier, freightCostCents: paidCents, weightG } = parcel
    if (this.network === null || carrier === null || carrier !== work.carrier) return null
    if (paidCents === null || weightG === null) return null
    const to = { ...order.shipTo, zone: null, latitude: null, longitude: null }
    const lane = this.network
      .servicesTo(work.nodeId, to)
      .find(({ service }) => service.serviceId === work.service)
    if (lane === undefined) return null
    const weighed = { weightG, volumeMm3: null, valueCents: null }
    const plannedCents = this.network.rateCents(lane, weighed, shippedAt)
    return plannedCents > 0 && Number.isFinite(plannedCents)
      ? { carrier, shippedAt, paidCents, plannedCents }
      : null
  }
}

/** What carriers of a market ask for lately. */
export class CarrierCosts {
  readonly #index = new ChargedIndex()
  readonly #follower = new OrderFollower(this.#index)
  #hour = -1
  #times: ReadonlyMap<string, number> = new Map()

  /**
   * How many times dearer each carrier is than its cards say, by carrier; those that are not are left out. Looked at
   * once an hour. Cost: orders that changed since. @param now epoch ms of the market
   */
  at(state: CoreState, now: number, network: CompiledNetwork): ReadonlyMap<string, number> {
    const hour = Math.floor(now / hourMs)
    if (hour === this.#hour) return this.#times
    this.#hour = hour
    this.#index.network = network
    this.#index.since = now - recentMs
    this.#follower.follow(state, now)
    for (const [id, { shippedAt }] of this.#index.parcels) {
      if (shippedAt < now - recentMs) this.#index.parcels.delete(id)
    }
    this.#times = timesOf(this.#index.parcels.values())
    return this.#times
  }
}

function timesOf(parcels: Iterable<Charged>): Map<string, number> {
  const times = new Map<string, number>()
  for (const [carrier, own] of Map.groupBy(parcels, (parcel) => parcel.carrier)) {
    if (own.length < fewParcels) continue
    const paid = own.reduce((sum, { paidCents }) => sum + paidCents, 0)
    const planned = own.reduce((sum, { plannedCents }) => sum + plannedCents, 0)
    const extra = (paid / planned - 1) * (own.length / (own.length + usualParcels))
    if (1 + extra >= dearerLeast) times.set(carrier, Math.min(dearerMost, 1 + extra))
  }
  return times
}
