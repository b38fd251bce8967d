// Holds what was moved against what is known of the world: moves that helped or harmed, late orders and cost by policy,
// beside what was told. Pure.

import { endOf as horizonOf } from './course.ts'
import type { Scenario } from './draw.ts'
import type { OrderEnd } from './ends.ts'
import { type JudgedFault, type JudgedIncident, judgeIncidents } from './judge-incidents.ts'
import type { Played, Policy } from './play.ts'

/** What a move was good for. */
type Outcome = 'useful' | 'useless' | 'harmful'

/**
 * Orders that were moved, by what it was good for; `total` of those that are judged, `unjudged` those that are not:
 * they were placed before the beginning, or promised for after the end.
 */
export type Moves = Record<Outcome | 'total' | 'unjudged', number>

/** An order that was moved, held against the same order, sourced alike, where nothing was. */
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
  /** Whether a feed sent it a second time. */
  isCopy: boolean
  wasLate: boolean
  isLate: boolean
  /** Whether the customer got all of it, moved or not: only then costs are compared. */
  isFull: boolean
  /** Whether its customer canceled it in one of both alone. */
  isCanceledInOne: boolean
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
  /** Everything that was told since the beginning, and of which fault; none where nobody looked. */
  incidents: JudgedIncident[]
  /** Incidents that no fault explains. */
  falseIncidents: { key: string; metric: string; openedAt: string; title: string }[]
  /** Null where nobody looked. */
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
  const of = (policy: Played['policy']) => all.find((played) => played.policy === policy) ?? null
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
  const moves = (played: Played | null, stayed: Played | null) =>
    played === null || stayed === null ? null : judgeMoves(stayed, played, horizon)
  const moved = moves(detour, of('unmoved') ?? none ?? unlessMoved(detour))
  const told = judgeIncidents(scenario, detour?.incidents ?? [])
  const { seed, days, name } = scenario
  return {
    seed,
    days,
    scenario: name,
    orders: all[0]?.orders.length ?? 0,
    faults: told.faults,
    incidents: told.incidents,
    falseIncidents: told.wrong.map(({ key, metric, openedAt, title }) => {
      return { key, metric, openedAt: iso(openedAt), title }
    }),
    falseIncidentsPerWeek:
      detour === null ? null : rounded((told.wrong.length * weekMs) / (horizon - scenario.start)),
    reroutes: countsOf(detour, moved),
    oracleReroutes: countsOf(oracle, moves(oracle, none)),
    moved: moved ?? [],
    lateOrders,
    costCents,
    shareOfOracleGain: gainOf('oracle'),
    shareOfObserverGain: gainOf('observer'),
    invariantsBroken: all.reduce((sum, { broken }) => sum + broken.length, 0),
  }
}

/** Whether faults of a report were looked for at all: the others who play know them, or do nothing. */
export function isLookedFor({ falseIncidentsPerWeek }: Pick<SeedReport, 'falseIncidentsPerWeek'>): boolean {
  return falseIncidentsPerWeek !== null
}

/** Orders that nobody moved are held against themselves. */
function unlessMoved(played: Played | null): Played | null {
  return played?.orders.every(({ firstMove }) => firstMove === null) ? played : null
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

/** A delay counts as another outcome from here on, ms. */
const delayMs = 12 * 3_600_000

/** What is saved counts from here on, cents for an order. */
const savedCents = 100

/** Orders of a play, and those that came twice. */
type Ordered = Pick<Played, 'orders' | 'copies'>

/**
 * Moves held against what became of the same order with the same luck where it was sourced alike and nothing was moved.
 * Harmful where it is late now and would not have been, or comes much later; useful where it would have been late, or
 * comes much sooner and late all the same, or comes as well for less; else useless. To move what nobody waits for is
 * useless, and what a customer cancels in one of both is no use of a move.
 */
export function judgeMoves(unmoved: Ordered, moved: Ordered, horizon: number): JudgedMove[] {
  const before = new Map([...unmoved.orders, ...unmoved.copies].map((order) => [order.orderId, order]))
  const judged = (isCopy: boolean) => (order: OrderEnd) => {
    const stayed = before.get(order.orderId) ?? (isCopy ? order : undefined)
    if (order.firstMove === null || stayed === undefined) return []
    return isCopy || order.promisedAt <= horizon ? [moveOf(stayed, order, horizon, isCopy)] : []
  }
  return [...moved.orders.flatMap(judged(false)), ...moved.copies.flatMap(judged(true))]
}

function moveOf(stayed: OrderEnd, order: OrderEnd, horizon: number, isCopy: boolean): JudgedMove {
  const { at, incident, decision } = order.firstMove as NonNullable<OrderEnd['firstMove']>
  const found = {
    isCopy,
    wasLate: isLate(stayed, horizon),
    isLate: isLate(order, horizon),
    isFull: isWhole(stayed) && isWhole(order),
    isCanceledInOne: stayed.isCanceled !== order.isCanceled,
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
}

/** Whether its customer got all of it. */
const isWhole = ({ endedAt, missing, isFull, isCanceled }: OrderEnd): boolean =>
  endedAt !== null && missing === 0 && isFull && !isCanceled

interface Difference
  extends Pick<JudgedMove, 'isCopy' | 'wasLate' | 'isLate' | 'isFull' | 'isCanceledInOne' | 'extraCents'> {
  soonerMs: number
}

function outcomeOf({ isCopy, wasLate, isLate: isNowLate, soonerMs, ...rest }: Difference): Outcome {
  if (isCopy) return 'useless'
  if (isNowLate && !wasLate) return 'harmful'
  if (rest.isCanceledInOne) return 'useless'
  if (wasLate && !isNowLate) return 'useful'
  if (soonerMs <= -delayMs) return 'harmful'
  if (wasLate && soonerMs >= delayMs) return 'useful'
  return rest.isFull && rest.extraCents <= -savedCents ? 'useful' : 'useless'
}

function countsOf(played: Played | null, moves: readonly JudgedMove[] | null): Moves | null {
  if (played === null || moves === null) return null
  const all = [...played.orders, ...played.copies].filter(({ firstMove }) => firstMove !== null).length
  const unjudged = all + played.movedBefore - moves.length
  const count: Moves = { total: moves.length, useful: 0, useless: 0, harmful: 0, unjudged }
  for (const { outcome } of moves) count[outcome]++
  return count
}
