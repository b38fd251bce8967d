// The late-risk models of the markets: taught from what became of work, tested on the past, put in use by the registry
// when better, asked what they say of now. The arithmetic is done in a thread; here rows are only handed over.

import type { Worker } from 'node:worker_threads'
import type { Effects } from '#data/kernel'
import type { Queries } from '#data/warehouse'
import {
  type Card,
  type Drift,
  DriftWatch,
  type ModelRef,
  type Profile,
  type Ready,
  type Registry,
  watchedPart,
} from '../registry/index.ts'
import { type Backend, TaskThread } from '../runtime/index.ts'
import {
  type LateFigures,
  type LateMeta,
  type LateVersion,
  type LateView,
  lateKind,
  type TeachAnswer,
  type TeachInput,
  type ViewAnswer,
  type ViewInput,
} from './model.ts'
import { readPassages } from './read.ts'
import { watchedOfLate } from './watched.ts'

/** What is asked of a market. */
export interface LateOptions {
  market: string
  /** Time of the market, epoch ms. */
  now: number
  /** Told how far a training is, 0 to 1. */
  onProgress?: (share: number) => void
  /** Cancels a training; what was in use stays. */
  signal?: AbortSignal
}

/** How the market is looked at. */
export interface LookOptions extends LateOptions {
  /** Whether recent decisions are held against those it learned from, see `drifts`. Default true. */
  watchesDrift?: boolean
}

/** What is known of a version. */
export type LateCard = Card

/** What came of a training: too little to learn from, or a version with the verdict on it. */
export type LateTraining =
  | { kind: 'few'; ends: number; wanted: number }
  | { kind: 'offered'; card: Card; figures: LateFigures }

/** The late-risk models of a home. */
export interface LateModels {
  /**
   * Teaches the model of a market and offers it to the registry; the version in use stays unless the new one is
   * better on held-back time.
   * @throws MODELS_WORKER_DIED, MODELS_FAILED, MODELS_CANCELED, WAREHOUSE_QUERY; the version in use stays
   */
  teach(queries: Queries, options: LateOptions): Promise<LateTraining>
  /**
   * What the version in use says of the market now; null where there is none.
   * @throws MODELS_WORKER_DIED, MODELS_FAILED, WAREHOUSE_QUERY
   */
  look(queries: Queries, options: LookOptions): Promise<LateView | null>
  /** The card of the version in use; null where there is none. */
  current(market: string): Card | null
  /** How far what it is asked about has moved from what it learned from; empty before it was looked at. */
  drifts(market: string): Drift[]
  close(): Promise<void>
}

/** Settings of the late-risk models. */
export interface LateSettings {
  registry: Registry
  /** Backends to try, the first that works is taken. Default tfjs-node, wasm, cpu. */
  backends?: readonly Backend[]
  /** Given each thread that is started. */
  onThread?: (worker: Worker) => void
}

const teachLimitMs = 900_000
const lookLimitMs = 120_000
/** Market time after which recent decisions are held against those it learned from again. */
const watchedMs = 6 * 3_600_000

/** Names the late-risk model of a market. */
export const lateRef = (market: string): ModelRef => ({ market, model: 'late' })

/** The late-risk models in a registry; their thread starts with the first question. */
export function openLate(effects: Effects, { registry, backends, onThread }: LateSettings): LateModels {
  const thread = new TaskThread({
    module: new URL('./tasks.ts', import.meta.url),
    backends,
    folder: registry.folder,
    clock: effects.clock,
    onStart: onThread,
  })
  /** What was seen last, by market. */
  const watches = new Map<string, { version: string; at: number; drifts: Drift[] }>()
  const inUse = async (market: string): Promise<LateVersion | null> => {
    const ready = await registry.load(lateRef(market), lateKind)
    return ready === null ? null : versionOf(ready)
  }
  /** Null where decisions were watched just now, or there is nothing to hold them against. */
  const dueWatch = (market: string, version: string, now: number): DriftWatch | null => {
    const known = watches.get(market)
    if (known?.version === version && Math.abs(now - known.at) < watchedMs) return null
    const card = registry.current(lateRef(market))
    return watchOver(card?.version === version ? card.profile : null)
  }
  return {
    teach: async (queries, { market, now, signal, onProgress }) => {
      const rows = await readPassages(queries, market, now)
      const seed = `${market}/${now}`
      const input: TeachInput = { rows, now, seed, current: await inUse(market) }
      const answer = await thread.run<TeachAnswer>('teach', input, {
        limitMs: teachLimitMs,
        signal,
        onProgress: ({ share }: { share: number }) => onProgress?.(share),
      })
      if (answer.kind === 'few') return answer
      const trainedAt = new Date(effects.clock.now()).toISOString()
      const card = await registry.offer(offerOf(answer, market, seed, trainedAt))
      return { kind: 'offered', card, figures: answer.figures }
    },
    look: async (queries, { market, now, watchesDrift = true }) => {
      const model = await inUse(market)
      if (model === null) return null
      const watch = watchesDrift ? dueWatch(market, model.version, now) : null
      const rows = await readPassages(queries, market, now)
      const input: ViewInput = { rows, now, model, profile: watch?.profile ?? null }
      const { view, recent } = await thread.run<ViewAnswer>('look', input, { limitMs: lookLimitMs })
      if (watch !== null && recent !== null) {
        watch.add(recent, [], now)
        watches.set(market, { version: model.version, at: now, drifts: watch.drifts() })
      }
      return view
    },
    current: (market) => registry.current(lateRef(market)),
    drifts: (market) => {
      const known = watches.get(market)
      return known?.version === registry.current(lateRef(market))?.version ? (known?.drifts ?? []) : []
    },
    close: () => thread.close(),
  }
}

function watchOver(profile: Profile | null): DriftWatch | null {
  return profile === null ? null : new DriftWatch(watchedPart(profile, watchedOfLate))
}

function versionOf({ card, own, bundle }: Ready): LateVersion {
  return {
    version: card.version,
    meta: own as LateMeta,
    nets: bundle.nets,
    learnedTo: Date.parse(card.to),
  }
}

function offerOf(
  { card, meta, nets, figures }: Extract<TeachAnswer, { kind: 'taught' }>,
  market: string,
  seed: string,
  trainedAt: string,
): Parameters<Registry['offer']>[0] {
  const { auroc, baseAuroc, pinball, basePinball, ...others } = figures
  const known = { auroc, baseAuroc }
  return {
    card: {
      ...lateRef(market),
      ...card,
      trainedAt,
      seed,
      metrics: {
        ...others,
        ...Object.fromEntries(
          Object.entries(known).flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
        ),
        pinballProcessing: pinball.processing,
        pinballTransit: pinball.transit,
        basePinballProcessing: basePinball.processing,
        basePinballTransit: basePinball.transit,
      },
      thresholds: {},
      isSmall: false,
    },
    own: meta,
    bundle: { ...lateKind, nets, numbers: {} },
  }
}
