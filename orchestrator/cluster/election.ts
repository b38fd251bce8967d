// Which markets this process writes: leases are renewed, taken and given up here, and what runs is opened and closed
// with them. It answers no request.

import { type Effects, reasonOf } from '#data/kernel'
import type { Candidate, Lease, Leases } from '#data/leases'
import type { EventLog } from '#data/log'
import { coreStream, type MarketFollower } from '#orchestrator/core'
import type { OpenMarket, Place, Running } from './place.ts'

/** What a cluster is made of. */
export interface ClusterParts<M extends Running> {
  effects: Effects
  log: EventLog
  /** null: this process owns every stream. */
  leases: Leases | null
  candidate: Candidate
  defaultMarket: string
  /** Markets to write where they are free; others only when nobody else does. Empty = all alike. */
  preferred: readonly string[]
  /** Markets of loads. */
  known(): Promise<readonly string[]>
  open: OpenMarket<M>
  /** Follows a market that another process writes. */
  follow(market: string): MarketFollower
  /** Told when a market is followed, and with null when it is not any more. */
  onFollow?(market: string, follower: MarketFollower | null): void
  /** Told when another process may have loaded files. */
  onLoads?(): void
}

/** Time between two looks at a log with one owner, ms. */
const lookMs = 2_000
/** Rest after a market could not be opened, ms. */
const restMs = 1_000
const loads = 'loads'
const prefix = coreStream('')

/** The places of a process, and its part in the race for them. */
export class Election<M extends Running> {
  readonly #parts: ClusterParts<M>
  readonly #ttlMs: number
  /** Every market that is known, by name. */
  readonly places = new Map<string, Place<M>>()
  /** Until when the leases hold for sure, epoch ms by this machine. */
  #sureUntil = 0
  /** When the leases were last seen, epoch ms. */
  #seenAt = 0
  /** Whether the leases could not be seen when they were last looked at. */
  #isBlind = false
  #loadsTail = -1
  #beating: Promise<void> | null = null
  #isClosed = false
  #cancel: () => void = () => undefined

  constructor(parts: ClusterParts<M>) {
    this.#parts = parts
    this.#ttlMs = parts.effects.config.leaseMs
  }

  /** Looks again and again from now on. */
  goOn(): void {
    if (this.#isClosed) return
    const { effects, leases } = this.#parts
    const ms = leases === null ? lookMs : Math.min(1_000, Math.ceil(this.#ttlMs / 3))
    this.#cancel = effects.clock.after(ms, () => void this.beat().then(() => this.goOn()))
  }

  /** The market's place, new where it was not known. */
  place(market: string): Place<M> {
    const known = this.places.get(market)
    if (known !== undefined) return known
    const place: Place<M> = {
      market,
      stream: coreStream(market),
      here: null,
      isHeld: false,
      busy: null,
      lease: null,
      freeSince: null,
      restsUntil: 0,
      isWanted: false,
      follower: null,
      failure: null,
    }
    this.places.set(market, place)
    return place
  }

  /** Whether what this process believes of its leases holds beyond doubt. */
  isSure(): boolean {
    return this.#parts.leases === null || this.#parts.effects.clock.now() < this.#sureUntil
  }

  /** The lease of another process that holds now, null where none does. */
  liveLease({ lease }: Place<M>): Lease | null {
    // A program that only writes for a moment has no address: nobody can be sent there.
    if (lease === null || lease.url === '' || lease.owner === this.#parts.candidate.owner) return null
    // Who cannot see whether it was renewed asks its last writer: that one knows whether it still is.
    const isLive = this.#isBlind || this.#seenAt + lease.leftMs > this.#parts.effects.clock.now()
    return isLive && lease.leftMs > 0 ? lease : null
  }

  /** Another writer has the stream: what runs here ends, and this process races for it again. */
  stepDown(market: string, reason: string): void {
    const place = this.places.get(market)
    if (place === undefined || place.here === null || place.busy !== null) return
    this.#parts.effects.logger.warn({ market, reason }, 'this process does not write the market any more')
    const { here, stream } = place
    place.here = null
    place.isHeld = false
    place.busy = (async () => {
      await here.close().catch((error: unknown) => this.#warn(error, 'closing a market failed'))
      await this.#parts.leases?.release(this.#parts.candidate.owner, [stream]).catch(() => undefined)
    })().finally(() => {
      place.busy = null
    })
  }

  /** Ends what runs and gives every lease back. */
  async close(): Promise<void> {
    this.#isClosed = true
    this.#cancel()
    await this.#beating
    const places = [...this.places.values()]
    await Promise.all(places.map(({ busy }) => busy))
    const held = places.filter(({ isHeld }) => isHeld).map(({ stream }) => stream)
    const ends = places.map(async (place) => {
      const { here } = place
      place.here = null
      await here?.close().catch((error: unknown) => this.#warn(error, 'closing a market failed'))
    })
    await Promise.all(ends)
    const { leases, candidate } = this.#parts
    await leases?.release(candidate.owner, held).catch((error: unknown) => this.#warn(error, 'a lease stays'))
  }

  /** One look at the leases; callers that come meanwhile share it. It never throws. */
  beat(): Promise<void> {
    if (this.#isClosed) return Promise.resolve()
    this.#beating ??= this.#look()
      .then(() => {
        this.#isBlind = false
      })
      .catch((error: unknown) => {
        this.#isBlind = true
        this.#warn(error, 'who writes which market is not known now')
      })
      .finally(() => {
        this.#beating = null
      })
    return this.#beating
  }

  async #look(): Promise<void> {
    const { leases, log, candidate, effects } = this.#parts
    for (const stream of await log.streams()) {
      if (stream.startsWith(prefix)) this.place(stream.slice(prefix.length))
    }
    for (const market of await this.#parts.known()) this.place(market)
    const askedAt = effects.clock.now()
    if (leases === null) {
      for (const place of this.places.values()) this.#take(place)
      return
    }
    const wanted = [...this.places.values()].filter((place) => this.#isWanted(place))
    const streams = wanted.map(({ stream }) => stream)
    const taken = new Set((await leases.take(candidate, streams, this.#ttlMs)).map(({ stream }) => stream))
    this.#sureUntil = askedAt + this.#ttlMs
    await this.#note(await leases.list())
    for (const place of this.places.values()) {
      if (taken.has(place.stream)) this.#take(place)
      else if (place.isHeld) this.stepDown(place.market, 'its lease ran out')
    }
    await this.#lookAtLoads()
  }

  async #note(leases: readonly Lease[]): Promise<void> {
    const now = this.#parts.effects.clock.now()
    this.#seenAt = now
    for (const lease of leases) {
      if (lease.stream.startsWith(prefix)) this.place(lease.stream.slice(prefix.length)).lease = lease
    }
    for (const place of this.places.values()) {
      const isFree = !place.isHeld && (place.lease === null || place.lease.leftMs === 0)
      place.freeSince = isFree ? (place.freeSince ?? now) : null
    }
  }

  #isWanted(place: Place<M>): boolean {
    if (place.isHeld) return true
    const now = this.#parts.effects.clock.now()
    if (place.busy !== null || now < place.restsUntil) return false
    const { preferred } = this.#parts
    if (place.isWanted || preferred.length === 0 || preferred.includes(place.market)) return true
    return place.freeSince !== null && now - place.freeSince > this.#ttlMs
  }

  #take(place: Place<M>): void {
    place.isHeld = true
    const { effects, open, leases, candidate } = this.#parts
    if (place.here !== null || place.busy !== null || effects.clock.now() < place.restsUntil) return
    const { market, follower } = place
    const onFenced = () => this.stepDown(market, 'another writer took its stream')
    place.busy = (async () => {
      try {
        place.follower = null
        place.here = await open(market, { onFenced, ...(follower === null ? {} : { follower }) })
        place.failure = null
        this.#parts.onFollow?.(market, null)
      } catch (error) {
        place.failure = error
        place.isHeld = false
        place.restsUntil = effects.clock.now() + restMs
        effects.logger.error({ err: error, market }, 'the market could not be opened')
        await leases?.release(candidate.owner, [place.stream]).catch(() => undefined)
      }
    })().finally(() => {
      place.busy = null
    })
  }

  async #lookAtLoads(): Promise<void> {
    const tail = await this.#parts.log.tail(loads)
    if (tail !== this.#loadsTail && this.#loadsTail >= 0) this.#parts.onLoads?.()
    this.#loadsTail = tail
  }

  #warn(error: unknown, words: string): void {
    this.#parts.effects.logger.warn({ reason: reasonOf(error) }, words)
  }
}
