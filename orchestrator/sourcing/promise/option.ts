// A plan for a cart as an option that can be promised: until when, how surely, at what cost. It chooses nothing.

import type { api } from '#data/contracts'
import type { OrderModel } from '../model/build.ts'
import { isCollected } from '../model/courses.ts'
import type { PlannedPiece, ReadPlan } from '../model/plans.ts'
import { termNames } from '../model/way.ts'
import { ZoneClock as Clock, dayText, type ZoneClock, zoneClock } from '../network/zone-clock.ts'
import { type Arrival, arrivalOf } from './arrival.ts'

const secondMs = 1_000
const minuteMs = 60_000
/** Days that a promise is put off for all pieces to be there. */
const daysMost = 120

/** What is the same for all options of a method. */
export interface PromiseTerms {
  /** Share of promises that are to be kept. */
  confidence: number
  /** Time zone of where the customer has the goods. */
  timeZone: string
  /** Where the customer collects, null = they are brought. */
  collectAt: api.PromiseOption['collectAt']
}

/** An option with the plan behind it. */
export interface Draft {
  option: api.PromiseOption
  /** By the strategy, its price of time within. */
  objectiveCents: number
}

/** The price of time is left out of what an option costs: its date says it. */
const notTold: ReadonlySet<api.CostTerm> = new Set(['time', 'lateness'])

/** An option; null where a piece of work is never there. */
export function draftOf(model: OrderModel, plan: ReadPlan, terms: PromiseTerms): Draft | null {
  const { order } = model
  const promise = promiseOf(model, plan.pieces, terms)
  if (promise === null) return null
  const { clock, at, probability } = promise
  const costs = costsOf(plan.pieces)
  const grams = plan.pieces.map(({ work }) => work.co2Grams)
  const isKnown = grams.every((each) => each !== null)
  const option: api.PromiseOption = {
    method: order.method,
    promisedAt: new Date(at).toISOString(),
    promisedDay: dayText(clock.dayAt(at)),
    probability: Math.round(probability * 1e4) / 1e4,
    costCents: costs.reduce((sum, { cents }) => sum + cents, 0),
    terms: costs,
    co2Grams: isKnown ? Math.round(grams.reduce((sum, each) => sum + (each ?? 0), 0)) : null,
    isWhole: plan.left.length === 0,
    collectAt: terms.collectAt,
    shipments: plan.pieces.map((piece) => shipmentOf(model, piece)),
    missing: summed(plan.left),
  }
  return { option, objectiveCents: plan.costCents }
}

/** The promise of all pieces together, which are taken to be independent. */
function promiseOf(
  { order }: OrderModel,
  pieces: readonly PlannedPiece[],
  { confidence, timeZone }: PromiseTerms,
): { clock: ZoneClock; at: number; probability: number } | null {
  const clock = zoneClock(timeZone) ?? new Clock('UTC')
  const arrivals = pieces.map(({ way }) => arrivalOf(order, way, timeZone))
  let latest = Number.NEGATIVE_INFINITY
  for (const arrival of arrivals) {
    const kept = arrival.kept(confidence)
    if (kept === null) return null
    latest = Math.max(latest, kept)
  }
  if (!Number.isFinite(latest)) return null
  if (isCollected(order)) {
    // A second more or less is within what the law knows.
    const at = Math.ceil((latest - secondMs) / minuteMs) * minuteMs
    return { clock, at, probability: togetherBy(arrivals, at) }
  }
  // A day is kept until it ends.
  let day = clock.dayAt(latest)
  for (let i = 0; ; i++, day++) {
    const at = dayEnd(clock, day)
    const probability = togetherBy(arrivals, at)
    if (probability >= confidence || i >= daysMost) return { clock, at, probability }
  }
}

function togetherBy(arrivals: readonly Arrival[], at: number): number {
  return arrivals.reduce((share, arrival) => share * arrival.share(at), 1)
}

/** The last instant of a local day, ms. */
export function dayEnd(clock: ZoneClock, day: number): number {
  return clock.instant(day + 1, 0) - 1
}

function costsOf(pieces: readonly PlannedPiece[]) {
  const cents = new Map<api.CostTerm, number>()
  for (const { work } of pieces) {
    for (const term of work.terms) cents.set(term.name, (cents.get(term.name) ?? 0) + term.cents)
  }
  return termNames.flatMap((name) => {
    const sum = Math.round(cents.get(name) ?? 0)
    return sum === 0 || notTold.has(name) ? [] : [{ name, cents: sum }]
  })
}

function shipmentOf(
  { order }: OrderModel,
  { work, way }: PlannedPiece,
): api.PromiseOption['shipments'][number] {
  const skus = new Map(order.lines.map(({ lineId, sku }) => [lineId, sku]))
  return {
    nodeId: work.nodeId,
    nodeName: way.stand.facts.node.name,
    carrier: work.carrierId,
    serviceId: work.serviceId,
    dispatchAt: new Date(work.dispatchAt).toISOString(),
    arrivesAt: new Date(work.arrivesAt).toISOString(),
    distanceKm: work.distanceKm === null ? null : Math.round(work.distanceKm * 10) / 10,
    lines: summed(work.lines.map(({ lineId, quantity }) => ({ sku: skus.get(lineId) ?? '', quantity }))),
  }
}

function summed(lines: readonly { sku: string; quantity: number }[]): { sku: string; quantity: number }[] {
  const units = new Map<string, number>()
  for (const { sku, quantity } of lines) units.set(sku, (units.get(sku) ?? 0) + quantity)
  return [...units].map(([sku, quantity]) => ({ sku, quantity }))
}
