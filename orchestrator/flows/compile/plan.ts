// A flow ready to be run: tiles by name, expressions made ready, and whether it is the straight way that needs no
// events of its own. Shapes and that one question.

import type { api } from '#data/contracts'
import type { Condition } from '#orchestrator/conditions'
import type { Conditions } from './expressions.ts'

/** A compiled flow. */
export interface FlowPlan {
  flowId: string
  version: number
  /** Epoch ms of the market; 0 = it is not. */
  publishedAt: number
  kind: api.FlowKind
  title: string
  tiles: ReadonlyMap<string, api.FlowTile>
  /** Name of the start. */
  start: string
  startEvents: ReadonlySet<string>
  /** What it takes; null = everything. */
  match: Condition | null
  conditions: Conditions
  /**
   * Whether it is validate, source, reserve, release and nothing more: where the parts of an order stand tells which
   * step is next, so that nothing has to be noted.
   */
  isStraight: boolean
}

const straight = ['start', 'validate_header', 'source', 'reserve', 'release', 'exit'] as const
/** Fields of a tile that do not change what it does. */
const plain: ReadonlySet<string> = new Set(['type', 'id', 'title', 'next', 'undo'])

/** Whether a document says no more than the steps of the default flow. */
export function isStraight({ kind, tiles }: api.FlowDocument): boolean {
  if (kind !== 'order' || tiles.length !== straight.length) return false
  const byId = new Map(tiles.map((tile) => [tile.id, tile]))
  let tile = tiles.find(({ type }) => type === 'start')
  for (const type of straight) {
    if (tile?.type !== type || !Object.keys(tile).every((field) => plain.has(field))) return false
    tile = 'next' in tile ? byId.get(tile.next) : undefined
  }
  return true
}
