// When the model of orders learns: a small one as soon as there is data, the full one in the background, and again
// when what it learned from is old. It never holds up a cycle.

import type { Effects } from '#data/kernel'
import type { Warehouse } from '#data/warehouse'
import type { Models } from '#models'
import type { BuiltIn, Job } from '#orchestrator/learning'

/** What training works with. */
export interface TrainingContext {
  models: Models
  effects: Effects
  market: string
  now(): number
  /** Starts a training of the model of orders, or gives the one under way. */
  train(): Job
}

/** Training beside the loop. */
export interface Training {
  /** Called after each cycle; starts what is due, if nothing is under way. */
  wake(): void
  /** Resolves once what is under way has ended. */
  settled(): Promise<void>
  /** Starts nothing more. */
  close(): void
}

/** Market time after which a model learns again, ms. */
const oldMs = 7 * 86_400_000
/** Least real time between two tries, ms. */
const restMs = 60_000

/** The model of orders as one of Detour's own: a small version first where there is none. */
export function ordersModel({
  models,
  warehouse,
  market,
  now,
}: Pick<TrainingContext, 'models' | 'market' | 'now'> & { warehouse: Warehouse }): BuiltIn {
  return {
    model: 'orders',
    title: 'Open orders',
    does: 'Tells which open orders are unlike what orders usually look like at their age, and why.',
    drifts: () => models.drifts(market),
    train: async (signal, onProgress) => {
      const learn = async (size: 'small' | 'full', from: number, to: number) => {
        const step = size === 'small' ? 'a quick first version' : 'learning and testing on the past'
        const told = (share: number) => onProgress({ step, share: from + (to - from) * share })
        const options = { market, now: now(), size, signal, onProgress: told }
        return warehouse.reading((queries) => models.trainOrders(queries, options))
      }
      if (!models.isReady(market)) {
        const { state, note } = await learn('small', 0, 0.1)
        if (state !== 'ready') return note
      }
      await models.measure()
      await learn('full', 0.1, 1)
      const [newest] = models.registry.versions({ market, model: 'orders' })
      const verdict = newest?.card.verdict
      return verdict === undefined || verdict.isPromoted
        ? ''
        : `the new version is not in use: ${verdict.reason}`
    },
  }
}

/** Training of the market's model of orders. */
export function trainInTurn({ models, effects, market, now, train }: TrainingContext): Training {
  let under: Promise<void> | null = null
  // A full model that an earlier run kept is as good as one that was just made.
  let learnedAt: number | null = models.isFull(market) ? now() : null
  let triedAt = Number.NEGATIVE_INFINITY
  let isClosed = false
  const learn = async () => {
    const at = now()
    const { error } = await train().ended
    if (error === null && models.isFull(market)) learnedAt = at
    else if (error !== null && !isClosed)
      effects.logger.warn({ err: error }, 'the model of orders did not learn')
  }
  return {
    wake: () => {
      const isDue = !models.isReady(market) || learnedAt === null || now() - learnedAt > oldMs
      if (isClosed || under !== null || !isDue || effects.clock.now() - triedAt < restMs) return
      triedAt = effects.clock.now()
      under = learn().finally(() => {
        under = null
      })
    },
    settled: async () => {
      await under
    },
    close: () => {
      isClosed = true
    },
  }
}
