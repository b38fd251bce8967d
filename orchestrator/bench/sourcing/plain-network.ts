// A node and a strategy of made-up networks with only what matters to them. Shapes with defaults, nothing drawn.

import type { api } from '#data/contracts'
import { blankNode } from '#orchestrator/core'

/** A node in New York time without hours, limits or costs. */
export function plainNode(nodeId: string, type: 'store' | 'warehouse'): api.NetworkNode {
  const told = { name: nodeId, type, timeZone: 'America/New_York', methods: ['delivery' as const] }
  return { ...blankNode(nodeId), ...told }
}

/** Carriage, work, splits and lateness count; capacity holds, calendars where there are any. */
export function strategyFrom(
  name: string,
  prices: Partial<api.StrategyDraft['prices']>,
  isTimed: boolean,
): api.StrategyDraft {
  const hard = (each: api.ConstraintName): api.StrategyConstraint => ({
    ...{ name: each, kind: 'hard', limit: null, priceCents: 0, values: [] },
  })
  return {
    ...{ strategyId: 'made', name, note: '' },
    weights: {
      ...{ carriage: 1, processing: 1, split: 1, capacity: 1 },
      ...{ lateness: 1, time: 1, stockOut: 1, co2: 1 },
    },
    prices: {
      ...{ splitCents: 150, lateOrderCents: 0, lateDayCents: 0, hourCents: 0, fullNodeCents: 0 },
      ...{ lastUnitCents: 0, co2KgCents: 0, unservedCents: 5_000, unservedOrderCents: 0 },
      ...prices,
    },
    constraints: [
      hard('capacity'),
      { ...hard('max_nodes_per_order'), limit: 3 },
      ...(isTimed ? [hard('calendar')] : []),
    ],
    ...{ sourceLists: [], fallbackId: null, batchMinutes: 0, daysAhead: isTimed ? 2 : 0 },
    ...{ maxTries: 1, maxExtraCents: 0 },
  }
}
