// A run that failed on its way back: one tile after another is undone, the last first, then a person has to look.

import { type FlowToken, isEnded, type StepTaken } from '#orchestrator/core'
import type { Scene } from './result.ts'
import { takeStep } from './take-step.ts'
import { failedReason, undoTile } from './undo.ts'

/** Tries of taking back one tile, and the wait between them, ms of the market. */
const triesMost = 4
const betweenMs = 30_000

/** One step back; false where nothing is due. @throws LOG_UNAVAILABLE, LOG_FENCED */
export async function undoNext(given: Omit<Scene, 'token'>): Promise<boolean> {
  const { run, order, parts } = given
  const { core, now } = parts
  const [resting] = run.tokens
  if (resting?.dueAt != null && resting.dueAt > now()) return false
  const done = run.done.findLast(({ stays }) => stays !== true)
  const isCancelled = order?.status === 'cancelled'
  if (done === undefined) {
    if (order !== null && !isEnded(order)) {
      const held = { orderId: order.orderId, lineIds: null, reason: failedReason }
      await core.execute('HoldOrder', held, { at: now() })
    }
    const ended = isCancelled ? 'cancelled' : 'failed'
    return takeStep(given, { ...stepAt(resting, '', 'stopped', run.reason, 1), ended })
  }
  const token: FlowToken = resting ?? {
    ...{ tokenId: run.lastToken + 1, tileId: done.tileId, state: 'waiting', since: now(), attempt: 1 },
    ...{ dueAt: null, mark: 0, lineIds: done.lineIds, splits: [], note: null },
  }
  const { isDone, reason, isFinal, messages } = await undoTile(
    { ...given, token },
    done,
    token.attempt >= triesMost,
  )
  if (isDone) {
    const step = { ...stepAt(resting, done.tileId, 'undone', reason, token.attempt), undone: done.step }
    return takeStep(given, step, messages === undefined ? {} : { messages })
  }
  if (!isFinal && token.attempt < triesMost) {
    const next = { ...token, attempt: token.attempt + 1, dueAt: now() + betweenMs * token.attempt }
    const step = { ...stepAt(undefined, done.tileId, 'retry', reason, token.attempt), tokens: [next] }
    return takeStep(given, step)
  }
  const failed = stepAt(resting, done.tileId, 'undo_failed', reason, token.attempt)
  return takeStep(given, { ...failed, undone: done.step })
}

function stepAt(
  resting: FlowToken | undefined,
  tileId: string,
  outcome: StepTaken['outcome'],
  reason: string | null,
  attempt: number,
): StepTaken {
  const gone = resting === undefined ? [] : [resting.tokenId]
  return { tileId, outcome, reason, attempt, gone, tokens: [] }
}
