// The world that orders of a market are sourced in, made of its state and what history says: network, stock, load and
// products as they are at an instant. It sources nothing and changes nothing.

import type { api } from '#data/contracts'
import { type CoreState, defaultStrategy, PersistentMap, type Product } from '#orchestrator/core'
import type { Centroids } from '../network/centroids.ts'
import { compileNetwork } from '../network/compile.ts'
import type { CompiledNetwork } from '../network/compiled.ts'
import type { LearnedView, PlannedWork, ProductFacts, SourcingWorld } from '../world.ts'
import { CarrierCosts, type CarrierPrice } from './carrier-costs.ts'
import { RecentParcels } from './delays.ts'
import { hinderedBy } from './hindered.ts'
import { type History, noHistory } from './history.ts'
import { learnedView } from './learned.ts'
import { LoadIndex } from './load.ts'
import { Delays, nowView, type Seen, slowWays } from './now.ts'
import { Paces, type PaceView } from './pace.ts'
import { ParcelDays } from './parcel-days.ts'
import { ShortPicks } from './short-picks.ts'
import type { SlowWays } from './slow-ways.ts'
import { stockView } from './stock.ts'
import { urgencyOf } from './urgency.ts'

/** Worlds of one market; keeps what is the same from one order to the next. */
export class Worlds {
  /** What the marts say, as of when they were read last. */
  history: History = noHistory
  /** How odd a model finds orders, 0 to 1, by order id; orders that are not there were not scored. */
  oddness: ReadonlyMap<string, number> = new Map()
  /** Whether orders are sourced by what is seen now, too: incidents, queues, carriers that are slow, away or dear. */
  reacts = true
  readonly #centroids: Centroids | undefined
  readonly #load = new LoadIndex()
  readonly #paces = new Paces()
  readonly #days = new ParcelDays()
  readonly #parcels = new RecentParcels()
  readonly #delays = new Delays()
  readonly #costs = new CarrierCosts()
  readonly #shorts = new ShortPicks()
  #compiled: { networkVersion: number; nodesVersion: number; network: CompiledNetwork } | null = null

  /** @param centroids of countries other than the US and Canada */
  constructor(centroids?: Centroids) {
    this.#centroids = centroids
  }

  /** The network of a state made ready; kept until the network or a node changes. */
  network(state: CoreState): CompiledNetwork {
    const { network, nodesVersion } = state
    const known = this.#compiled
    if (known?.networkVersion === network.version && known.nodesVersion === nodesVersion) return known.network
    const made = this.compile(state)
    this.#compiled = { networkVersion: network.version, nodesVersion, network: made }
    return made
  }

  /** The network of a state that is only supposed, made ready; it is not kept. */
  compile({ network, nodes }: CoreState): CompiledNetwork {
    return compileNetwork({
      document: network.document,
      version: network.version,
      nodes: nodes.values(),
      ...(this.#centroids === undefined ? {} : { centroids: this.#centroids }),
    })
  }

  /** What history says, as it is stretched by the open incidents of a state. */
  learned(state: CoreState): LearnedView {
    return learnedView(this.history, state)
  }

  /** How nodes get on with their work. @param now epoch ms of the market */
  paces(state: CoreState, now: number): PaceView {
    return this.#paces.at(state, now, this.network(state))
  }

  /** What carriers ask for against their cards. @param now epoch ms of the market */
  carrierPrices(state: CoreState, now: number): ReadonlyMap<string, CarrierPrice> {
    return this.#costs.at(state, now, this.network(state))
  }

  /** What takes longer than it used to. @param now epoch ms of the market */
  slowWays(state: CoreState, now: number): SlowWays {
    return slowWays(this.#seen(state, now, this.network(state)))
  }

  #seen(state: CoreState, now: number, network: CompiledNetwork): Seen {
    return {
      ...{ state, now, network },
      paces: this.#paces.at(state, now, network),
      days: this.#days.at(state, now, network),
      parcels: () => this.#parcels.at(state, now, network),
      shortShare: (nodeId: string, told: number) => this.#shorts.share(nodeId, told, state, now),
      delays: this.#delays,
    }
  }

  /** The same as `learned`, with what the state itself says of now. @param isAll see `nowView` */
  #learnedNow(state: CoreState, now: number, network: CompiledNetwork, isAll: boolean): LearnedView {
    const seen = this.#seen(state, now, network)
    const dearer = (carrierId: string | null) =>
      carrierId === null ? 1 : (this.#costs.at(state, now, network).get(carrierId)?.times ?? 1)
    return { ...this.learned(state), ...nowView(seen, isAll), dearer }
  }

  /** The same as if no incident were open, nothing waited, and no carrier were slow, away or dear. */
  #learnedCalm(state: CoreState, now: number, network: CompiledNetwork): LearnedView {
    const calm = { ...state, openIncidents: PersistentMap<string, string>() }
    const work = (nodeId: string) => this.#paces.at(state, now, network).usual(nodeId)
    const none = { work, moreDays: () => 0, awayUntil: () => null, dearer: () => 1 }
    return { ...this.#learnedNow(calm, now, network, false), ...none }
  }

  /**
   * The world of a state.
   * @param now epoch ms of the market
   * @param isAll whether all orders are urgent, not only those that are hindered: where work is moved
   */
  at(state: CoreState, now: number, strategy: api.Strategy, isAll = false): SourcingWorld {
    const network = this.network(state)
    const stock = stockView(state, this.history, now)
    const learned = this.reacts
      ? this.#learnedNow(state, now, network, isAll)
      : this.#learnedCalm(state, now, network)
    const world: Omit<SourcingWorld, 'urgency'> = {
      now,
      network,
      strategy,
      stock,
      load: this.#load.at(state, now, (nodeId) => network.nodes.get(nodeId)?.timeZone ?? 'UTC'),
      learned,
      product: (sku) => factsOf(state.products.get(sku)),
      rounding: 'cents',
    }
    const isHindered = hinderedBy(
      () => world,
      () => ({ ...world, learned: this.#learnedCalm(state, now, network) }),
    )
    if (isAll) return { ...world, urgency: urgencyOf(state, () => true) }
    return { ...world, urgency: this.reacts ? urgencyOf(state, isHindered) : null }
  }

  /** Reads and counts now what the first order would have to wait for: places of countries, load of nodes. */
  prepare(state: CoreState, now: number): void {
    const { network } = this.at(state, now, defaultStrategy)
    const none = { city: null, zone: null, latitude: null, longitude: null }
    const places = new Map([...network.nodes.values()].map((node) => [node.country, node]))
    for (const { country, region, postalCode } of places.values()) {
      network.locate({ ...none, country, region, postalCode })
    }
  }

  /**
   * Counts planned work as load while its command is under way.
   * @returns takes it away again
   */
  claim(work: readonly PlannedWork[]): () => void {
    return this.#load.claim(
      work.map(({ nodeId, dispatchAt, lines }) => ({
        nodeId,
        dispatchAt,
        lines: lines.length,
        units: lines.reduce((sum, { quantity }) => sum + quantity, 0),
      })),
    )
  }
}

function factsOf(product: Product | undefined): ProductFacts | null {
  if (product === undefined) return null
  const { weightG = null, lengthMm = null, widthMm = null, heightMm = null } = product
  return { weightG, lengthMm, widthMm, heightMm }
}
