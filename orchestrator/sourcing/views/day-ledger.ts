// Sums of work by node and day. It knows no orders and no clocks.

/** Work on a day. */
export interface Booked {
  orders: number
  lines: number
  units: number
}

const none: Booked = Object.freeze({ orders: 0, lines: 0, units: 0 })

interface NodeDays {
  days: Map<number, Booked>
  /** The last sum that was asked for, null once it no longer holds. */
  sum: { day: number; booked: Booked } | null
}

/** Work by node and day; days are days since 1970-01-01. */
export class DayLedger {
  readonly #nodes = new Map<string, NodeDays>()

  clear(): void {
    this.#nodes.clear()
  }

  /** Adds work, or takes it away where the figures are negative. */
  add(nodeId: string, day: number, { orders, lines, units }: Booked): void {
    const node = this.#nodes.get(nodeId) ?? { days: new Map<number, Booked>(), sum: null }
    this.#nodes.set(nodeId, node)
    node.sum = null
    const before = node.days.get(day) ?? none
    const after = {
      orders: before.orders + orders,
      lines: before.lines + lines,
      units: before.units + units,
    }
    if (after.orders === 0 && after.lines === 0 && after.units === 0) node.days.delete(day)
    else node.days.set(day, after)
  }

  /** Work on a day. */
  on(nodeId: string, day: number): Booked {
    return this.#nodes.get(nodeId)?.days.get(day) ?? none
  }

  /** Work on a day and all days before. */
  upTo(nodeId: string, day: number): Booked {
    const node = this.#nodes.get(nodeId)
    if (node === undefined) return none
    if (node.sum?.day === day) return node.sum.booked
    const booked = { ...none }
    for (const [each, { orders, lines, units }] of node.days) {
      if (each > day) continue
      booked.orders += orders
      booked.lines += lines
      booked.units += units
    }
    node.sum = { day, booked }
    return booked
  }
}
