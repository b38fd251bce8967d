// Sources orders one by one in the order they were placed, as they are when they come: each exactly, whatever the time
// it takes, so that the same orders in the same scene always go the same way. It carries nothing out.

import { openSession } from '../model/session.ts'
import { Pace } from '../solve/pace.ts'
import { sourceOrder } from '../source-order.ts'
import type { SourcingOrder, SourcingPlan } from '../world.ts'
import type { AskedOrder } from './asked-order.ts'
import { type SideOptions, wavesOf } from './run-side.ts'
import type { Scene } from './scene.ts'
import { Spent } from './spent.ts'

/**
 * Plans of the orders, as they were given; null where an order was not come to, since the run was cancelled.
 * @param onDone told of how many orders are done
 */
export async function runInTurn(
  orders: readonly AskedOrder[],
  scene: Scene,
  options: Pick<SideOptions, 'elapsedMs' | 'isCancelled'> & { onDone?: (count: number) => void },
): Promise<(SourcingPlan | null)[]> {
  const { isCancelled, onDone } = options
  const pace = new Pace({ ...options, timeLimitMs: Number.POSITIVE_INFINITY })
  const spent = new Spent(scene.network)
  const plans = new Map<SourcingOrder, SourcingPlan>()
  const strategyOf = (strategyId: string) => scene.strategyNamed(strategyId)
  for (const wave of wavesOf(orders)) {
    spent.newDays()
    const isPast = wave[0]?.day !== null
    for (const { order } of wave) {
      if (isCancelled()) break
      const strategy = scene.strategyOf(order)
      const session = openSession(spent.from(scene.world(strategy), isPast))
      const how = { decisionId: order.orderId, strategyOf, counterfactuals: 'none' as const }
      const { orderId, work, unserved, costCents } = sourceOrder(order, session, how)
      const plan = { orderId, work, unserved, costCents }
      plans.set(order, plan)
      spent.add(order, plan)
      if (plans.size % 100 === 0) onDone?.(plans.size)
      await pace.rest()
    }
  }
  return orders.map(({ order }) => plans.get(order) ?? null)
}
