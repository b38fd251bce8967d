// The strategy that holds until others are published. Decisions name it by id and version: what a published version
// says never changes, so another opinion is published as version 2.

import type { api } from '#data/contracts'

/** Id of the strategy that is taken where no rule chooses. */
export const defaultStrategyId = 'default'

/** What is weighed until a person says otherwise. */
export const defaultStrategy: api.Strategy = {
  strategyId: defaultStrategyId,
  version: 1,
  publishedAt: '1970-01-01T00:00:00.000Z',
  publishedBy: 'detour',
  name: 'Default',
  note: 'Cheapest promise that can be kept; full nodes cost more, late orders 10 a day in the currency of the market.',
  weights: { carriage: 1, processing: 1, split: 1, capacity: 1, lateness: 1, time: 1, stockOut: 1, co2: 0 },
  prices: {
    splitCents: 150,
    lateOrderCents: 0,
    lateDayCents: 1_000,
    hourCents: 4,
    fullNodeCents: 1_500,
    lastUnitCents: 0,
    co2KgCents: 0,
    unservedCents: 100_000,
    unservedOrderCents: 0,
  },
  constraints: [
    { name: 'calendar', kind: 'hard', limit: null, priceCents: 0, values: [] },
    { name: 'capacity', kind: 'soft', limit: null, priceCents: 1_500, values: [] },
    { name: 'safety_stock', kind: 'hard', limit: null, priceCents: 0, values: [] },
  ],
  sourceLists: [],
  fallbackId: null,
  batchMinutes: 0,
  daysAhead: 3,
  maxTries: 5,
  maxExtraCents: 2_500,
}
