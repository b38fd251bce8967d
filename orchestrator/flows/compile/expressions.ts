// The expressions of a flow, each parsed and typed once. What is wrong with one is told with its tile.

import type { api } from '#data/contracts'
import { type Condition, isCondition } from '#orchestrator/conditions'
import { type ExpressionScope, expressionOf } from './facts.ts'
import type { Findings } from './finding.ts'

/** Conditions by the place that they stand at, see `placeOf`. */
export type Conditions = ReadonlyMap<string, Condition>

/** Name of the place of an expression. @param branch of a splitter, the first is 0 */
export function placeOf(tileId: string, branch?: number): string {
  return branch === undefined ? tileId : `${tileId}/${branch}`
}

/** Place of the expression that says what a flow takes. */
export const matchPlace = ''

interface Expression {
  place: string
  tileId: string | null
  scope: ExpressionScope
  text: string
}

/** All expressions of a flow made ready; those that are wrong are told and left out. */
export function readExpressions(document: api.FlowDocument, findings: Findings): Conditions {
  const conditions = new Map<string, Condition>()
  for (const { place, tileId, scope, text } of expressionsIn(document)) {
    const made = expressionOf(scope, text)
    if (isCondition(made)) {
      conditions.set(place, made)
      if (isConstant(made)) {
        const text = `It asks for nothing of the ${scope}, so it always says the same.`
        findings.warning('expression_constant', tileId, text)
      }
    } else {
      const where = tileId === null ? 'What it takes' : 'Its condition'
      findings.error('expression_invalid', tileId, `${where} ${made.reason}.`, made.position)
    }
  }
  return conditions
}

function isConstant({ subjects }: Condition): boolean {
  return subjects.size === 0
}

/** The expressions of a flow with the places that they stand at. */
export function* expressionsIn({ kind, match, tiles }: api.FlowDocument): Generator<Expression> {
  const whole: ExpressionScope = kind === 'inventory' ? 'stock' : 'order'
  if (match !== undefined && match.trim() !== '')
    yield { place: matchPlace, tileId: null, scope: whole, text: match }
  for (const tile of tiles) {
    const { id } = tile
    if (tile.type === 'condition') yield { place: placeOf(id), tileId: id, scope: whole, text: tile.when }
    if (tile.type === 'validate_lines' && tile.when !== undefined)
      yield { place: placeOf(id), tileId: id, scope: 'line', text: tile.when }
    if (tile.type !== 'splitter') continue
    for (const [branch, { when }] of tile.branches.entries()) {
      if (when.trim() === '') continue
      const scope = tile.by === 'lines' ? 'line' : whole
      yield { place: placeOf(id, branch), tileId: id, scope, text: when }
    }
  }
}
