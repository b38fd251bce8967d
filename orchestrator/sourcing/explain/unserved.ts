// Why units have no node: what is missing, or the smallest set of hard constraints that cannot hold together, found by
// solving again without each. It never makes a plan.

import type { api } from '#data/contracts'
import { type BuildOptions, buildProblem, type Model, type OrderModel } from '../model/build.ts'
import { blocking, type Check } from '../model/checks.ts'
import { goodsOf } from '../model/goods.ts'
import type { ReadPlan } from '../model/plans.ts'
import { SourcingSession } from '../model/session.ts'
import { mostSkus } from '../model/solve-alone.ts'
import { solveOne } from '../model/solve-one.ts'
import type { SourcingOrder, UnservedLine } from '../world.ts'
import { judge } from './judge.ts'

/** Words and codes of hard constraints. */
const said: Record<api.ConstraintName, { code: string; words: string }> = {
  max_distance: { code: 'too_far', words: 'maximum distance' },
  no_partial: { code: 'not_whole', words: 'whole order or nothing' },
  max_nodes_per_order: { code: 'too_many_nodes', words: 'nodes per order' },
  max_nodes_per_line: { code: 'too_many_nodes', words: 'nodes per line' },
  calendar: { code: 'node_closed', words: 'calendar and cut-off' },
  capacity: { code: 'no_capacity', words: 'capacity' },
  safety_stock: { code: 'safety_stock', words: 'safety stock' },
  promise: { code: 'after_promise', words: 'arrival by the promise' },
  node_type: { code: 'node_type', words: 'node type' },
  excluded_node: { code: 'excluded_node', words: 'excluded nodes' },
  source_list: { code: 'not_in_source_list', words: 'source lists' },
  value_threshold: { code: 'value_too_low', words: 'least value of a part' },
  reject_count: { code: 'refused_too_often', words: 'refusals' },
}

/** Of a search that was ended: what could still go was not looked at again. */
export const unreached = {
  code: 'not_reached',
  reason: 'the search was ended before a node was found for it',
}

/** A price of a unit that is above everything that serving it could cost. */
const atAnyPrice = 1e15

/** What the reasons of an order are looked for in. */
interface Case {
  order: SourcingOrder
  session: SourcingSession
  options: BuildOptions
  /** Units of each line without a node, by the constraints that were left out: all goods are told from one solution. */
  solved: Map<string, readonly number[] | null>
}

/** Reasons for all units that a plan leaves. */
export function reasonsOf(
  model: Model,
  order: OrderModel,
  plan: ReadPlan,
  options: BuildOptions,
): UnservedLine[] {
  const isLarge = order.goods.skus.length > mostSkus
  const bySku = new Map<string, { code: string; reason: string }>()
  const whole: Case = { order: order.order, session: model.session, options, solved: new Map() }
  return plan.left.map(({ lineId, sku, quantity }) => {
    let found = bySku.get(sku)
    if (found === undefined) {
      const lines = order.order.lines.filter((line) => line.sku === sku)
      const subject = isLarge ? { ...whole, order: { ...order.order, lines }, solved: new Map() } : whole
      found = reasonOf(subject, order, sku)
      bySku.set(sku, found)
    }
    return { lineId, quantity, ...found }
  })
}

function reasonOf(subject: Case, order: OrderModel, sku: string): { code: string; reason: string } {
  const line = goodsOf(subject.order, subject.session.world.product).skus.indexOf(sku)
  const { hard } = subject.session.rules
  if (serves(subject, line, new Set())) {
    return { code: 'too_dear', reason: 'to send it costs more than to leave it is taken to cost' }
  }
  if (!serves(subject, line, new Set(hard))) return lacking(subject, line)
  const dropped = new Set<api.ConstraintName>()
  for (const name of hard) {
    dropped.add(name)
    if (serves(subject, line, dropped)) dropped.delete(name)
  }
  const conflict = hard.filter((name) => !dropped.has(name))
  const [only] = conflict
  if (only !== undefined && conflict.length === 1) {
    return { code: codeOf(order, only), reason: missOf(order, order.goods.skus.indexOf(sku), only) }
  }
  const words = conflict.map((name) => said[name].words)
  const reason = `these cannot hold together: ${words.join(', ')}; without any one of them it could be sent`
  return { code: 'constraints_contradict', reason }
}

/** Whether all of a line has a node without some of the hard constraints. */
function serves(subject: Case, line: number, without: ReadonlySet<api.ConstraintName>): boolean {
  const key = [...without].sort().join()
  let unserved = subject.solved.get(key)
  if (unserved === undefined) {
    unserved = unservedOf(subject, without)
    subject.solved.set(key, unserved)
  }
  return unserved !== null && (unserved[line] ?? 0) === 0
}

function unservedOf(
  { order, session, options }: Case,
  without: ReadonlySet<api.ConstraintName>,
): readonly number[] | null {
  const relaxed = without.size === 0 ? session : new SourcingSession(session.world, without)
  const model = buildProblem([order], relaxed, { ...options, unservedCents: atAnyPrice })
  const [one] = model.orders
  return one === undefined ? null : (solveOne(model, one)?.unserved ?? null)
}

function codeOf(order: OrderModel, name: api.ConstraintName): string {
  if (name !== 'max_distance') return said[name].code
  const checks = order.rejected.flatMap(({ stand }) => blocking(stand?.checks ?? []))
  const failing = checks.filter((one) => one.name === name)
  const isUnknown = failing.length > 0 && failing.every(({ code }) => code === 'distance_unknown')
  return isUnknown ? 'distance_unknown' : 'too_far'
}

/** The node that comes nearest to meeting the one constraint that is in the way. */
function missOf(order: OrderModel, line: number, name: api.ConstraintName): string {
  const misses = order.rejected.flatMap((rejected) => {
    const { stand, checks } = judge(order, rejected)
    if ((stand.available[line] ?? -1) < 1) return []
    const found = blocking(checks).find((one) => one.name === name)
    return found === undefined ? [] : [{ node: rejected.facts.node.name, check: found }]
  })
  const by = (one: Check) => Math.abs(one.slack ?? 0)
  misses.sort((a, b) => by(a.check) - by(b.check) || (a.node < b.node ? -1 : 1))
  const [miss] = misses
  if (miss !== undefined) return `${miss.node} ${miss.check.text}`
  const wanted = `${order.goods.quantities[line]} ${order.goods.skus[line]}`
  if (name === 'safety_stock') return `only safety stock is left of ${wanted}`
  if (name === 'no_partial') return 'not all of the order can be sent, and it goes as a whole or not at all'
  return `no node can send ${wanted} with this constraint: ${said[name].words}`
}

/** What is missing where no constraint of the strategy is in the way. */
function lacking(
  { order, session, options }: Omit<Case, 'solved'>,
  line: number,
): { code: string; reason: string } {
  const all = new Set(session.rules.hard)
  const relaxed = all.size === 0 ? session : new SourcingSession(session.world, all)
  const model = buildProblem([order], relaxed, { ...options, keepsRejected: true })
  const [one] = model.orders
  if (one === undefined) return { code: 'no_node_sells', reason: 'no node sells it' }
  const sku = one.goods.skus[line] ?? ''
  const wanted = one.goods.quantities[line] ?? 0
  const open = one.places.map(({ stand, ways }) => {
    const has = stand.available[line] ?? -1
    const units = one.goods.quantities.map((_, i) => (i === line ? Math.min(wanted, Math.max(1, has)) : 0))
    const refusal = ways.every((way) => way.cost(units) === Number.POSITIVE_INFINITY)
    const text = refusal ? (ways[0]?.refusal(units) ?? null) : null
    return { name: stand.facts.node.name, has, failures: text === null ? [] : [text] }
  })
  const shut = one.rejected.map((rejected) => {
    const { stand, checks } = judge(one, rejected)
    const failures = blocking(checks).filter(({ name }) => name !== 'stock')
    return { name: stand.facts.node.name, has: stand.available[line] ?? -1, failures }
  })
  const sellers = [...open, ...shut].filter(({ has }) => has >= 0)
  if (sellers.length === 0) return { code: 'no_node_sells', reason: `no node sells ${sku}` }
  const stocked = sellers.filter(({ has }) => has >= 1)
  stocked.sort((a, b) => a.failures.length - b.failures.length || b.has - a.has || (a.name < b.name ? -1 : 1))
  const able = stocked.filter(({ failures }) => failures.length === 0)
  const together = able.reduce((sum, { has }) => sum + has, 0)
  const barred = stocked.find(({ failures }) => failures.length > 0)
  const [failure] = barred?.failures ?? []
  if (barred !== undefined && failure !== undefined && able.length === 0) {
    return { code: failure.code, reason: `${barred.name} ${failure.text}` }
  }
  const [most] = able
  if (most === undefined) return { code: 'no_stock', reason: `no node has ${sku}` }
  const rest = able.length > 1 ? `, all together have ${together}` : ''
  return { code: 'no_stock', reason: `${most.name} has ${most.has} of ${wanted} ${sku}${rest}` }
}

/**
 * Reasons by what is left of stock and of days, without solving again.
 * @param isEnded whether the search was ended before it had looked at everything
 */
export function quickReasons(
  order: OrderModel,
  plan: ReadPlan,
  after: SourcingSession,
  isEnded: boolean,
): UnservedLine[] {
  if (plan.left.length === 0) return []
  const model = buildProblem([order.order], after)
  const places = model.orders[0]?.places ?? []
  return plan.left.map(({ lineId, sku, quantity }) => {
    const line = order.goods.skus.indexOf(sku)
    const had = order.places.filter(({ stand }) => (stand.available[line] ?? -1) >= 1)
    const has = places.filter(({ stand }) => (stand.available[line] ?? -1) >= 1)
    const hasStock = had.some(({ stand }) => unitsLeft(after, order.order, stand.facts.node.nodeId, sku) >= 1)
    if (had.length === 0) return { lineId, quantity, ...lackingBefore(order, line) }
    if (!hasStock)
      return { lineId, quantity, code: 'no_stock', reason: 'other orders of the batch took the stock' }
    if (has.length > 0 && isEnded) return { lineId, quantity, ...unreached }
    const reason =
      has.length === 0 ? 'other orders of the batch took the days' : 'what is left cannot take all of it'
    return { lineId, quantity, code: 'no_capacity', reason }
  })
}

function lackingBefore(order: OrderModel, line: number): { code: string; reason: string } {
  return lacking({ order: order.order, session: order.trip.session, options: {} }, line)
}

function unitsLeft({ world }: SourcingSession, order: SourcingOrder, nodeId: string, sku: string): number {
  const told = world.stock.available(sku, nodeId, order.channel)
  return told === null ? Number.POSITIVE_INFINITY : (told ?? 0) + order.held(nodeId, sku)
}
