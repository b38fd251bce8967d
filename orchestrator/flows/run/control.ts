// The tiles that lead the way: which ways a token takes from them, or null where it rests there. Pure but for facts.

import type { api } from '#data/contracts'
import type { FlowToken, Heard } from '#orchestrator/core'
import { placeOf } from '../compile/expressions.ts'
import { eventSince } from './events.ts'
import type { Way } from './moves.ts'
import { factsOf, orderFacts } from './perform-tile.ts'
import type { Scene } from './result.ts'
import { linesIn } from './scope.ts'

/** The way on from a tile that leads the way. */
export interface Led {
  ways: Way[]
  reason: string | null
  /** Events that were taken account of. */
  heard: Heard
}

/** Where a token goes from a tile of these kinds; null = it rests. Merges of splitters are not led from here. */
export function lead(
  scene: Scene,
  tile: Exclude<Extract<api.FlowTile, { type: api.FlowControlType }>, { type: 'splitter_merge' }>,
): Led | null {
  const { token, run, order, parts, plan } = scene
  const on = (to: string, reason: string | null = null, heard: Heard = token): Led => ({
    ways: [{ to, lineIds: token.lineIds, splits: token.splits }],
    reason,
    heard,
  })
  const isDue = token.dueAt !== null && token.dueAt <= parts.now()
  switch (tile.type) {
    case 'start':
    case 'condition_merge':
      return on(tile.next)
    case 'exit':
      return { ways: [], reason: null, heard: token }
    case 'condition': {
      const outcome = plan.conditions.get(placeOf(tile.id))?.outcome(factsOf(scene)) ?? false
      if (typeof outcome !== 'boolean') return on(tile.no, `could not be worked out: ${outcome.reason}`)
      return on(outcome ? tile.yes : tile.no, outcome ? 'yes' : 'no')
    }
    case 'splitter':
      return { ...split(scene, tile), heard: token }
    case 'timer':
      return isDue ? on(tile.next) : null
    case 'wait': {
      const seen = eventSince(tile.events, token, run, order)
      if (seen !== null) return on(tile.next, seen.name, seen.heard)
      return isDue ? on(tile.timedOut ?? tile.next, 'timed_out') : null
    }
    case 'approval':
      // An answer moves it; here only the time is looked at.
      return isDue ? on(tile.timedOut ?? tile.rejected, 'timed_out') : null
  }
}

function split(scene: Scene, tile: api.FlowTileOf<'splitter'>): Omit<Led, 'heard'> {
  const { token, run, plan } = scene
  const splits: FlowToken['splits'] = [
    ...token.splits,
    { tileId: tile.id, step: run.steps + 1, lineIds: token.lineIds },
  ]
  const last = tile.rest ?? tile.branches.at(-1)?.next ?? ''
  const conditionOf = (branch: number) => plan.conditions.get(placeOf(tile.id, branch))
  if (tile.by === 'all' || scene.order === null) {
    const facts = factsOf(scene)
    const held = tile.branches.filter(
      ({ when }, branch) => when.trim() === '' || conditionOf(branch)?.holds(facts) === true,
    )
    const to = held.length > 0 ? held.map(({ next }) => next) : [last]
    return {
      ways: to.map((each) => ({ to: each, lineIds: token.lineIds, splits })),
      reason: `${to.length} of ${tile.branches.length} branches`,
    }
  }
  const { ofLine } = orderFacts(scene, scene.order)
  const taken = new Map<string, string[]>()
  for (const line of linesIn(scene.order, token.lineIds)) {
    const branch = tile.branches.find(
      ({ when }, i) => when.trim() === '' || conditionOf(i)?.holds(ofLine(line)) === true,
    )
    const to = branch?.next ?? last
    taken.set(to, [...(taken.get(to) ?? []), line.lineId])
  }
  if (taken.size === 0) taken.set(last, [])
  const ways = [...taken].map(([to, lineIds]) => ({ to, lineIds, splits }))
  const counts = ways.map(({ to, lineIds }) => `${lineIds.length} to ${to}`)
  return { ways, reason: counts.join(', ') }
}
