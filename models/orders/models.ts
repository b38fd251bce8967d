// The models of orders, one per market: taught from history, asked about open orders, kept as files.
// The arithmetic is done in a thread; here rows are only read and handed over.

import { mkdir } from 'node:fs/promises'
import type { Worker } from 'node:worker_threads'
import type { api } from '#data/contracts'
import { type Effects, reasonOf } from '#data/kernel'
import type { Queries } from '#data/warehouse'
import type { Backend } from '../runtime/index.ts'
import { seriesModel } from '../series/constraints.ts'
import { historyRows, openRows, orderHistory } from './features.ts'
import type { StoredModel } from './protocol.ts'
import type { OrderScore } from './score.ts'
import { loadModels, saveModel } from './store.ts'
import { ModelThread } from './thread.ts'

/** The models of a home. */
export interface Models {
  /** What each model is and where it stands: the seasonal baseline, then the model of orders of each market. */
  states(): api.ModelState[]
  /**
   * Teaches the model of a market; while that runs the one before goes on scoring. With fewer than 200 orders
   * nothing is taught and the state says so.
   * @throws MODELS_WORKER_DIED, MODELS_FAILED, WAREHOUSE_QUERY; the model before stays
   */
  trainOrders(queries: Queries, options: TrainOptions): Promise<api.ModelState>
  /**
   * The open orders, the oddest first; empty where there is no model yet.
   * @throws MODELS_WORKER_DIED, MODELS_FAILED, WAREHOUSE_QUERY
   */
  scoreOrders(queries: Queries, options: ScoreOptions): Promise<OrderScore[]>
  isReady(market: string): boolean
  close(): Promise<void>
}

/** What to teach. */
export interface TrainOptions {
  market: string
  /** Time of the market, epoch ms. */
  now: number
  /** small: seconds, a sample of rows; full: for the background. */
  size: 'small' | 'full'
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
 * out and taught anew when asked.
 */
export async function openModels(effects: Effects, options: ModelsOptions): Promise<Models> {
  await mkdir(options.folder, { recursive: true })
  const stored = await loadModels(options.folder, (market, error) =>
    effects.logger.warn({ market, reason: reasonOf(error) }, 'a model could not be read and is left out'),
  )
  return new OrderModels(effects, options, stored)
}

class OrderModels implements Models {
  readonly #effects: Effects
  readonly #folder: string
  readonly #stored: Map<string, StoredModel>
  readonly #states = new Map<string, api.ModelState>()
  readonly #thread: ModelThread
  #backend: string | null = null

  constructor(effects: Effects, options: ModelsOptions, stored: readonly StoredModel[]) {
    this.#effects = effects
    this.#folder = options.folder
    this.#stored = new Map(stored.map((model) => [model.meta.market, model]))
    for (const { meta } of stored) this.#states.set(meta.market, stateOf(meta, meta.backend))
    this.#thread = new ModelThread({
      backends: options.backends ?? ['tfjs-node', 'wasm', 'cpu'],
      clock: effects.clock,
      known: () => this.#stored.values(),
      onStart: options.onThread,
    })
  }

  states(): api.ModelState[] {
    const orders = [...this.#states.values()]
    return [baselineState, ...(orders.length > 0 ? orders : [emptyState(this.#backend, 'not taught yet')])]
  }

  isReady(market: string): boolean {
    return this.#stored.has(market)
  }

  async trainOrders(queries: Queries, { market, now, size }: TrainOptions): Promise<api.ModelState> {
    const backend = await this.#backendName()
    const history = await orderHistory(queries, market, now)
    const old = this.#stored.get(market)
    const refuse = (note: string): api.ModelState =>
      this.#tell(market, old === undefined ? emptyState(backend, note) : stateOf(old.meta, backend))
    const tooFew = (count: number, what: string) => `${count} ${what}, at least ${leastOrders} are needed`
    if (history.orders < leastOrders) return refuse(tooFew(history.orders, 'orders so far'))
    this.#tell(market, { ...(this.#states.get(market) ?? emptyState(backend, '')), state: 'training' })
    try {
      const rows = await historyRows(queries, market, history, rowsOf[size])
      if (rows.rows < leastOrders) return refuse(tooFew(rows.rows, 'sightings of open orders in history'))
      const trainedAt = new Date(this.#effects.clock.now()).toISOString()
      const model = await this.#thread.ask<StoredModel>(
        {
          kind: 'train',
          market,
          size,
          version: `${trainedAt.replace(/[-:]|\.\d+Z/g, '')}-${size}`,
          trainedAt,
          from: new Date(history.from).toISOString(),
          to: new Date(history.to).toISOString(),
          seed: `${market}/${now}/${size}`,
          rows,
        },
        trainLimitMs[size],
      )
      await saveModel(this.#folder, model)
      this.#stored.set(market, model)
      return this.#tell(market, stateOf(model.meta, backend))
    } catch (error) {
      const failed = {
        ...emptyState(backend, `training failed: ${reasonOf(error)}`),
        state: 'failed' as const,
      }
      this.#tell(market, old === undefined ? failed : { ...stateOf(old.meta, backend), note: failed.note })
      throw error
    }
  }

  async scoreOrders(
    queries: Queries,
    { market, now, limit = scoredAtMost }: ScoreOptions,
  ): Promise<OrderScore[]> {
    if (!this.#stored.has(market)) return []
    const rows = await openRows(queries, market, now, Math.min(Math.max(0, Math.floor(limit)), scoredAtMost))
    if (rows.rows === 0) return []
    return this.#thread.ask<OrderScore[]>({ kind: 'score', market, rows }, scoreLimitMs)
  }

  close(): Promise<void> {
    return this.#thread.close()
  }

  #tell(market: string, state: api.ModelState): api.ModelState {
    this.#states.set(market, state)
    return state
  }

  async #backendName(): Promise<string> {
    this.#backend ??= (await this.#thread.ask<{ backend: string }>({ kind: 'hello' }, scoreLimitMs)).backend
    return this.#backend
  }
}

const baselineState: api.ModelState = {
  name: seriesModel.split(' ')[0] ?? '',
  version: seriesModel.split(' ')[1] ?? '',
  backend: 'statistics',
  state: 'ready',
  trainedAt: null,
  trainedRows: 0,
  note: 'learns from the history of each series whenever it is asked',
}

function emptyState(backend: string | null, note: string): api.ModelState {
  return {
    name: 'orders',
    version: 'none',
    backend: backend ?? 'none',
    state: 'none',
    trainedAt: null,
    trainedRows: 0,
    note,
  }
}

function stateOf(meta: StoredModel['meta'], backend: string): api.ModelState {
  const explained = Math.round((1 - meta.heldError) * 100)
  return {
    name: 'orders',
    version: meta.version,
    backend,
    state: 'ready',
    trainedAt: meta.trainedAt,
    trainedRows: meta.trainedRows,
    note:
      `market ${meta.market}, history ${meta.from.slice(0, 10)} to ${meta.to.slice(0, 10)}, ` +
      `${meta.heldRows} rows held back, explains ${explained} % of hidden numbers`,
  }
}
