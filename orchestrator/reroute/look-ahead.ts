// Nodes that will not do their work until the cut-off: seen before it happens, with the cheapest way out as a plan that
// waits for a person. It moves nothing by itself.

import type { api } from '#data/contracts'
import type { Queries } from '#data/warehouse'
import { type CoreState, isMovable, limitsOf } from '#orchestrator/core'
import { type DayRoom, dayRooms } from '#orchestrator/sourcing'
import type { AffectedWork } from './affected.ts'
import { policySelects } from './by-policy.ts'
import { type MoveContext, placeOf } from './context.ts'
import { isLimit, planMoves, type StayingWork } from './plan.ts'
import { planUnderWay, propose, wasRejected, workInPlans } from './propose.ts'

/** Orders that a node is expected to get from now until its cut-off. */
export interface Arrivals {
  mean: number
  variance: number
}

/** A node that will probably not do its work. */
export interface Breach {
  nodeId: string
  room: DayRoom
  /** Probability that not everything leaves. */
  probability: number
  /** Orders that will be left over, as likely as not. */
  excess: number
  expected: Arrivals
}

/** From which probability on it is told, and with how many orders left over. */
const probabilityLeast = 0.8
const excessLeast = 1
const hourMs = 3_600_000
const weekMs = 7 * 24 * hourMs
const weeks = 4

/**
 * Orders that nodes got in the same hours of the last four weeks, from now until the cut-off of each; of a node that
 * got nothing in the four weeks before, of the weeks since its first order.
 * @param now epoch ms of the market
 */
export async function expectedArrivals(
  queries: Queries,
  market: string,
  now: number,
  rooms: ReadonlyMap<string, DayRoom>,
): Promise<Map<string, Arrivals>> {
  const cutOffs = [...rooms.values()].flatMap(({ cutOffAt }) => cutOffAt ?? [])
  if (cutOffs.length === 0) return new Map()
  const rows = await queries.all<{ node_id: string; at: number; orders: number; since: number }>(
    `WITH hours AS (
       SELECT dimension_value AS node_id, epoch_ms(bucket_start) AS began, numerator
       FROM metric_points
       WHERE market = $market AND metric = 'orders' AND dimension = 'node' AND grain = 'hour'
         AND bucket_start >= make_timestamptz($before::BIGINT * 1000)
         AND bucket_start < make_timestamptz($now::BIGINT * 1000)
     ), known AS (
       SELECT node_id, min(began) AS since FROM hours GROUP BY node_id
     )
     SELECT node_id, began::DOUBLE AS at, numerator::DOUBLE AS orders, since::DOUBLE AS since
     FROM hours JOIN known USING (node_id)
     WHERE began >= $from::BIGINT AND (began - $from::BIGINT) % $week::BIGINT <= $stretch::BIGINT`,
    {
      ...{ market, now, week: weekMs, before: now - 2 * weeks * weekMs },
      ...{ from: now - weeks * weekMs - hourMs, stretch: Math.max(...cutOffs) - now + hourMs },
    },
  )
  const sums = new Map<string, number[]>()
  for (const { node_id: nodeId, at, orders, since } of rows) {
    const cutOffAt = rooms.get(nodeId)?.cutOffAt ?? null
    if (cutOffAt === null) continue
    // Of the first week less than the whole may be known; then there is no better one.
    const known = Math.min(weeks, Math.max(1, Math.ceil((now - since) / weekMs) - 1))
    for (let week = 1; week <= known; week++) {
      const share = overlap(at + week * weekMs, now, cutOffAt)
      if (share === 0) continue
      const own = sums.get(nodeId) ?? Array.from({ length: known }, () => 0)
      own[week - 1] = (own[week - 1] ?? 0) + share * orders
      sums.set(nodeId, own)
    }
  }
  return new Map([...sums].map(([nodeId, each]) => [nodeId, spreadOf(each)]))
}

/** Share of the hour that begins at `at` which lies between two instants. */
function overlap(at: number, from: number, to: number): number {
  return Math.max(0, Math.min(at + hourMs, to) - Math.max(at, from)) / hourMs
}

/** Arrivals scatter at least as counts do; one week alone tells no more. */
function spreadOf(sums: readonly number[]): Arrivals {
  const mean = sums.reduce((sum, each) => sum + each, 0) / sums.length
  const variance = sums.reduce((sum, each) => sum + (each - mean) ** 2, 0) / Math.max(1, sums.length - 1)
  return { mean, variance: Math.max(variance, mean) }
}

/** Nodes that will probably have work left over at their cut-off, the worst first. */
export function breachesOf(
  rooms: ReadonlyMap<string, DayRoom>,
  arrivals: ReadonlyMap<string, Arrivals>,
): Breach[] {
  const breaches: Breach[] = []
  for (const [nodeId, room] of rooms) {
    if (room.cutOffAt === null) continue
    const expected = arrivals.get(nodeId) ?? { mean: 0, variance: 0 }
    const excess = room.booked + expected.mean - room.limit
    const probability = above(excess - 0.5, Math.sqrt(expected.variance))
    if (probability >= probabilityLeast && excess >= excessLeast) {
      breaches.push({ nodeId, room, probability, excess, expected })
    }
  }
  return breaches.sort((a, b) => b.excess - a.excess || (a.nodeId < b.nodeId ? -1 : 1))
}

/** Probability that a normal figure with this mean is above 0. */
function above(mean: number, sd: number): number {
  if (sd === 0) return mean > 0 ? 1 : 0
  const x = mean / sd / Math.SQRT2
  // Abramowitz and Stegun 7.1.26; off by 1.5e-7 at most.
  const t = 1 / (1 + 0.3275911 * Math.abs(x))
  const poly =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
  const erf = 1 - poly * Math.exp(-x * x)
  return x >= 0 ? (1 + erf) / 2 : (1 - erf) / 2
}

/** A breach and what can be done about it. */
export interface Ahead extends Breach {
  /**
   * Plans wait or are carried out, one was turned down, all of the work has begun, a limit stands in the way, or no
   * node can take any of it.
   */
  answer: api.AheadAnswer
  planId: string | null
}

/** What looking ahead needs beside a context of moves. */
export interface AheadContext extends MoveContext {
  /** Reads the tables. */
  reading<T>(work: (queries: Queries) => Promise<T>): Promise<T>
}

/**
 * Proposes a way out for each node that will not do its work in time.
 * @returns those nodes, the worst first
 * @throws LOG_UNAVAILABLE, LOG_FENCED, WAREHOUSE_QUERY
 */
export async function lookAhead(context: AheadContext): Promise<Ahead[]> {
  const { core, worlds, now, reading } = context
  const { looksAhead, mode, isStopped } = limitsOf(core.state().policy)
  if (!looksAhead || mode === 'off' || isStopped || core.state().openByNode.size === 0) return []
  const rooms = dayRooms(worlds, core.state(), now)
  const isSoon = [...rooms.values()].some(({ cutOffAt }) => cutOffAt !== null)
  if (!isSoon) return []
  const arrivals = await reading((queries) => expectedArrivals(queries, core.market, now, rooms))
  const found: Ahead[] = []
  for (const breach of breachesOf(rooms, arrivals)) {
    const planId = planOf(core.state(), breach)
    const answer = planId === null ? await proposeFor(breach, context) : 'plan'
    found.push({ ...breach, answer, planId: planId ?? planOf(core.state(), breach) })
  }
  return found
}

const kind = 'capacity_ahead' as const
const nameOf = ({ nodeId, room }: Breach) => `${nodeId}@${room.day}`

/** The plan for a breach that waits for a person or is carried out. */
function planOf(state: CoreState, breach: Breach): string | null {
  return planUnderWay(state, { kind, incident: null, name: nameOf(breach) })?.planId ?? null
}

async function proposeFor(breach: Breach, context: AheadContext): Promise<Ahead['answer']> {
  const { core, now } = context
  const { nodeId, room, expected, probability } = breach
  const state = core.state()
  const share = Math.floor(probability * 100)
  const where = state.nodes.get(nodeId)?.name ?? nodeId
  const about = {
    ...{ kind, incident: null, name: nameOf(breach) },
    ...(room.cutOffAt === null ? {} : { until: room.cutOffAt }),
    why: `${where} will not do its work of ${room.day} until the cut-off (${share} % sure)`,
  }
  const dayOf = (at: number) => context.worlds.network(state).dayAt(nodeId, at)
  const due = dueOn(room.day, state, nodeId, dayOf)
  if (due.length === 0) return 'begun'
  if (wasRejected(state, about)) return 'rejected'
  const waiting = workInPlans(state)
  const left = due.filter(({ order, work }) => !waiting.has(`${order.orderId}/${work.fulfillmentOrderId}`))
  if (left.length === 0) return 'plan'
  const selects = policySelects(context)
  const works = left.filter(({ order }) => selects(order))
  // Of what is booked, the rest has left, is under way, or is kept there: it takes its place before all else.
  const roomLeft = room.limit - (room.booked - works.length) - expected.mean
  const plan = await planMoves(works, placeOf(context), {
    name: `ahead/${room.day}`,
    incident: null,
    guard: {},
    holdsOut: false,
    roomAt: new Map([[nodeId, roomLeft]]),
  })
  const reason = 'what may happen is not acted on without a person'
  if ((await propose(core, plan.moves, about, reason, now)) > 0) return 'plan'
  const isHeld = plan.moves.length > 0 || works.length < left.length || plan.stays.some(isLimited)
  return isHeld ? 'limit' : 'no_move'
}

/** Whether a limit of people keeps it, rather than what is promised to the customer. */
function isLimited({ decision }: StayingWork): boolean {
  return isLimit(decision) && decision.refusedCode !== 'promise_worse'
}

/** Work of a node that has to leave on a day, or had to before, and that nobody has begun. */
function dueOn(
  day: string,
  state: CoreState,
  nodeId: string,
  dayOf: (at: number) => string | null,
): AffectedWork[] {
  const found: AffectedWork[] = []
  for (const orderId of state.openByNode.get(nodeId) ?? []) {
    const order = state.orders.get(orderId)
    for (const work of order?.work ?? []) {
      if (order === undefined || work.nodeId !== nodeId || !isMovable(work)) continue
      if ((dayOf(work.shipBy ?? work.sourcedAt) ?? day) <= day) found.push({ order, work })
    }
  }
  return found
}
