// An order of a what-if: as sourcing is asked for it, with what it has taken already. Shapes, and what is the same for
// every order; it reads nothing.

import type { SourcingOrder } from '../world.ts'

const dayMs = 86_400_000

/** Units that an order has at a node: they are free once it is sourced anew. */
export interface TakenUnits {
  sku: string
  nodeId: string
  units: number
}

/** An order of a what-if. */
export interface AskedOrder {
  order: SourcingOrder
  /** Id in its source; of a given order its id. */
  externalId: string
  taken: readonly TakenUnits[]
  /** When it was placed indeed; orders of the past are sourced as if they came now. Epoch ms. */
  placedAt: number
  /**
   * Days since 1970-01-01 on which it was placed, where it has left since; null = it is open now. Orders of a day share
   * the capacities of a day.
   */
  day: number | null
}

const noneAvoided: ReadonlyMap<string, string> = new Map()

/** What is the same for every order of a what-if. */
export const plainOrder = {
  freight: 'prepaid',
  weightG: null,
  avoided: noneAvoided,
  held: () => 0,
  from: null,
} as const satisfies Partial<SourcingOrder>

/** A promise that is as far away as it was when the order was placed. */
export function shifted(promisedAt: number | null, byMs: number): number | null {
  return promisedAt === null ? null : promisedAt + byMs
}

/** Days since 1970-01-01, UTC. */
export function dayOf(at: number): number {
  return Math.floor(at / dayMs)
}
