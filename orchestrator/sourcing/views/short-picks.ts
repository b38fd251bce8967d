// What share of units nodes do not find when they pick, as the shop was told of it lately. It knows no incidents but
// what one said of the share, and decides nothing.

import type { CoreState, FulfillmentOrder, Order } from '#orchestrator/core'
import { OrderFollower, type OrderIndex } from './order-follower.ts'

const hourMs = 3_600_000
/** Picks of so many hours count: after a recount a node finds its goods again. */
const lookHours = 24
/** What was told of the share counts as much as so many units that were picked. */
const toldUnits = 10

interface Picked {
  units: number
  short: number
}

/** Units asked for and not found, by node and hour since 1970. */
class PickedIndex implements OrderIndex {
  readonly nodes = new Map<string, Map<number, Picked>>()

  clear(): void {
    this.nodes.clear()
  }

  count(order: Order, sign: 1 | -1): void {
    for (const work of order.work) if (work.pickedAt !== null) this.#add(work, work.pickedAt, sign)
  }

  #add({ nodeId, lines }: FulfillmentOrder, pickedAt: number, sign: 1 | -1): void {
    const hours = this.nodes.get(nodeId) ?? new Map<number, Picked>()
    this.nodes.set(nodeId, hours)
    const hour = Math.floor(pickedAt / hourMs)
    const known = hours.get(hour) ?? { units: 0, short: 0 }
    for (const { quantity, short } of lines) {
      known.units += sign * quantity
      known.short += sign * short
    }
    hours.set(hour, known)
  }
}

/** Picks of a market. */
export class ShortPicks {
  readonly #index = new PickedIndex()
  readonly #follower = new OrderFollower(this.#index)

  /**
   * Share of units that a node will not find.
   * @param told share that an incident said
   * @param now epoch ms of the market
   */
  share(nodeId: string, told: number, state: CoreState, now: number): number {
    this.#follower.follow(state, now)
    let [units, short] = [toldUnits, toldUnits * told]
    const last = Math.floor(now / hourMs)
    const hours = this.#index.nodes.get(nodeId)
    for (let hour = last - lookHours + 1; hour <= last; hour++) {
      const picked = hours?.get(hour)
      units += picked?.units ?? 0
      short += picked?.short ?? 0
    }
    return Math.min(1, Math.max(0, short / units))
  }
}
