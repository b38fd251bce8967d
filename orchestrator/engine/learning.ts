// What learns beside the loop, one thing at a time: the model of orders, then that of lateness, and own models when
// their time comes. It teaches nothing itself.

import type { Core } from '#orchestrator/core'
import { Learning, ModelBook } from '#orchestrator/learning'
import type { Worlds } from '#orchestrator/sourcing'
import type { Workspace } from '#orchestrator/workspace'
import type { Detector } from './detection.ts'
import { forecastInTurn } from './forecasting.ts'
import { lateModel, watchLate } from './late.ts'
import type { Shared } from './shared.ts'
import { ordersModel, trainInTurn } from './training.ts'

/** Whose models learn. */
export interface LearningOptions {
  core: Core
  detector: Detector
  /** Where what is foreseen goes. */
  worlds: Worlds
  /** Else nothing is taught by itself, and what was taught before is asked. */
  trains: boolean
  now(): number
  /** Market time after which lateness is foreseen anew, ms; absent = as usual. */
  lateEveryMs: number | undefined
  /** Brings the tables up to date with the log. */
  project(): Promise<unknown>
}

/** All that learns of a market. */
export interface LearningInTurn {
  /** Models as people see them. */
  learning: Learning
  /** Called after each cycle; starts what is due. */
  wake(): void
  /** Resolves once what is under way has ended. */
  settled(): Promise<void>
  /** Starts nothing more; resolves once what is under way has ended. */
  close(): Promise<void>
}

/** Opens all that learns of a market. @throws LOG_UNAVAILABLE, LOG_DAMAGED */
export async function learnInTurn(
  { models, late, turns }: Shared,
  workspace: Workspace,
  { core, detector, worlds, trains, now, lateEveryMs, project }: LearningOptions,
): Promise<LearningInTurn> {
  const { warehouse, effects, log } = workspace
  const { registry } = models
  const { market } = core
  const book = await ModelBook.open(log, market)
  await models.attach(market, book.journal)
  const mayTeach = () => trains && !learning.isBusy
  const forecasting = forecastInTurn({
    ...{ models, detector, turns, effects, market, mayTeach, now },
    train: () => learning.train('forecast'),
  })
  const builtIns = [
    ordersModel({ models, warehouse, market, now }),
    lateModel({ late, warehouse, market, now }),
    forecasting.model,
  ]
  const changed = (model: string) => core.tell({ kind: 'model', ids: [model], at: now() })
  const parts = { workspace, market, registry, book, builtIns, changed, project, now, isScheduled: trains }
  const learning: Learning = new Learning(parts)
  const training = trainInTurn({ models, effects, market, now, train: () => learning.train('orders') })
  const train = () => learning.train('late')
  // Where nothing is taught, nobody asks whether it should be.
  const looks = { watchesDrift: trains, ...(lateEveryMs === undefined ? {} : { lookMs: lateEveryMs }) }
  const lateness = watchLate({ late, warehouse, effects, market, worlds, mayTeach, train, now, ...looks })
  return {
    learning,
    wake: () => {
      if (trains) training.wake()
      lateness.wake()
      forecasting.wake()
    },
    settled: async () => {
      await Promise.all([training.settled(), lateness.settled(), forecasting.settled()])
    },
    close: async () => {
      training.close()
      await Promise.all([learning.close(), lateness.close(), forecasting.close()])
      registry.detach(market)
    },
  }
}
