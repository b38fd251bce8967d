// What plans of a batch take, for those that are sourced after them. It changes no world.

import type { SourcingOrder, SourcingWorld } from '../world.ts'
import type { OrderModel } from './build.ts'
import type { ReadPlan } from './plans.ts'
import { nothing, sum, worldWithout } from './world-without.ts'

/** What plans take. */
export class Taken {
  readonly #units = new Map<string, number>()
  readonly #days = new Map<string, { orders: number; lines: number; units: number }>()

  /** Adds a plan. Units that are held for its order were not there for others before. */
  add({ order, goods }: Pick<OrderModel, 'order' | 'goods'>, { pieces }: ReadPlan): void {
    for (const { work, way, units } of pieces) {
      const { lines, units: count } = way.load(units)
      const key = `${work.nodeId}\u001f${way.course.day.day}`
      const day = this.#days.get(key) ?? nothing
      this.#days.set(key, sum(day, { orders: 1, lines, units: count }))
      for (const [i, sku] of goods.skus.entries()) {
        const beyond = (units[i] ?? 0) - order.held(work.nodeId, sku)
        if (beyond > 0) this.#take(sku, work.nodeId, beyond)
      }
    }
  }

  /** The world without what was taken. */
  from(world: SourcingWorld): SourcingWorld {
    if (this.#days.size === 0) return world
    return worldWithout(world, {
      units: (sku, nodeId) => this.#of(sku, nodeId),
      work: (nodeId, day) => this.#days.get(`${nodeId}\u001f${day}`),
    })
  }

  #take(sku: string, nodeId: string, units: number): void {
    const key = `${sku}\u001f${nodeId}`
    this.#units.set(key, (this.#units.get(key) ?? 0) + units)
  }

  #of(sku: string, nodeId: string): number {
    return this.#units.get(`${sku}\u001f${nodeId}`) ?? 0
  }
}

/**
 * Whether channels see different stock in goods that are wanted: they cannot share one count of it.
 * @param rest called after each SKU, so that others can run
 */
export async function channelsApart(
  orders: readonly SourcingOrder[],
  { stock, network }: SourcingWorld,
  rest: () => Promise<unknown>,
): Promise<boolean> {
  const channels = [...new Set(orders.map(({ channel }) => channel))]
  const [first, ...others] = channels
  if (first === undefined || others.length === 0) return false
  const skus = new Set(orders.flatMap(({ lines }) => lines.map(({ sku }) => sku)))
  for (const sku of skus) {
    for (const nodeId of stock.nodesOf(sku) ?? network.nodes.keys()) {
      const told = stock.available(sku, nodeId, first)
      if (others.some((channel) => stock.available(sku, nodeId, channel) !== told)) return true
    }
    await rest()
  }
  return false
}
