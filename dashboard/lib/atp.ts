// Available to promise in words: what can be promised, when it runs out, when more comes. Pure.

import type { api } from '#data/contracts'
import type { AtpPoint } from './charts/atp-spec.ts'
import { count, counted } from './numbers.ts'
import { day } from './times.ts'

/** Days as points of the chart. */
export function atpPoints(days: api.AtpAnswer['days']): AtpPoint[] {
  return days.map((one) => ({ t: Date.parse(`${one.day}T00:00:00Z`), value: one.atp }))
}

/** What the days say, as a title of the chart. */
export function atpFinding(days: api.AtpAnswer['days']): string {
  const [first, last] = [days[0], days.at(-1)]
  if (first === undefined || last === undefined) return 'Nothing is known of the days to come'
  const at = (one: { day: string }) => day(`${one.day}T00:00:00Z`, 'UTC')
  if (first.atp <= 0) {
    const back = days.find(({ atp }) => atp > 0)
    return back === undefined
      ? `Nothing can be promised until ${at(last)}`
      : `Nothing can be promised before ${at(back)}, then ${count(back.atp)}`
  }
  const out = days.find(({ atp }) => atp <= 0)
  if (out !== undefined) return `${counted(first.atp, 'unit')} today, none from ${at(out)}`
  const least = days.reduce((best, one) => (one.atp < best.atp ? one : best), first)
  if (least.atp < first.atp)
    return `${counted(first.atp, 'unit')} today, ${count(least.atp)} from ${at(least)}`
  const most = days.reduce((best, one) => (one.atp > best.atp ? one : best), first)
  if (most.atp === first.atp)
    return `${counted(first.atp, 'unit')} can be promised for every day until ${at(last)}`
  return `${counted(first.atp, 'unit')} today, ${count(most.atp)} from ${at(most)}`
}
