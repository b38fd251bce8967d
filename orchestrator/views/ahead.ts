// Nodes that will be full before their cut-off, as the API shows them. It foresees nothing itself.

import type { api } from '#data/contracts'
import type { Engine } from '#orchestrator/engine'

/** Nodes that will probably not do their work in time, the worst first. */
export function listAhead(engine: Engine): api.AheadItem[] {
  const { nodes } = engine.core.state()
  return engine.ahead().flatMap(({ nodeId, room, probability, excess, expected, answer, planId }) => {
    const { day, cutOffAt, booked, limit } = room
    if (cutOffAt === null) return []
    return {
      ...{ nodeId, nodeName: nodes.get(nodeId)?.name ?? nodeId, day, answer, planId },
      cutOffAt: new Date(cutOffAt).toISOString(),
      probability,
      ordersLeftOver: Math.round(excess),
      ordersBooked: Math.round(booked),
      ordersExpected: Math.round(expected.mean),
      ordersLimit: Math.floor(limit),
    }
  })
}
