// When the forecaster of a market learns: as soon as its series have some weeks, and again when what it learned from is
// old. What was taught before has a say from the first cycle on. It never holds up a cycle.

import { type Effects, reasonOf } from '#data/kernel'
import { type Forecasts, type Models, openForecasts } from '#models'
import type { BuiltIn, Job } from '#orchestrator/learning'
import type { Detector } from './detection.ts'
import type { Turns } from './turns.ts'

/** What forecasting works with. */
export interface ForecastingContext {
  models: Pick<Models, 'registry'>
  detector: Detector
  turns: Turns
  effects: Effects
  market: string
  /** Whether it may be taught now; else only what was taught before is used. */
  mayTeach(): boolean
  /** Starts a training of the model, or gives the one under way. */
  train(): Job
  now(): number
}

/** Forecasting beside the loop. */
export interface Forecasting {
  /** The forecaster as one of Detour's own models. */
  model: BuiltIn
  /** Called after each cycle; starts what is due, if nothing is under way. */
  wake(): void
  /** Resolves once what is under way has ended. */
  settled(): Promise<void>
  /** Starts nothing more; resolves once what is under way has ended. */
  close(): Promise<void>
}

/** Market time after which it learns again, ms. */
const oldMs = 7 * 86_400_000
/** Least real time between two tries, ms: little history becomes more only slowly. */
const restMs = 600_000
/** Days of series that it learns from at most, and that are looked at for drift. */
const [examplesMost, watchedMost] = [12_000, 4_000]
/** Market time after which the newest days are held against what it learned from again, ms. */
const watchMs = 86_400_000

/** The forecaster of a market, taught in turn. */
export function forecastInTurn(context: ForecastingContext): Forecasting {
  const { models, detector, turns, effects, market, now } = context
  const forecasts = openForecasts(effects, { registry: models.registry })
  const stop = new AbortController()
  let learnedAt: number | null = forecasts.current(market) === null ? null : now()
  let triedAt = Number.NEGATIVE_INFINITY
  let isLoaded = false
  const watch = watchInTurn(context, forecasts)
  let under: Promise<void> | null = null
  const use = async () => {
    detector.use(await forecasts.load(market))
    isLoaded = true
  }
  const isDue = () =>
    context.mayTeach() &&
    (learnedAt === null || now() - learnedAt > oldMs) &&
    effects.clock.now() - triedAt >= restMs
  const teach: BuiltIn['train'] = async (signal, onProgress) => {
    const examples = await turns.take(() => detector.examples(examplesMost))
    const told = (share: number) => onProgress({ step: 'learning from the days of all series', share })
    const card = await forecasts.teach({ market, examples, signal, onProgress: told })
    if (card === null) return 'there are too few days of series to learn from'
    learnedAt = now()
    if (!card.verdict.isPromoted) return `the new version is not in use: ${card.verdict.reason}`
    await use()
    return ''
  }
  const work = async () => {
    if (!isLoaded) await use()
    if (watch.isDue() && !stop.signal.aborted) await watch.run()
    if (!isDue() || stop.signal.aborted) return
    triedAt = effects.clock.now()
    const { error } = await context.train().ended
    if (error !== null) throw error
  }
  return {
    model: {
      model: 'forecast',
      title: 'Series',
      does: 'Foretells the next hours of every series, beside what its seasons, level and siblings say.',
      drifts: () => forecasts.drifts(market),
      train: teach,
    },
    wake: () => {
      if (stop.signal.aborted || under !== null || (isLoaded && !isDue() && !watch.isDue())) return
      under = work()
        .catch((error: unknown) => {
          if (stop.signal.aborted) return
          effects.logger.warn({ reason: reasonOf(error) }, 'the forecaster did not learn; it is tried again')
        })
        .finally(() => {
          under = null
        })
    },
    settled: async () => {
      await under
    },
    close: async () => {
      stop.abort()
      await Promise.all([forecasts.close(), under])
    },
  }
}

/** Drift of what the forecaster sees, looked at when a day of the market is over or another version is in use. */
function watchInTurn({ detector, turns, effects, market, now }: ForecastingContext, forecasts: Forecasts) {
  const last = { at: Number.NEGATIVE_INFINITY, triedAt: Number.NEGATIVE_INFINITY, version: '' }
  const inUse = () => forecasts.current(market)?.version ?? ''
  return {
    isDue: () => {
      if (inUse() === '' || effects.clock.now() - last.triedAt < restMs) return false
      return inUse() !== last.version || now() - last.at >= watchMs
    },
    run: async () => {
      const [at, version] = [now(), inUse()]
      last.triedAt = effects.clock.now()
      const examples = await turns.take(() => detector.examples(watchedMost))
      if (examples.count > 0) await forecasts.watch(market, examples, at)
      Object.assign(last, { at, version })
    },
  }
}
