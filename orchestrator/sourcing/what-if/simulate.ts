// A what-if: orders sourced as things are and as they would be, and what is different then. It carries nothing out.

import type { api } from '#data/contracts'
import { currencyOf } from '../promise/asked.ts'
import type { Here } from '../views/source-here.ts'
import { askedOrders, type Reading } from './asked-orders.ts'
import { changesOf, refusedOf } from './changes.ts'
import { sideOf } from './figures.ts'
import { runSide, type SideOptions } from './run-side.ts'
import { baselineOf, variantOf } from './scene.ts'

const usualSeconds = 20
const usualSeed = 1

/** Where a what-if is asked. */
export interface WhatIfPlace extends Here {
  market: string
  reading: Reading
}

/**
 * How the orders would go, against how they go as things are. Both sides have half of the time.
 * @returns null where it was cancelled
 * @throws SOURCING_PROBLEM_INVALID, STRATEGY_INVALID, ORDER_UNKNOWN, WAREHOUSE_QUERY
 */
export async function simulateSourcing(
  request: api.WhatIfRequest,
  place: WhatIfPlace,
  { elapsedMs, isCancelled }: Pick<SideOptions, 'elapsedMs' | 'isCancelled'>,
): Promise<api.WhatIfAnswer | null> {
  const { overrides, timeLimitSeconds = usualSeconds, seed = usualSeed } = request
  const orders = await askedOrders(request, place)
  const baseline = baselineOf(place, orders)
  const variant = variantOf(baseline, overrides, place)
  const options = { timeLimitMs: (timeLimitSeconds * 1_000) / 2, seed, elapsedMs, isCancelled }
  const before = await runSide(orders, baseline, options)
  if (isCancelled()) return null
  const isPlain = Object.values(overrides).every((each) => Array.isArray(each) && each.length === 0)
  const after = isPlain ? before : await runSide(orders, variant, options)
  if (isCancelled()) return null
  const scenes = { before: baseline, after: variant }
  return {
    at: new Date(place.now).toISOString(),
    currency: orders.find(({ order }) => order.currency !== '')?.order.currency ?? currencyOf(place.state),
    baseline: sideOf(orders, before, baseline.network),
    variant: sideOf(orders, after, variant.network),
    ...changesOf({ orders, before: before.plans, after: after.plans, scenes, overrides }),
    refused: refusedOf(orders, after.plans),
  }
}
