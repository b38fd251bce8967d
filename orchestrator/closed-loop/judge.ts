// Holds what was told and moved against what is known of the world: faults found and named, incidents without a fault,
// moves that helped or harmed, late orders and cost by policy. Pure.

import { endOf as horizonOf } from './course.ts'
import type { Scenario } from './draw.ts'
import type { OrderEnd } from './ends.ts'
import { kindOf } from './kinds.ts'
import type { Played, Policy } from './play.ts'
import type { ScenarioFault } from './scenario.ts'
import { beginningOf } from './shows.ts'
import type { ToldIncident } from './tellings.ts'

/** What became of a fault. */
export interface JudgedFault {
  kind: string
  dimension: string
  /** ISO 8601. */
  startAt: string
  detectedAt: string | null
  /** Since it began. */
  delayMinutes: number | null
  /** Since it can be seen at all; null as well where its kind shows bit by bit. */
  shownMinutes: number | null
  /** Whether the first incident that named anything of it named its cause; null where it was not detected. */
  causeRight: boolean | null
}

/** What a move was good for. */
type Outcome = 'useful' | 'useless' | 'harmful'

/** Orders that were moved, by what it was good for. */
export type Moves = Record<Outcome | 'total', number>

/** An order that was moved, held against the same order where nothing was. */
export interface JudgedMove {
  orderId: string
  /** Of its first move, ISO 8601. */
  movedAt: string
  /** Incident it was moved for, and what that said; null where it was moved for itself. */
  incident: string | null
  metric: string | null
  /** The same where only its carrier is another. */
  fromNodeId: string | null
  toNodeId: string | null
  /** Probability of being late that was thought, where it was and where it went; null where it has no promise. */
  riskBefore: number | null
  riskAfter: number | null
  outcome: Outcome
  wasLate: boolean
  isLate: boolean
  /** Sooner at its customer, negative where later. */
  hoursSooner: number
  /** Paid beyond what it would have cost. */
  extraCents: number
}

/** A number for each policy; null where it was not played. */
export type ByPolicy = Record<Policy, number | null>

/** What came of a seed. */
export interface SeedReport {
  seed: string
  days: number
  scenario: string
  orders: number
  faults: JudgedFault[]
  /** Incidents that no fault explains. */
  falseIncidents: { key: string; metric: string; openedAt: string; title: string }[]
  falseIncidentsPerWeek: number | null
  reroutes: Moves | null
  /** The same of the oracle, which knows the faults but not the luck: what can be asked of moves at all. */
  oracleReroutes: Moves | null
  /** Orders that Detour moved. */
  moved: JudgedMove[]
  lateOrders: ByPolicy
  costCents: ByPolicy
  shareOfOracleGain: number | null
  /**
   * The same of what one avoids who knows faults only from when they can be known. Above 1 where Detour sourced orders
   * otherwise from the start: the others only move what was sourced as ever.
   */
  shareOfObserverGain: number | null
  invariantsBroken: number
}

const weekMs = 7 * 86_400_000
const iso = (at: number): string => new Date(at).toISOString().slice(0, 19).concat('Z')

/** What a scenario showed. @param all of the policies that were played */
export function judge(scenario: Scenario, all: readonly Played[]): SeedReport {
  const of = (policy: Policy) => all.find((played) => played.policy === policy) ?? null
  const [none, detour, oracle, observer] = [of('none'), of('detour'), of('oracle'), of('observer')]
  const horizon = horizonOf(scenario)
  const late = (played: Played | null) =>
    played === null ? null : played.orders.filter((order) => isLate(order, horizon)).length
  const byPolicy = (show: (played: Played | null) => number | null) => {
    return { none: show(none), detour: show(detour), oracle: show(oracle), observer: show(observer) }
  }
  const lateOrders = byPolicy(late)
  const costCents = byPolicy((played) => played?.costCents ?? null)
  const gainOf = (policy: Policy) =>
    ratio(minus(lateOrders.none, lateOrders.detour), minus(lateOrders.none, lateOrders[policy]))
  const moves = (played: Played | null) =>
    played === null || none === null ? null : judgeMoves(none.orders, played.orders, horizon)
  const moved = moves(detour)
  const told = detour === null ? null : judgeIncidents(scenario, detour.incidents)
  const { seed, days, name } = scenario
  return {
    seed,
    days,
    scenario: name,
    orders: all[0]?.orders.length ?? 0,
    faults: told?.faults ?? [],
    falseIncidents: (told?.wrong ?? []).map(({ key, metric, openedAt, title }) => {
      return { key, metric, openedAt: iso(openedAt), title }
    }),
    falseIncidentsPerWeek:
      told === null ? null : rounded((told.wrong.length * weekMs) / (horizon - scenario.start)),
    reroutes: countsOf(moved),
    oracleReroutes: countsOf(moves(oracle)),
    moved: moved ?? [],
    lateOrders,
    costCents,
    shareOfOracleGain: gainOf('oracle'),
    shareOfObserverGain: gainOf('observer'),
    invariantsBroken: all.reduce((sum, { broken }) => sum + broken.length, 0),
  }
}

/** Cents more than without, for each late order that was avoided; null where none was. */
export function costPerLateOrderAvoided(
  { costCents, lateOrders }: Pick<SeedReport, 'costCents' | 'lateOrders'>,
  policy: 'detour' | 'oracle',
): number | null {
  return ratio(minus(costCents[policy], costCents.none), minus(lateOrders.none, lateOrders[policy]))
}

const rounded = (value: number): number => Math.round(value * 1000) / 1000

function minus(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a - b
}

/** Null where there is nothing to divide by. */
function ratio(a: number | null, b: number | null): number | null {
  return a === null || b === null || b <= 0 ? null : rounded(a / b)
}

/** Whether a promise that ended by the horizon was not kept in full. What its customer canceled counts as kept. */
export function isLate({ promisedAt, endedAt, missing, isCanceled }: OrderEnd, horizon: number): boolean {
  if (isCanceled || promisedAt > horizon) return false
  return endedAt === null || endedAt > promisedAt || missing > 0
}

/** After a fault its work still arrives late for a while, ms. */
const graceMs = 48 * 3_600_000
const slowGraceMs = 120 * 3_600_000
/** A cause counts from this share on. */
const causeShare = 0.3

/** Which incidents tell of which faults. */
export function judgeIncidents(
  { faults, start }: Pick<Scenario, 'faults' | 'start'>,
  incidents: readonly ToldIncident[],
): { faults: JudgedFault[]; wrong: ToldIncident[] } {
  const news = incidents.filter(({ openedAt }) => openedAt > start).sort((a, b) => a.openedAt - b.openedAt)
  const real = faults.filter(({ isFault }) => isFault)
  const judged = real.map((fault): JudgedFault => {
    const own = news.filter((incident) => tells(incident, fault, real))
    const first = own[0]
    const { kind, dimension } = fault
    const startAt = beginningOf(fault)
    const since = (at: number) => (first === undefined ? null : Math.round((first.openedAt - at) / 60_000))
    return {
      kind,
      dimension,
      startAt: iso(startAt),
      detectedAt: first === undefined ? null : iso(first.openedAt),
      delayMinutes: since(startAt),
      shownMinutes: kindOf(kind).isSudden ? since(Math.max(startAt, fault.showsAt)) : null,
      causeRight: first === undefined ? null : isNamed(first, own, fault),
    }
  })
  const strange = news.filter(
    (incident) =>
      !real.some((fault) => names(incident, fault) || shows(incident, fault) || echoes(incident, fault)),
  )
  // What comes and goes is one incident.
  const wrong = [...new Map(strange.toReversed().map((each) => [each.incidentId, each])).values()].reverse()
  return { faults: judged, wrong }
}

/** Named at once, or within an hour by another incident. */
function isNamed(first: ToldIncident, own: readonly ToldIncident[], fault: ScenarioFault): boolean {
  return own.some((other) => other.openedAt <= first.openedAt + 3_600_000 && names(other, fault))
}

function isDuring({ openedAt }: ToldIncident, fault: ScenarioFault): boolean {
  const { endAt, strain } = fault
  const grace = strain.kind === 'transit' || strain.kind === 'no_pickup' ? slowGraceMs : graceMs
  // What is told before it can be seen tells of something else.
  return openedAt >= Math.max(beginningOf(fault), fault.showsAt) && openedAt < endAt + grace
}

/** Whether it names the fault, or names none at all and is where effects of the fault show. */
function tells(incident: ToldIncident, fault: ScenarioFault, all: readonly ScenarioFault[]): boolean {
  return names(incident, fault) || (shows(incident, fault) && !all.some((other) => names(incident, other)))
}

/** Whether the incident is at the slice of the fault, or says that most of it is there. */
function names(incident: ToldIncident, fault: ScenarioFault): boolean {
  if (!isDuring(incident, fault)) return false
  const slices = slicesOf(fault)
  if (slices.some((slice) => incident.key === slice || incident.key.startsWith(`${slice}/`))) return true
  const [cause] = incident.causes
  if (cause === undefined || cause.share < causeShare) return false
  const parts = cause.slice ?? [{ dimension: cause.dimension, value: cause.value }]
  return parts.some(({ dimension, value }) => slices.includes(`${dimension}/${value}`))
}

/** Slices that name the fault. */
function slicesOf({ dimension, strain }: ScenarioFault): string[] {
  return [dimension, ...(strain.lanes ?? []).map((lane) => `lane/${lane}`)]
}

/** Whether the incident is where effects of such a fault show. */
function shows(incident: ToldIncident, fault: ScenarioFault): boolean {
  return isDuring(incident, fault) && kindOf(fault.kind).shows.includes(incident.dimension)
}

/** Whether the incident is of work that the fault left behind; it is no false one then, and notices nothing. */
function echoes({ dimension, openedAt }: ToldIncident, fault: ScenarioFault): boolean {
  const { echo } = kindOf(fault.kind)
  if (echo === undefined || !echo.shows.includes(dimension)) return false
  return openedAt >= fault.endAt && openedAt < fault.endAt + echo.hours(fault.strain) * 3_600_000
}

/** A delay counts as another outcome from here on, ms. */
const delayMs = 12 * 3_600_000

/** What is saved counts from here on, cents for an order. */
const savedCents = 100

/**
 * Moves held against what became of the same order with the same luck where nothing was moved. Useful where it would
 * have been late, or much later, or comes as well for less; harmful where it is late now and would not have been, or
 * is much later; else useless.
 */
export function judgeMoves(
  none: readonly OrderEnd[],
  moved: readonly OrderEnd[],
  horizon: number,
): JudgedMove[] {
  const before = new Map(none.map((order) => [order.orderId, order]))
  return moved.flatMap((order) => {
    const stayed = before.get(order.orderId)
    if (order.firstMove === null || stayed === undefined || order.promisedAt > horizon) return []
    const { at, incident, decision } = order.firstMove
    const found = {
      wasLate: isLate(stayed, horizon),
      isLate: isLate(order, horizon),
      soonerMs: (stayed.endedAt ?? horizon) - (order.endedAt ?? horizon),
      extraCents: order.costCents - stayed.costCents,
    }
    const { soonerMs, ...rest } = found
    return {
      ...{ orderId: order.orderId, movedAt: iso(at) },
      ...{ incident: incident?.key ?? null, metric: incident?.metric ?? null },
      ...decision,
      ...{ outcome: outcomeOf(found), ...rest },
      hoursSooner: Math.round(soonerMs / 3_600_000),
    }
  })
}

interface Difference extends Pick<JudgedMove, 'wasLate' | 'isLate' | 'extraCents'> {
  soonerMs: number
}

function outcomeOf({ wasLate, isLate: isNowLate, soonerMs, extraCents }: Difference): Outcome {
  if (wasLate !== isNowLate) return wasLate ? 'useful' : 'harmful'
  if (wasLate && soonerMs >= delayMs) return 'useful'
  if (wasLate && soonerMs <= -delayMs) return 'harmful'
  return extraCents <= -savedCents ? 'useful' : 'useless'
}

function countsOf(moves: readonly JudgedMove[] | null): Moves | null {
  if (moves === null) return null
  const count: Moves = { total: moves.length, useful: 0, useless: 0, harmful: 0 }
  for (const { outcome } of moves) count[outcome]++
  return count
}
