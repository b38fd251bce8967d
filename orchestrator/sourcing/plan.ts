// Chooses nodes for units of an order, and writes down why. Greedy for splits; it changes nothing.

import { showMoney } from '#data/kernel'
import type { Assignment, CandidateRecord, DecisionRecord } from '#orchestrator/core'
import { type Question, type Want, weigh } from './candidates.ts'

/** A plan, or why there is none; both with the record of what was weighed. */
export interface Plan {
  assignments: Assignment[] | null
  decision: DecisionRecord
}

/** Nodes kept in a record. */
const candidatesKept = 12

/** Hours after which work should have left its node, where the order has no promise. */
const shipWithinHours = 24

/**
 * The cheapest way to source new units: one node for all where that is possible, else line by line.
 * @param decisionId deterministic, so that the same command can be sent again
 */
export function planSourcing(question: Question, decisionId: string): Plan {
  const candidates = weigh(question)
  const best = candidates.find((candidate) => candidate.isFeasible)
  const base = { decisionId, kind: 'source' as const, incidentId: null, fromNodeId: null, hoursSaved: null }
  if (best !== undefined) {
    const decision: DecisionRecord = {
      ...base,
      toNodeId: best.nodeId,
      status: 'done',
      reason: reasonOf(candidates, best, question.order.currency),
      costCents: best.totalCents,
      candidates: mark(candidates, [best]),
    }
    return { assignments: [assignment(question, best, question.wants)], decision }
  }
  const split = splitOver(question)
  const refusal = { ...base, toNodeId: null, status: 'refused' as const, costCents: null }
  if (split === null) {
    const reason = candidates.length === 0 ? 'no node sells these goods' : 'no node has the stock'
    return { assignments: null, decision: { ...refusal, reason, candidates: mark(candidates, []) } }
  }
  const decision: DecisionRecord = {
    ...base,
    toNodeId: split.chosen[0]?.nodeId ?? null,
    status: 'done',
    reason: `no node has everything: split over ${split.assignments.length} nodes`,
    costCents: split.chosen.reduce((sum, one) => sum + one.totalCents, 0),
    candidates: mark(candidates, split.chosen),
  }
  return { assignments: split.assignments, decision }
}

/** Limits of one reroute. */
export interface RerouteLimits {
  maxExtraCostCents: number
  /** Only this node, where a person chose it. */
  toNodeId?: string
}

/**
 * The best other place for work that is at `question.from`, where it is cheaper in all than to stay and within the
 * limits.
 */
export function planReroute(
  question: Question,
  ids: { decisionId: string; incidentId: string | null },
  limits: RerouteLimits,
): Plan {
  const { from } = question
  const candidates = weigh(question)
  const stay = candidates.find(({ nodeId, carrier }) => nodeId === from?.nodeId && carrier === from.carrier)
  const others = candidates.filter((candidate) => candidate !== stay)
  const open = others.filter(
    (candidate) =>
      candidate.isFeasible && (limits.toNodeId === undefined || candidate.nodeId === limits.toNodeId),
  )
  const base = { ...ids, kind: 'reroute' as const, fromNodeId: from?.nodeId ?? null }
  const no = (reason: string): Plan => ({
    assignments: null,
    decision: {
      ...base,
      toNodeId: null,
      status: 'refused',
      reason,
      costCents: null,
      hoursSaved: null,
      candidates: mark(candidates, []),
    },
  })
  const best = open[0]
  if (best === undefined) return no(whyNone(others, limits.toNodeId))
  const stayHours = stay?.hours ?? best.hours
  const costCents = paid(best) - (stay === undefined ? paid(best) : paid(stay))
  const isByHand = limits.toNodeId !== undefined
  if (!isByHand && stay !== undefined && best.totalCents >= stay.totalCents)
    return no('it is best where it is')
  if (!isByHand && costCents > limits.maxExtraCostCents) return no('it would cost more than the limit')
  const decision: DecisionRecord = {
    ...base,
    toNodeId: best.nodeId,
    status: 'done',
    reason: reasonOf(open, best, question.order.currency),
    costCents,
    hoursSaved: Math.round((stayHours - best.hours) * 10) / 10,
    candidates: mark(candidates, [best]),
  }
  return { assignments: [assignment(question, best, question.wants)], decision }
}

/** Cents that are really paid: carriage and handling. Time, lateness and load are what they are taken to cost. */
function paid(candidate: CandidateRecord): number {
  return candidate.terms.reduce(
    (sum, { name, cents }) => sum + (name === 'carriage' || name === 'handling' ? cents : 0),
    0,
  )
}

function whyNone(others: readonly CandidateRecord[], toNodeId: string | undefined): string {
  if (toNodeId !== undefined) {
    const asked = others.find((candidate) => candidate.nodeId === toNodeId)
    return asked === undefined
      ? 'that node does not sell these goods'
      : `that node ${asked.failed[0] ?? 'cannot'}`
  }
  return others.length === 0 ? 'no other node sells these goods' : 'no other node can take it'
}

function reasonOf(candidates: readonly CandidateRecord[], best: CandidateRecord, currency: string): string {
  const next = candidates.find((candidate) => candidate.isFeasible && candidate !== best)
  if (next === undefined) return 'the only node that can'
  const quicker = Math.round((next.hours - best.hours) * 10) / 10
  const cheaper = next.totalCents - best.totalCents
  return quicker > 0
    ? `cheapest in all, and ${quicker} h quicker than the next`
    : `cheapest in all, by ${showMoney(cheaper, currency)}`
}

/** Each line at its best node beside what went there before; null where some line has none. */
function splitOver(question: Question): { assignments: Assignment[]; chosen: CandidateRecord[] } | null {
  const byNode = new Map<string, { candidate: CandidateRecord; wants: Want[] }>()
  for (const want of question.wants) {
    const takenAt = (nodeId: string) =>
      (byNode.get(nodeId)?.wants ?? []).reduce(
        (sum, { sku, quantity }) => sum + (sku === want.sku ? quantity : 0),
        0,
      )
    const best = weigh({ ...question, wants: [want] }).find(
      ({ isFeasible, available, nodeId }) =>
        isFeasible && (available === null || available >= want.quantity + takenAt(nodeId)),
    )
    if (best === undefined) return null
    const place = byNode.get(best.nodeId) ?? { candidate: best, wants: [] }
    place.wants.push(want)
    byNode.set(best.nodeId, place)
  }
  const places = [...byNode.values()]
  return {
    assignments: places.map(({ candidate, wants }) => assignment(question, candidate, wants)),
    chosen: places.map(({ candidate }) => candidate),
  }
}

function assignment(
  { now, order }: Question,
  candidate: CandidateRecord,
  wants: readonly Want[],
): Assignment {
  const { nodeId, carrier } = candidate
  const lines = wants.map(({ lineId, quantity }) => ({ lineId, quantity }))
  const soon = now + shipWithinHours * 3_600_000
  const shipBy = order.promisedAt === null ? soon : Math.min(soon, order.promisedAt)
  return { nodeId, carrier, shipBy, lines }
}

function mark(candidates: readonly CandidateRecord[], chosen: readonly CandidateRecord[]): CandidateRecord[] {
  const places = new Set(chosen.map(({ nodeId, carrier }) => `${nodeId}/${carrier}`))
  const isChosen = ({ nodeId, carrier }: CandidateRecord) => places.has(`${nodeId}/${carrier}`)
  return candidates
    .filter((candidate, i) => i < candidatesKept || isChosen(candidate))
    .map((candidate) => ({ ...candidate, isChosen: isChosen(candidate) }))
}
