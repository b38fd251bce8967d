// The oracle: it knows the faults that it is shown, to their end, and the laws of the world, but not its luck.
// As long as a fault goes on or its work is not done it moves what would come too late to where it comes in time. What
// was late by plan, without any fault, is no concern of it.

import { type Continuation, continueAsTold, type Sending, sendingServices } from '#data/world'
import {
  availableFor,
  type Core,
  type DecisionRecord,
  isMovable,
  stockKey,
  unitsOf,
} from '#orchestrator/core'
import type { Busy, Floor, Piece } from '#orchestrator/live'
import { provider, type Scenario } from './draw.ts'
import type { ScenarioFault } from './scenario.ts'
import type { Sight } from './sight.ts'

/** After a fault its work is still late for a while, ms. */
const afterMs = 48 * 3_600_000
/** From this share of lines that are not found on, a node is no place for work. */
const shortMost = 0.1
/** What a dear carrier must be dearer by before work goes another way, cents. */
const dearCents = 300
const movesMost = 3
/** After that long work that no way is better for is looked at again, ms. */
const againMs = 2 * 3_600_000
const dockMs = 240_000 + 420_000
const noticeMs = 120_000
const unitCents = 40
/** A carrier that takes small parcels only, and one that goes not far. */
const [smallOnly, smallMostG, nearOnly] = ['Bluebird Post', 1_200, 'Coastline']

/** A way for work. */
interface Way {
  node: number
  sent: Sending
  /** Service by its id in the network, null = as it goes now. */
  serviceId: string | null
  /** When the customer has it as far as can be foreseen, epoch ms. */
  arrivesAt: number
  cents: number
  /** When both lines of the node are free after it. */
  busy: Busy
}

/** The oracle of a play. */
export class Oracle {
  readonly #sight: (at: number) => Sight
  #world: Continuation
  /** The same without faults. */
  readonly #calm: Continuation
  readonly #core: Core
  #faults: readonly ScenarioFault[] = []
  /** When work was looked at in vain, by its id. */
  readonly #tried = new Map<string, number>()

  constructor(sight: (at: number) => Sight, core: Core, { world: options }: Pick<Scenario, 'world'>) {
    this.#sight = sight
    this.#calm = continueAsTold(options, [])
    this.#world = this.#calm
    this.#core = core
  }

  /** Moves what has to be moved. @param at epoch ms */
  async look(floor: Floor, at: number): Promise<void> {
    const { world, faults } = this.#sight(at)
    this.#world = world
    this.#faults = faults.filter(({ isFault }) => isFault)
    if (!this.#faults.some(({ startAt, endAt }) => at >= startAt && at < endAt + afterMs)) return
    const work = floor.work()
    const busy = floor.busy.map((each) => ({
      picking: Math.max(at, each.picking),
      packing: Math.max(at, each.packing),
    }))
    // Every queue as it is; then, one node after the other, without what leaves it.
    const ends = work.map((pieces, node) => this.#through(pieces, { ...(busy[node] as Busy) }))
    for (const [node, pieces] of work.entries()) {
      const line = busy[node] as Busy
      for (const piece of inTurn(pieces)) {
        const staying = this.#stay(piece, line, at)
        const better = isMovable(piece.work) ? this.#better(piece, staying, ends, at) : null
        if (better !== null && (await this.#move(piece, staying, better, at))) {
          ends[better.node] = better.busy
        } else Object.assign(line, staying.busy)
      }
      ends[node] = line
    }
  }

  /** When a node is done with its queue. */
  #through(pieces: readonly Piece[], line: Busy): Busy {
    for (const piece of inTurn(pieces)) Object.assign(line, this.#worked(piece.node, piece, line))
    return line
  }

  /** Both lines after a piece of work, which is packed when the second is free. */
  #worked(
    node: number,
    { work, effort, arrivesAt }: Pick<Piece, 'work' | 'effort' | 'arrivesAt'>,
    line: Busy,
  ): Busy {
    if (work.packedAt !== null) return line
    const from = Math.max(line.picking, arrivesAt)
    const picking = work.pickedAt ?? this.#world.finish(node, 'picking', work.pickingAt ?? from, effort)
    const packing = this.#world.finish(node, 'packing', Math.max(line.packing, picking), effort)
    return { picking: Math.max(line.picking, picking), packing }
  }

  #stay(piece: Piece, line: Busy, at: number): Way {
    const { work, node } = piece
    const sent = work.carrier === null ? null : { carrier: work.carrier, serviceId: work.service ?? null }
    const busy = this.#worked(node, piece, line)
    return this.#way(piece, node, sent, { busy, packedAt: work.packedAt ?? busy.packing }, at)
  }

  #way(
    { order, work, place, sendUniform }: Piece,
    node: number,
    by: { carrier: string; serviceId: string | null } | null,
    { busy, packedAt }: { busy: Busy; packedAt: number },
    at: number,
  ): Way {
    const goods = {
      freightCents: order.freightCents,
      lines: work.lines,
      at: Math.min(packedAt, at + afterMs),
      ...(by?.serviceId == null ? {} : { serviceId: by.serviceId }),
    }
    const serviceId = by?.serviceId ?? null
    const sent = this.#world.send(node, place, goods, by?.carrier ?? null, sendUniform)
    const units = work.lines.reduce((sum, line) => sum + line.quantity, 0)
    const processing = this.#core.state().nodes.get(this.#nodeId(node))?.processingCostCents ?? 0
    const cents = sent.freightCostCents + processing + unitCents * units
    if (!Number.isFinite(packedAt)) return { node, sent, serviceId, arrivesAt: packedAt, cents, busy }
    const shipped = this.#world.departure(node, packedAt + dockMs, sent.carrier)
    const { service, quotedDays: quoted } = sent
    const arrivesAt = this.#world.expectedArrival({ node, destination: place, service, quoted, shipped })
    return { node, sent, serviceId, arrivesAt, cents, busy }
  }

  /** The cheapest way that is in time, where staying is not, or is much dearer than it has to be. */
  #better(piece: Piece, staying: Way, ends: readonly Busy[], at: number): Way | null {
    const { order } = piece
    const { promisedAt, method, moves } = order
    if (promisedAt === null || moves >= movesMost || method === 'pickup' || method === 'curbside') return null
    const isLate =
      (staying.arrivesAt > promisedAt || this.#isShort(staying.node, staying.busy.picking)) &&
      !this.#isLateByPlan(piece, staying.sent, promisedAt)
    const isDear = this.#faults.some(({ strain, startAt, endAt }) => {
      return (
        strain.kind === 'freight' && strain.carrier === staying.sent.carrier && at >= startAt && at < endAt
      )
    })
    if (!isLate && !isDear) return null
    const id = piece.work.fulfillmentOrderId
    if (at < (this.#tried.get(id) ?? 0) + againMs) return null
    this.#tried.set(id, at)
    const most = isLate
      ? staying.cents + this.#core.state().policy.maxExtraCostCents
      : staying.cents - dearCents
    let best: Way | null = null
    for (const node of this.#world.nodes.keys()) {
      const line = ends[node] as Busy
      if (!this.#holds(piece, node)) continue
      const arrivesAt =
        node === piece.node ? piece.arrivesAt : this.#world.begin(node, 'picking', at) + noticeMs
      const fresh = {
        ...piece,
        arrivesAt,
        work: { ...piece.work, pickingAt: null, pickedAt: null, packedAt: null },
      }
      const busy = this.#worked(node, fresh, line)
      if (this.#isShort(node, busy.picking)) continue
      for (const by of sendingServices) {
        const way = this.#way(piece, node, by, { busy, packedAt: busy.packing }, at)
        if (way.arrivesAt > promisedAt || way.cents > most || way.cents >= (best?.cents ?? Infinity)) continue
        const isHere = node === piece.node && by.carrier === (piece.work.carrier ?? staying.sent.carrier)
        if (!isHere && isPossible(way.sent, staying.sent)) best = way
      }
    }
    return best
  }

  /** Whether work that leaves when it was planned to would be late without any fault. */
  #isLateByPlan({ work, node, place }: Piece, sent: Sending, promisedAt: number): boolean {
    if (work.shipBy === null) return false
    const { carrier, service, quotedDays: quoted } = sent
    const shipped = this.#calm.departure(node, work.shipBy, carrier)
    return this.#calm.expectedArrival({ node, destination: place, service, quoted, shipped }) > promisedAt
  }

  #isShort(node: number, at: number): boolean {
    return Number.isFinite(at) && this.#world.shortShare(node, at) > shortMost
  }

  /** Whether a node has all of it. */
  #holds({ order, work, node: here }: Piece, node: number): boolean {
    if (node === here) return true
    const { stock } = this.#core.state()
    const needed = new Map<string, number>()
    for (const line of work.lines) needed.set(line.sku, (needed.get(line.sku) ?? 0) + unitsOf(line))
    return [...needed].every(([sku, units]) => {
      const held = stock.get(stockKey(sku, this.#nodeId(node)))
      return held !== undefined && availableFor(held, order.channel) >= units
    })
  }

  #nodeId(node: number): string {
    return `${provider}:${this.#world.nodes[node]}`
  }

  async #move({ order, work }: Piece, from: Way, to: Way, at: number): Promise<boolean> {
    const { orderId } = order
    const { fulfillmentOrderId } = work
    const decision: DecisionRecord = {
      decisionId: `${orderId}/oracle/${fulfillmentOrderId}`,
      kind: 'reroute',
      incidentId: null,
      fromNodeId: work.nodeId,
      toNodeId: this.#nodeId(to.node),
      status: 'done',
      reason: 'the fault is known',
      costCents: to.cents - from.cents,
      hoursSaved: null,
      candidates: [],
    }
    const lines = work.lines.flatMap((line) => {
      const quantity = unitsOf(line)
      return quantity > 0 ? [{ lineId: line.lineId, quantity }] : []
    })
    const assignments = [
      {
        nodeId: this.#nodeId(to.node),
        carrier: to.sent.carrier,
        ...(to.serviceId === null ? {} : { service: to.serviceId }),
        shipBy: work.shipBy,
        lines,
      },
    ]
    const data = { orderId, fulfillmentOrderId, assignments, decision }
    const result = await this.#core.execute('RerouteOrder', data, {
      at,
      commandId: `move/${decision.decisionId}`,
    })
    return result.status === 'done'
  }
}

/** As the node takes them: what is picked, then what came first. */
function inTurn(pieces: readonly Piece[]): Piece[] {
  const timeOf = ({ work, arrivesAt }: Piece) => work.pickedAt ?? work.pickingAt ?? arrivesAt
  const rankOf = ({ work }: Piece) => (work.pickedAt !== null ? 0 : work.pickingAt !== null ? 1 : 2)
  return pieces.toSorted((a, b) => rankOf(a) - rankOf(b) || timeOf(a) - timeOf(b) || byId(a, b))
}

const byId = (a: Piece, b: Piece): number => (a.work.fulfillmentOrderId < b.work.fulfillmentOrderId ? -1 : 1)

/** Whether a carrier takes such parcels; the one that does it anyway does. */
function isPossible(sent: Sending, usual: Sending): boolean {
  if (sent.carrier === usual.carrier) return true
  return sent.carrier !== nearOnly && (sent.carrier !== smallOnly || sent.weightG < smallMostG)
}
