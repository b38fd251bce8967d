// What is where: the work at each node and the parcels on their way, read from the state of the core and kept up to
// date by what it tells of changes. It asks nothing of the core.

import type { Random } from '#data/kernel'
import type { Continuation } from '#data/world'
import { type Core, isOpenWork, type Order } from '#orchestrator/core'
import { isCollected, type Piece, Pieces } from './piece.ts'

/** A parcel on its way, or goods that wait for their customer. */
export interface Transit {
  piece: Piece
  /** When the customer has it, epoch ms. */
  dueAt: number
}

/** Until when each of the two lines of a node was busy, epoch ms. */
export interface Busy {
  picking: number
  packing: number
}

const drawsAtMost = 30
/** Within this time what should have arrived long ago does, ms. */
const lateMs = 2 * 86_400_000

/** The floor of the demo. */
export class Floor {
  readonly pieces: Pieces
  readonly busy: Busy[]
  /** By order. */
  readonly transits = new Map<string, Transit[]>()
  #world: Continuation
  #core: Core
  #changed = new Set<string>()
  #isAllChanged = true
  #stop: () => void

  constructor(core: Core, world: Continuation) {
    this.#core = core
    this.#world = world
    this.pieces = new Pieces(world)
    this.busy = world.nodes.map(() => ({ picking: 0, packing: 0 }))
    this.#stop = core.onChange(({ kind, ids }) => {
      if (kind !== 'order') return
      if (ids.length === 0) this.#isAllChanged = true
      else for (const id of ids) this.#changed.add(id)
    })
  }

  /** Takes note of what changed since the last time. */
  refresh(): void {
    const { orders } = this.#core.state()
    if (this.#isAllChanged) {
      this.transits.clear()
      for (const order of orders.values()) this.#note(order)
    } else {
      for (const id of this.#changed) {
        const order = orders.get(id)
        if (order !== undefined) this.#note(order)
      }
    }
    this.#isAllChanged = false
    this.#changed.clear()
  }

  /** Open work by node of the world, as it stands now. */
  work(): Piece[][] {
    const { orders, openByNode } = this.#core.state()
    const byNode: Piece[][] = this.#world.nodes.map(() => [])
    for (const [nodeId, ids] of openByNode) {
      const node = this.pieces.nodeOf(nodeId)
      if (node < 0) continue
      for (const id of ids) {
        const order = orders.get(id)
        if (order === undefined) continue
        for (const piece of this.pieces.of(order)) {
          if (piece.node === node && isOpenWork(piece.work)) byNode[node]?.push(piece)
        }
      }
    }
    return byNode
  }

  close(): void {
    this.#stop()
  }

  #note(order: Order): void {
    for (const work of order.work) {
      const busy = this.busy[this.pieces.nodeOf(work.nodeId)]
      if (busy === undefined) continue
      busy.picking = Math.max(busy.picking, work.pickedAt ?? 0)
      busy.packing = Math.max(busy.packing, work.packedAt ?? 0)
    }
    const found = this.pieces.of(order).flatMap((piece) => this.#transit(piece))
    if (found.length > 0) this.transits.set(order.orderId, found)
    else this.transits.delete(order.orderId)
  }

  #transit(piece: Piece): Transit[] {
    const { order, work, node, place } = piece
    const { shippedAt } = work
    if ((work.status !== 'shipped' && work.status !== 'ready_for_pickup') || shippedAt === null) return []
    const { fulfillmentOrderId } = work
    const { orderId } = order
    if (work.status === 'ready_for_pickup' || isCollected(order)) {
      return [
        {
          piece,
          dueAt: this.#after(orderId, (random) => this.#world.collection(node, shippedAt, random)),
        },
      ]
    }
    const shipment = order.shipments.find(
      (each) =>
        each.fulfillmentOrderId === fulfillmentOrderId ||
        (each.fulfillmentOrderId === undefined && each.nodeId === work.nodeId && each.deliveredAt === null),
    )
    const usual = this.#world.send(
      node,
      place,
      { freightCents: order.freightCents, lines: work.lines },
      null,
      0.5,
    )
    const told = this.#world.service(shipment?.carrier ?? '', shipment?.service ?? '')
    const service = told < 0 ? usual.service : told
    const quoted = this.#world.quotedDays(service, node, place)
    const parcel = { node, destination: place, service, quoted, shipped: shippedAt }
    return [{ piece, dueAt: this.#after(orderId, (random) => this.#world.arrival(parcel, random)) }]
  }

  /**
   * A draw that is not over before the demo began: what the history says is on its way still is. It is the order's own,
   * wherever it is sent from: who moves an order does not change its luck.
   */
  #after(orderId: string, draw: (random: Random) => number): number {
    const { end } = this.#world
    for (let tries = 0; tries < drawsAtMost; tries++) {
      const dueAt = draw(this.#world.random(`way/${orderId}/${tries}`))
      if (dueAt > end) return dueAt
    }
    return end + Math.floor(this.#world.random(`way/${orderId}`).next() * lateMs)
  }
}
