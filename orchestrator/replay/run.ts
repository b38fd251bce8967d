// A replay: orders of the last days by the policies or flows in force, and by those with a draft among them; both sides
// sourced in the same world. It carries nothing out, lets others run between its steps, and can be cancelled.

import { setImmediate } from 'node:timers/promises'
import type { api } from '#data/contracts'
import type { Order } from '#orchestrator/core'
import type { FactsContext, Said } from '#orchestrator/policies'
import { baselineOf, runInTurn, type SourcingPlan, type Worlds } from '#orchestrator/sourcing'
import {
  askedOn,
  askRelease,
  type Course,
  courseOf,
  hear,
  heldOf,
  hold,
  isAskedAlike,
  type Policies,
} from './course.ts'
import { factsThen, type Past, type PastPlace, pastOrders } from './past-orders.ts'
import { rerouteOf, withPlannedRisk, withPlannedWork } from './reroutes.ts'

/** One side: policies, and the tiles of the flow that an order would pass. */
export interface ReplaySides {
  before: Policies
  after: Policies
  /** The flow that is tried; absent = a policy is. */
  flowId?: string
  /**
   * The way of an order on a side; absent = no flow says anything of what is replayed.
   * @param came as it came, which chooses its flow; `order` bears what policies changed
   */
  pathOf?(came: Order, order: Order, side: 'before' | 'after', facts: FactsContext): FlowPath
}

/** The way of an order through a flow. */
export interface FlowPath {
  tiles: string[]
  isValidated: boolean
  /** Why the flow would hold it, null = it would not. */
  held: string | null
  /** Why the flow would hold lines of it, by their ids, with those that were held before. */
  heldLines: ReadonlyMap<string, string>
  /**
   * Lines that a tile sources or, once the flow has ended, the default way, each with the only node that would do,
   * null = any.
   */
  placed: ReadonlyMap<string, string | null>
  /** What policies say that its tiles name, tile by tile, and those that are asked once it has work. */
  said: readonly (readonly Said[])[]
  later: readonly api.OrderPolicy[]
  /** Filters for which tiles are passed over. */
  filteredBy: Iterable<string>
}

/** Where and how a replay runs. */
export interface ReplayRun extends PastPlace {
  worlds: Worlds
  days: number
  limit: number
  elapsedMs(): number
  isCancelled(): boolean
  progress(step: string, share: number): void
}

/** One order on both sides. */
export interface ReplayedOrder {
  past: Past['orders'][number]
  before: SideOrder
  after: SideOrder
}

/** An order on a side. */
export interface SideOrder {
  course: Course
  /** null = held. */
  plan: SourcingPlan | null
  rerouted: string | null
}

/** Why lines have no node that no tile comes to place. */
const withoutEnd = 'its flow does not come to an end'
/** Longest time that one step keeps the thread, ms. */
const stepMs = 12

/** All orders on both sides; null where it was cancelled. @throws WAREHOUSE_QUERY */
export async function runReplay(
  sides: ReplaySides,
  run: ReplayRun,
): Promise<{ orders: ReplayedOrder[]; isCut: boolean } | null> {
  run.progress('reading orders', 0)
  const past = await pastOrders(run, run)
  if (run.isCancelled()) return null
  const rest = pacer(run)
  const courses: { before: Course; after: Course }[] = []
  for (const [i, { order }] of past.orders.entries()) {
    const context = factsThen(run, past, order.placedAt)
    const courseOn = (side: 'before' | 'after') =>
      withPath(courseOf(order, sides[side], context), order, { side, sides, facts: context })
    const [before, after] = [courseOn('before'), courseOn('after')]
    courses.push({ before, after })
    if (await rest()) return null
    if (i % 500 === 0) run.progress('asking policies', 0.1 + (0.2 * i) / past.orders.length)
  }
  run.progress('sourcing as it is', 0.3)
  const before = await sourceSide(past, courses, 'before', run)
  if (run.isCancelled()) return null
  run.progress('sourcing as it would be', 0.6)
  const isSame = courses.every((each) => isAskedAlike(each.before, each.after))
  const after = isSame ? before : await sourceSide(past, courses, 'after', run)
  if (run.isCancelled()) return null
  run.progress('comparing', 0.9)
  const orders: ReplayedOrder[] = []
  for (const [i, one] of past.orders.entries()) {
    const pair = courses[i]
    if (pair === undefined) continue
    const sideOf = (side: 'before' | 'after', plans: readonly (SourcingPlan | null)[]) =>
      finish(pair[side], plans[i] ?? null, sides[side], past, run)
    orders.push({ past: one, before: sideOf('before', before), after: sideOf('after', after) })
    if (await rest()) return null
  }
  return { orders, isCut: past.isCut }
}

function pacer({ elapsedMs, isCancelled }: ReplayRun): () => Promise<boolean> {
  let rested = elapsedMs()
  return async () => {
    if (elapsedMs() - rested < stepMs) return false
    await setImmediate()
    rested = elapsedMs()
    return isCancelled()
  }
}

function withPath(
  course: Course,
  came: Order,
  { side, sides, facts }: { side: 'before' | 'after'; sides: ReplaySides; facts: FactsContext },
): Course {
  const { pathOf, flowId } = sides
  if (pathOf === undefined) return course
  const way = pathOf(came, course.order, side, facts)
  const { tiles, isValidated, held, heldLines, placed, said, later, filteredBy } = way
  course.path = tiles
  course.later = later
  for (const ofTile of said) hear(course, ofTile, facts)
  for (const policyId of filteredBy) course.speakers.add(policyId)
  course.isValidated &&= isValidated
  // Whether a hold of lines lasts, or a tile lifts it, is what the way says.
  course.held ??= held
  hold(course, ({ lineId }) => heldLines.get(lineId) ?? (placed.has(lineId) ? null : withoutEnd))
  if (flowId !== undefined && tiles[0] === flowId) course.speakers.add(flowId)
  course.onlyAt = new Map([...placed].flatMap(([lineId, at]) => (at === null ? [] : [[lineId, at]])))
  return course
}

/** Plans of a side, as the orders; null where an order is not sourced. */
async function sourceSide(
  past: Past,
  courses: readonly { before: Course; after: Course }[],
  side: 'before' | 'after',
  run: ReplayRun,
): Promise<(SourcingPlan | null)[]> {
  const nodeIds = [...run.state.nodes.keys()]
  const asked = past.orders.flatMap((one, i) => {
    const course = courses[i]?.[side]
    if (course === undefined || heldOf(course) !== null) return []
    return askedOn(course, one.asked, nodeIds).map((part) => ({ i, asked: part }))
  })
  const orders = asked.map((each) => each.asked)
  const plans: (SourcingPlan | null)[] = past.orders.map(() => null)
  if (orders.length === 0) return plans
  await setImmediate()
  // What all of them have taken is free again on both sides, also of those that are held on one.
  const scene = baselineOf(
    run,
    past.orders.map((one) => one.asked),
  )
  const { elapsedMs, isCancelled } = run
  const began = side === 'before' ? 0.3 : 0.6
  const step = side === 'before' ? 'sourcing as it is' : 'sourcing as it would be'
  const onDone = (count: number) => run.progress(step, began + (0.3 * count) / orders.length)
  const found = await runInTurn(orders, scene, { elapsedMs, isCancelled, onDone })
  for (const [at, { i }] of asked.entries()) plans[i] = joined(plans[i], found[at])
  return plans
}

/** The plan of an order from those of its parts; null = it is not sourced. */
function joined(some: SourcingPlan | null = null, more: SourcingPlan | null = null): SourcingPlan | null {
  if (some === null || more === null) return some ?? more
  const [work, unserved] = [
    [...some.work, ...more.work],
    [...some.unserved, ...more.unserved],
  ]
  return { orderId: some.orderId, work, unserved, costCents: some.costCents + more.costCents }
}

/** What comes after sourcing: release and reroutes. */
function finish(
  course: Course,
  plan: SourcingPlan | null,
  policies: Policies,
  past: Past,
  run: ReplayRun,
): SideOrder {
  if (plan === null || plan.work.length === 0) return { course, plan, rerouted: null }
  course.order = withPlannedWork(course.order, plan)
  const factsAt = (at: number) => withPlannedRisk(factsThen(run, past, at), plan)
  askRelease(course, policies, factsAt(course.order.placedAt))
  const oddnessOf = (orderId: string) => past.oddness.get(orderId) ?? 0
  const contextAt = (at: number) => ({ ...factsAt(at), oddnessOf })
  const rerouted =
    heldOf(course) === null ? rerouteOf(course, policies, { state: run.state, contextAt }) : null
  return { course, plan, rerouted }
}
