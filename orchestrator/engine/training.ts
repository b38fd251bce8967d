// When the model of orders learns: a small one as soon as there is data, the full one in the background, and again
// when what it learned from is old. It never holds up a cycle.

import type { Effects } from '#data/kernel'
import type { Warehouse } from '#data/warehouse'
import type { Models } from '#models'

/** What training works with. */
export interface TrainingContext {
  models: Models
  warehouse: Warehouse
  effects: Effects
  market: string
  now(): number
}

/** Training beside the loop. */
export interface Training {
  /** Called after each cycle; starts what is due, if nothing is under way. */
  wake(): void
  /** Starts nothing more; resolves once what is under way has ended, as it does when the models are closed. */
  close(): Promise<void>
}

/** Market time after which a model learns again, ms. */
const oldMs = 7 * 86_400_000
/** Least real time between two tries, ms. */
const restMs = 60_000

/** Training of the market's model of orders. */
export function trainInTurn({ models, warehouse, effects, market, now }: TrainingContext): Training {
  let under: Promise<void> | null = null
  // A full model that an earlier run kept is as good as one that was just made.
  let learnedAt: number | null = models.isFull(market) ? now() : null
  let triedAt = Number.NEGATIVE_INFINITY
  let isClosed = false
  const learn = async (size: 'small' | 'full') => {
    const at = now()
    await warehouse.reading((queries) => models.trainOrders(queries, { market, now: at, size }))
    if (size === 'full') learnedAt = at
  }
  const due = async () => {
    if (!models.isReady(market)) await learn('small')
    if (isClosed) return
    if (learnedAt === null || now() - learnedAt > oldMs) await learn('full')
  }
  return {
    wake: () => {
      const isDue = !models.isReady(market) || learnedAt === null || now() - learnedAt > oldMs
      if (isClosed || under !== null || !isDue || effects.clock.now() - triedAt < restMs) return
      triedAt = effects.clock.now()
      under = due()
        .catch((error: unknown) => {
          if (!isClosed) effects.logger.warn({ err: error }, 'the model of orders did not learn')
        })
        .finally(() => {
          under = null
        })
    },
    close: async () => {
      isClosed = true
      await under
    },
  }
}
