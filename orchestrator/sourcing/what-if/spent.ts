// What plans of a what-if take: units that are not there any more, days that are fuller. It changes no world.

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

const nothing = { orders: 0, lines: 0, units: 0 }

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
      const before = this.#days.get(key) ?? { nodeId, day, ...nothing }
      this.#days.set(key, {
        nodeId,
        day,
        orders: before.orders + 1,
        lines: before.lines + seen.size,
        units: before.units + units,
      })
    }
  }

  /**
   * The world without what was taken.
   * @param isPast days of long ago: nothing else that is known is on them
   */
  from(world: SourcingWorld, isPast: boolean): SourcingWorld {
    const { stock, load } = world
    return {
      ...world,
      stock: {
        available: (sku, nodeId, channel) => {
          const told = stock.available(sku, nodeId, channel)
          const units = this.#units.get(`${sku}\u001f${nodeId}`)
          return typeof told === 'number' && units !== undefined ? Math.max(0, told - units) : told
        },
        keptBack: (sku, nodeId) => stock.keptBack(sku, nodeId),
        onHand: (sku, nodeId) => stock.onHand(sku, nodeId),
        nodesOf: (sku) => stock.nodesOf(sku),
      },
      load: {
        booked: (nodeId, day) => {
          const before = isPast ? nothing : load.booked(nodeId, day)
          const taken = this.#days.get(`${nodeId}\u001f${day}`)
          if (taken === undefined) return before
          return {
            orders: before.orders + taken.orders,
            lines: before.lines + taken.lines,
            units: before.units + taken.units,
          }
        },
        open: (nodeId) => load.open(nodeId),
        refused: (nodeId) => load.refused(nodeId),
      },
    }
  }
}
