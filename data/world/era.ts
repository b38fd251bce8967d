// A few weeks after the end of a history: calendar, demand, docks, teams and faults of that time. What falls into two
// eras is the same in both; it keeps nothing that happens.

import type { Random } from '#data/kernel'
import { Calendar, daySeconds, hourSeconds } from './calendar.ts'
import { deliveryDays } from './carriers.ts'
import { Demand, type Promotion, planPromotions } from './demand.ts'
import { Dock } from './dock.ts'
import type { Network, Node } from './network.ts'
import { handsAt, headroom, leftAt, pickHeadroom, teamAt } from './queue.ts'
import type { Roads } from './roads.ts'
import { Shop } from './shop.ts'
import { type Stage, workShares } from './stage.ts'
import { holidaysIn, promotionsIn, type Strain, troublesOf } from './strains.ts'
import { type Trouble, troubleBetween } from './trouble.ts'

/** Length of an era, seconds. */
export const eraSeconds = 28 * daySeconds
/** Days before an era that it knows as well. */
const daysBefore = 10

/** What all eras after a history share. */
export interface Past {
  stage: Stage
  demand: Demand
  shares: readonly number[]
  /** Hours that the slowdown at the end of the history still goes on. */
  firstFaultHours: number
  /** All that goes wrong or differs; null = as chance has it. */
  strains: readonly Strain[] | null
}

/** The past of a stage. */
export function pastOf(
  stage: Stage,
  firstFaultHours: number,
  strains: readonly Strain[] | null = null,
): Past {
  const { calendar, options, random, network, catalogue } = stage
  const promotions = planPromotions(calendar, random.fork('promotions'))
  const demand = new Demand(calendar, options.orders, [], promotions, random.fork('demand'))
  return { stage, demand, shares: workShares(network, catalogue), firstFaultHours, strains }
}

/** Randomness that is set anew before each use. */
export class Dice implements Random {
  #random: Random
  constructor(random: Random) {
    this.#random = random
  }
  /** From here on draws come from `random`. */
  roll(random: Random): void {
    this.#random = random
  }
  next = (): number => this.#random.next()
  int = (low: number, high: number): number => this.#random.int(low, high)
  normal = (mean: number, sd: number): number => this.#random.normal(mean, sd)
  exponential = (mean: number): number => this.#random.exponential(mean)
  poisson = (mean: number): number => this.#random.poisson(mean)
  pick = <T>(items: readonly T[]): T => this.#random.pick(items)
  weighted = (weights: readonly number[]): number => this.#random.weighted(weights)
  fork = (label: string): Random => this.#random.fork(label)
}

/** One era. Times are epoch seconds. */
export class Era {
  readonly calendar: Calendar
  readonly demand: Demand
  readonly shop: Shop
  readonly dice: Dice
  readonly roads: Roads
  readonly troubles: readonly Trouble[]
  readonly slow: readonly Trouble[]
  #past: Past
  #byNode: readonly (readonly Trouble[])[]
  #teams: Float64Array

  /** @param index 0 = the era that begins with the end of the history */
  constructor(past: Past, index: number) {
    const { stage } = past
    const { network, catalogue, options, random } = stage
    const from = stage.calendar.end + index * eraSeconds
    const calendar = new Calendar(from - daysBefore * daySeconds, from + eraSeconds)
    const { strains } = past
    for (const holiday of holidaysIn(strains ?? [])) calendar.holidays.set(holiday.day, holiday)
    const span = { from: calendar.start, to: calendar.end + daysBefore * daySeconds }
    this.#past = past
    this.calendar = calendar
    this.troubles =
      strains === null
        ? troubleBetween(stage, calendar, span, past.firstFaultHours)
        : troublesOf(strains, stage, calendar)
    this.slow = this.troubles.filter(({ kind }) => kind === 'carrier_slowdown' || kind === 'lane_slowdown')
    this.#byNode = network.nodes.map((_, node) => this.troubles.filter((trouble) => trouble.node === node))
    this.dice = new Dice(random)
    this.demand = new Demand(
      calendar,
      options.orders,
      this.troubles,
      [...promotionsOf(stage, span), ...promotionsIn(strains ?? [])],
      this.dice,
      past.demand,
    )
    this.shop = new Shop(catalogue, network, this.demand, this.troubles, options.orders, this.dice)
    const docks = network.nodes.map(
      (node, i) => new Dock(node, calendar, this.#byNode[i] as readonly Trouble[]),
    )
    this.roads = { calendar, network, docks, days: deliveryDays(calendar) }
    this.#teams = new Float64Array(network.nodes.length * calendar.days)
  }

  /** Work a node can do in an hour (hours since 1970) at picking and packing. */
  rate(node: number, line: 'picking' | 'packing', hour: number): number {
    const { calendar } = this
    const place = (this.#past.stage.network as Network).nodes[node] as Node
    const hands = handsAt(place, calendar, hour)
    if (hands === 0) return 0
    const left = leftAt(this.#byNode[node] as readonly Trouble[], hour * hourSeconds)
    return (
      this.#team(node, Math.floor(hour / 24)) * (line === 'picking' ? pickHeadroom : headroom) * left * hands
    )
  }

  #team(node: number, day: number): number {
    const { calendar } = this
    const known = Math.min(Math.max(day - calendar.firstDay, 0), calendar.days - 1)
    const at = node * calendar.days + known
    if (this.#teams[at] === 0) {
      const place = this.#past.stage.network.nodes[node] as Node
      this.#teams[at] = teamAt(
        place,
        this.#past.shares[node] as number,
        this.demand,
        calendar.firstDay + known,
      )
    }
    return this.#teams[at] as number
  }
}

const promotionDays = 17

/** Promotions that touch a span: those of the history, then one about every seventeen days. */
function promotionsOf({ calendar, random }: Stage, span: { from: number; to: number }): Promotion[] {
  const { end } = calendar
  const found = planPromotions(calendar, random.fork('promotions'))
  const first = Math.max(0, Math.floor((span.from - end) / (promotionDays * daySeconds)) - 1)
  for (let i = first; end + i * promotionDays * daySeconds < span.to; i++) {
    const own = random.fork(`promotion/${i}`)
    const day = Math.floor(end / daySeconds) + i * promotionDays + own.int(7, 12)
    const start = day * daySeconds + 5 * hourSeconds
    const skuClass = own.int(0, 6)
    found.push({ skuClass, start, stop: start + 3 * daySeconds, uplift: 1.9, discount: 0.15 })
  }
  return found.filter(({ start, stop }) => stop > span.from && start < span.to)
}
