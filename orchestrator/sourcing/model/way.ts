// A way for work to leave a node and reach the customer, with everything that it costs. It is the only place where
// money is worked out; solvers ask it for sums, decisions for terms.

import type { api } from '#data/contracts'
import type { Parcel } from '../network/compiled.ts'
import type { Way } from '../solve/problem.ts'
import { excessOf, priceOfLoad } from './capacity.ts'
import { lateCents } from './course.ts'
import { usual } from './facts.ts'
import type { Asked, Course, Load, Stand } from './way-parts.ts'

/** Terms in the order in which they are kept. */
export const termNames = [
  'carriage',
  'processing',
  'split',
  'capacity',
  'lateness',
  'time',
  'stock_out',
  'co2',
  'priority',
  'soft',
] as const satisfies readonly api.CostTerm[]

const at = Object.fromEntries(termNames.map((name, i) => [name, i])) as Record<api.CostTerm, number>

/** Terms that do not depend on the units; soft ones in part. */
const fixedTerms = [at.capacity, at.lateness, at.time, at.priority, at.soft]

const noUses: Way['uses'] = []
const scratch = new Float64Array(termNames.length)
/** Used again and again: a parcel is asked about and forgotten. */
const parcel: Parcel = { weightG: null, volumeMm3: null, valueCents: null }
const inside: Load = { lines: 0, units: 0, weightG: 0, volumeMm3: 0, valueCents: 0 }

/** A way with its costs. */
export class WorkWay implements Way {
  readonly asked: Asked
  readonly stand: Stand
  readonly course: Course
  #whole = Number.NaN
  #least: { each: number; perUnit: readonly number[] } | null = null

  constructor(asked: Asked, stand: Stand, course: Course) {
    this.asked = asked
    this.stand = stand
    this.course = course
  }

  get uses(): Way['uses'] {
    return this.course.capacity?.uses ?? noUses
  }

  cost(units: readonly number[]): number {
    const isWhole = this.#isWhole(units)
    if (isWhole && !Number.isNaN(this.#whole)) return this.#whole
    const cents = this.#price(units)
    if (isWhole) this.#whole = cents
    return cents
  }

  /** What no piece of work on this way is below: what is the same for all, carriage and work by the unit. */
  get least(): { each: number; perUnit: readonly number[] } {
    this.#least ??= this.#leastOf()
    return this.#least
  }

  #leastOf() {
    const { session, goods, isCollect } = this.asked
    const { world } = session
    const { weights } = world.strategy
    const { node } = this.stand.facts
    const { lane, carriageCents } = this.course
    const isFree = isCollect || lane === null
    const floor = isFree ? null : world.network.rateFloor(lane)
    // What weighs nobody knows how much goes by the least.
    const isByWeight =
      floor !== null &&
      goods.mostG < Number.POSITIVE_INFINITY &&
      floor.eachCents + floor.perGCents * (goods.weights[0] ?? 0) > floor.leastCents
    const carriage = floor === null ? carriageCents : isByWeight ? floor.eachCents : floor.leastCents
    const perG = isByWeight && floor !== null ? floor.perGCents * weights.carriage : 0
    const each =
      weighted(weights.carriage, carriage) + weights.processing * (node.orderCostCents + node.lineCostCents)
    this.#fix()
    let fixed = 0
    for (const i of fixedTerms) fixed += scratch[i] ?? 0
    // Carriage, work and soft constraints are rounded each: half a cent down at most.
    const perUnit = goods.weights.map(
      (g) => (isByWeight ? g * perG : 0) + weights.processing * node.unitCostCents,
    )
    const least = each + fixed - (world.rounding === 'cents' ? 1.5 : 0)
    return { each: Number.isNaN(least) ? 0 : least, perUnit }
  }

  /** Terms of a piece of work that are not 0. */
  terms(units: readonly number[]): { name: api.CostTerm; cents: number }[] {
    this.#price(units)
    return termNames.flatMap((name, i) => {
      const cents = scratch[i] ?? 0
      return cents === 0 ? [] : [{ name, cents }]
    })
  }

  /** Gram, where distance and weight are known. */
  co2Grams(units: readonly number[]): number | null {
    const grams = this.#co2(this.load(units).weightG)
    return Number.isNaN(grams) ? null : grams
  }

  /** Why a piece of work cannot go this way; null where it can. */
  refusal(units: readonly number[]): { code: string; text: string } | null {
    const load = this.load(units)
    const { lane } = this.course
    if (lane !== null && load.weightG > (lane.service.maxWeightG ?? Number.POSITIVE_INFINITY))
      return { code: 'too_heavy', text: `is too heavy for ${lane.service.serviceId}` }
    if (this.#carriage(load) === Number.POSITIVE_INFINITY) {
      return Number.isNaN(load.weightG)
        ? { code: 'weight_unknown', text: 'has no rate without a weight' }
        : { code: 'no_rate', text: `has no rate for ${Math.round(load.weightG)} g` }
    }
    if (this.#thresholdCents(load) === Number.POSITIVE_INFINITY)
      return { code: 'value_too_low', text: 'would send a part that is worth too little' }
    return null
  }

  /** What is in a piece of work. */
  load(units: readonly number[]): Load {
    return { ...this.#load(units) }
  }

  /** The same, good until it is asked again. */
  #load(units: readonly number[]): Load {
    const { weights, volumes, values } = this.asked.goods
    const load = inside
    load.lines = 0
    load.units = 0
    load.weightG = 0
    load.volumeMm3 = 0
    load.valueCents = 0
    for (let i = 0; i < units.length; i++) {
      const count = units[i] ?? 0
      if (count === 0) continue
      load.lines++
      load.units += count
      load.weightG += count * (weights[i] ?? Number.NaN)
      load.volumeMm3 += count * (volumes[i] ?? Number.NaN)
      load.valueCents += count * (values[i] ?? Number.NaN)
    }
    // Shares of a weight must add up to it: bands end at exact weights.
    load.weightG = Math.round(load.weightG * 1e6) / 1e6
    return load
  }

  #isWhole(units: readonly number[]): boolean {
    const { quantities } = this.asked.goods
    for (let i = 0; i < quantities.length; i++) if (units[i] !== quantities[i]) return false
    return true
  }

  /** Terms that are the same whatever goes this way, into `scratch`. */
  #fix(): void {
    const { world } = this.asked.session
    const { weights } = world.strategy
    const { prices } = this.asked
    const { capacity, hours, softCents } = this.course
    const late = lateCents(this.course, prices)
    scratch[at.split] = 0
    scratch[at.capacity] =
      capacity === null ? 0 : weights.capacity * priceOfLoad(capacity.load, prices.fullNodeCents)
    scratch[at.lateness] = weights.lateness * late
    scratch[at.time] = weights.time * hours * prices.hourCents
    scratch[at.priority] = this.stand.facts.priorityCents
    scratch[at.soft] = softCents + this.stand.softCents
    if (world.rounding === 'cents')
      for (const i of fixedTerms) if (i !== at.soft) scratch[i] = Math.round(scratch[i] ?? 0)
  }

  /** Sum of the terms, which it leaves in `scratch`. */
  #price(units: readonly number[]): number {
    const { world } = this.asked.session
    const { weights, prices } = world.strategy
    const { node } = this.stand.facts
    const load = this.#load(units)
    const work = node.orderCostCents + load.lines * node.lineCostCents + load.units * node.unitCostCents
    const co2 = (this.#co2(load.weightG) / 1_000) * prices.co2KgCents
    this.#fix()
    scratch[at.carriage] = weighted(weights.carriage, this.#carriage(load))
    scratch[at.processing] = weights.processing * work
    scratch[at.stock_out] = weights.stockOut * prices.lastUnitCents * this.#scarcity(units)
    scratch[at.co2] = Number.isNaN(co2) ? 0 : weights.co2 * co2
    scratch[at.soft] = (scratch[at.soft] ?? 0) + this.#softOf(units, load)
    let sum = 0
    const isRounded = world.rounding === 'cents'
    for (let i = 0; i < scratch.length; i++) {
      const cents = scratch[i] ?? 0
      if (isRounded) scratch[i] = Math.round(cents)
      sum += scratch[i] ?? 0
    }
    return sum
  }

  /** Cents for carriage, Infinity where no rate covers it. */
  #carriage(load: Load): number {
    const { lane, carriageCents, day } = this.course
    if (this.asked.isCollect || lane === null) return carriageCents
    if (load.weightG > (lane.service.maxWeightG ?? Number.POSITIVE_INFINITY)) return Number.POSITIVE_INFINITY
    parcel.weightG = orNull(load.weightG)
    parcel.volumeMm3 = orNull(load.volumeMm3)
    parcel.valueCents = orNull(load.valueCents)
    const cents = this.asked.session.world.network.rateCents(lane, parcel, day.dispatchAt)
    return cents >= 0 ? cents * this.course.dearer : Number.POSITIVE_INFINITY
  }

  /** Grams of CO2; NaN = unknown. */
  #co2(weightG: number): number {
    // Nobody carries what is collected.
    if (this.asked.isCollected) return 0
    const { lane } = this.course
    const { distanceKm } = this.stand
    const km = lane?.distanceKm ?? distanceKm ?? Number.NaN
    return (weightG / 1e6) * km * (lane?.service.co2GramsPerTonneKm ?? usual.co2GramsPerTonneKm)
  }

  /** The nearer to the last unit, the nearer to 1, for each SKU: 1 / (1 + units that are left). */
  #scarcity(units: readonly number[]): number {
    let sum = 0
    for (let i = 0; i < units.length; i++) {
      const count = units[i] ?? 0
      if (count > 0) sum += 1 / (1 + Math.max(0, (this.stand.available[i] ?? 0) - count))
    }
    return sum
  }

  /** Prices of soft constraints on the piece itself. */
  #softOf(units: readonly number[], load: Load): number {
    const { safetyPrice, capacityPrice } = this.asked
    const { capacity } = this.course
    let cents = this.#thresholdCents(load)
    if (capacityPrice > 0 && capacity !== null)
      cents += capacityPrice * excessOf(capacity, load.lines, load.units)
    if (safetyPrice === 0) return cents
    for (let i = 0; i < units.length; i++) {
      cents += safetyPrice * Math.max(0, (units[i] ?? 0) - Math.max(0, this.stand.free[i] ?? 0))
    }
    return cents
  }

  /** Of a part that is worth too little: the price of each 100 cents missing, Infinity where it is hard. */
  #thresholdCents({ units, valueCents }: Load): number {
    let cents = 0
    if (units === this.asked.goods.units) return 0
    for (const { limit, isHard, priceCents } of this.asked.thresholds) {
      const missing = (limit ?? 0) - valueCents
      if (!(missing > 0)) continue
      cents += isHard ? Number.POSITIVE_INFINITY : (missing / 100) * priceCents
    }
    return cents
  }
}

/** 0 x Infinity = Infinity: what cannot go cannot go, whatever it counts for. */
function weighted(weight: number, cents: number): number {
  return cents === Number.POSITIVE_INFINITY ? cents : weight * cents
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value
}
