// What a side of a what-if comes to: fill, splits, distance, cost by term, risk of being late, work of nodes. Pure.

import type { api } from '#data/contracts'
import { termNames } from '../model/way.ts'
import type { CompiledNetwork } from '../network/compiled.ts'
import type { SourcingPlan } from '../world.ts'
import type { AskedOrder } from './asked-order.ts'
import type { SideRun } from './run-side.ts'

/** Figures of a side. */
export function sideOf(
  orders: readonly AskedOrder[],
  run: SideRun,
  { nodes }: CompiledNetwork,
): api.WhatIfSide {
  const { plans, loads, pricedCents, boundCents, seconds } = run
  const work = plans.flatMap((plan) => plan.work)
  const units = orders.reduce(
    (sum, { order }) => sum + order.lines.reduce((all, { quantity }) => all + quantity, 0),
    0,
  )
  const unserved = plans.reduce(
    (sum, plan) => sum + plan.unserved.reduce((all, { quantity }) => all + quantity, 0),
    0,
  )
  const terms = termsOf(plans)
  const costCents = terms.reduce((sum, { cents }) => sum + cents, 0)
  const km = work.flatMap(({ distanceKm }) => distanceKm ?? [])
  const risks = orders.flatMap(({ order }, i) => {
    const risk = order.promisedAt === null ? null : riskOf(plans[i])
    return risk ?? []
  })
  const risk = risks.reduce((sum, each) => sum + each, 0)
  return {
    orders: orders.length,
    ordersWhole: plans.filter((plan) => plan.unserved.length === 0).length,
    units,
    unitsServed: units - unserved,
    fillRate: units === 0 ? null : rounded((units - unserved) / units),
    splitOrders: plans.filter((plan) => plan.work.length > 1).length,
    shipments: work.length,
    distanceKm: km.length === 0 ? null : rounded(km.reduce((sum, each) => sum + each, 0) / km.length),
    costCents,
    terms,
    lateRisk: risks.length === 0 ? null : rounded(risk / risks.length),
    lateOrders: risks.length === 0 ? null : rounded(risk),
    // Without the price of what has no node, as the cost.
    bound: Number.isFinite(boundCents) ? Math.floor(boundCents - Math.max(0, pricedCents - costCents)) : null,
    gap: gapOf(pricedCents, boundCents),
    seconds: rounded(seconds),
    nodes: nodesOf(plans, loads, nodes),
  }
}

function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4
}

function gapOf(cost: number, bound: number): number | null {
  if (!Number.isFinite(bound)) return null
  return cost <= bound || cost === 0 ? 0 : Math.round(((cost - bound) / Math.abs(cost)) * 1e6) / 1e6
}

function termsOf(plans: readonly SourcingPlan[]) {
  const cents = new Map<api.CostTerm, number>()
  for (const { work } of plans) {
    for (const { terms } of work) {
      for (const term of terms) cents.set(term.name, (cents.get(term.name) ?? 0) + term.cents)
    }
  }
  return termNames.flatMap((name) => {
    const sum = Math.round(cents.get(name) ?? 0)
    return sum === 0 ? [] : [{ name, cents: sum }]
  })
}

/** Probability that a promise is missed; 1 where nothing of it has a node, null where no risk is known. */
export function riskOf(plan: SourcingPlan | undefined): number | null {
  if (plan === undefined || plan.work.length === 0) return 1
  let kept = 1
  for (const { lateRisk } of plan.work) {
    if (lateRisk === null) return null
    kept *= 1 - lateRisk
  }
  return 1 - kept
}

function nodesOf(plans: readonly SourcingPlan[], loads: SideRun['loads'], nodes: CompiledNetwork['nodes']) {
  const work = new Map<string, { orders: number; units: number }>()
  for (const plan of plans) {
    for (const { nodeId, lines } of plan.work) {
      const known = work.get(nodeId) ?? { orders: 0, units: 0 }
      work.set(nodeId, {
        orders: known.orders + 1,
        units: known.units + lines.reduce((sum, { quantity }) => sum + quantity, 0),
      })
    }
  }
  return [...work]
    .map(([nodeId, { orders, units }]) => ({
      nodeId,
      nodeName: nodes.get(nodeId)?.name ?? nodeId,
      orders,
      units,
      load: loads.get(nodeId)?.load ?? null,
    }))
    .sort((a, b) => b.orders - a.orders || (a.nodeId < b.nodeId ? -1 : 1))
}
