// What nodes packed when, and how long work usually takes until it is packed. It knows only what the shop was told of
// its own work, and it decides nothing.

import type { api } from '#data/contracts'
import type { Order } from '#orchestrator/core'
import type { CompiledNetwork } from '../network/compiled.ts'
import type { OrderIndex } from './order-follower.ts'
import { type PackedHours, UsualRates } from './usual-rates.ts'

const hourMs = 3_600_000
/** A step of what was packed, ms. */
export const stepMs = 900_000
/** Bins of a quarter of an hour of hours at work from release until it is packed. */
const binsPerHour = 4
const bins = 40 * binsPerHour
/** With fewer pieces nothing is said. */
export const fewPieces = 30
const ninetieth = 0.9

/** Pieces that waited so long, hours at work, say that there was work all the time. */
const waitedHours = 1

/** What a node packed. */
export interface Packed {
  /** Pieces packed, by quarter of an hour since 1970. */
  steps: Map<number, number>
  hours: PackedHours
  spent: Float64Array
  count: number
}

/** What waits at a node, as of the orders that were open there. */
interface Waiting {
  open: Iterable<string> | undefined
  queue: readonly number[]
}

/** What was packed when, by node, and queues as long as nothing of a node changes. */
export class PackedIndex implements OrderIndex {
  readonly nodes = new Map<string, Packed>()
  readonly queues = new Map<string, Waiting>()
  readonly rates = new UsualRates(this.nodes)
  network: CompiledNetwork | null = null
  /** Grows with every order that changes: what was read before holds for another state. */
  changes = 0

  clear(): void {
    this.nodes.clear()
    this.queues.clear()
    this.rates.follow(null)
    this.changes++
  }

  count(order: Order, sign: 1 | -1): void {
    this.changes++
    for (const work of order.work) {
      const { nodeId, packedAt, releasedAt } = work
      this.queues.delete(nodeId)
      if (packedAt === null || releasedAt === null) continue
      const own = this.nodes.get(nodeId) ?? emptyPacked()
      this.nodes.set(nodeId, own)
      const step = Math.floor(packedAt / stepMs)
      own.steps.set(step, (own.steps.get(step) ?? 0) + sign)
      const hours = this.network?.workingHours(nodeId, releasedAt, packedAt) ?? 0
      const bin = Math.min(bins - 1, Math.floor(hours * binsPerHour))
      own.spent[bin] = (own.spent[bin] ?? 0) + sign
      own.count += sign
      const hour = Math.floor(packedAt / hourMs)
      const known = own.hours.get(hour) ?? { packed: 0, waited: 0 }
      own.hours.set(hour, known)
      known.packed += sign
      if (hours >= waitedHours) known.waited += sign
    }
  }
}

function emptyPacked(): Packed {
  return { steps: new Map(), hours: new Map(), spent: new Float64Array(bins), count: 0 }
}

/** Hours at work from coming to a node until being packed, as it usually is; null where too little is known. */
export function usualSpread(packed: Packed | undefined): api.Spread | null {
  if (packed === undefined || packed.count < fewPieces) return null
  const at = (share: number) => {
    let left = share * packed.count
    for (let bin = 0; bin < bins; bin++) {
      left -= packed.spent[bin] ?? 0
      if (left <= 0) return (bin + 1) / binsPerHour
    }
    return bins / binsPerHour
  }
  const [medianHours, p90Hours] = [at(0.5), at(ninetieth)]
  return { medianHours, p90Hours: Math.max(p90Hours, medianHours) }
}
