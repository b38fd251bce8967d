// Keeps the tables of a process that writes no market near the log, so that it has little left to do when it takes one
// over. It runs no cycle: metrics, detection and reroutes belong to the writer.

import { reasonOf } from '#data/kernel'
import { openProjector } from '#orchestrator/projection'
import type { Workspace } from '#orchestrator/workspace'
import type { Shared } from './shared.ts'

/** Time between two looks, ms. */
const everyMs = 5_000

/**
 * Projects what came, again and again, while no engine does.
 * @returns ends it, once what is under way has ended
 */
export function keepTables(
  { log, warehouse, paths, effects }: Workspace,
  { turns, states, snapshots }: Shared,
  hasEngine: () => boolean,
): () => Promise<void> {
  const projector = openProjector({ log, warehouse, effects, lake: paths.lake, snapshots })
  let isEnded = false
  let cancel = () => {}
  let under: Promise<void> = Promise.resolve()
  const look = async () => {
    try {
      if (!hasEngine()) await turns.take(() => projector.project((market) => states.get(market)))
    } catch (error) {
      effects.logger.warn(
        { reason: reasonOf(error) },
        'the tables did not follow the log; they are tried again',
      )
    }
    if (!isEnded) later()
  }
  const later = () => {
    cancel = effects.clock.after(everyMs, () => {
      under = look()
    })
  }
  later()
  return async () => {
    isEnded = true
    cancel()
    await under
  }
}
