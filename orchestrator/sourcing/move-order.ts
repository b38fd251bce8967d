// Weighs whether work that is at a node should go elsewhere: everything at one other node, or the same node by another
// carrier, against staying. It carries nothing out.

import type { CandidateRecord, DecisionRecord } from '#orchestrator/core'
import { brieflyWeighed, wayRecord, weighed } from './explain/candidates.ts'
import { counterfactualOf } from './explain/counterfactual.ts'
import { judge } from './explain/judge.ts'
import { lineDecisions, reasonOf } from './explain/sentences.ts'
import { buildProblem, type Model, type OrderModel } from './model/build.ts'
import { coursesOf } from './model/courses.ts'
import { type ReadPlan, readPlan } from './model/plans.ts'
import { openSession, SourcingSession } from './model/session.ts'
import { solveOne } from './model/solve-one.ts'
import { standOf } from './model/stands.ts'
import { WorkWay } from './model/way.ts'
import type { ExplainedPlan, SourceOptions, SourcingOrder, SourcingWorld } from './world.ts'

/** A price of a unit that does not move which is above everything else: it is all or nothing. */
const atAnyPrice = 1e15

/** What is weighed. */
export interface Move {
  order: OrderModel
  model: Model
  plan: ReadPlan
  /** Staying, null where its node is not known any more. */
  stay: WorkWay | null
  options: SourceOptions
}

/** The best other place for work, where it is cheaper in all than to stay and within the limits. */
export function moveOrder(
  asked: SourcingOrder,
  world: SourcingWorld | SourcingSession,
  options: SourceOptions,
): ExplainedPlan {
  const session = openSession(withoutOwn(asked, world instanceof SourcingSession ? world.world : world))
  const model = buildProblem([asked], session, {
    only: options.toNodeId ?? null,
    isOnePiece: true,
    keepsRejected: true,
    unservedCents: atAnyPrice,
  })
  const [order] = model.orders
  const answer = order === undefined ? null : solveOne(model, order)
  if (order === undefined || answer === null) throw new Error(`order ${asked.orderId} has no answer`)
  const move: Move = { order, model, plan: readPlan(order, answer), stay: stayOf(order, session), options }
  const refusal = refusalOf(move)
  const { pieces, costCents } = move.plan
  const decision = recordOfMove(move, refusal, { method: 'exact', gap: null, isBrief: false })
  const { strategy } = session.world
  return {
    orderId: asked.orderId,
    work: refusal === null ? pieces.map(({ work }) => work) : [],
    unserved: [],
    costCents: refusal === null ? costCents : 0,
    decision,
    strategy,
  }
}

/** The world in which the work does not stand in its own way: it is booked at its node already. */
function withoutOwn({ from, lines }: SourcingOrder, world: SourcingWorld): SourcingWorld {
  const { load, network, now } = world
  if (from?.bookedAt === undefined) return world
  const { nodeId } = from
  // What is late is booked for today.
  const own = network.dayAt(nodeId, Math.max(from.bookedAt, now))
  const units = lines.reduce((sum, { quantity }) => sum + quantity, 0)
  const booked = (at: string, day: string) => {
    const all = load.booked(at, day)
    if (at !== nodeId || day !== own) return all
    return {
      orders: Math.max(0, all.orders - 1),
      lines: Math.max(0, all.lines - lines.length),
      units: Math.max(0, all.units - units),
    }
  }
  return {
    ...world,
    load: { booked, open: (at) => load.open(at), refused: (at) => load.refused(at) },
  }
}

/** To stay: what is there already is not asked for anything. */
export function stayOf(order: OrderModel, session: SourcingSession): WorkWay | null {
  const facts = session.node(order.order.from?.nodeId ?? '')
  if (facts === undefined) return null
  const stand = { ...standOf(order.order, order.goods, facts, session), softCents: 0 }
  const [course] = coursesOf(order.trip, facts, undefined, true)
  return course === undefined ? null : new WorkWay(order.asked, stand, course)
}

/** Why work stays where it is. */
export interface Stays {
  code: string
  text: string
}

/** It would not be better anywhere else. */
export const bestHere: Stays = { code: 'best_here', text: 'it is best where it is' }

/** It would be better elsewhere, but by less than is asked for. */
const hardlyBetter: Stays = { code: 'gain_too_small', text: 'it would hardly be better elsewhere' }

/** Why nothing is moved, null where it is. */
export function refusalOf(move: Move): Stays | null {
  const { order, plan, stay, options } = move
  if (plan.pieces.length === 0) return { code: 'no_other_node', text: whyNone(move) }
  if (options.toNodeId != null) return null
  const stayCents = stay?.cost(order.goods.quantities) ?? Number.POSITIVE_INFINITY
  if (plan.costCents >= stayCents) return bestHere
  if (stayCents - plan.costCents < (options.minGainCents ?? 0)) return hardlyBetter
  const extra = extraCents(move)
  return extra > (options.maxExtraCents ?? Number.POSITIVE_INFINITY)
    ? { code: 'cost_limit', text: 'it would cost more than the limit' }
    : null
}

function whyNone({ order, options }: Move): string {
  const { rejected, places } = order
  if (options.toNodeId != null) {
    const asked = rejected[0] ?? places.map(({ stand }) => ({ facts: stand.facts, stand }))[0]
    if (asked === undefined) return 'that node does not sell these goods'
    const failed = judge(order, asked).checks.find(({ isHard, isMet }) => isHard && !isMet)
    return `that node ${failed?.text ?? 'cannot'}`
  }
  const sellers = [...places.map(({ stand }) => stand), ...rejected.flatMap(({ stand }) => stand ?? [])]
  const isSold = sellers.some(
    ({ facts, available }) =>
      facts.node.nodeId !== order.order.from?.nodeId && available.some((units) => units >= 0),
  )
  return isSold ? 'no other node can take it' : 'no other node sells these goods'
}

/** Cents that are really paid more than to stay: carriage and processing; what is taken to cost something is not. */
function extraCents({ order, plan, stay }: Move): number {
  const paid = (terms: readonly { name: string; cents: number }[]) =>
    terms.reduce(
      (sum, { name, cents }) => sum + (name === 'carriage' || name === 'processing' ? cents : 0),
      0,
    )
  const now = paid(plan.pieces.flatMap(({ work }) => work.terms))
  return stay === null ? 0 : now - paid(stay.terms(order.goods.quantities))
}

/** How a move was found, and how much of it is kept. */
export interface MoveHow {
  method: 'exact' | 'batch'
  gap: number | null
  /** Only the chosen, staying and the next best are kept. */
  isBrief: boolean
}

/** The record of a move, or of why the work stays. */
export function recordOfMove(move: Move, refusal: Stays | null, how: MoveHow): DecisionRecord {
  const { model, order, plan, stay, options } = move
  const isDone = refusal === null
  const taken: ReadPlan = isDone ? plan : { ...plan, pieces: [] }
  const { candidates, otherCount, runnerUp } = how.isBrief
    ? brieflyWeighed(order, taken)
    : weighed(model, order, taken)
  const { strategy } = model.session.world
  const all = withStay(candidates, order, stay)
  const [chosen] = isDone ? candidates : []
  const next = isDone ? nextOf(all) : null
  return {
    decisionId: options.decisionId,
    kind: 'reroute',
    incidentId: options.incidentId ?? null,
    fromNodeId: order.order.from?.nodeId ?? null,
    toNodeId: isDone ? (plan.pieces[0]?.work.nodeId ?? null) : null,
    status: isDone ? 'done' : 'refused',
    reason: refusal?.text ?? reasonOf(order, plan, next, chosen ?? null),
    costCents: isDone ? extraCents(move) : null,
    candidates: all,
    otherCount,
    strategyId: strategy.strategyId,
    strategyVersion: strategy.version,
    lines: isDone ? lineDecisions(order, plan, []) : [],
    runnerUpNodeId: isDone
      ? (next?.nodeId ?? null)
      : (order.places[runnerUp]?.stand.facts.node.nodeId ?? null),
    counterfactuals: refusal === bestHere && !how.isBrief ? lackOf(move) : [],
    method: how.method,
    gap: how.gap,
    ...figuresOf(move, isDone),
    ...(refusal === null ? {} : { refusedCode: refusal.code }),
  }
}

/** What the move gains, against staying. */
function figuresOf({ order, plan, stay }: Move, isDone: boolean) {
  const [piece] = plan.pieces
  const { promisedAt } = order.order
  const stayHours = stay?.course.hours ?? piece?.way.course.hours ?? 0
  const hours = piece?.way.course.hours ?? stayHours
  const isAfter = promisedAt !== null && piece !== undefined && piece.way.course.arrivesAt > promisedAt
  const gain = stay === null ? null : stay.cost(order.goods.quantities) - plan.costCents
  const rounded = (value: number) => Math.round(value * 10) / 10
  return {
    hoursSaved: isDone ? rounded(stayHours - hours) : null,
    gainCents: piece === undefined || gain === null || !Number.isFinite(gain) ? null : Math.round(gain),
    riskBefore: stay?.course.lateRisk ?? null,
    riskAfter: piece?.way.course.lateRisk ?? null,
    hoursBefore: rounded(stayHours),
    hoursAfter: piece === undefined ? null : rounded(hours),
    isPromiseWorse: isAfter && stay !== null && piece.way.course.arrivesAt > stay.course.arrivesAt,
  }
}

/** What the best other place lacks against staying. */
function lackOf({ order, model, plan, stay }: Move) {
  const [best] = plan.pieces
  if (best === undefined || stay === null) return []
  const extra = plan.costCents - stay.cost(order.goods.quantities)
  return [counterfactualOf(model, order, best.work.nodeId, extra)]
}

/** The chosen, staying, and the others. */
function withStay(candidates: readonly CandidateRecord[], order: OrderModel, stay: WorkWay | null) {
  if (stay === null) return [...candidates]
  const record = wayRecord(order, stay, order.goods.quantities, [])
  const at = candidates.findIndex(({ isChosen }) => !isChosen)
  return candidates.toSpliced(at < 0 ? candidates.length : at, 0, record)
}

function nextOf(candidates: readonly CandidateRecord[]): CandidateRecord | null {
  const open = candidates.filter(({ isChosen, isFeasible }) => isFeasible && !isChosen)
  return open.toSorted((a, b) => a.totalCents - b.totalCents)[0] ?? null
}
