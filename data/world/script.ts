// What strains do to the feed of orders, to suppliers, to collections and to prices after the end of a history. It
// keeps nothing that happens. Times are epoch ms.

import type { DrawnOrder } from './slot-orders.ts'
import type { Strain } from './strains.ts'

/**
 * Strains by what they do, ready to be asked. Of two of the same sort at the same place at once the later end counts,
 * the larger share, and both prices.
 */
export class Script {
  readonly strains: readonly Strain[]

  constructor(strains: readonly Strain[]) {
    this.strains = strains
  }

  /** Orders of a slot as they reach the shop's systems: late, twice, or as they were. */
  fed(orders: readonly DrawnOrder[], uniformOf: (externalId: string) => number): DrawnOrder[] {
    const feeds = this.strains.filter(({ kind }) => kind === 'late_feed' || kind === 'double_feed')
    if (feeds.length === 0) return [...orders]
    return orders.flatMap((order) => {
      const touching = feeds.filter(
        (strain) => strain.channel === order.channel && isOn(strain, order.placedAt),
      )
      const isLate = touching.some(({ kind }) => kind === 'late_feed')
      const back = endOf(feeds, order.placedAt, ({ kind, channel }) => {
        return kind === 'late_feed' && channel === order.channel
      })
      const doubled = touching.filter(({ kind }) => kind === 'double_feed').map(({ amount }) => amount)
      const once = isLate ? later(order, back + uniformOf(order.externalId) * burstMs) : order
      if (uniformOf(order.externalId) >= Math.max(0, ...doubled)) return [once]
      return [
        once,
        { ...once, externalId: `${once.externalId}${copyMark}`, arrivesAt: once.arrivesAt + againMs },
      ]
    })
  }

  /** Whether a carrier collects nothing at an instant. */
  isAway(carrier: string, at: number): boolean {
    return this.strains.some(
      (each) => each.kind === 'no_pickup' && each.carrier === carrier && isOn(each, at),
    )
  }

  /** Times the usual price of a carrier. */
  priceOf(carrier: string, at: number): number {
    let price = 1
    for (const each of this.strains) {
      if (each.kind === 'freight' && each.carrier === carrier && isOn(each, at)) price *= each.amount
    }
    return price
  }

  /** When goods that are due at a node really come. */
  inboundAt(nodeId: string, dueAt: number): number {
    return endOf(this.strains, dueAt, (each) => each.kind === 'no_inbound' && each.nodeId === nodeId)
  }

  /** How far back goods may have been due that come now, ms. */
  get inboundDelayMs(): number {
    const held = this.strains.filter(({ kind }) => kind === 'no_inbound')
    return held.reduce((sum, { from, to }) => sum + to - from, 0)
  }
}

/**
 * When what goes on at an instant is over, with what began before it was: the instant itself where nothing goes on.
 * Epoch ms.
 */
function endOf(strains: readonly Strain[], at: number, isMeant: (strain: Strain) => boolean): number {
  const meant = strains.filter(isMeant)
  let end = at
  let next = meant.find((each) => isOn(each, at))
  while (next !== undefined) {
    end = next.to
    next = meant.find(({ from, to }) => from < end && to > end)
  }
  return end
}

/** Ends the id of an order that is the copy of another. */
const copyMark = '-copy'
/** A feed that was late hands over what it held within this time, ms. */
const burstMs = 600_000
/** After that long a feed hands an order over again, ms. */
const againMs = 60_000

/** Whether the order is one that a feed sent a second time. */
export function isCopy(externalId: string): boolean {
  return externalId.endsWith(copyMark)
}

function isOn({ from, to }: Strain, at: number): boolean {
  return at >= from && at < to
}

/** The same order, handed over later; its customer cannot think again of what is not there. */
function later(order: DrawnOrder, at: number): DrawnOrder {
  const arrivesAt = Math.round(at)
  const delay = arrivesAt - order.arrivesAt
  return {
    ...order,
    arrivesAt,
    releaseAt: order.releaseAt + delay,
    cancelAt: order.cancelAt === null ? null : order.cancelAt + delay,
  }
}
