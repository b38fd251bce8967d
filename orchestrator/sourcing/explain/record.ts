// The record of why an order goes where it goes: candidates, constraints, terms, lines, runner-up, and what the
// runner-up lacks. It is made of what the solver was asked and said; it decides nothing.

import type { CandidateRecord, DecisionRecord } from '#orchestrator/core'
import type { BuildOptions, Model, OrderModel } from '../model/build.ts'
import type { ReadPlan } from '../model/plans.ts'
import type { UnservedLine } from '../world.ts'
import { nodeIdOf, weighed } from './candidates.ts'
import { costCounterfactual, furtherCounterfactuals } from './counterfactual.ts'
import { lineDecisions, reasonOf } from './sentences.ts'

/** What a record is made of. */
export interface Told {
  model: Model
  order: OrderModel
  plan: ReadPlan
  unserved: readonly UnservedLine[]
  decisionId: string
  incidentId: string | null
  method: 'exact' | 'batch'
  gap: number | null
  /** What others lack: none, the runner-up in cents, or everything that solving again can show. */
  counterfactuals: 'none' | 'cost' | 'all'
  build: BuildOptions
}

/** The record of a sourcing. */
export function recordOfSourcing(told: Told): DecisionRecord {
  const { model, order, plan, unserved, method } = told
  const { strategy } = model.session.world
  const { candidates, otherCount, runnerUp } = weighed(model, order, plan)
  const next =
    runnerUp < 0 ? null : (candidates.find(({ nodeId }) => nodeId === nodeIdOf(order, runnerUp)) ?? null)
  const isDone = plan.pieces.length > 0
  return {
    decisionId: told.decisionId,
    kind: 'source',
    incidentId: told.incidentId,
    fromNodeId: null,
    toNodeId: plan.pieces[0]?.work.nodeId ?? null,
    status: isDone ? 'done' : 'refused',
    reason: isDone ? doneReason(told, next, candidates[0] ?? null) : noneReason(unserved),
    costCents: isDone ? plan.costCents : null,
    hoursSaved: null,
    candidates,
    otherCount,
    strategyId: strategy.strategyId,
    strategyVersion: strategy.version,
    lines: lineDecisions(order, plan, unserved),
    runnerUpNodeId: runnerUp < 0 ? null : nodeIdOf(order, runnerUp),
    counterfactuals: isDone ? counterfactualsOf(told, runnerUp) : [],
    method,
    gap: told.gap,
  }
}

function counterfactualsOf({ model, order, plan, counterfactuals, build }: Told, runnerUp: number) {
  if (counterfactuals === 'none') return []
  const cost = costCounterfactual(model, order, plan, runnerUp)
  const first = cost === null ? [] : [cost]
  return counterfactuals === 'cost'
    ? first
    : [...first, ...furtherCounterfactuals(model, order, runnerUp, build)]
}

function doneReason(
  { order, plan, unserved }: Told,
  next: CandidateRecord | null,
  first: CandidateRecord | null,
) {
  const reason = reasonOf(order, plan, next, first)
  const [missing] = unserved
  const units = unserved.reduce((sum, { quantity }) => sum + quantity, 0)
  if (missing === undefined) return reason
  return `${reason}; ${units === 1 ? '1 unit has' : `${units} units have`} no node: ${missing.reason}`
}

function noneReason([first]: readonly UnservedLine[]): string {
  return first?.reason ?? 'nothing is to be sent'
}
