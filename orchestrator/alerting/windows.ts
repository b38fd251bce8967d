// When a silence holds: once, or again and again on days of the week in its zone. Pure.

import type { api } from '#data/contracts'
import { endOf, type Silence } from '#orchestrator/core'
import { ZoneClock } from '#orchestrator/sourcing'

const minuteMs = 60_000
const dayMs = 86_400_000
/** Days that are looked ahead for the next start. */
const aheadDays = 8

const clocks = new Map<string, ZoneClock>()

function clockOf(timeZone: string): ZoneClock {
  const known = clocks.get(timeZone)
  if (known !== undefined) return known
  const made = new ZoneClock(timeZone)
  clocks.set(timeZone, made)
  return made
}

/** A stretch of time, epoch ms: from `from`, before `to`. */
export interface Stretch {
  from: number
  to: number
}

/** The stretch in which the silence holds at a time, null where it does not hold. */
export function stretchAt(silence: Silence, at: number): Stretch | null {
  const { from, to } = boundsOf(silence)
  if (at < from || at >= to) return null
  if (silence.repeat === null) return { from, to }
  const within = startsOf(silence.repeat, at, -longestDays(silence.repeat), 0)
    .map((start) => clipped(start, silence))
    .filter((stretch) => at >= stretch.from && at < stretch.to)
  // Of stretches that overlap the one that ends last counts.
  return within.sort((a, b) => b.to - a.to)[0] ?? null
}

/** When it begins to hold next, after a time; null = never, or not within a week. */
export function nextStart(silence: Silence, at: number): number | null {
  const { from, to } = boundsOf(silence)
  if (at >= to) return null
  if (silence.repeat === null) return from > at ? from : null
  const begin = Math.max(at, from)
  const starts = startsOf(silence.repeat, begin, 0, aheadDays).filter((start) => start > at && start >= from)
  const next = Math.min(...starts, Number.POSITIVE_INFINITY)
  return next < to ? next : null
}

/** How it stands at a time. */
export function stateOf(silence: Silence, at: number): api.Silence['state'] {
  if (at >= boundsOf(silence).to) return 'ended'
  return stretchAt(silence, at) === null ? 'upcoming' : 'active'
}

function boundsOf(silence: Silence): Stretch {
  return { from: Date.parse(silence.startsAt), to: endOf(silence) }
}

function clipped(start: number, silence: Silence): Stretch {
  const { from, to } = boundsOf(silence)
  const end = start + (silence.repeat?.minutes ?? 0) * minuteMs
  return { from: Math.max(from, start), to: Math.min(to, end) }
}

function longestDays({ minutes }: api.SilenceRepeat): number {
  return Math.ceil((minutes * minuteMs) / dayMs) + 1
}

/** Starts on local days around that of a time. */
function startsOf(repeat: api.SilenceRepeat, at: number, firstDay: number, lastDay: number): number[] {
  const clock = clockOf(repeat.timeZone)
  const today = clock.dayAt(at)
  const [hour = 0, minute = 0] = repeat.at.split(':').map(Number)
  const starts: number[] = []
  for (let day = today + firstDay; day <= today + lastDay; day++) {
    if (repeat.weekdays.includes(weekdayOf(day))) starts.push(clock.instant(day, hour * 60 + minute))
  }
  return starts
}

/** 1 = Monday; 1970-01-01 was a Thursday. */
function weekdayOf(day: number): number {
  return ((((day + 3) % 7) + 7) % 7) + 1
}
