// The watches over what models in use are asked about, one for each market or model. It decides nothing.

import type { Card } from './card.ts'
import { type Drift, DriftWatch } from './drift.ts'
import { watchedPart } from './profile.ts'

/** Watches by market or by model; another version in use begins a new one. */
export class DriftWatches {
  readonly #titles: ReadonlyMap<string, string> | null
  readonly #everyMs: number | undefined
  readonly #spanMs: number | undefined
  readonly #watches = new Map<string, { version: string; watch: DriftWatch }>()

  /**
   * @param titles of the inputs that are watched, by name; null = all, by their names
   * @param everyMs market time between two looks. Default an hour
   * @param spanMs market time that looks have to span before anything is said. Default none
   */
  constructor(titles: ReadonlyMap<string, string> | null, everyMs?: number, spanMs?: number) {
    this.#titles = titles
    this.#everyMs = everyMs
    this.#spanMs = spanMs
  }

  /** The watch over a version in use; null where it says nothing of what it learned from. */
  over(name: string, { version, profile }: Pick<Card, 'version' | 'profile'>): DriftWatch | null {
    const known = this.#watches.get(name)
    if (known?.version === version) return known.watch
    if (profile === null) return null
    const seen = this.#titles === null ? profile : watchedPart(profile, this.#titles)
    const watch = new DriftWatch(seen, this.#everyMs, this.#spanMs)
    this.#watches.set(name, { version, watch })
    return watch
  }

  /** What has moved and what has not, the largest first; empty where nothing was seen of this version. */
  drifts(name: string, version: string | undefined): Drift[] {
    const known = this.#watches.get(name)
    return known !== undefined && known.version === version ? known.watch.drifts() : []
  }
}
