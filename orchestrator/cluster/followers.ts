// Keeps the markets that other processes write warm, so that a takeover has little to read. It writes nothing.

import { reasonOf } from '#data/kernel'
import type { ClusterParts } from './election.ts'
import type { Place, Running } from './place.ts'

/** Time between two looks at a stream that is followed, ms. */
const followMs = 300

/** Follows the places that do not run here. */
export class Followers<M extends Running> {
  readonly #parts: ClusterParts<M>
  readonly #places: ReadonlyMap<string, Place<M>>
  #isClosed = false
  #cancel: () => void = () => undefined
  #following: Promise<void> = Promise.resolve()

  constructor(parts: ClusterParts<M>, places: ReadonlyMap<string, Place<M>>) {
    this.#parts = parts
    this.#places = places
  }

  /** Follows again and again from now on. */
  goOn(): void {
    if (this.#isClosed) return
    this.#cancel = this.#parts.effects.clock.after(followMs, () => {
      this.#following = this.#follow()
      void this.#following.then(() => this.goOn())
    })
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#cancel()
    await this.#following
  }

  async #follow(): Promise<void> {
    const { follow, onFollow, effects } = this.#parts
    for (const place of this.#places.values()) {
      if (this.#isClosed || place.isHeld || place.busy !== null) continue
      try {
        if (place.follower === null) {
          place.follower = follow(place.market)
          onFollow?.(place.market, place.follower)
        }
        await place.follower.catchUp()
      } catch (error) {
        effects.logger.warn({ reason: reasonOf(error), market: place.market }, 'following a market failed')
      }
    }
  }
}
