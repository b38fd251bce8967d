// Decisions as the API shows them: with the names of their orders and nodes, and where those are. It decides nothing.

import type { api } from '#data/contracts'
import type { CandidateRecord } from '#orchestrator/core'
import type { Engine } from '#orchestrator/engine'
import type { CompiledNetwork, LanePlace } from '#orchestrator/sourcing'
import { isoOf } from './figures.ts'
import { listedIds, texts } from './parameters.ts'
import type { Places } from './places.ts'
import type { LoggedDecision } from './tail.ts'

/** A decision of the table or the log; only the table knows those that were undone. */
export type AnyDecision = Omit<LoggedDecision, 'status'> & { status: api.Decision['status'] }

/** Decisions as the API shows them, with the names of their orders and nodes. */
export async function decisionViews(
  engine: Engine,
  places: Places,
  decisions: readonly AnyDecision[],
): Promise<api.Decision[]> {
  const orders = await ordersNamed(engine, [...new Set(decisions.map((each) => each.orderId))])
  const network = engine.worlds.network(engine.core.state())
  const nameOf = (nodeId: string | null) => (nodeId === null ? null : places.nodeName(nodeId))
  return decisions.map((each) => {
    const order = orders.get(each.orderId)
    const to = order === undefined ? null : network.locate({ ...anywhere, ...order.shipTo })
    return {
      decisionId: each.decisionId,
      orderId: each.orderId,
      orderExternalId: order?.externalId ?? each.orderId,
      kind: each.kind,
      incidentId: each.incidentId,
      fromNodeId: each.fromNodeId,
      fromNodeName: nameOf(each.fromNodeId),
      toNodeId: each.toNodeId,
      toNodeName: nameOf(each.toNodeId),
      status: each.status,
      reason: each.reason,
      decidedAt: isoOf(each.decidedAt),
      costCents: each.costCents,
      hoursSaved: each.hoursSaved,
      currency: order?.currency ?? places.currency,
      candidates: each.candidates.map((candidate) => candidateView(candidate, places, network.nodes)),
      strategyId: each.strategyId ?? null,
      strategyVersion: each.strategyVersion ?? null,
      method: each.method ?? null,
      gap: each.gap ?? null,
      otherCount: each.otherCount ?? null,
      lines: each.lines?.map((line) => ({ ...line, nodeName: nameOf(line.nodeId) })) ?? null,
      runnerUpNodeId: each.runnerUpNodeId ?? null,
      runnerUpNodeName: nameOf(each.runnerUpNodeId ?? null),
      counterfactuals:
        each.counterfactuals?.map((what) => ({ ...what, nodeName: places.nodeName(what.nodeId) })) ?? null,
      destinationLatitude: to?.latitude ?? null,
      destinationLongitude: to?.longitude ?? null,
    }
  })
}

const anywhere = { zone: null, latitude: null, longitude: null }

function candidateView(
  candidate: CandidateRecord,
  places: Places,
  nodes: CompiledNetwork['nodes'],
): api.Candidate {
  const place = nodes.get(candidate.nodeId) ?? places.nodes.get(candidate.nodeId)
  return {
    nodeId: candidate.nodeId,
    nodeName: places.nodeName(candidate.nodeId),
    carrier: candidate.carrier,
    isChosen: candidate.isChosen,
    isFeasible: candidate.isFeasible,
    failed: [...candidate.failed],
    available: candidate.available,
    hours: candidate.hours,
    terms: candidate.terms.map(({ name, cents }) => ({ name, cents })),
    totalCents: candidate.totalCents,
    serviceId: candidate.serviceId ?? null,
    dispatchAt: isoOrNull(candidate.dispatchAt),
    arrivesAt: isoOrNull(candidate.arrivesAt),
    lateRisk: candidate.lateRisk ?? null,
    distanceKm: candidate.distanceKm ?? null,
    co2Grams: candidate.co2Grams ?? null,
    constraints: candidate.constraints?.map((each) => ({ ...each })) ?? null,
    lineIds: candidate.lineIds === undefined ? null : [...candidate.lineIds],
    latitude: place?.latitude ?? null,
    longitude: place?.longitude ?? null,
  }
}

function isoOrNull(at: number | null | undefined): string | null {
  return at == null ? null : isoOf(at)
}

interface OrderName {
  externalId: string
  currency: string
  shipTo: Pick<LanePlace, 'country' | 'region' | 'city' | 'postalCode'>
}

/** External ids, currencies and destinations of orders: from the core, else from the tables. */
async function ordersNamed(engine: Engine, orderIds: readonly string[]): Promise<Map<string, OrderName>> {
  const state = engine.core.state()
  const found = new Map<string, OrderName>()
  const missing: string[] = []
  for (const orderId of orderIds) {
    const order = state.orders.get(orderId)
    if (order === undefined) missing.push(orderId)
    else {
      const { externalId, currency, shipTo } = order
      found.set(orderId, { externalId, currency, shipTo })
    }
  }
  if (missing.length === 0) return found
  const rows = await engine.workspace.warehouse.reading((queries) =>
    queries.all<{
      order_id: string
      external_id: string
      currency: string
      country: string | null
      region: string
      city: string | null
      postal_code: string | null
    }>(
      `SELECT order_id::VARCHAR AS order_id, external_id, currency, country, region, city, postal_code FROM orders
       WHERE order_id IN ${listedIds('ids')}`,
      { ids: texts(missing) },
    ),
  )
  for (const {
    order_id: orderId,
    external_id: externalId,
    currency,
    postal_code: postalCode,
    ...to
  } of rows) {
    const region = to.region === 'unknown' ? null : to.region
    found.set(orderId, {
      externalId,
      currency,
      shipTo: { country: to.country, city: to.city, region, postalCode },
    })
  }
  return found
}
