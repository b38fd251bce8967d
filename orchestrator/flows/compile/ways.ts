// What is wrong with the ways through a flow: names that lead nowhere, tiles nobody reaches, rings without a wait,
// and merges that can never fill. It reads no expression.

import type { api } from '#data/contracts'
import type { Findings } from './finding.ts'
import { type Edge, edgesOf, reachedFrom, ringAmong, type Tiles } from './graph.ts'

/** Least wait of a ring, minutes of the market. */
export const leastWaitMinutes = 1

/** Checks the ways but for rings. @returns the name of the start, null where nothing more can be said */
export function checkWays({ tiles: list }: api.FlowDocument, findings: Findings): string | null {
  const tiles = new Map<string, api.FlowTile>()
  for (const tile of list) {
    if (tiles.has(tile.id)) findings.error('tile_twice', tile.id, `There are two tiles named ${tile.id}.`)
    tiles.set(tile.id, tile)
  }
  const starts = list.filter(({ type }) => type === 'start')
  const [start] = starts
  if (start === undefined) findings.error('start_missing', null, 'A flow needs a start.')
  if (starts.length > 1) findings.error('start_twice', starts[1]?.id ?? null, 'A flow has one start.')
  if (!list.some(({ type }) => type === 'exit')) findings.error('exit_missing', null, 'A flow needs an exit.')
  for (const tile of tiles.values()) {
    for (const { label, to } of edgesOf(tile)) {
      const next = tiles.get(to)
      if (next === undefined)
        findings.error('next_unknown', tile.id, `Its way "${label}" leads to ${to}, which is not there.`)
      else if (next.type === 'start')
        findings.error('next_is_start', tile.id, `Its way "${label}" leads back to the start.`)
    }
  }
  if (start === undefined || !findings.isClean) return null
  checkReach(tiles, start.id, findings)
  checkMerges(tiles, start.id, findings)
  return start.id
}

function checkReach(tiles: Tiles, start: string, findings: Findings): void {
  const reached = reachedFrom(tiles, start)
  for (const name of tiles.keys()) {
    if (!reached.has(name)) findings.error('tile_unreachable', name, `No way leads to ${name}.`)
  }
  for (const name of reached) {
    const ends = [...reachedFrom(tiles, name)].some((each) => tiles.get(each)?.type === 'exit')
    if (!ends) findings.error('no_way_out', name, `No way leads from ${name} to an exit.`)
  }
}

/** Whether a run may go that way without having rested, so that a ring of such ways spins. */
function isAtOnce(tile: api.FlowTile, { label }: Edge, raised: ReadonlySet<string>): boolean {
  // What a run tells itself is there when it comes to wait for it.
  const isFed = (events: readonly string[]) => events.some((name) => raised.has(name))
  switch (tile.type) {
    case 'timer':
      return isShort(tile.minutes)
    case 'wait':
      return isShort(tile.timeoutMinutes) || (label === 'next' && isFed(tile.events))
    case 'approval':
      return isShort(tile.timeoutMinutes) && label !== 'approved'
    case 'start':
    case 'exit':
    case 'condition':
    case 'condition_merge':
    case 'splitter':
    case 'splitter_merge':
      return true
    default: {
      const { inputEvents = [] } = tile
      if (inputEvents.length > 0 && !isFed(inputEvents)) return false
      // A clear no is not tried again, whatever the tile says of retries.
      if (label === 'failed') return true
      // One that is passed over waits for nothing.
      if (tile.filter !== undefined || tile.type === 'soft_reserve') return true
      return tile.resumeOn === undefined || isFed([tile.resumeOn])
    }
  }
}

/** Whether a time is too short for a ring; none is a wait without end. */
function isShort(minutes = Number.POSITIVE_INFINITY): boolean {
  return minutes < leastWaitMinutes
}

/** Names of the events that a tile raises. */
function raisedBy(tile: api.FlowTile): string[] {
  const { onSuccess, onFailure } = tile as Partial<api.FlowActionTile>
  return [onSuccess, onFailure].filter((name) => name !== undefined)
}

/** Checks for rings without a wait, before publishing: of a version that was published, runs that spin are ended. */
export function checkRings({ tiles: list }: api.FlowDocument, findings: Findings): void {
  const tiles = new Map(list.map((tile) => [tile.id, tile]))
  const raised = new Set([...tiles.values()].flatMap(raisedBy))
  const ring = ringAmong(tiles, (tile, edge) => isAtOnce(tile, edge, raised))
  if (ring === null) return
  const round = [...ring, ring[0]].join(' > ')
  const text = `${round} goes round without a wait of a minute: put a timer, a wait or an approval in it.`
  findings.error('cycle_without_wait', ring[0] ?? null, text)
}

/** Every branch of a splitter either always comes to its merge or never does, and no other way leads there. */
function checkMerges(tiles: Tiles, start: string, findings: Findings): void {
  const merges = [...tiles.values()].filter((tile) => tile.type === 'splitter_merge')
  for (const merge of merges) {
    const splitter = tiles.get(merge.splitter)
    if (splitter?.type !== 'splitter') {
      findings.error('merge_without_splitter', merge.id, `${merge.splitter} is no splitter of this flow.`)
      continue
    }
    if (merges.some((other) => other.id < merge.id && other.splitter === merge.splitter)) {
      findings.error('splitter_merged_twice', merge.id, `The branches of ${splitter.id} meet in two merges.`)
    }
    checkBranches(tiles, merge.id, splitter, findings)
    const around = reachedFrom(tiles, start, new Set([splitter.id]))
    if (around.has(merge.id)) {
      const text = `A way leads to ${merge.id} past ${splitter.id}: it would wait for branches that never began.`
      findings.error('merge_never_fills', merge.id, text)
    }
  }
  checkJumps(tiles, findings)
}

function checkBranches(
  tiles: Tiles,
  mergeId: string,
  splitter: api.FlowTileOf<'splitter'>,
  findings: Findings,
): void {
  let coming = 0
  for (const { label, to } of edgesOf(splitter)) {
    const inside = reachedFrom(tiles, to, new Set([mergeId]))
    if (!inside.has(mergeId)) continue
    coming++
    const lost = [...inside].find((name) => tiles.get(name)?.type === 'exit')
    if (lost !== undefined) {
      const text = `The ${label} of ${splitter.id} may end at ${lost}: ${mergeId} would wait for it in vain.`
      findings.error('merge_never_fills', mergeId, text)
    }
    if (inside.has(splitter.id)) {
      const text = `The ${label} of ${splitter.id} comes back to it before ${mergeId}: it could never fill.`
      findings.error('merge_never_fills', mergeId, text)
    }
  }
  if (coming === 0)
    findings.error('merge_never_fills', mergeId, `No branch of ${splitter.id} leads to ${mergeId}.`)
  if (coming === 1)
    findings.warning('merge_of_one', mergeId, `Only one branch of ${splitter.id} leads to ${mergeId}.`)
}

/** A tile inside one branch that another branch of the same splitter leads to would be done twice over. */
function checkJumps(tiles: Tiles, findings: Findings): void {
  for (const splitter of tiles.values()) {
    if (splitter.type !== 'splitter') continue
    const merge = [...tiles.values()].find(
      (tile) => tile.type === 'splitter_merge' && tile.splitter === splitter.id,
    )
    const until = new Set(merge === undefined ? [] : [merge.id])
    const seen = new Map<string, string>()
    for (const first of new Set(edgesOf(splitter).map(({ to }) => to))) {
      for (const name of reachedFrom(tiles, first, until)) {
        const type = tiles.get(name)?.type
        if (type === 'exit' || name === merge?.id) continue
        const other = seen.get(name)
        if (other !== undefined) {
          const text = `Two branches of ${splitter.id} lead to ${name}: it is done once for each of them.`
          findings.warning('shared_by_branches', name, text)
          break
        }
        seen.set(name, first)
      }
    }
  }
}
