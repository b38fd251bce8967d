// A piece of work as the people of a node see it: when it reaches them, how much there is to do, what is not on the
// shelf. All of it follows from the work and the seed; it keeps and changes nothing.

import type { Continuation } from '#data/world'
import type { FulfillmentOrder, Order } from '#orchestrator/core'

/** A piece of work with what was drawn for it. Times are epoch ms. */
export interface Piece {
  order: Order
  work: FulfillmentOrder
  /** Node and destination by index in the world. */
  node: number
  place: number
  /** When somebody takes note of it. */
  arrivesAt: number
  effort: number
  /** Delay at the dock, ms. */
  dockMs: number
  /** Decides the service among those that would do. */
  sendUniform: number
}

/** What the pieces of orders are made with. */
export class Pieces {
  readonly #world: Continuation
  #known = new WeakMap<Order, readonly Piece[]>()
  #nodeIndex = new Map<string, number>()

  constructor(world: Continuation) {
    this.#world = world
  }

  /** Index of a node of the core, -1 where the world does not know it. */
  nodeOf(nodeId: string): number {
    let index = this.#nodeIndex.get(nodeId)
    if (index === undefined) {
      index = this.#world.node(nodeId.slice(nodeId.indexOf(':') + 1))
      this.#nodeIndex.set(nodeId, index)
    }
    return index
  }

  /** Pieces of an order at nodes of the world that were released and are not over. */
  of(order: Order): readonly Piece[] {
    const known = this.#known.get(order)
    if (known !== undefined) return known
    const pieces = order.work.filter(isAlive).flatMap((work) => this.#piece(order, work))
    this.#known.set(order, pieces)
    return pieces
  }

  #piece(order: Order, work: FulfillmentOrder): Piece[] {
    const node = this.nodeOf(work.nodeId)
    if (node < 0 || work.releasedAt === null) return []
    const random = this.#world.random(`work/${order.orderId}`)
    const noticeMs = this.#world.noticeMs(node, random.next())
    const units = work.lines.reduce((sum, line) => sum + line.quantity, 0)
    const effort = this.#world.effort(units, random.next())
    const first = firstHere(order, work)
    const cameAt = first.releasedAt ?? work.releasedAt
    const arrivesAt = first.acceptedAt ?? this.#world.begin(node, 'picking', cameAt) + noticeMs
    const place = this.#world.place(order.shipTo.postalCode, order.shipTo.region)
    const dockMs = random.int(0, 840) * 1000
    return [{ order, work, node, place, arrivesAt, effort, dockMs, sendUniform: random.next() }]
  }
}

/** Work as it first came to its node: another carrier does not cost it its turn. */
function firstHere(order: Pick<Order, 'work'>, work: FulfillmentOrder): FulfillmentOrder {
  const before = order.work.find(({ fulfillmentOrderId }) => fulfillmentOrderId === work.replaces)
  return before !== undefined && before.nodeId === work.nodeId ? firstHere(order, before) : work
}

const over: ReadonlySet<FulfillmentOrder['status']> = new Set([
  'rejected',
  'cancelled',
  'delivered',
  'collected',
])

function isAlive(work: FulfillmentOrder): boolean {
  return work.releasedAt !== null && !over.has(work.status)
}

/** Units not on the shelf, by line, when work is picked at `at`. */
export function shortOf(
  world: Continuation,
  { order, work, node }: Piece,
  at: number,
): { lineId: string; quantity: number }[] {
  const share = world.shortShare(node, at)
  return work.lines.flatMap(({ lineId, quantity, short }) => {
    const random = world.random(`short/${order.orderId}/${lineId}`)
    const isShort = random.next() < share
    const units = random.int(1, Math.max(1, quantity))
    return isShort && quantity - short > 0 ? [{ lineId, quantity: Math.min(units, quantity - short) }] : []
  })
}

/** Whether the customer comes for it where it is packed. */
export function isCollected({ method }: Order): boolean {
  return method === 'pickup' || method === 'curbside'
}
