// Orders and a strategy for tests of what-ifs.

import type { api } from '#data/contracts'
import { defaultStrategy } from '#orchestrator/core'

type Orders = NonNullable<api.WhatIfRequest['orders']>
/** Orders of one unit each. */
export const orders = (count: number, sku = 'mug', told: Partial<Orders[number]> = {}): Orders =>
  Array.from({ length: count }, (_, i) => ({
    orderId: `${sku}-${i}`,
    shipTo: { country: 'US', region: 'NV', postalCode: '89501' },
    lines: [{ lineId: '1', sku, quantity: 1, unitPriceCents: 1_000 }],
    ...told,
  }))

const { version: _, publishedAt: __, publishedBy: ___, ...draft } = defaultStrategy
/** The default strategy with capacities that must hold, and no waiting for another day. */
export const strict: api.StrategyDraft = {
  ...draft,
  strategyId: 'strict',
  name: 'Strict',
  daysAhead: 0,
  constraints: draft.constraints.map((each) =>
    each.name === 'capacity' ? { ...each, kind: 'hard' as const, priceCents: 0 } : each,
  ),
}
/** The code of an error's body. */
export const codeOf = (body: unknown) => (body as { code?: string }).code
