// The strategy that counts what is really paid and nothing else: for problems from files. It holds no constraint.

import type { api } from '#data/contracts'

/** Carriage, processing and nothing that is only taken to cost something. */
export function bareDraft(strategyId: string, note: string): api.StrategyDraft {
  return {
    strategyId,
    name: strategyId,
    note,
    weights: {
      carriage: 1,
      processing: 1,
      split: 1,
      capacity: 0,
      lateness: 0,
      time: 0,
      stockOut: 0,
      co2: 0,
    },
    prices: {
      splitCents: 0,
      lateOrderCents: 0,
      lateDayCents: 0,
      hourCents: 0,
      fullNodeCents: 0,
      lastUnitCents: 0,
      co2KgCents: 0,
      unservedCents: 0,
      unservedOrderCents: 0,
    },
    constraints: [],
    sourceLists: [],
    fallbackId: null,
    batchMinutes: 0,
    daysAhead: 0,
    maxTries: 1,
    maxExtraCents: 0,
  }
}
