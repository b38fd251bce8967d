// The forecasters of markets: taught on days of their series, kept in the registry, put in use when they are better
// than what the series remember by themselves. Each market has one for all of its hourly series.

import { createHash } from 'node:crypto'
import type { Worker } from 'node:worker_threads'
import type { Effects } from '#data/kernel'
import {
  type Card,
  type Drift,
  DriftWatch,
  type ModelRef,
  type Registry,
  watchedPart,
} from '../registry/index.ts'
import { type Backend, type NetState, TaskThread } from '../runtime/index.ts'
import type { Examples } from './examples.ts'
import type { ForecastWatch } from './tasks.ts'
import type { ForecastLesson, ForecastTaught } from './teach-forecast.ts'
import { ahead, inputs } from './view.ts'
import { watchedOfForecast } from './watched.ts'

/** Program and format of the files. */
const forecastKind = { kind: 'forecast', format: 1 } as const
const dayMs = 86_400_000
const limitMs = 600_000

/** Names the forecaster of a market. */
export const forecastRef = (market: string): ModelRef => ({ market, model: 'forecast' })

/** How a forecaster is taught. */
export interface TeachForecast {
  market: string
  examples: Examples
  signal?: AbortSignal | undefined
  /** 0 to 1. */
  onProgress?: ((share: number) => void) | undefined
}

/** The forecasters of all markets. */
export interface Forecasts {
  /** @returns null where there is too little to learn from; the card tells whether it is in use */
  teach(options: TeachForecast): Promise<Card | null>
  /** The net in use; null where there is none. */
  load(market: string): Promise<NetState | null>
  /** Of the version in use. */
  current(market: string): Card | null
  /**
   * Holds the newest days of series against what the version in use learned from, and hours against what it foretells.
   * @param now epoch ms of the market
   * @throws MODELS_WORKER_DIED, MODELS_FAILED
   */
  watch(market: string, examples: Examples, now: number): Promise<void>
  /** What was seen last; empty before, and after another version came into use. */
  drifts(market: string): Drift[]
  close(): Promise<void>
}

/** Settings of the forecasters. */
export interface ForecastSettings {
  registry: Registry
  /** Backends to try, the first that works is taken. Default tfjs-node, wasm, cpu. */
  backends?: readonly Backend[]
  /** Given each thread that is started. */
  onThread?: (worker: Worker) => void
}

/** The forecasters in a registry; their thread starts with the first lesson. */
export function openForecasts(
  effects: Effects,
  { registry, backends, onThread }: ForecastSettings,
): Forecasts {
  const thread = new TaskThread({
    module: new URL('./tasks.ts', import.meta.url),
    backends,
    folder: registry.folder,
    clock: effects.clock,
    onStart: onThread,
  })
  const seen = new Map<string, { version: string; drifts: Drift[] }>()
  const load = async (market: string): Promise<NetState | null> => {
    const ready = await registry.load(forecastRef(market), forecastKind)
    const net = ready?.bundle.nets.forecast
    return net === undefined || net.layers[0] !== inputs ? null : net
  }
  return {
    teach: async ({ market, examples, signal, onProgress }) => {
      const seed = `${market}/${examples.days.at(-1) ?? 0}`
      const net = await load(market)
      const to = registry.current(forecastRef(market))?.to
      const current = net === null || to === undefined ? null : { net, lastDay: Date.parse(to) / dayMs - 1 }
      const lesson: ForecastLesson = { examples, seed, current }
      const taught = await thread.run<ForecastTaught | null>('teach', lesson, {
        limitMs,
        signal,
        onProgress: ({ share }: { share: number }) => onProgress?.(share),
      })
      if (taught === null) return null
      return registry.offer(offerOf(taught, lesson, market, new Date(effects.clock.now()).toISOString()))
    },
    load,
    current: (market) => registry.current(forecastRef(market)),
    watch: async (market, examples, now) => {
      const ready = await registry.load(forecastRef(market), forecastKind)
      const net = ready?.bundle.nets.forecast
      const profile = ready?.card.profile ?? null
      if (ready === null || net === undefined || net.layers[0] !== inputs || profile === null) return
      const watch = new DriftWatch(watchedPart(profile, watchedOfForecast))
      const asked: ForecastWatch = { net, examples, profile: watch.profile }
      watch.add(await thread.run<number[][]>('watch', asked, { limitMs }), [], now)
      seen.set(market, { version: ready.card.version, drifts: watch.drifts() })
    },
    drifts: (market) => {
      const known = seen.get(market)
      return known?.version === registry.current(forecastRef(market))?.version ? (known?.drifts ?? []) : []
    },
    close: () => thread.close(),
  }
}

function offerOf(
  { net, examples: trained, held, heldLoss, memoryLoss, currentLoss, profile, backend }: ForecastTaught,
  { examples, seed }: ForecastLesson,
  market: string,
  trainedAt: string,
): Parameters<Registry['offer']>[0] {
  const at = (day: number | undefined) => new Date((day ?? 0) * dayMs).toISOString()
  const [first, last] = [examples.days[0], examples.days.at(-1)]
  const heldFrom = examples.days[examples.count - held]
  const fold = { from: at(heldFrom), to: at((last ?? 0) + 1), rows: held * ahead }
  return {
    card: {
      ...forecastRef(market),
      trainedAt,
      from: at(first),
      to: at((last ?? 0) + 1),
      rows: { trained, held },
      fingerprint: createHash('sha256').update(examples.inputs).update(examples.targets).digest('hex'),
      features: [
        'residuals of 14 days',
        'expectations of the day',
        'the same day in two weeks',
        'kind',
        'weekday',
      ],
      backend,
      seed,
      metrics: { pinball: heldLoss, pinballOfMemory: memoryLoss },
      thresholds: {},
      backTest: {
        measure: 'pinball loss, standard deviations',
        lowerIsBetter: true,
        folds: [{ ...fold, candidate: heldLoss, current: currentLoss, baseline: memoryLoss }],
      },
      isSmall: false,
      profile,
    },
    own: null,
    bundle: { ...forecastKind, nets: { forecast: net }, numbers: {} },
  }
}
