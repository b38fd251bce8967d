// The health of Detour in one sentence: does what must hold hold, and if not, what and since when. Pure.

import type { api } from '#data/contracts'
import { count, counted, duration } from './numbers.ts'
import { moment, zoneLabel } from './times.ts'

/** The sentence that opens the page. */
export function healthSentence(health: api.Health, timeZone: string): string {
  const { sampler } = health
  const lately = `in the last ${duration(sampler.windowSeconds / 60)}`
  const broken = sampler.rules.filter((rule) => rule.violations > 0)
  const parts: string[] = []
  if (broken.length > 0) parts.push(brokenSentence(broken, sampler, timeZone))
  else if (sampler.checks === 0) parts.push(`Nothing was checked ${lately}.`)
  else
    parts.push(`Everything that must hold does: ${counted(sampler.checks, 'check')} ${lately}, none broken.`)
  if (health.warehouse.state === 'failed') parts.push('The last cycle failed: tables and charts are older.')
  return parts.join(' ')
}

function brokenSentence(
  broken: readonly api.HeldRule[],
  { checks, brokenSince }: api.Health['sampler'],
  timeZone: string,
): string {
  const since =
    brokenSince === null ? '' : ` since ${moment(brokenSince, timeZone)} ${zoneLabel(brokenSince, timeZone)}`
  const what =
    broken.length === 1
      ? 'One rule that must hold is broken'
      : `${count(broken.length)} rules that must hold are broken`
  const [first] = broken
  const found = first?.last ? ` ${first.last.subject}: ${first.last.found}.` : ''
  const times = broken.reduce((sum, rule) => sum + rule.violations, 0)
  return `${what}${since}, in ${count(times)} of ${counted(checks, 'check')}.${found}`
}
