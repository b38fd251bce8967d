// What follows from what came of a tile: the way on, another try, or the end of the run. It does no tile's work.

import type { api } from '#data/contracts'
import type { FlowToken, Heard, StepTaken } from '#orchestrator/core'
import { type Moved, moved, type Way } from './moves.ts'
import { cutOff, isOutside } from './outside-tiles.ts'
import type { Scene, TileResult } from './result.ts'
import { stepOf, takeStep, type WithStep } from './take-step.ts'

/** Writes the step that follows from what came of a tile; false where nothing is new. */
export async function settle(
  scene: Scene,
  tile: api.FlowActionTile,
  result: TileResult,
  on: Way,
): Promise<boolean> {
  const { token, parts } = scene
  if (result.kind === 'wait') {
    if (token.note === result.reason) return false
    const tokens = [{ ...token, state: 'ready' as const, dueAt: null, note: result.reason }]
    return takeStep(scene, { ...stepOf(token, 'waiting', result.reason, token.attempt), tokens })
  }
  if (result.kind === 'fail') {
    const times = tile.retries?.times ?? 0
    if (result.isFinal !== true && token.attempt <= times) {
      const dueAt = parts.now() + waitMs(tile.retries, token.attempt)
      const attempt = token.attempt + 1
      const tokens = [{ ...token, state: 'waiting' as const, dueAt, attempt, note: result.reason }]
      // The run may end before the next try.
      const done = doneOf(scene, tile, result.undoRef)
      return takeStep(scene, { ...stepOf(token, 'retry', result.reason, token.attempt), tokens, ...done })
    }
    return failed(scene, tile, result.reason, result.undoRef)
  }
  const { outcome, reason = null, undoRef, said, messages } = result
  const more = {
    ...(outcome === 'skipped' ? {} : doneOf(scene, tile, undoRef)),
    ...(said === undefined ? {} : { said }),
  }
  const from = outcome === 'done' && tile.type === 'cancel' ? { ...token, isEnding: true as const } : token
  const raise = outcome === 'done' && tile.onSuccess !== undefined ? [tile.onSuccess] : []
  const sent: WithStep = { raise, ...(messages === undefined ? {} : { messages }) }
  if (outcome === 'done' && tile.resumeOn !== undefined) {
    const dueAt = tile.resumeMinutes === undefined ? null : parts.now() + tile.resumeMinutes * 60_000
    const tokens = [{ ...from, state: 'acted' as const, dueAt, note: null }]
    return takeStep(scene, { ...stepOf(token, 'done', reason, token.attempt), tokens, ...more }, sent)
  }
  return go(scene, [from], [on], { outcome, reason, heard: token, more, sent })
}

/**
 * A tile failed for good: its own way on, or the end of the run.
 * @param undoRef what takes it back where it may have been done all the same
 */
export async function failed(
  scene: Scene,
  tile: api.FlowActionTile | null,
  reason: string,
  undoRef?: string,
): Promise<boolean> {
  const { run, token } = scene
  const done = tile === null ? {} : doneOf(scene, tile, undoRef)
  const raise = tile?.onFailure === undefined ? [] : [tile.onFailure]
  if (tile?.failed !== undefined) {
    const way = { to: tile.failed, lineIds: token.lineIds, splits: token.splits }
    const how = { outcome: 'failed' as const, reason, heard: token, more: done, sent: { raise } }
    return go(scene, [token], [way], how)
  }
  if (await noteCutOff(scene, token)) return true
  const gone = run.tokens.map(({ tokenId }) => tokenId)
  const undoing = `${token.tileId}: ${reason}`
  const step = { ...stepOf(token, 'failed', reason, token.attempt), gone, undoing, ...done }
  return takeStep(scene, step, { raise })
}

/** The run of an order that was cancelled elsewhere, for example: what it asked for is taken back. */
export async function stop(given: Omit<Scene, 'token'>, reason: string): Promise<boolean> {
  if (await noteCutOff(given)) return true
  const { tokens } = given.run
  const gone = tokens.map(({ tokenId }) => tokenId)
  return takeStep(given, { ...stepOf(tokens[0], 'stopped', reason, 1), gone, undoing: reason })
}

/** Before all tokens go: a call that a crash cut off may have been done. False where there is none but that of one. */
async function noteCutOff(given: Omit<Scene, 'token'>, but?: FlowToken): Promise<boolean> {
  for (const token of given.run.tokens) {
    const tile = given.plan.tiles.get(token.tileId)
    if (token.tokenId === but?.tokenId || tile === undefined || !isOutside(tile)) continue
    const scene = { ...given, token }
    const ref = tile.undo === false ? null : await cutOff(scene, tile)
    if (ref === null) continue
    const step = stepOf(token, 'waiting', 'it may have been done', token.attempt)
    return takeStep(scene, { ...step, tokens: [token], ...doneOf(scene, tile, ref) })
  }
  return false
}

/** Goes on along the ways. */
export function go(
  scene: Scene,
  from: readonly FlowToken[],
  ways: readonly Way[],
  how: {
    outcome?: api.FlowOutcome
    reason: string | null
    heard: Heard
    more?: Partial<StepTaken>
    sent?: WithStep
  },
): Promise<boolean> {
  const { plan, run, token, parts } = scene
  const at = { now: parts.now(), heard: how.heard }
  const on: Moved = moved(run, plan, from, ways, at)
  const step = { ...stepOf(token, how.outcome ?? 'done', how.reason, token.attempt), ...on, ...how.more }
  return takeStep(scene, step, how.sent)
}

/**
 * The work of a tile, noted with its step so that it is taken back where the run is undone. What is held softly is
 * noted also where it stays, since tiles that reserve take its place, and so is that the flow cancelled the order.
 */
function doneOf(
  { run, token: { lineIds } }: Scene,
  { id, type, undo }: api.FlowActionTile,
  undoRef: string | null | undefined,
): Pick<StepTaken, 'done'> {
  const stays = undo === false || type === 'cancel'
  if (undoRef === undefined || (stays && type !== 'soft_reserve' && type !== 'cancel')) return {}
  const done = { tileId: id, step: run.steps + 1, lineIds, ref: undoRef }
  return { done: stays ? { ...done, stays } : done }
}

/** Wait before the next try, ms. @param attempt that failed, from 1 */
function waitMs(retries: api.TileRetries | undefined, attempt: number): number {
  const { firstSeconds = 5, factor = 2, mostSeconds = 3_600 } = retries ?? {}
  return Math.min(mostSeconds, firstSeconds * factor ** (attempt - 1)) * 1_000
}
