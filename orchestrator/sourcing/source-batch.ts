// Sources many orders together: one problem for all whose stock can be counted together, one after the other before it
// those that cannot. It carries nothing out.

import type { DecisionRecord } from '#orchestrator/core'
import { recordOfSourcing } from './explain/record.ts'
import { quickReasons, reasonsOf, unreached } from './explain/unserved.ts'
import { type BuildOptions, buildInSteps, buildProblem, nodesFor, type OrderModel } from './model/build.ts'
import { easeCrowds } from './model/crowded.ts'
import { goodsOf } from './model/goods.ts'
import { type ReadPlan, readPlan } from './model/plans.ts'
import { openSession, SourcingSession } from './model/session.ts'
import { mostSkus, type Solved, solveAlone } from './model/solve-alone.ts'
import { channelsApart, Taken } from './model/taken.ts'
import { solveBatch } from './solve/batch.ts'
import { Pace } from './solve/pace.ts'
import type { BatchSolution } from './solve/problem.ts'
import type { BatchOptions, BatchPlan, SourcingOrder, SourcingPlan, SourcingWorld } from './world.ts'

/** Orders whose units without a node are explained by solving again; the rest by what is left. */
const explainedInFull = 100

type Joint = Pick<BatchSolution, 'method' | 'stopped' | 'seconds' | 'bound'>
interface Entry extends Omit<Solved, 'gap'> {
  method: 'exact' | 'batch'
  gap: number | null
}

/**
 * The cheapest way for all orders together that was found in time. Orders that hold units already, or ask for more
 * than 30 SKUs, are sourced first, each by itself; where channels see different stock, one channel after the other.
 * The bound holds for what is sourced together.
 * @throws SOURCING_PROBLEM_INVALID
 */
export async function sourceBatch(
  orders: readonly SourcingOrder[],
  world: SourcingWorld | SourcingSession,
  options: BatchOptions,
): Promise<BatchPlan> {
  const session = world instanceof SourcingSession ? world : openSession(world)
  const began = options.elapsedMs()
  const build: BuildOptions = { isEveryDay: true, keepsRejected: options.decisionIdOf !== undefined }
  const taken = new Taken()
  const entries = new Map<SourcingOrder, Entry>()
  const pace = new Pace(options)
  const rest = () => pace.rest()
  for (const order of orders) {
    await rest()
    if (!isAlone(order, session)) continue
    const here = openSession(taken.from(session.world))
    const solved = solveAlone(order, here, { ...build, isEveryDay: false })
    taken.add(solved.order, solved.plan)
    entries.set(order, { ...solved, method: 'exact', gap: null })
  }
  const others = orders.filter((order) => !entries.has(order))
  const joints: Joint[] = []
  for (const group of await groupsOf(others, session.world, rest)) {
    const left = options.timeLimitMs - (options.elapsedMs() - began)
    const here = openSession(taken.from(session.world))
    joints.push(
      await together(group, here, { ...options, timeLimitMs: Math.max(1, left) }, build, entries, rest),
    )
    for (const order of group) {
      const entry = entries.get(order)
      if (entry !== undefined) taken.add(entry.order, entry.plan)
    }
  }
  const figures = figuresOf([...entries.values()], joints)
  const isEnded = figures.stopped === 'time' || figures.stopped === 'cancelled'
  const plans = await plansOf(orders, entries, openSession(taken.from(session.world)), isEnded, options, rest)
  return {
    plans,
    ...figures,
    seconds: (options.elapsedMs() - began) / 1_000,
  }
}

/** Orders that cannot be solved together with others. */
function isAlone(order: SourcingOrder, session: SourcingSession): boolean {
  if (order.from !== null) return true
  const goods = goodsOf(order, session.world.product)
  if (goods.skus.length > mostSkus) return true
  for (const { node } of nodesFor(goods, session, null)) {
    if (goods.skus.some((sku) => order.held(node.nodeId, sku) > 0)) return true
  }
  return false
}

async function groupsOf(
  orders: readonly SourcingOrder[],
  world: SourcingWorld,
  rest: () => Promise<unknown>,
): Promise<SourcingOrder[][]> {
  if (orders.length === 0) return []
  if (!(await channelsApart(orders, world, rest))) return [[...orders]]
  return [...Map.groupBy(orders, ({ channel }) => channel).values()]
}

async function together(
  orders: readonly SourcingOrder[],
  session: SourcingSession,
  options: BatchOptions,
  build: BuildOptions,
  entries: Map<SourcingOrder, Entry>,
  rest: () => Promise<unknown>,
): Promise<Joint> {
  const model = await buildInSteps(orders, session, build, rest)
  const solution = await solveBatch(model.problem, options)
  const eased = await easeCrowds(model, solution.orders, rest)
  const gap = eased === null ? solution.gap : (eased.cost - solution.bound) / eased.cost
  for (const [i, order] of model.orders.entries()) {
    const answer = (eased?.answers ?? solution.orders)[i]
    if (answer === undefined) throw new Error(`order ${order.order.orderId} has no answer`)
    const plan = readPlan(order, answer)
    entries.set(order.order, { model, order, plan, isProven: false, method: 'batch', gap })
  }
  return gap > 0 ? { ...solution, stopped: solution.stopped ?? 'gap' } : solution
}

/** Cost and bound with the price of what has no node. */
function figuresOf(entries: readonly Entry[], joints: readonly Joint[]) {
  const costOf = ({ order, plan }: Entry) => plan.costCents + priceOfLeft(order, plan)
  const sum = (some: readonly Entry[]) => some.reduce((total, entry) => total + costOf(entry), 0)
  const costCents = sum(entries)
  const aloneCents = sum(entries.filter(({ method }) => method === 'exact'))
  const boundCents = Math.min(costCents, aloneCents + joints.reduce((total, { bound }) => total + bound, 0))
  const gap = costCents === boundCents ? 0 : (costCents - boundCents) / Math.abs(costCents)
  const [first] = joints
  return {
    costCents,
    boundCents,
    gap,
    method: first?.method ?? 'exact',
    stopped: joints.find(({ stopped }) => stopped !== null)?.stopped ?? null,
  }
}

function priceOfLeft({ solver }: OrderModel, { left }: ReadPlan): number {
  const units = left.reduce((sum, { quantity }) => sum + quantity, 0)
  return units === 0 ? 0 : units * solver.unservedCost
}

async function plansOf(
  orders: readonly SourcingOrder[],
  entries: ReadonlyMap<SourcingOrder, Entry>,
  after: SourcingSession,
  isEnded: boolean,
  options: BatchOptions,
  rest: () => Promise<unknown>,
): Promise<BatchPlan['plans']> {
  let explained = 0
  const plans: (SourcingPlan & { decision?: DecisionRecord })[] = []
  for (const asked of orders) {
    await rest()
    const entry = entries.get(asked)
    if (entry === undefined) throw new Error(`order ${asked.orderId} has no plan`)
    const { model, order, plan } = entry
    const isFull = plan.left.length > 0 && explained++ < explainedInFull
    const reasons = isFull
      ? reasonsOf({ ...model, session: after }, withRejected(order), plan, {})
      : quickReasons(order, plan, after, isEnded)
    const unserved = !isEnded
      ? reasons
      : reasons.map((line) => (line.code === 'too_dear' ? { ...line, ...unreached } : line))
    const made: SourcingPlan = {
      orderId: asked.orderId,
      work: plan.pieces.map(({ work }) => work),
      unserved,
      costCents: plan.costCents,
    }
    const isDecided = options.decisionIdOf !== undefined
    plans.push(isDecided ? { ...made, decision: decisionOf(entry, unserved, options) } : made)
  }
  return plans
}

/** With the nodes that can send nothing: they tell why. */
function withRejected(order: OrderModel): OrderModel {
  if (order.rejected.length > 0) return order
  return buildProblem([order.order], order.trip.session, { keepsRejected: true }).orders[0] ?? order
}

function decisionOf(entry: Entry, unserved: SourcingPlan['unserved'], options: BatchOptions) {
  const { model, order, plan, method, gap } = entry
  const decisionId = options.decisionIdOf?.(order.order) ?? order.order.orderId
  return recordOfSourcing({
    ...{ model, order, plan, unserved, decisionId, method, gap },
    incidentId: null,
    counterfactuals: 'none',
    build: {},
  })
}
