// From a document to a plan: every check in turn, then the plan where nothing stands in the way. It publishes
// nothing.

import type { api } from '#data/contracts'
import { fail } from '#data/kernel'
import { defaultFlowId } from '#orchestrator/core'
import { matchPlace, readExpressions } from './expressions.ts'
import { Findings } from './finding.ts'
import { checkOverlaps, type OverlapContext } from './overlaps.ts'
import { type FlowPlan, isStraight } from './plan.ts'
import { readFlow } from './read.ts'
import { checkReasoning } from './reasoning.ts'
import { checkTiles, type KnownNames } from './tiles.ts'
import { checkRings, checkWays } from './ways.ts'

/** What a flow is checked against. */
export interface CompileContext extends KnownNames, OverlapContext {}

/** What came of a document. */
export interface Compiled {
  /** null = an error stands in the way. */
  plan: FlowPlan | null
  /** The document, null where its shape is wrong. */
  document: api.FlowDocument | null
  findings: api.FlowFinding[]
}

/** Checks a document and makes the plan. Cost: milliseconds, with up to 4,000 looks at orders for what it takes. */
export function compileFlow(given: unknown, context: CompileContext, version = 0): Compiled {
  const findings = new Findings()
  const document = readFlow(given, findings)
  if (document === null) return { plan: null, document, findings: findings.sorted() }
  const start = checkWays(document, findings)
  if (start !== null) checkRings(document, findings)
  const conditions = readExpressions(document, findings)
  checkMatch(document, findings)
  if (start !== null) checkTiles(document, start, context, findings)
  checkReasoning(document, conditions, context.state, findings)
  if (start === null || !findings.isClean) return { plan: null, document, findings: findings.sorted() }
  const plan = planOf(document, start, conditions, version)
  checkOverlaps(plan, context, findings)
  return { plan: findings.isClean ? plan : null, document, findings: findings.sorted() }
}

/**
 * The plan of a version that was published: its checks were made then, and names that went since fail at their tile.
 * @throws FLOW_INVALID where it cannot be read any more
 */
export function planOfPublished({ document, version, publishedAt }: api.PublishedFlow): FlowPlan {
  const findings = new Findings()
  const read = readFlow(document, findings)
  const start = read === null ? null : checkWays(read, findings)
  const conditions = read === null ? new Map() : readExpressions(read, findings)
  if (read !== null && start !== null && findings.isClean)
    return { ...planOf(read, start, conditions, version), publishedAt: Date.parse(publishedAt) }
  const all = findings.sorted()
  throw fail('FLOW_INVALID', {
    flowId: document.flowId,
    reason: all[0]?.text ?? 'it has no way',
    findings: all,
  })
}

function checkMatch({ flowId, kind, match }: api.FlowDocument, findings: Findings): void {
  const isOpen = match === undefined || match.trim() === ''
  if (flowId === defaultFlowId && kind !== 'order')
    findings.error('default_of_other_kind', null, 'The flow default is about orders.')
  if (flowId === defaultFlowId && !isOpen)
    findings.error(
      'default_must_take_all',
      null,
      'The flow default takes what no other takes: leave match out.',
    )
  if (flowId !== defaultFlowId && kind === 'order' && isOpen)
    findings.error(
      'match_missing',
      null,
      'Say which orders it takes; those that no flow takes go to default.',
    )
}

function planOf(
  document: api.FlowDocument,
  start: string,
  conditions: FlowPlan['conditions'],
  version: number,
): FlowPlan {
  const tiles = new Map(document.tiles.map((tile) => [tile.id, tile]))
  const first = tiles.get(start)
  return {
    flowId: document.flowId,
    version,
    publishedAt: 0,
    kind: document.kind,
    title: document.title,
    tiles,
    start,
    startEvents: new Set(first?.type === 'start' ? (first.events ?? []) : []),
    match: conditions.get(matchPlace) ?? null,
    conditions,
    isStraight: isStraight(document),
  }
}
