// What a way is made of: what was asked, how the node stands to it, and how it goes. Shapes only.

import type { api } from '#data/contracts'
import type { ServiceLane } from '../network/compiled.ts'
import type { DayCapacity } from './capacity.ts'
import type { Check } from './checks.ts'
import type { WorkDay } from './days.ts'
import type { NodeFacts } from './facts.ts'
import type { Goods } from './goods.ts'
import type { Rule } from './rules.ts'
import type { SourcingSession } from './session.ts'

/** What an order is to every way of it. */
export interface Asked {
  session: SourcingSession
  goods: Goods
  /** What this order is charged for. */
  prices: api.Strategy['prices']
  /** The customer pays the carrier. */
  isCollect: boolean
  /** The customer comes for it: nobody carries. */
  isCollected: boolean
  promisedAt: number | null
  /** Least value of a part, of hard and soft rules. */
  thresholds: readonly Rule[]
  /** Price of each unit of safety stock, each unit above capacity; 0 where they are hard or off. */
  safetyPrice: number
  capacityPrice: number
}

/** How a node stands to an order. */
export interface Stand {
  facts: NodeFacts
  /** Checks of the node for this order, those of every order within. */
  checks: readonly Check[]
  /** Bit i: it has some of SKU i. */
  can: number
  distanceKm: number | null
  /** Units that it can give of each SKU, Infinity = untracked, -1 = not there. */
  available: readonly number[]
  /** Of them, those that are not safety stock of the node. */
  free: readonly number[]
  /** Soft prices of what the node itself misses. */
  softCents: number
}

/** How it goes: what does not depend on the units. */
export interface Course {
  carrierId: string | null
  lane: ServiceLane | null
  day: WorkDay
  capacity: DayCapacity | null
  arrivesAt: number
  hours: number
  lateRisk: number | null
  lateDays: number
  /** Where no rate card says it. */
  carriageCents: number
  /** How many times more than a rate card says is asked for, 1 or more. */
  dearer: number
  /** Prices of soft constraints on times. */
  softCents: number
}

/** Sums of what is in a piece of work; NaN = unknown. */
export interface Load {
  lines: number
  units: number
  weightG: number
  volumeMm3: number
  valueCents: number
}
