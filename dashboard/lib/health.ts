// The health of Detour in one sentence: does what must hold hold, and if not, what and since when. Pure.

import type { api } from '#data/contracts'
import { count, counted, duration } from './numbers.ts'
import { moment, zoneLabel } from './times.ts'

type Sampler = api.Health['sampler']

/** `the last hour`, `the last 10 min` */
export function windowWords({ windowSeconds }: Pick<Sampler, 'windowSeconds'>): string {
  return `the last ${windowSeconds === 3600 ? 'hour' : duration(windowSeconds / 60)}`
}

/** The sentence that opens the page. */
export function healthSentence(health: api.Health, timeZone: string): string {
  const parts = [ruleSentence(health.sampler, timeZone)]
  if (health.warehouse.state === 'failed') parts.push('The last cycle failed: tables and charts are older.')
  return parts.join(' ')
}

function ruleSentence(sampler: Sampler, timeZone: string): string {
  const lately = `${counted(sampler.checks, 'check')} in ${windowWords(sampler)}`
  const broken = sampler.rules.filter((rule) => rule.brokenSince !== null)
  if (broken.length > 0) return brokenSentence(broken, sampler, timeZone)
  if (sampler.checks === 0) return `Nothing was checked in ${windowWords(sampler)}.`
  if (sampler.violations === 0) return `Everything that must hold does: ${lately}, none broken.`
  return `Everything that must hold does again: ${lately}, ${count(sampler.violations)} of them broken.`
}

function brokenSentence(broken: readonly api.HeldRule[], { brokenSince }: Sampler, timeZone: string): string {
  const since =
    brokenSince === null ? '' : ` since ${moment(brokenSince, timeZone)} ${zoneLabel(brokenSince, timeZone)}`
  const what =
    broken.length === 1
      ? 'One rule that must hold is broken'
      : `${count(broken.length)} rules that must hold are broken`
  const last = broken[0]?.last
  return `${what}${since}.${last ? ` Found on ${last.subject}: ${last.found}.` : ''}`
}
