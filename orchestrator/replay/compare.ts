// What a replay comes to: figures of both sides, and the orders that would go otherwise. Pure.

import type { api } from '#data/contracts'
import { riskOf, type SourcingPlan } from '#orchestrator/sourcing'
import { heldInPart, heldOf } from './course.ts'
import type { ReplayedOrder, SideOrder } from './run.ts'

/** Figures of a side. */
export function sideFigures(orders: readonly SideOrder[]): api.ReplaySide {
  const count = (isMeant: (one: SideOrder) => boolean) => orders.filter(isMeant).length
  const risks = orders.flatMap(({ course, plan }) =>
    plan === null || course.order.promisedAt === null ? [] : (riskOf(plan) ?? []),
  )
  const late = risks.reduce((sum, risk) => sum + risk, 0)
  return {
    orders: orders.length,
    validated: count(({ course }) => course.isValidated),
    held: count(({ course }) => heldOf(course) !== null),
    noted: count(({ course }) => course.notes.length > 0),
    tagged: count(({ course }) => course.tags.length > 0),
    sourced: count(({ plan }) => plan !== null && plan.unserved.length === 0),
    unserved: count(({ plan }) => plan !== null && plan.unserved.length > 0),
    rerouted: count(({ rerouted }) => rerouted !== null),
    costCents: Math.round(orders.reduce((sum, { plan }) => sum + (plan === null ? 0 : paid(plan)), 0)),
    lateRisk: risks.length === 0 ? null : rounded(late / risks.length),
    lateOrders: risks.length === 0 ? null : rounded(late),
  }
}

/** What its work costs, without the price of what has no node. */
function paid({ work }: SourcingPlan): number {
  return work.reduce((sum, { costCents }) => sum + costCents, 0)
}

function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4
}

/** Orders that would go otherwise, those whose fate differs most first. */
export function changesOf(orders: readonly ReplayedOrder[]): api.ReplayChange[] {
  const changes = orders.flatMap(({ past, before, after }): api.ReplayChange[] => {
    const [was, is] = [outcomeOf(before), outcomeOf(after)]
    if (JSON.stringify(was) === JSON.stringify(is)) return []
    const { orderId } = past.order
    const placedAt = new Date(past.order.placedAt).toISOString()
    const { externalId } = past.asked
    const reason = why(was, is, [heldInPart(before.course), heldInPart(after.course)])
    return [{ orderId, externalId, placedAt, before: was, after: is, reason }]
  })
  const weight = ({ before, after }: api.ReplayChange) =>
    ((before.held === null) === (after.held === null) ? 0 : 1e12) +
    Math.abs((after.costCents ?? 0) - (before.costCents ?? 0))
  return changes.sort((a, b) => weight(b) - weight(a) || (a.orderId < b.orderId ? -1 : 1))
}

function outcomeOf({ course, plan, rerouted }: SideOrder): api.ReplayOutcome {
  const { tags, strategyId, path, order } = course
  const part = heldInPart(course)
  const risk = plan === null || order.promisedAt === null ? null : riskOf(plan)
  return {
    ...{ held: heldOf(course), tags, strategyId, path, rerouted },
    notes: part === null ? course.notes : [...course.notes, part],
    nodeIds: plan === null ? [] : [...new Set(plan.work.map(({ nodeId }) => nodeId))].sort(),
    costCents: plan === null ? null : Math.round(paid(plan)),
    lateRisk: risk === null ? null : rounded(risk),
  }
}

/** The first difference, in words. @param parts what of it alone is held on both sides, see `heldInPart` */
function why(was: api.ReplayOutcome, is: api.ReplayOutcome, parts: [string | null, string | null]): string {
  if (is.held !== null && was.held === null) return `It would be held: ${is.held}.`
  if (is.held === null && was.held !== null) return `It would not be held any more (${was.held}).`
  if (is.held !== was.held) return `It would be held otherwise: ${is.held ?? ''}.`
  if (parts[0] !== parts[1])
    return parts[1] === null ? 'No line of it would be held any more.' : `It would be ${parts[1]}.`
  if (is.path.join() !== was.path.join()) return 'It would go another way through its flow.'
  const [from, to] = [was.nodeIds.join(', '), is.nodeIds.join(', ')]
  if (from !== to) return `It would go to ${to || 'no node'} instead of ${from || 'no node'}.`
  if (is.rerouted !== was.rerouted)
    return is.rerouted === null ? 'Its work would not be moved.' : `Its work would be moved: ${is.rerouted}.`
  if (is.costCents !== was.costCents) return 'It would cost otherwise at the same nodes.'
  if (is.tags.join() !== was.tags.join()) return `It would be tagged ${is.tags.join(', ') || 'with nothing'}.`
  if (is.strategyId !== was.strategyId) return `It would be sourced by ${is.strategyId ?? 'the rules'}.`
  return 'Something else would be noted of it.'
}
