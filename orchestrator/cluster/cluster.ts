// The markets of one process: where requests for each of them go, and how it stands with them. Who writes what is
// settled in election.ts.

import { fail } from '#data/kernel'
import { type ClusterParts, Election } from './election.ts'
import { Followers } from './followers.ts'
import type { MarketStanding, Place, Route, Running } from './place.ts'

/** How long a request waits for a writer that is about to be there, ms. */
const patienceMs = 10_000
/** How long a request waits to hear who writes a market now, ms. */
const doubtMs = 1_000
/** Time between two looks while nobody writes a market, ms. */
const againMs = 300

/** Markets of one log: each has an engine of its own at its writer. */
const marketsMost = 100

/** The markets of a process. */
export class Cluster<M extends Running> {
  readonly #parts: ClusterParts<M>
  readonly #election: Election<M>
  readonly #followers: Followers<M>

  constructor(parts: ClusterParts<M>) {
    this.#parts = parts
    this.#election = new Election(parts)
    this.#followers = new Followers(parts, this.#election.places)
    this.#election.place(parts.defaultMarket)
  }

  get defaultMarket(): string {
    return this.#parts.defaultMarket
  }

  /**
   * Takes what is free; resolves when the default market runs here or is written elsewhere.
   * @throws what opening the default market throws, where no other process could
   */
  async start(): Promise<void> {
    await this.#election.beat()
    const place = this.#election.place(this.defaultMarket)
    await place.busy
    if (place.here === null && place.failure !== null) throw place.failure
    this.#election.goOn()
    if (this.#parts.leases !== null) this.#followers.goOn()
  }

  /** What runs here for the market, where that is beyond doubt; null = ask `route`. */
  here(market: string): M | null {
    const place = this.#election.places.get(market)
    return place === undefined || place.here === null || !this.#election.isSure() ? null : place.here
  }

  /** Everything that runs here. */
  running(): M[] {
    return [...this.#election.places.values()].flatMap(({ here }) => (here === null ? [] : [here]))
  }

  /** Where requests for the market go now; waits a little where that is about to change. */
  async route(market: string): Promise<Route<M>> {
    const { clock } = this.#parts.effects
    const until = clock.now() + patienceMs
    for (let looks = 0; ; looks++) {
      const place = this.#election.places.get(market)
      if (place === undefined && looks > 0) return { kind: 'unknown' }
      if (place !== undefined) {
        const route = this.#routeTo(place)
        if (route !== null) return route
        if (place.here !== null && looks > 0) return { kind: 'here', running: place.here }
        if (clock.now() >= until) return { kind: 'nobody', url: place.lease?.url ?? null }
        if (place.busy !== null) {
          await this.#within(place.busy, until - clock.now())
          continue
        }
      }
      await this.#within(this.#election.beat(), doubtMs)
      const isFree = place !== undefined && place.here === null && place.busy === null
      if (isFree && looks > 0) await clock.sleep(againMs)
    }
  }

  /** Address of the other process that writes the market, as last seen; null where none does. */
  urlOf(market: string): string | null {
    const place = this.#election.places.get(market)
    return place === undefined || place.isHeld ? null : (this.#election.liveLease(place)?.url ?? null)
  }

  /**
   * A market that may be new is written here, or by whoever holds it.
   * @throws CORE_REFUSED, MARKET_UNREACHABLE
   */
  async create(market: string): Promise<void> {
    await this.#election.beat()
    const { places } = this.#election
    if (!places.has(market) && places.size >= marketsMost) {
      throw fail('CORE_REFUSED', { reason: 'too_many_markets', limit: marketsMost })
    }
    this.#election.place(market).isWanted = true
    const route = await this.route(market)
    if (route.kind === 'nobody' || route.kind === 'unknown') {
      const place = this.#election.place(market)
      throw place.failure ?? fail('MARKET_UNREACHABLE', { market, url: place.lease?.url ?? null })
    }
  }

  /** Every market that is known, by name. */
  async list(): Promise<MarketStanding[]> {
    await this.#within(this.#election.beat(), doubtMs)
    const places = [...this.#election.places.values()].toSorted((a, b) => (a.market < b.market ? -1 : 1))
    return Promise.all(places.map((place) => this.#standingOf(place)))
  }

  /** Another writer has the stream: what runs here ends, and this process races for it again. */
  stepDown(market: string, reason: string): void {
    this.#election.stepDown(market, reason)
  }

  /** Ends what runs and gives every lease back. */
  async close(): Promise<void> {
    await this.#followers.close()
    await this.#election.close()
  }

  #routeTo(place: Place<M>): Route<M> | null {
    if (place.here !== null) return this.#election.isSure() ? { kind: 'here', running: place.here } : null
    const lease = place.isHeld ? null : this.#election.liveLease(place)
    return lease === null ? null : { kind: 'there', url: lease.url, owner: lease.owner }
  }

  async #standingOf(place: Place<M>): Promise<MarketStanding> {
    const { market, stream, here, lease } = place
    const live = this.#election.liveLease(place)
    const known = here?.core.lastSeq ?? place.follower?.lastSeq ?? 0
    const tail = here === null ? await this.#parts.log.tail(stream) : known
    const other = live === null ? 'idle' : 'standby'
    return {
      market,
      isDefault: market === this.defaultMarket,
      state: here !== null ? 'writing' : place.isHeld ? 'opening' : other,
      writer: here === null ? (live?.url ?? null) : this.#parts.candidate.url,
      epoch: this.#parts.leases === null ? null : (lease?.epoch ?? null),
      lastSeq: known,
      lag: Math.max(0, tail - known),
    }
  }

  async #within(work: Promise<unknown>, ms: number): Promise<void> {
    const { clock } = this.#parts.effects
    const { promise, resolve } = Promise.withResolvers<void>()
    const cancel = clock.after(ms, resolve)
    await Promise.race([work, promise])
    cancel()
  }
}
