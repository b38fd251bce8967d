// How a run ends whose own flow cancelled the order: the way on from there is gone to its end, and the other branches
// end where nothing can come for them any more. Whether somebody else cancelled it is told apart here, too.

import type { api } from '#data/contracts'
import { type FlowRun, type FlowToken, type Order, pastOf } from '#orchestrator/core'
import { isOutside } from './outside-tiles.ts'
import type { Scene } from './result.ts'
import { go } from './settle.ts'

/** Id of the command by which a token cancels its order. */
export function cancelId({ runId }: FlowRun, { tokenId, attempt }: FlowToken): string {
  return `${runId}/${tokenId}/cancel/${attempt}`
}

/**
 * Whether the run itself cancelled its order, also where a crash came before the step of that.
 * @throws LOG_UNAVAILABLE
 */
export async function isOwnEnd({
  run,
  plan,
  parts: { core },
}: Pick<Scene, 'run' | 'plan' | 'parts'>): Promise<boolean> {
  const cancels = ({ tileId }: { tileId: string }) => plan.tiles.get(tileId)?.type === 'cancel'
  if (run.done.some(cancels)) return true
  for (const token of run.tokens.filter(cancels)) {
    if ((await core.recall(cancelId(run, token)))?.status === 'done') return true
  }
  return false
}

/** Whether a tile has nothing to do with an order that is cancelled: it neither tells nor asks others of it. */
export function isPast(tile: api.FlowActionTile, order: Order | null): boolean {
  return (
    order?.status === 'cancelled' && !isOutside(tile) && tile.type !== 'message' && tile.type !== 'cancel'
  )
}

/** A token goes no further, since its order is cancelled. */
export function endWay(scene: Scene): Promise<boolean> {
  const how = { outcome: 'stopped' as const, reason: 'order_cancelled', heard: scene.token }
  return go(scene, [scene.token], [], how)
}

/**
 * Ends a branch that waits without a time for what is not to come, once all that are left do, so that merges fill and
 * the run ends; false where there is none, or something may go on.
 * @param given a run whose flow cancelled the order, and of which nothing is due
 */
export async function endIdleWay(given: Omit<Scene, 'token'>, order: Order): Promise<boolean> {
  const left = given.run.tokens.filter(({ state }) => state !== 'merging')
  const cancelled = pastOf(order).kept.findLast(({ name }) => name === 'OrderCancelled')
  const since = cancelled?.place ?? Number.POSITIVE_INFINITY
  const [token] = left
  if (token === undefined || left.some((each) => mayGoOn(each, since))) return false
  return endWay({ ...given, token })
}

/** Whether a token has a time, comes from the tile that cancelled the order, or took account of what came since. */
function mayGoOn({ dueAt, isEnding, taken = [] }: FlowToken, since: number): boolean {
  return dueAt !== null || isEnding === true || taken.some(({ place }) => place >= since)
}
