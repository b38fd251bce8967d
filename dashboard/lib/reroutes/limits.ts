// Limits of reroutes that two people change at a time: what differs, in words, and one's changes put over another's.
// Pure.

import type { api } from '#data/contracts'
import { count, counted, duration, money, percent } from '../numbers.ts'
import { ApiError } from '../problem.ts'

/** What the form of the limits sets: all but the switch, which has buttons of its own. */
export type Limits = Omit<api.ReroutePolicy, 'isStopped'>
type Name = keyof Limits

/** The limits in what the server keeps. */
export function limitsIn(policy: api.ReroutePolicy | api.KeptReroutePolicy): Limits {
  const { isStopped, version, changedAt, changedBy, ...limits } = policy as api.KeptReroutePolicy
  return limits
}

/** Names of the limits that are not the same, as they first appear; left out and null are both none. */
export function differing(from: Limits, to: Limits): Name[] {
  const names = new Set([...Object.keys(from), ...Object.keys(to)] as Name[])
  return [...names].filter((name) => textOf(from[name]) !== textOf(to[name]))
}

function textOf(value: unknown): string {
  return JSON.stringify(value ?? null)
}

/** The newest limits with what a person changed of those they had read. */
export function putOver(newest: Limits, { read, mine }: { read: Limits; mine: Limits }): Limits {
  const changed = differing(read, mine).map((name) => [name, mine[name]])
  const all = Object.entries({ ...newest, ...Object.fromEntries(changed) })
  return Object.fromEntries(all.filter(([, value]) => value !== undefined)) as unknown as Limits
}

/** Whether the server keeps newer limits than those that were read. */
export function isOutdated(error: unknown): boolean {
  return error instanceof ApiError && error.problem.code === 'REROUTE_LIMITS_CHANGED'
}

const numberOr = (none: string) => (value: unknown) => (value == null ? none : count(Number(value)))
const moneyOr = (none: string) => (value: unknown, currency: string) =>
  value == null ? none : money(Number(value), currency)
const minutesOr = (usual: number) => (value: unknown) => duration(Number(value ?? usual))
const onOff = (usual: boolean) => (value: unknown) => ((value ?? usual) ? 'on' : 'off')
const listOf = (value: unknown) => (value as readonly string[] | undefined)?.join(', ') || 'none'

/** What each limit is called, and how its value is said. */
const words: Record<Name, [title: string, say: (value: unknown, currency: string) => string]> = {
  mode: ['automatic reroutes', String],
  minSeverity: ['from severity', String],
  maxMovesPerOrder: ['moves per order', numberOr('no limit')],
  maxOrdersPerIncident: ['orders per incident', numberOr('no limit')],
  maxExtraCostCents: ['extra cost per order', moneyOr('no limit')],
  holdOutShare: ['left in place to measure', (value) => percent(Number(value))],
  maxMovesPerHour: ['moves in an hour', numberOr('no limit')],
  maxMovesPerNodeHour: ['moves to one node in an hour', numberOr('no limit')],
  maxIncidentCostCents: ['extra cost of an incident', moneyOr('no limit')],
  maxDayCostCents: ['extra cost in 24 hours', moneyOr('no limit')],
  coolDownMinutes: ['how long an order that moved stays', minutesOr(0)],
  pairCoolDownMinutes: ['how long nothing goes back', minutesOr(0)],
  minGainCents: ['better by', moneyOr('nothing')],
  minLateRisk: [
    'late risk from which orders move',
    (value) => (value == null ? 'usual' : percent(Number(value))),
  ],
  approveAboveOrders: ['a person is asked above, orders', numberOr('no limit')],
  approveAboveCents: ['a person is asked above, money', moneyOr('no limit')],
  approvalMinutes: ['how long a plan waits', minutesOr(240)],
  safetyMetrics: ['metrics whose incidents leave none in place', listOf],
  movesBack: ['moving back afterwards', onOff(false)],
  looksAhead: ['looking ahead to the cut-off', onOff(true)],
  workActions: [
    'systems that are asked',
    (value) => counted((value as readonly unknown[] | undefined)?.length ?? 0, 'system'),
  ],
}

/** What somebody else changed of one limit, and what a person who read the limits before made of it. */
export interface LimitChange {
  name: Name
  title: string
  from: string
  to: string
  /** Null where the person left it as it was. */
  mine: string | null
}

/** What was changed since the limits were read, in words. */
export function changesSince(
  { read, mine, newest }: { read: Limits; mine: Limits; newest: Limits },
  currency: string,
): LimitChange[] {
  const own = new Set(differing(read, mine))
  return differing(read, newest).map((name) => {
    const [title, say] = words[name]
    const said = (limits: Limits) => say(limits[name], currency)
    return { name, title, from: said(read), to: said(newest), mine: own.has(name) ? said(mine) : null }
  })
}
