// The nodes that a decision keeps: those that were chosen, the best of the others, and those that came nearest among
// the ones that could not. It ranks them by what the solver said; it decides nothing.

import type { CandidateRecord } from '#orchestrator/core'
import type { Model, OrderModel, Rejected } from '../model/build.ts'
import { blocking, type Check, recordOf } from '../model/checks.ts'
import type { PlannedPiece, ReadPlan } from '../model/plans.ts'
import { mostSkus } from '../model/solve-alone.ts'
import { supplyOf } from '../model/solve-one.ts'
import type { WorkWay } from '../model/way.ts'
import type { Stand } from '../model/way-parts.ts'
import { type RankedPlace, rankPlaces } from '../solve/exact.ts'
import { checksOf, judge } from './judge.ts'

/** Nodes that a decision keeps, and how many of them may be ones that could not. */
const kept = 12
const keptOfRejected = 3

/** What was weighed. */
export interface Weighed {
  candidates: CandidateRecord[]
  /** Nodes that were weighed and are not among them. */
  otherCount: number
  /** Index of the best place for all of it that is not chosen, -1 = none. */
  runnerUp: number
}

/** Candidates of an order, the chosen first. */
export function weighed(model: Model, order: OrderModel, plan: ReadPlan): Weighed {
  const isLarge = order.goods.skus.length > mostSkus
  const chosenIds = new Set(plan.pieces.map(({ work }) => work.nodeId))
  const rejectedCount = Math.min(order.rejected.length, keptOfRejected)
  const room = Math.max(0, kept - chosenIds.size - rejectedCount)
  const isTaken = (place: number) => chosenIds.has(nodeIdOf(order, place))
  const others = isLarge ? [] : rankPlaces(order.solver, supplyOf(model.problem), Math.max(1, room), isTaken)
  const candidates = plan.pieces.map((piece) => chosen(order, piece))
  for (const [i, one] of others.slice(0, room).entries()) candidates.push(other(order, one, i > 0))
  const fill = Math.max(0, kept - candidates.length)
  for (const one of nearest(order.rejected, fill)) candidates.push(refused(order, one))
  const runnerUp = others.find(({ isWhole, piece }) => isWhole && piece !== null)?.place ?? -1
  const otherCount = order.places.length + order.rejected.length - candidates.length
  return { candidates, otherCount: Math.max(0, otherCount), runnerUp }
}

/** Other nodes that a decision of many keeps. */
const briefOthers = 2

/** The same for many orders at once: the chosen and the next best for all of it. */
export function brieflyWeighed(order: OrderModel, plan: ReadPlan): Weighed {
  const chosenIds = new Set(plan.pieces.map(({ work }) => work.nodeId))
  const { quantities } = order.goods
  const others = order.places
    .flatMap(({ stand, ways }, place) => {
      if (chosenIds.has(stand.facts.node.nodeId)) return []
      const [way] = ways.toSorted((a, b) => a.cost(quantities) - b.cost(quantities))
      return way === undefined ? [] : [{ place, way, cents: way.cost(quantities) }]
    })
    .sort((a, b) => a.cents - b.cents || a.place - b.place)
  const kept = others.slice(0, briefOthers)
  const candidates = plan.pieces.map((piece) => chosen(order, piece))
  for (const { way } of kept) candidates.push(wayRecord(order, way, quantities, []))
  const otherCount = order.places.length + order.rejected.length - candidates.length
  return { candidates, otherCount: Math.max(0, otherCount), runnerUp: others[0]?.place ?? -1 }
}

/** Node of a place. */
export function nodeIdOf(order: OrderModel, place: number): string {
  return order.places[place]?.stand.facts.node.nodeId ?? ''
}

function chosen(order: OrderModel, { work, way, units }: PlannedPiece): CandidateRecord {
  return {
    ...passageOf(way.stand, way, units),
    isChosen: true,
    isFeasible: true,
    failed: [],
    terms: work.terms,
    totalCents: work.costCents,
    // What another node sends is not lacking here.
    constraints: checksOf(order, way, units)
      .filter(({ name, isMet }) => name !== 'stock' || isMet)
      .map(recordOf),
    ...(isAll(order, units) ? {} : { lineIds: work.lines.map(({ lineId }) => lineId) }),
  }
}

/**
 * A place that could send all or a part of it, on its cheapest way.
 * @param isBrief only constraints that it does not meet
 */
function other(order: OrderModel, { place, piece }: RankedPlace, isBrief: boolean): CandidateRecord {
  const model = order.places[place]
  const way = piece === null ? model?.ways[0] : model?.ways[piece.way]
  if (model === undefined || way === undefined) throw new Error(`place ${place} has no way`)
  const units = piece?.units ?? order.goods.quantities
  const checks = checksOf(order, way, units)
  const refusal = piece === null ? way.refusal(units) : null
  const failed = [...failuresOf(checks), ...(refusal === null ? [] : [refusal.text])]
  const record = wayRecord(order, way, units, isBrief ? checks.filter(({ isMet }) => !isMet) : checks)
  if (isAll(order, units)) return { ...record, failed, isFeasible: failed.length === 0 }
  return { ...record, failed, isFeasible: false, lineIds: lineIdsOf(order, units) }
}

/** A node on one of its ways, taken as possible. */
export function wayRecord(
  order: OrderModel,
  way: WorkWay,
  units: readonly number[],
  checks: readonly Check[],
): CandidateRecord {
  const isPossible = way.cost(units) !== Number.POSITIVE_INFINITY
  const terms = isPossible ? way.terms(units) : []
  return {
    ...passageOf(way.stand, way, units),
    isFeasible: true,
    failed: [],
    terms,
    totalCents: totalOf(terms),
    constraints: toldOf(checks),
    ...(isAll(order, units) ? {} : { lineIds: lineIdsOf(order, units) }),
  }
}

/** What is not met, and what is met with figures; to say of every node that it is not excluded says nothing. */
function toldOf(checks: readonly Check[]) {
  return checks.filter(({ isMet, slack }) => !isMet || slack !== null).map(recordOf)
}

function totalOf(terms: CandidateRecord['terms']): number {
  return terms.reduce((sum, { cents }) => sum + cents, 0)
}

function refused(order: OrderModel, rejected: Rejected): CandidateRecord {
  const { stand, checks, best } = judge(order, rejected)
  const terms = best === null ? [] : best.way.terms(best.units)
  return {
    ...passageOf(stand, best?.way ?? null, best?.units ?? []),
    isFeasible: false,
    failed: failuresOf(checks),
    terms,
    totalCents: totalOf(terms),
    constraints: toldOf(checks),
  }
}

function failuresOf(checks: readonly Check[]): string[] {
  return [...new Set(blocking(checks).map(({ text }) => text))]
}

/** When and how far it would go on a way; where there is none, what is known without. */
function passageOf(stand: Stand, way: WorkWay | null, units: readonly number[]) {
  const course = way?.course ?? null
  return {
    nodeId: stand.facts.node.nodeId,
    carrier: course?.carrierId ?? null,
    isChosen: false,
    available: leastOf(stand),
    hours: hoursOf(course?.hours ?? 0),
    serviceId: course?.lane?.service.serviceId ?? null,
    dispatchAt: course === null ? null : Math.round(course.day.dispatchAt),
    arrivesAt: course === null ? null : Math.round(course.arrivesAt),
    lateRisk: riskOf(course?.lateRisk ?? null),
    distanceKm: kmOf(course?.lane?.distanceKm ?? stand.distanceKm),
    co2Grams: gramsOf(way?.co2Grams(units) ?? null),
  }
}

/** Those that come nearest: with the fewest things in the way, the nearest first. */
function nearest(rejected: readonly Rejected[], count: number): Rejected[] {
  const rated = rejected.map((one) => {
    const checks = one.stand?.checks ?? one.facts.checks
    const hasStock = (one.stand?.can ?? 0) === 0 ? 1 : 0
    return {
      one,
      failures: blocking(checks).length + hasStock,
      km: one.stand?.distanceKm ?? Number.POSITIVE_INFINITY,
    }
  })
  rated.sort(
    (a, b) =>
      a.failures - b.failures ||
      (a.km === b.km ? 0 : a.km - b.km) ||
      (a.one.facts.node.nodeId < b.one.facts.node.nodeId ? -1 : 1),
  )
  return rated.slice(0, count).map(({ one }) => one)
}

function isAll({ goods }: OrderModel, units: readonly number[]): boolean {
  return goods.quantities.every((quantity, i) => units[i] === quantity)
}

function lineIdsOf({ goods }: OrderModel, units: readonly number[]): string[] {
  return goods.lines.flatMap((lines, i) => ((units[i] ?? 0) > 0 ? lines.map(({ lineId }) => lineId) : []))
}

/** Least available units over the goods, null = untracked. */
function leastOf({ available }: Stand): number | null {
  const least = Math.min(...available)
  return Number.isFinite(least) ? Math.max(0, least) : null
}

function hoursOf(hours: number): number {
  return Math.round(hours * 10) / 10
}

function riskOf(risk: number | null): number | null {
  return risk === null ? null : Math.round(risk * 10_000) / 10_000
}

function kmOf(km: number | null): number | null {
  return km === null ? null : Math.round(km * 10) / 10
}

function gramsOf(grams: number | null): number | null {
  return grams === null ? null : Math.round(grams)
}
