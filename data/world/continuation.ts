// What happens at Fabrikam after its history ends: orders due, and how nodes, carriers and suppliers work. It keeps
// nothing that happened: the same seed and the same times give the same answers. Times are epoch ms.

import { type Random, seededRandom } from '#data/kernel'
import { daySeconds, hourSeconds } from './calendar.ts'
import { quotedDays, services } from './carriers.ts'
import { destinations } from './destinations.ts'
import type { Dock } from './dock.ts'
import { Era, eraSeconds, type Past, pastOf } from './era.ts'
import { type Fault, tellFaults } from './faults.ts'
import type { Node } from './network.ts'
import type { WorldOptions } from './options.ts'
import { arrivalOf, collectionOf, type Parcel } from './roads.ts'
import { Script } from './script.ts'
import { type Goods, type Sending, sendingOf } from './sending.ts'
import { type DrawnOrder, drawOrders } from './slot-orders.ts'
import { type Stage, stageOf } from './stage.ts'
import { needsOf, reviewDays, targetOf } from './stock.ts'
import type { Strain } from './strains.ts'
import type { Trouble } from './trouble.ts'

/** Picking is quick, packing sets the pace. */
export type WorkLineKind = 'picking' | 'packing'

const erasKept = 3
const longestWorkHours = 24 * 60

/** The time after a history. Nodes and destinations are known by index, -1 = unknown. */
export class Continuation {
  /** End of the history. */
  readonly end: number
  #stage: Stage
  #past: Past
  #eras = new Map<number, Era>()
  #nodes: Map<string, number>
  #skus: Map<string, number>
  #places: Map<string, number>
  #needs: Float64Array
  #script: Script

  constructor(
    options: Partial<WorldOptions>,
    firstFaultHours: number,
    strains: readonly Strain[] | null = null,
  ) {
    this.#stage = stageOf(options)
    const { network, catalogue, calendar } = this.#stage
    this.end = calendar.end * 1000
    this.#past = pastOf(this.#stage, firstFaultHours, strains)
    this.#nodes = new Map(network.nodes.map((node, i) => [node.id, i]))
    this.#skus = new Map(catalogue.products.map((product, i) => [product.sku, i]))
    this.#places = new Map(destinations.map((place, i) => [place.postalCode, i]))
    this.#needs = needsOf(network, catalogue)
    this.#script = new Script(strains ?? [])
  }

  /** Index of a node by its external id. */
  node(externalId: string): number {
    return this.#nodes.get(externalId) ?? -1
  }

  /** External ids of the nodes, by index. */
  get nodes(): readonly string[] {
    return this.#stage.network.nodes.map((node) => node.id)
  }

  /** Index of a destination by its postal code, else of the first one in its region, else of any. */
  place(postalCode: string | null, region: string | null): number {
    const known = this.#places.get(postalCode ?? '')
    return (
      known ??
      Math.max(
        0,
        destinations.findIndex((place) => place.region === region),
      )
    )
  }

  /** Orders placed in a quarter of an hour (since 1970), in order of time; none before the end of the history. */
  orders(slot: number): DrawnOrder[] {
    const drawn = drawOrders(this.#eraAt(slot * 900), this.#stage, slot)
    return this.#script.fed(drawn, (externalId) => this.random(`feed/${externalId}`).next())
  }

  /** What goes wrong between two instants, also what began before. */
  faults(from: number, to: number): Fault[] {
    const found = new Map<string, Trouble>()
    const last = Math.max(from, to - 1)
    for (let at = from; ; at = Math.min(at + eraSeconds * 1000, last)) {
      for (const trouble of this.#eraAt(at / 1000).troubles) {
        if (trouble.start * 1000 < to && trouble.stop * 1000 > from) found.set(trouble.id, trouble)
      }
      if (at === last) break
    }
    return this.#tell([...found.values()].sort((a, b) => a.start - b.start))
  }

  #tell(troubles: readonly Trouble[]): Fault[] {
    return tellFaults(troubles, this.#stage).map((fault, i) => ({
      ...fault,
      id: troubles[i]?.id ?? fault.id,
    }))
  }

  /** First instant from `from` on at which somebody works there. */
  begin(node: number, line: WorkLineKind, from: number): number {
    return this.finish(node, line, from, 0)
  }

  /** When work that is begun at `from` is done, Infinity when it is not within sixty days. */
  finish(node: number, line: WorkLineKind, from: number, effort: number): number {
    let at = from / 1000
    let left = effort
    let hour = Math.floor(at / hourSeconds)
    for (const last = hour + longestWorkHours; hour <= last; hour++) {
      const rate = this.#eraAt(hour * hourSeconds).rate(node, line, hour)
      const possible = (rate * ((hour + 1) * hourSeconds - at)) / hourSeconds
      if (rate > 0 && possible >= left) return Math.ceil(at + (left / rate) * hourSeconds) * 1000
      left -= possible
      at = (hour + 1) * hourSeconds
    }
    return Number.POSITIVE_INFINITY
  }

  /** Work units of a piece of work with so many goods. @param uniform in [0, 1) */
  effort(units: number, uniform: number): number {
    return (0.6 + 0.2 * units) * (0.6 + 0.8 * uniform)
  }

  /** How long a node takes to take note of released work while somebody is there, ms. @param uniform in [0, 1) */
  noticeMs(node: number, uniform: number): number {
    const isStore = this.#node(node).type === 'store'
    return Math.floor(isStore ? 240 + uniform * 1560 : 20 + uniform * 220) * 1000
  }

  /** Share of lines a node does not find; of several troubles the worst counts. */
  shortShare(node: number, at: number): number {
    let worst: number | null = null
    for (const each of this.#eraAt(at / 1000).troubles) {
      if (each.kind !== 'short_pick_spike' || each.node !== node || !isOn(each, at / 1000)) continue
      worst = Math.max(worst ?? each.factor, each.factor)
    }
    return worst ?? this.#node(node).shortShare
  }

  /** When a carrier collects next at a node. */
  departure(node: number, from: number, carrier: string): number {
    for (let at = from; ; at += 1000) {
      const dock = this.#eraAt(at / 1000).roads.docks[node] as Dock
      at = dock.departure(Math.ceil(at / 1000)) * 1000
      if (!this.#script.isAway(carrier, at)) return at
    }
  }

  /**
   * How a parcel is sent.
   * @param goods lines: units by SKU; at: when it leaves, epoch ms, where prices may differ
   * @param carrier that must bring it, null = the usual choice
   */
  send(node: number, place: number, goods: Goods, carrier: string | null, uniform: number): Sending {
    const km = this.#stage.network.km[node]?.[place] ?? 0
    const { products } = this.#stage.catalogue
    const weightOf = (sku: string) => products[this.#skus.get(sku) ?? -1]?.weightG ?? 500
    const sent = sendingOf({ km, weightOf }, goods, carrier, uniform)
    const price = goods.at === undefined ? 1 : this.#script.priceOf(sent.carrier, goods.at)
    return price === 1 ? sent : { ...sent, freightCostCents: Math.round(sent.freightCostCents * price) }
  }

  /** When a parcel arrives; `shipped` in ms. */
  arrival(parcel: Parcel, random: Random): number {
    const second = Math.floor(parcel.shipped / 1000)
    const era = this.#eraAt(second)
    return arrivalOf({ ...parcel, shipped: second }, era.slow, era.roads, random) * 1000
  }

  /** When a parcel arrives as far as anybody can know before: as quoted, and later by what is wrong. */
  expectedArrival(parcel: Parcel): number {
    return this.arrival(parcel, even)
  }

  /** When a customer collects what is ready at a node. */
  collection(node: number, ready: number, random: Random): number {
    const era = this.#eraAt(ready / 1000)
    return collectionOf(Math.floor(ready / 1000), this.#node(node).zone, era.calendar, random) * 1000
  }

  /** Index of a service by carrier and name, -1 = unknown. */
  service(carrier: string, name: string): number {
    return services.findIndex((each) => each.carrier === carrier && each.service === name)
  }

  /** Days that a service quotes between a node and a destination. */
  quotedDays(service: number, node: number, place: number): number {
    return quotedDays(service, this.#stage.network.km[node]?.[place] ?? 0)
  }

  /** Deliveries of suppliers to nodes that are due between two instants. */
  receipts(from: number, to: number): { node: number; at: number }[] {
    const found: { node: number; at: number }[] = []
    const first = Math.floor((from - this.#script.inboundDelayMs) / 86_400_000)
    for (let day = first; day * 86_400_000 < to; day++) {
      for (const [node, { id }] of this.#stage.network.nodes.entries()) {
        if ((day - 1 + node) % reviewDays !== 0) continue
        const dueAt = (day * daySeconds + (40 + node) * 900 + 3 * hourSeconds + 60) * 1000
        const at = this.#script.inboundAt(id, dueAt)
        if (at >= from && at < to) found.push({ node, at })
      }
    }
    return found.sort((a, b) => a.at - b.at)
  }

  /** Units of a product that a node holds after its suppliers came; 0 where it has none of it, or cannot get it. */
  wanted(node: number, sku: string, at: number): number {
    const index = this.#skus.get(sku)
    if (index === undefined || this.isOut(node, sku, at)) return 0
    const { products } = this.#stage.catalogue
    const day = Math.floor(at / 86_400_000)
    const perDay =
      (this.#needs[node * products.length + index] ?? 0) * this.#eraAt(at / 1000).demand.planned(day + 1)
    return perDay === 0 ? 0 : Math.max(1, targetOf(perDay) - Math.round(1.1 * perDay))
  }

  /** Whether a fault keeps a product away from a node. */
  isOut(node: number, sku: string, at: number): boolean {
    return this.stockOuts(at).some((each) => each.node === node && each.sku === sku)
  }

  /** Products that faults keep away from nodes at an instant. */
  stockOuts(at: number): { id: string; node: number; sku: string }[] {
    const { products } = this.#stage.catalogue
    return this.#eraAt(at / 1000)
      .troubles.filter((each) => each.kind === 'stock_out' && isOn(each, at / 1000))
      .map(({ id, node, sku }) => ({ id, node, sku: products[sku]?.sku ?? '' }))
  }

  /** An independent stream of numbers, the same for the same label. */
  random(label: string): Random {
    return this.#stage.random.fork(label)
  }

  #node(index: number): Node {
    return this.#stage.network.nodes[index] as Node
  }

  #eraAt(second: number): Era {
    const index = Math.max(0, Math.floor((second - this.#stage.calendar.end) / eraSeconds))
    let era = this.#eras.get(index)
    if (era === undefined) {
      era = new Era(this.#past, index)
      this.#eras.set(index, era)
      for (const old of this.#eras.keys())
        if (this.#eras.size > erasKept && old !== index) this.#eras.delete(old)
    }
    return era
  }
}

/** No luck, good or bad. */
const even: Random = { ...seededRandom('even'), next: () => 0.5, normal: (mean) => mean }

const isOn = (trouble: Trouble, second: number): boolean => second >= trouble.start && second < trouble.stop

/**
 * The time after the history of a world.
 * @param options of the world, as for `generateWorld`
 * @param firstFaultHours hours that the slowdown at the end of the history still goes on
 * @throws WORLD_OPTIONS_INVALID when an option is out of its range
 */
export function continueWorld(options: Partial<WorldOptions> = {}, firstFaultHours = 8): Continuation {
  return new Continuation(options, firstFaultHours)
}

/**
 * The time after the history of a world in which nothing goes wrong but what is told.
 * @param options of the world, as for `generateWorld`; its history must not end in a fault
 * @throws WORLD_OPTIONS_INVALID when an option is out of its range, or a strain names what is not there
 */
export function continueAsTold(options: Partial<WorldOptions>, strains: readonly Strain[]): Continuation {
  return new Continuation(options, 0, strains)
}
