// What a form for silences asks, and the draft that follows from it. It asks no server.

import type { api } from '#data/contracts'
import { counted } from '../numbers.ts'

/** A silence as a form holds it; times in the zone of the market, as `YYYY-MM-DDTHH:MM`. */
export interface SilenceFields {
  kind: api.SilenceDraft['kind']
  why: string
  matchers: api.LabelMatcher[]
  /** How long from now, hours; null = from and until are given. */
  hours: number | null
  isRepeated: boolean
  weekdays: number[]
  at: string
  minutes: number
  timeZone: string
  holdsReroutes: boolean
}

/** Days of the week from Monday on. */
export const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const

/** Labels that most conditions are about. */
export const labelNames = [
  'node',
  'carrier',
  'lane',
  'kind',
  'dimension',
  'value',
  'severity',
  'incident',
] as const

/** What a condition can ask. */
export const ops: readonly { value: api.LabelMatcher['op']; title: string }[] = [
  { value: 'is', title: 'is' },
  { value: 'is_not', title: 'is not' },
  { value: 'like', title: 'is like' },
  { value: 'at_least', title: 'is at least' },
  { value: 'below', title: 'is below' },
]

/** What stands between the dimensions of a slice, and between their values. */
const joint = ' x '

/** A condition on each dimension of a slice, as each is a label: `node x carrier` is two. */
function matchersOf(dimension: string, value: string): api.LabelMatcher[] {
  const labels = dimension.split(joint)
  const values = labels.length === 1 ? [value] : value.split(joint)
  return labels.map((label, i) => ({ label, op: 'is', value: values[i] ?? '' }))
}

/** A form that was not touched yet. @param about `dimension:value` of an incident, empty = none */
export function freshFields(about: string, timeZone: string): SilenceFields {
  const at = about.indexOf(':')
  return {
    kind: 'silence',
    why: '',
    matchers: at < 0 ? matchersOf('node', '') : matchersOf(about.slice(0, at), about.slice(at + 1)),
    hours: 2,
    isRepeated: false,
    weekdays: [7],
    at: '22:00',
    minutes: 120,
    timeZone,
    holdsReroutes: false,
  }
}

/** Whether the conditions say which incidents are meant. */
export function areMeant(matchers: readonly api.LabelMatcher[]): boolean {
  return matchers.length > 0 && matchers.every(({ label, value }) => label !== '' && value !== '')
}

/** Whether the draft can be sent. */
export function isWhole({ why, matchers, isRepeated, weekdays: days }: SilenceFields): boolean {
  return why.trim() !== '' && areMeant(matchers) && (!isRepeated || days.length > 0)
}

/** Rules to be tried, never saved: their only one fits the open incidents that the conditions match. */
export function trialOf(matchers: readonly api.LabelMatcher[]): api.AlertRouting {
  const told = {
    receivers: [],
    groupBy: [],
    groupWaitSeconds: 0,
    groupIntervalSeconds: 0,
    repeatMinutes: null,
  }
  const route = { routeId: 'tried', name: 'tried', ...told, goesOn: false, escalation: [] }
  return {
    routes: [{ ...route, matchers: [...matchers] }],
    flapTurns: 3,
    flapMinutes: 60,
    flapRecoveryMinutes: 60,
    reopenMinutes: 60,
  }
}

/** How many open incidents the conditions of a trial match, in words. */
export function matchText({ incidents }: api.AlertPreview): string {
  const found = incidents.filter(({ routes }) => routes.length > 0).length
  if (found === 0) return 'Matches no open incident now'
  return `Matches ${counted(found, 'open incident')} now`
}

/** What is sent; it begins when it arrives. @param now time of the market, epoch ms */
export function draftOf(fields: SilenceFields, now: number): api.SilenceRequest {
  const {
    kind,
    why,
    matchers,
    hours,
    isRepeated,
    weekdays: days,
    at,
    minutes,
    timeZone,
    holdsReroutes,
  } = fields
  return {
    kind,
    why: why.trim(),
    matchers,
    endsAt: isRepeated ? null : new Date(now + (hours ?? 1) * 3_600_000).toISOString(),
    repeat: isRepeated ? { weekdays: days.toSorted(), at, minutes, timeZone } : null,
    holdsReroutes,
  }
}

/** A condition in words. */
export function matcherText({ label, op, value }: api.LabelMatcher): string {
  return `${label} ${ops.find((one) => one.value === op)?.title ?? op} ${value}`
}

/** When a silence comes back, in words; null where it does not. */
export function repeatText(repeat: api.SilenceRepeat | null): string | null {
  if (repeat === null) return null
  const days =
    repeat.weekdays.length === 7 ? 'every day' : repeat.weekdays.map((day) => weekdays[day - 1]).join(', ')
  const hours = Math.floor(repeat.minutes / 60)
  const rest = repeat.minutes % 60
  const long = [hours > 0 ? `${hours} h` : '', rest > 0 ? `${rest} min` : '']
    .filter((part) => part !== '')
    .join(' ')
  return `${days} from ${repeat.at} for ${long}, ${repeat.timeZone}`
}
