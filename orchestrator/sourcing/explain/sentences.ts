// Decisions in words. It decides nothing and computes nothing that is not in the figures it is given.

import type { api } from '#data/contracts'
import { showMoney } from '#data/kernel'
import type { CandidateRecord, DecisionRecord } from '#orchestrator/core'
import type { OrderModel } from '../model/build.ts'
import type { ReadPlan } from '../model/plans.ts'
import type { UnservedLine } from '../world.ts'

type LineDecision = NonNullable<DecisionRecord['lines']>[number]

const termWords: Record<api.CostTerm, string> = {
  carriage: 'carriage',
  processing: 'processing',
  split: 'splitting',
  capacity: 'a place on a busy day',
  lateness: 'the risk of being late',
  time: 'time',
  stock_out: 'the last units',
  co2: 'CO2',
  priority: 'priority',
  soft: 'soft constraints',
}

/**
 * Why the chosen nodes.
 * @param next the best node for all of it that was not chosen
 */
export function reasonOf(
  order: OrderModel,
  { pieces, costCents }: ReadPlan,
  next: CandidateRecord | null,
  chosen: CandidateRecord | null,
): string {
  const { currency } = order.order
  if (pieces.length > 1) {
    const over = `split over ${pieces.length} nodes`
    const saving = showMoney(Math.round((next?.totalCents ?? 0) - costCents), currency)
    return next === null
      ? `no node has everything: ${over}`
      : `${over}, ${saving} cheaper than all from ${nameOf(order, next.nodeId)}`
  }
  if (next === null) return 'the only node that can'
  const quicker = Math.round((next.hours - (chosen?.hours ?? next.hours)) * 10) / 10
  const cheaper = next.totalCents - costCents
  const sooner = quicker > 0 ? `, and ${quicker} h quicker than the next` : ''
  if (cheaper <= 0) return `as cheap as the next, and first in order${sooner}`
  const most = chosen === null ? null : largestGain(chosen, next)
  const mostly = most === null ? '' : `, most of it by ${termWords[most]}`
  return `cheapest in all, by ${showMoney(Math.round(cheaper), currency)}${mostly}${sooner}`
}

/** The term by which one node is ahead of another the most. */
function largestGain(chosen: CandidateRecord, next: CandidateRecord): api.CostTerm | null {
  let best: api.CostTerm | null = null
  let most = 0
  for (const name of Object.keys(termWords) as api.CostTerm[]) {
    const gain = centsOf(next, name) - centsOf(chosen, name)
    if (gain > most) {
      best = name
      most = gain
    }
  }
  return best
}

function centsOf({ terms }: CandidateRecord, name: string): number {
  return terms.find((term) => term.name === name)?.cents ?? 0
}

/** Name of a node, its id where it has none. */
export function nameOf({ trip }: OrderModel, nodeId: string): string {
  return trip.session.node(nodeId)?.node.name ?? nodeId
}

/** Where the units of each line go, and why. */
export function lineDecisions(
  order: OrderModel,
  { pieces }: ReadPlan,
  unserved: readonly UnservedLine[],
): LineDecision[] {
  const skuOf = new Map(
    order.goods.lines.flatMap((lines, i) => lines.map(({ lineId }) => [lineId, i] as const)),
  )
  const ables = order.goods.quantities.map((quantity, i) => {
    let able = 0
    for (const { stand } of order.places) if ((stand.available[i] ?? -1) >= quantity) able++
    return able
  })
  const sent = pieces.flatMap(({ work, units }) => {
    const isAll = order.goods.quantities.every((quantity, i) => units[i] === quantity)
    return work.lines.map(({ lineId, quantity }) => {
      const able = ables[skuOf.get(lineId) ?? 0] ?? 0
      return { lineId, quantity, nodeId: work.nodeId, reason: lineReason(able, isAll) }
    })
  })
  const left = unserved.map(({ lineId, quantity, reason }) => ({ lineId, quantity, nodeId: null, reason }))
  return [...sent, ...left]
}

/** @param able nodes that have all of the line and could send it */
function lineReason(able: number, isAll: boolean): string {
  if (able === 0) return 'no node has all of it: one of several parts'
  if (able === 1) return 'the only node that can send all of it'
  return isAll
    ? `of ${able} nodes that could, the cheapest in all`
    : `of ${able} nodes that could, the cheapest together with the other lines`
}
