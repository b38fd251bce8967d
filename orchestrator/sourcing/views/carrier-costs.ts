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

/** What a carrier asks for against its cards. */
export interface CarrierPrice {
  /** How many times as much, 1 where it is as good as what they say. */
  times: number
  /** Whether it is clearly more. */
  isDear: boolean
  /** Mean of the parcels that were looked at, cents. */
  paidCents: number
  /** The same by the cards. */
  plannedCents: number
  /** The first of them that cost clearly more left then, epoch ms; the first of all where none did. */
  since: number
}

const hourMs = 3_600_000
/** Parcels that left lately tell of now; where they are few, those before do, but not for longer than they are kept. */
const recentMs = 6 * hourMs
const keptMs = 7 * 24 * hourMs
const fewParcels = 8
/** So many parcels as the cards say count beside those that were charged. */
const usualParcels = 4
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
  #prices: ReadonlyMap<string, CarrierPrice> = new Map()

  /**
   * Prices of the carriers that brought enough parcels by a card. Looked at once an hour. Cost: orders that changed
   * since.
   * @param now epoch ms of the market
   */
  at(state: CoreState, now: number, network: CompiledNetwork): ReadonlyMap<string, CarrierPrice> {
    const hour = Math.floor(now / hourMs)
    if (hour === this.#hour) return this.#prices
    this.#hour = hour
    this.#index.network = network
    this.#index.since = now - keptMs
    this.#follower.follow(state, now)
    for (const [id, { shippedAt }] of this.#index.parcels) {
      if (shippedAt < now - keptMs) this.#index.parcels.delete(id)
    }
    this.#prices = pricesOf(this.#index.parcels.values(), now - recentMs)
    return this.#prices
  }
}

function pricesOf(parcels: Iterable<Charged>, recently: number): Map<string, CarrierPrice> {
  const prices = new Map<string, CarrierPrice>()
  for (const [carrier, own] of Map.groupBy(parcels, (parcel) => parcel.carrier)) {
    own.sort((a, b) => b.shippedAt - a.shippedAt)
    const recent = own.filter(({ shippedAt }) => shippedAt >= recently).length
    const seen = own.slice(0, Math.max(fewParcels, recent))
    if (seen.length < fewParcels) continue
    const mean = (of: 'paidCents' | 'plannedCents') =>
      seen.reduce((sum, parcel) => sum + parcel[of], 0) / seen.length
    const [paidCents, plannedCents] = [mean('paidCents'), mean('plannedCents')]
    const times = 1 + (paidCents / plannedCents - 1) * (seen.length / (seen.length + usualParcels))
    const isDear = times >= dearerLeast
    const isMore = (parcel: Charged) => parcel.paidCents >= dearerLeast * parcel.plannedCents
    const since = (seen.findLast(isMore) ?? seen.at(-1))?.shippedAt ?? recently
    const shown = isDear ? Math.min(dearerMost, times) : 1
    prices.set(carrier, { times: shown, isDear, paidCents, plannedCents, since })
  }
  return prices
}
