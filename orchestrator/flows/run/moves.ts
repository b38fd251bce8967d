// Where a run stands after a step: tokens that end, tokens that begin, and whether that was all. Pure.

import type { api } from '#data/contracts'
import type { FlowRun, FlowToken, Heard, StepTaken } from '#orchestrator/core'
import type { FlowPlan } from '../compile/plan.ts'

/** A way on. */
export interface Way {
  to: string
  /** Lines that go this way, null = all. */
  lineIds: FlowToken['lineIds']
  splits: FlowToken['splits']
}

/** The part of a step that says where the run stands after it. */
export type Moved = Pick<StepTaken, 'gone' | 'tokens' | 'ended' | 'mark' | 'taken'>

/**
 * Tokens go on along the ways.
 * @param from tokens that end with it
 * @param heard events that were taken account of
 */
export function moved(
  run: FlowRun,
  plan: FlowPlan,
  from: readonly FlowToken[],
  ways: readonly Way[],
  { now, heard: { mark, taken } }: { now: number; heard: Heard },
): Moved {
  const gone = from.map(({ tokenId }) => tokenId)
  const heard: Heard = taken === undefined ? { mark } : { mark, taken }
  const tokens: FlowToken[] = []
  const ending = from.some(({ isEnding }) => isEnding === true) ? { isEnding: true as const } : {}
  let tokenId = run.lastToken
  for (const { to, lineIds, splits } of ways) {
    const tile = plan.tiles.get(to)
    if (tile === undefined || tile.type === 'exit') continue
    const rest = { lineIds, splits, ...heard, since: now, attempt: 1, note: null, ...ending }
    tokens.push({ tokenId: ++tokenId, tileId: to, ...atFirst(tile, now), ...rest })
  }
  const isOver = tokens.length === 0 && run.tokens.every((token) => gone.includes(token.tokenId))
  return {
    gone,
    tokens,
    ...(tokens.length === 0 ? heard : {}),
    ...(isOver ? { ended: 'done' as const } : {}),
  }
}

/** How a token stands at a tile when it comes there. */
function atFirst(tile: api.FlowTile, now: number): Pick<FlowToken, 'state' | 'dueAt'> {
  const after = (minutes: number | undefined) => (minutes === undefined ? null : now + minutes * 60_000)
  switch (tile.type) {
    case 'timer':
      return { state: 'waiting', dueAt: after(tile.minutes) }
    case 'wait':
    case 'approval':
      return { state: 'waiting', dueAt: after(tile.timeoutMinutes) }
    case 'splitter_merge':
      return { state: 'merging', dueAt: null }
    default: {
      const waits = 'inputEvents' in tile && (tile.inputEvents?.length ?? 0) > 0
      return { state: waits ? 'waiting' : 'ready', dueAt: null }
    }
  }
}

/** The tokens of a split that have all come to its merge, null while some are on their way. */
export function filled(
  run: FlowRun,
  merge: api.FlowTileOf<'splitter_merge'>,
  token: FlowToken,
): FlowToken[] | null {
  const split = splitOf(token, merge.splitter)
  if (split === undefined) return [token]
  const own = run.tokens.filter((each) => {
    const found = splitOf(each, merge.splitter)
    return found !== undefined && found.step === split.step
  })
  return own.every(({ tileId, state }) => tileId === merge.id && state === 'merging') ? own : null
}

/** The innermost split of a token at a splitter. */
export function splitOf({ splits }: Pick<FlowToken, 'splits'>, splitter: string) {
  return splits.findLast(({ tileId }) => tileId === splitter)
}

/** The way on from a merge: as it was before the split. */
export function afterMerge(merge: api.FlowTileOf<'splitter_merge'>, token: FlowToken): Way {
  const place = token.splits.findLastIndex(({ tileId }) => tileId === merge.splitter)
  const split = token.splits[place]
  if (split === undefined) return { to: merge.next, lineIds: token.lineIds, splits: token.splits }
  return { to: merge.next, lineIds: split.lineIds, splits: token.splits.slice(0, place) }
}
