// How a node stands with everything that was asked of it: the checks of node, stock and way that a decision keeps, also
// of nodes that could send nothing. It chooses nothing.

import type { OrderModel, Rejected } from '../model/build.ts'
import { tightest } from '../model/capacity.ts'
import { blocking, type Check, check, fixed } from '../model/checks.ts'
import { coursesOf, promiseCheck } from '../model/courses.ts'
import { standOf, stockChecks } from '../model/stands.ts'
import { WorkWay } from '../model/way.ts'
import type { Stand } from '../model/way-parts.ts'

/** A node, judged for an order. */
export interface Judgement {
  stand: Stand
  checks: readonly Check[]
  /** Its cheapest way, with the units it was judged for; null = it has none. */
  best: { way: WorkWay; units: readonly number[]; cents: number } | null
}

/** Judges a node that can send nothing, for all that is wanted. */
export function judge(model: OrderModel, { facts }: Rejected): Judgement {
  const { order, goods, trip, asked } = model
  const stand = standOf(order, goods, facts, trip.session, true)
  const said: Check[] = []
  const courses = coursesOf(trip, facts, said)
  const ways = courses.map((course) => new WorkWay(asked, stand, course))
  let best: Judgement['best'] = null
  for (const way of ways) {
    const cents = way.cost(goods.quantities)
    if (best === null || cents < best.cents) best = { way, units: goods.quantities, cents }
  }
  const refused = best === null ? null : best.way.refusal(best.units)
  if (refused !== null) said.push(fixed('service', { isMet: false, ...refused }))
  if (best?.cents === Number.POSITIVE_INFINITY) best = null
  const wayChecks = best === null ? [] : checksOfWay(model, best.way, best.units)
  const told = new Set(said.map(({ name }) => name))
  const checks = [
    ...stand.checks,
    ...stockOf(model, stand),
    ...firstOfEach(said),
    ...wayChecks.filter(({ name }) => !told.has(name)),
  ]
  return { stand, checks, best }
}

/** Checks of a place that can send something, for units on a way. */
export function checksOf(model: OrderModel, way: WorkWay, units: readonly number[]): Check[] {
  const stand = standOf(model.order, model.goods, way.stand.facts, model.trip.session, true)
  return [...stand.checks, ...stockOf(model, stand), ...checksOfWay(model, way, units)]
}

/** Goods that are told one by one where they are short: a large order is not told in full of every node. */
const shortMost = 5

/** What is short; where nothing is, the goods that come nearest to it. */
function stockOf({ goods }: OrderModel, stand: Stand): Check[] {
  const all = stockChecks(goods, stand)
  const short = blocking(all)
  if (short.length > 0) {
    const others = short.length - shortMost
    const text = `lacks ${others} more of the goods`
    return others <= 0
      ? short
      : [...short.slice(0, shortMost), fixed('stock', { isMet: false, code: 'no_stock', text })]
  }
  const [nearest] = all.toSorted(
    (a, b) => (a.slack ?? Number.POSITIVE_INFINITY) - (b.slack ?? Number.POSITIVE_INFINITY),
  )
  return nearest === undefined ? [] : [nearest]
}

function firstOfEach(checks: readonly Check[]): Check[] {
  const codes = new Set<string>()
  return checks.filter(({ code }) => !codes.has(code) && codes.add(code))
}

function checksOfWay({ order, goods, trip }: OrderModel, way: WorkWay, units: readonly number[]): Check[] {
  const { course } = way
  const { rules, world } = trip.session
  const checks: Check[] = []
  const load = way.load(units)
  const { capacity, day } = course
  if (capacity !== null) checks.push(...capacityChecks(rules.of('capacity'), capacity, load, day.day))
  if (day.cutOffAt !== null && rules.isOn('calendar')) {
    const slack = (day.cutOffAt - world.now) / 60_000
    checks.push(fixed('cut_off', { isMet: true, code: 'cut_off', text: '', slack, unit: 'minutes' }))
  }
  for (const rule of rules.of('promise')) {
    if (order.promisedAt !== null) checks.push(promiseCheck(rule, course, order.promisedAt, world.now))
  }
  for (const rule of rules.of('value_threshold')) {
    if (load.units === goods.units || Number.isNaN(load.valueCents)) continue
    const limit = rule.limit ?? 0
    const value = load.valueCents
    const text = 'would send a part that is worth too little'
    const missedBy = (limit - value) / 100
    const seen = { isMet: value >= limit, code: 'value_too_low', text, value, limit, slack: value - limit }
    checks.push(check(rule, { ...seen, unit: 'cents', missedBy }))
  }
  if (Number.isNaN(load.weightG) && course.lane !== null) {
    const text = 'priced without a weight'
    checks.push({ ...fixed('service', { isMet: false, code: 'weight_unknown', text }), isHard: false })
  }
  return checks
}

function capacityChecks(
  rules: ReturnType<OrderModel['trip']['session']['rules']['of']>,
  capacity: NonNullable<WorkWay['course']['capacity']>,
  { lines, units }: { lines: number; units: number },
  day: string,
): Check[] {
  const seen = tightest(capacity, lines, units)
  if (seen === null) return []
  const { value, limit, kind } = seen
  const isMet = value <= limit
  const said = { isMet, code: 'no_capacity', text: `is full on ${day}`, value, limit, unit: kind }
  return rules.map((rule) => check(rule, { ...said, missedBy: value - limit }))
}
