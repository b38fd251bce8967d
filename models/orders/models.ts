// The models of orders, one per market: taught from history, asked about open orders, kept in the registry.
// The arithmetic is done in a thread; here rows are only read and handed over.

import { mkdir } from 'node:fs/promises'
import type { Worker } from 'node:worker_threads'
import type { api } from '#data/contracts'
import { DetourError, type Effects, reasonOf } from '#data/kernel'
import type { Queries } from '#data/warehouse'
import { type Card, type Drift, DriftWatches, type Journal, type Ready, Registry } from '../registry/index.ts'
import { type Backend, backendOrder, knownOrder, type TaskOptions, TaskThread } from '../runtime/index.ts'
import {
  historyRows,
  type OrderHistory,
  openRows,
  orderHistory,
  type PackedRows,
  watchedFeatures,
} from './features.ts'
import { ordersKind, type Scored, type Trained, type TrainInput } from './meta.ts'
import { modelOf, offerOf, ordersRef } from './offer.ts'
import type { OrderScore } from './score.ts'
import { baselineState, emptyState, readyState } from './states.ts'

/** The models of a home. */
export interface Models {
  /** Versions of every model, these among them. */
  readonly registry: Registry
  /** What each model is and where it stands: the seasonal baseline, then the model of orders of each market. */
  states(): api.ModelState[]
  /**
   * Teaches the model of a market; while that runs the one before goes on scoring, and it stays in use where the new
   * one is not better. With fewer than 200 orders nothing is taught and the state says so.
   * @throws MODELS_WORKER_DIED, MODELS_FAILED, MODELS_CANCELED, WAREHOUSE_QUERY; the model before stays
   */
  trainOrders(queries: Queries, options: TrainOptions): Promise<api.ModelState>
  /**
   * The open orders, the oddest first; empty where there is no model yet.
   * @throws MODELS_WORKER_DIED, MODELS_FAILED, WAREHOUSE_QUERY
   */
  scoreOrders(queries: Queries, options: ScoreOptions): Promise<OrderScore[]>
  /** Whether there is a model of the market, and whether it is a full one. */
  isReady(market: string): boolean
  isFull(market: string): boolean
  /** Measures which backend learns fastest here, where that is not known; what comes after uses it. */
  measure(): Promise<void>
  /** How far what is scored has moved from what the model of the market learned from. */
  drifts(market: string): Drift[]
  /** What was decided on the market's models before counts, and what is decided now is told. */
  attach(market: string, journal: Journal): Promise<void>
  close(): Promise<void>
}

/** What to teach. */
export interface TrainOptions extends Pick<TaskOptions, 'signal'> {
  market: string
  /** Time of the market, epoch ms. */
  now: number
  /** small: seconds, a sample of rows; full: for the background. */
  size: 'small' | 'full'
  /** Told how far it is, 0 to 1. */
  onProgress?: (share: number) => void
}

/** What to score. */
export interface ScoreOptions {
  market: string
  /** Time of the market, epoch ms. */
  now: number
  /** Newest open orders at most. Default 20,000. */
  limit?: number
}

/** Settings of the models. */
export interface ModelsOptions {
  /** Folder of their files; made where it is missing. */
  folder: string
  /** Backends to try, the first that works is taken. Default tfjs-node, wasm, cpu. */
  backends?: readonly Backend[]
  /** Given each thread that is started. */
  onThread?: (worker: Worker) => void
}

const leastOrders = 200
const rowsOf = { small: 6_000, full: 40_000 } as const
const trainLimitMs = { small: 120_000, full: 900_000 } as const
const scoreLimitMs = 60_000
const scoredAtMost = 20_000

/**
 * The models in a folder; what was taught before is ready when this resolves. A model that cannot be read is left
 * out, and the one before it used.
 */
export async function openModels(effects: Effects, options: ModelsOptions): Promise<Models> {
  await mkdir(options.folder, { recursive: true })
  const models = new OrderModels(effects, options, await Registry.open(effects, options.folder))
  for (const market of models.registry.markets()) await models.read(market)
  return models
}

class OrderModels implements Models {
  readonly registry: Registry
  readonly #effects: Effects
  readonly #ready = new Map<string, Ready>()
  readonly #states = new Map<string, api.ModelState>()
  readonly #watches = new DriftWatches(watchedFeatures, 3_600_000, 24 * 3_600_000)
  /** Versions that the thread has in memory, by market. */
  readonly #loaded = new Map<string, string>()
  readonly #thread: TaskThread
  #backend: string | null = null

  constructor(effects: Effects, { backends, onThread }: ModelsOptions, registry: Registry) {
    this.#effects = effects
    this.registry = registry
    this.#thread = new TaskThread({
      module: new URL('./tasks.ts', import.meta.url),
      backends,
      folder: registry.folder,
      clock: effects.clock,
      onStart: onThread,
      onEnd: () => {
        this.#loaded.clear()
        this.#backend = null
      },
    })
  }

  states(): api.ModelState[] {
    const orders = [...this.#states.values()]
    return [baselineState, ...(orders.length > 0 ? orders : [emptyState(this.#backend, 'not taught yet')])]
  }

  isReady(market: string): boolean {
    return this.#inUse(market) !== null
  }

  isFull(market: string): boolean {
    return this.#inUse(market)?.isSmall === false
  }

  async measure(): Promise<void> {
    const { folder } = this.registry
    if ((await knownOrder(folder)) !== null) return
    await backendOrder(folder, this.#effects.clock)
    this.#thread.renew()
  }

  drifts(market: string): Drift[] {
    return this.#watches.drifts(market, this.#inUse(market)?.version)
  }

  async attach(market: string, journal: Journal): Promise<void> {
    this.registry.attach(market, journal)
    await this.read(market)
  }

  /** Reads the version in use, where it is not in memory already. */
  async read(market: string): Promise<Ready | null> {
    const known = this.#ready.get(market)
    const card = this.#inUse(market)
    if (known !== undefined && known.card.version === card?.version) return known
    const ready = card === null ? null : await this.registry.load(ordersRef(market), ordersKind)
    if (ready === null) this.#ready.delete(market)
    else {
      this.#ready.set(market, ready)
      this.#tell(market, readyState(ready.card, ready.card.backend))
    }
    return ready
  }

  async trainOrders(queries: Queries, options: TrainOptions): Promise<api.ModelState> {
    const { market, now, size } = options
    const backend = await this.#backendName()
    const history = await orderHistory(queries, market, now)
    const old = this.#inUse(market)
    const stays = (note: string): api.ModelState =>
      this.#tell(market, old === null ? emptyState(backend, note) : readyState(old, backend))
    const tooFew = (count: number, what: string) => `${count} ${what}, at least ${leastOrders} are needed`
    if (history.orders < leastOrders) return stays(tooFew(history.orders, 'orders so far'))
    this.#tell(market, { ...(this.#states.get(market) ?? emptyState(backend, '')), state: 'training' })
    try {
      const rows = await historyRows(queries, market, history, rowsOf[size])
      if (rows.rows < leastOrders) return stays(tooFew(rows.rows, 'sightings of open orders in history'))
      const card = await this.#teach(rows, history, options)
      const ready = await this.read(market)
      return this.#tell(market, readyState(ready?.card ?? card, backend))
    } catch (error) {
      const isCanceled = error instanceof DetourError && error.code === 'MODELS_CANCELED'
      const note = isCanceled ? 'training was canceled' : `training failed: ${reasonOf(error)}`
      const state = isCanceled ? 'none' : 'failed'
      this.#tell(
        market,
        old === null ? { ...emptyState(backend, note), state } : { ...readyState(old, backend), note },
      )
      throw error
    }
  }

  async scoreOrders(queries: Queries, options: ScoreOptions): Promise<OrderScore[]> {
    const { market, now, limit = scoredAtMost } = options
    const ready = await this.read(market)
    if (ready === null) return []
    const rows = await openRows(queries, market, now, Math.min(Math.max(0, Math.floor(limit)), scoredAtMost))
    if (rows.rows === 0) return []
    const watch = this.#watches.over(market, ready.card)
    const profile = watch?.isDue(now) === true ? watch.profile : null
    const asked = this.#askOf(market, ready)
    const { scores, counts } = await asked.then(() =>
      this.#thread.run<Scored>('score', { market, rows, profile }, { limitMs: scoreLimitMs }),
    )
    if (counts !== null)
      watch?.add(
        counts,
        scores.map(({ pValue }) => pValue),
        now,
      )
    return scores
  }

  close(): Promise<void> {
    return this.#thread.close()
  }

  async #teach(rows: PackedRows, history: OrderHistory, options: TrainOptions): Promise<Card> {
    const { market, now, size, signal, onProgress } = options
    const seed = `${market}/${now}/${size}`
    const ready = await this.read(market)
    const current = ready === null ? null : { model: modelOf(ready), learnedTo: Date.parse(ready.card.to) }
    const trained = await this.#thread.run<Trained>(
      'train',
      { size, seed, rows, current } satisfies TrainInput,
      {
        limitMs: trainLimitMs[size],
        signal,
        onProgress: ({ share }: { share: number }) => onProgress?.(share),
      },
    )
    return this.registry.offer(
      offerOf(trained, { market, size, seed, history, now: this.#effects.clock.now() }),
    )
  }

  /** Sees to it that the thread has the version. */
  async #askOf(market: string, ready: Ready): Promise<void> {
    if (this.#loaded.get(market) === ready.card.version) return
    await this.#thread.run('load', { market, model: modelOf(ready) }, { limitMs: scoreLimitMs })
    this.#loaded.set(market, ready.card.version)
  }

  #inUse(market: string): Card | null {
    const card = this.registry.current(ordersRef(market))
    return card?.kind === ordersKind.kind && card.format === ordersKind.format ? card : null
  }

  #tell(market: string, state: api.ModelState): api.ModelState {
    this.#states.set(market, state)
    return state
  }

  async #backendName(): Promise<string> {
    const asked = { limitMs: scoreLimitMs }
    this.#backend ??= (await this.#thread.run<{ backend: string }>('hello', null, asked)).backend
    return this.#backend
  }
}
