// What the people of the nodes do until an instant: pick, pack and hand over, first come first served, as fast as
// their hands allow; and what carriers bring. It plans commands and sends none.

import type { Continuation, Sending } from '#data/world'
import type { CoreState, Shipment } from '#orchestrator/core'
import type { Busy, Floor } from './floor.ts'
import { isCollected, type Piece, shortOf } from './piece.ts'
import type { Task } from './task.ts'

/**
 * Commands of all nodes and carriers that are due by `until` (epoch ms).
 * @param isPlanned whether work goes as it was planned; else it goes as it always did, but for what was moved
 */
export function workTasks(
  world: Continuation,
  floor: Floor,
  state: CoreState,
  until: number,
  isPlanned = false,
): Task[] {
  const tasks: Task[] = []
  const sent = (piece: Piece, at?: number) => sendingOf(world, state, piece, isPlanned, at)
  floor.work().forEach((pieces, node) => {
    const busy = floor.busy[node]
    if (pieces.length > 0 && busy !== undefined) new Shift(world, sent, busy, until, tasks).work(pieces)
  })
  for (const transits of floor.transits.values()) {
    for (const { piece, dueAt } of transits) {
      const type = isCollected(piece.order) ? 'CollectWork' : 'DeliverWork'
      if (dueAt <= until) tasks.push(task(type, piece, dueAt))
    }
  }
  return tasks
}

interface Stage {
  piece: Piece
  /** End of the stage before, epoch ms. */
  at: number
}

/** With whom a piece goes. @param at when it leaves, epoch ms */
type Sent = (piece: Piece, at?: number) => Sending

/** One node until one instant. */
class Shift {
  #world: Continuation
  #sent: Sent
  #busy: Busy
  #until: number
  #tasks: Task[]

  constructor(world: Continuation, sent: Sent, busy: Busy, until: number, tasks: Task[]) {
    this.#world = world
    this.#sent = sent
    this.#busy = busy
    this.#until = until
    this.#tasks = tasks
  }

  work(pieces: readonly Piece[]): void {
    const packed = this.#pack(this.#pick(pieces))
    for (const { piece, at } of packed) this.#ship(piece, at)
  }

  /** Picks what can be picked; returns what waits for packing or beyond. */
  #pick(pieces: readonly Piece[]): Stage[] {
    const done: Stage[] = []
    const waiting: Piece[] = []
    for (const piece of pieces) {
      const { work } = piece
      if (work.status === 'packed') done.push({ piece, at: work.pickedAt ?? work.packedAt ?? 0 })
      else if (work.pickedAt !== null) done.push({ piece, at: work.pickedAt })
      else waiting.push(piece)
    }
    waiting.sort(byTurn)
    let free = this.#busy.picking
    for (const piece of waiting) {
      const { work, node, effort, arrivesAt } = piece
      const isBegun = work.status === 'picking'
      const begun =
        (isBegun ? work.pickingAt : null) ?? this.#world.begin(node, 'picking', Math.max(free, arrivesAt))
      if (begun > this.#until) break
      if (!isBegun) this.#tasks.push(task('StartPicking', piece, begun))
      const picked = this.#world.finish(node, 'picking', begun, effort)
      free = Math.max(free, picked)
      if (picked > this.#until) continue
      const short = shortOf(this.#world, piece, picked)
      const data = { ...refOf(piece), short, shortTo: 'cancel' as const }
      this.#tasks.push({ ...base(piece, 'pick', picked), type: 'PickWork', data })
      if (!isAllShort(piece, short)) done.push({ piece, at: picked })
    }
    return done
  }

  /** Packs what can be packed; returns what is packed by then. */
  #pack(picked: Stage[]): Stage[] {
    const packed: Stage[] = []
    let free = this.#busy.packing
    picked.sort((a, b) => a.at - b.at || byId(a.piece, b.piece))
    for (const { piece, at } of picked) {
      const { work, node, effort } = piece
      if (work.status === 'packed') {
        packed.push({ piece, at: work.packedAt ?? at })
        continue
      }
      const end = this.#world.finish(node, 'packing', Math.max(free, at), effort)
      if (end > this.#until) break
      free = end
      this.#tasks.push(task('PackWork', piece, end))
      packed.push({ piece, at: end })
    }
    return packed
  }

  #ship(piece: Piece, packedAt: number): void {
    if (isCollected(piece.order)) {
      if (packedAt > this.#until) return
      this.#tasks.push({ ...base(piece, 'ship', packedAt), type: 'ReadyWork', data: refOf(piece) })
      return
    }
    const { carrier } = this.#sent(piece)
    const at = this.#world.departure(piece.node, packedAt + dockGapMs, carrier) + piece.dockMs
    if (at > this.#until) return
    const shipment = shipmentOf(piece, this.#sent(piece, at), at)
    this.#tasks.push({ ...base(piece, 'ship', at), type: 'ShipWork', data: { ...refOf(piece), shipment } })
  }
}

const dockGapMs = 240_000

function byTurn(a: Piece, b: Piece): number {
  const begunA = a.work.status === 'picking' ? 0 : 1
  const begunB = b.work.status === 'picking' ? 0 : 1
  return begunA - begunB || a.arrivesAt - b.arrivesAt || byId(a, b)
}

function byId(a: Piece, b: Piece): number {
  return a.work.fulfillmentOrderId < b.work.fulfillmentOrderId ? -1 : 1
}

function isAllShort({ work }: Piece, short: readonly { lineId: string; quantity: number }[]): boolean {
  const missing = new Map(short.map((line) => [line.lineId, line.quantity]))
  return work.lines.every((line) => line.quantity - line.short <= (missing.get(line.lineId) ?? 0))
}

/** With whom it goes: as planned, or as usual but for what was moved and carriers that are known to be in trouble. */
function sendingOf(
  world: Continuation,
  state: CoreState,
  piece: Piece,
  isPlanned: boolean,
  at?: number,
): Sending {
  const { order, work, node, place, sendUniform } = piece
  const goods = { freightCents: order.freightCents, lines: work.lines, ...(at === undefined ? {} : { at }) }
  if (isPlanned && work.carrier !== null)
    return world.send(node, place, asPlanned(goods, work), work.carrier, sendUniform)
  const usual = world.send(node, place, goods, null, sendUniform)
  const isAvoided = work.carrier !== null && (work.replaces !== null || hasIncident(state, usual.carrier))
  return isAvoided ? world.send(node, place, goods, work.carrier, sendUniform) : usual
}

/** Goods that go by the service that was planned. */
export function asPlanned<T extends object>(goods: T, { service }: Pick<Piece['work'], 'service'>) {
  return service === undefined ? goods : { ...goods, serviceId: service }
}

function shipmentOf({ order, work }: Piece, sent: Sending, at: number): Shipment {
  const number = /F(\d+)$/.exec(work.fulfillmentOrderId)?.[1] ?? '1'
  const shipmentId = `${order.externalId}-S${number}`
  const nodeId = work.nodeId
  const rest = { shippedAt: at, promisedAt: order.promisedAt, deliveredAt: null, insuranceCents: null }
  const digits = `${order.externalId.replace(/\D/g, '')}${number}`.padStart(11, '0')
  return {
    shipmentId,
    nodeId,
    ...rest,
    carrier: sent.carrier,
    service: sent.serviceName,
    trackingNumber: `${sent.prefix}${digits}US`,
    freightCostCents: sent.freightCostCents,
    weightG: sent.weightG,
  }
}

function hasIncident(state: CoreState, carrier: string): boolean {
  return state.openIncidents.has(`carrier/${carrier}`)
}

function refOf({ order, work }: Piece) {
  return { orderId: order.orderId, fulfillmentOrderId: work.fulfillmentOrderId }
}

function base({ work }: Piece, verb: string, at: number) {
  return { at, commandId: `live/${verb}/${work.fulfillmentOrderId}` }
}

const verbs = { StartPicking: 'start', PackWork: 'pack', DeliverWork: 'deliver', CollectWork: 'deliver' }

function task(type: keyof typeof verbs, piece: Piece, at: number): Task {
  return { ...base(piece, verbs[type], at), type, data: refOf(piece) }
}
