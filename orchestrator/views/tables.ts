// Which state of the tables a view was made from: the last cycle, and how far the data goes. It reads no rows of
// orders.

import type { Engine } from '#orchestrator/engine'

/** The tables as one cycle left them. */
export interface TablesState {
  /** Number of the last cycle that changed them, 0 = none. */
  runId: number
  /** Changes with every cycle and every scoring. */
  version: string
  /** Epoch ms; null without data. */
  watermark: number | null
  /** Start of the first day with an order, epoch ms; null without data. */
  firstAt: number | null
}

/** The state of the tables of the engine's market. */
export async function tablesState(engine: Engine): Promise<TablesState> {
  const row = await engine.workspace.warehouse.reading((queries) =>
    queries.one<{ run_id: number; scored: string; watermark: number | null; first_at: number | null }>(
      `SELECT
        (SELECT coalesce(max(run_id), 0) FROM pipeline_runs) AS run_id,
        (SELECT concat_ws('.', count(*), epoch_ms(max(scored_at))) FROM anomalies WHERE market = $market) AS scored,
        (SELECT epoch_ms(watermark) FROM market_clock WHERE market = $market) AS watermark,
        (SELECT epoch_ms(first_day::TIMESTAMPTZ) FROM market_clock WHERE market = $market) AS first_at`,
      { market: engine.market },
    ),
  )
  const version = `${row.run_id}.${row.scored}`
  return { runId: row.run_id, version, watermark: row.watermark, firstAt: row.first_at }
}

/** Values that follow from the tables of one cycle, made once for each; at most `most` are kept. */
export class CycleCache<V> {
  readonly #most: number
  readonly #kept = new Map<string, Promise<V>>()

  constructor(most: number) {
    this.#most = most
  }

  /** The value of the key, made when it is not there; what fails is not kept. */
  get(key: string, make: () => Promise<V>): Promise<V> {
    const found = this.#kept.get(key)
    if (found !== undefined) {
      this.#kept.delete(key)
      this.#kept.set(key, found)
      return found
    }
    const made = make()
    this.#kept.set(key, made)
    made.catch(() => this.#kept.delete(key))
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= this.#most) break
      this.#kept.delete(oldest)
    }
    return made
  }
}

/** A cache for each engine, gone with it. */
export function cachePerEngine<V>(most: number): (engine: Engine) => CycleCache<V> {
  const caches = new WeakMap<Engine, CycleCache<V>>()
  return (engine) => {
    const found = caches.get(engine) ?? new CycleCache<V>(most)
    caches.set(engine, found)
    return found
  }
}
