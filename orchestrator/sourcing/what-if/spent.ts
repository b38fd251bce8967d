// What plans of a what-if take: units that are not there any more, days that are fuller. It changes no world.

import { nothing, sum, worldWithout } from '../model/world-without.ts'
import type { CompiledNetwork } from '../network/compiled.ts'
import type { SourcingOrder, SourcingPlan, SourcingWorld } from '../world.ts'

/** Work of a node on a day. */
export interface DayWork {
  nodeId: string
  day: string
  orders: number
  lines: number
  units: number
}

/** Units and days that are taken. */
export class Spent {
  readonly #network: CompiledNetwork
  readonly #units = new Map<string, number>()
  readonly #days = new Map<string, DayWork>()

  constructor(network: CompiledNetwork) {
    this.#network = network
  }

  /** Work by node and day since the last call of `newDays`. */
  get days(): Iterable<DayWork> {
    return this.#days.values()
  }

  /** Orders that follow have days of their own. */
  newDays(): void {
    this.#days.clear()
  }

  /** Adds what a plan takes. */
  add({ lines }: SourcingOrder, { work }: SourcingPlan): void {
    const skus = new Map(lines.map(({ lineId, sku }) => [lineId, sku]))
    for (const { nodeId, dispatchAt, lines: parts } of work) {
      let units = 0
      const seen = new Set<string>()
      for (const { lineId, quantity } of parts) {
        const sku = skus.get(lineId) ?? ''
        const key = `${sku}\u001f${nodeId}`
        seen.add(sku)
        units += quantity
        this.#units.set(key, (this.#units.get(key) ?? 0) + quantity)
      }
      const day = this.#network.dayAt(nodeId, dispatchAt)
      if (day === null) continue
      const key = `${nodeId}\u001f${day}`
      const before = this.#days.get(key) ?? nothing
      this.#days.set(key, { nodeId, day, ...sum(before, { orders: 1, lines: seen.size, units }) })
    }
  }

  /**
   * The world without what was taken.
   * @param isPast days of long ago: nothing else that is known is on them
   */
  from(world: SourcingWorld, isPast: boolean): SourcingWorld {
    const taken = {
      units: (sku: string, nodeId: string) => this.#units.get(`${sku}\u001f${nodeId}`) ?? 0,
      work: (nodeId: string, day: string) => this.#days.get(`${nodeId}\u001f${day}`),
    }
    return worldWithout(world, taken, isPast)
  }
}
