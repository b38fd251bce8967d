// The network in words: what is there, what is odd, when somebody works. Pure; it changes nothing.

import type { api } from '#data/contracts'
import { count, counted } from '../numbers.ts'
import { type ListName, listNames, lists, settledNodes } from './entries.ts'
import { weekdays } from './fields.ts'

/** What each finding says of several entries: how many, and what of them. */
const severalWords: Record<string, [one: string, several: string]> = {
  node_place_unknown: ['has no coordinates', 'have no coordinates'],
  node_calendar_missing: ['has no calendar', 'have no calendar'],
  node_calendar_unknown: ['names a calendar that is not there', 'name calendars that are not there'],
  node_zone_unknown: ['has no time zone', 'have no time zone'],
  node_never_opens: ['never opens', 'never open'],
  node_never_active: ['ends before it begins', 'end before they begin'],
  lane_service_unknown: ['names a service that is not there', 'name services that are not there'],
  lane_twice: ['says the same as another', 'say the same as others'],
  service_rates_missing: ['has no rate card', 'have no rate card'],
  service_unreachable: ['can be used from no node', 'can be used from no node'],
  rate_card_empty: ['has no bands', 'have no bands'],
  group_empty: ['has no node', 'have no node'],
}

/** Findings of one kind. */
export interface FindingGroup {
  code: string
  /** One sentence on all of them. */
  text: string
  list: ListName | null
  /** Ids of those that are named. */
  ids: string[]
}

/** Findings by kind, those that concern most entries first. */
export function groupedFindings(findings: readonly api.NetworkFinding[]): FindingGroup[] {
  const codes = [...new Set(findings.map(({ code }) => code))]
  const groups = codes.map((code) => {
    const of = findings.filter((one) => one.code === code)
    const list = of[0] === undefined ? null : listOfFinding(of[0])
    const ids = of.flatMap(({ id }) => (id === '' ? [] : [id]))
    return { code, list, ids, text: groupText(code, of, ids.length, list) }
  })
  return groups.sort((a, b) => b.ids.length - a.ids.length)
}

function groupText(
  code: string,
  of: readonly api.NetworkFinding[],
  named: number,
  list: ListName | null,
): string {
  const first = (of[0]?.text ?? '').replace(/\.$/, '')
  if (of.length === 1) return first
  const words = severalWords[code]
  // A finding without an id counts those beyond the named ones.
  const isMore = of.length > named
  if (words === undefined || list === null)
    return `${first}, and ${count(of.length - 1)}${isMore ? ' or more' : ''} like it`
  return `${isMore ? 'More than ' : ''}${counted(named, lists[list].one)} ${words[1]}`
}

/** What the network is and what is odd about it, in one or two sentences. */
export function networkSentence(answer: api.NetworkAnswer): string {
  const nodes = settledNodes(answer)
  if (nodes.length === 0)
    return 'There are no nodes yet. Add one, import a file, or load data that tells of them.'
  const closed = nodes.filter(({ isActive }) => !isActive).length
  const rest = `${counted(nodes.length, 'node')}${closed === 0 ? '' : `, ${closed} of them closed`}.`
  const groups = groupedFindings(answer.findings)
  const [first, ...others] = groups
  if (first === undefined) return `${rest} Nothing is missing.`
  const more = others.reduce((sum, { ids }) => sum + Math.max(1, ids.length), 0)
  const also = more === 0 ? '' : `, and ${counted(more, 'other thing')} ${more === 1 ? 'is' : 'are'} odd`
  return `${first.text}${also}. In all there ${nodes.length === 1 ? 'is' : 'are'} ${rest}`
}

/** The list that a finding is about, null where it names none. */
export function listOfFinding({ kind }: api.NetworkFinding): ListName | null {
  return listNames.find((list) => list === kind || lists[list].one === kind.replaceAll('_', ' ')) ?? null
}

/** Hours of a week in words: `Mon–Fri 08:00–18:00, Sat 09:00–13:00`. */
export function hoursWords(hours: api.WorkCalendar['hours']): string {
  const days = weekdays.map(({ value, title }) => ({
    title,
    text: hours
      .filter(({ day }) => day === value)
      .sort((a, b) => a.opens.localeCompare(b.opens))
      .map(({ opens, closes }) => `${opens}–${closes}`)
      .join(' and '),
  }))
  const runs: { from: string; to: string; text: string }[] = []
  for (const { title, text } of days) {
    const last = runs.at(-1)
    if (last !== undefined && last.text === text) last.to = title
    else runs.push({ from: title, to: title, text })
  }
  const open = runs.filter(({ text }) => text !== '')
  if (open.length === 0) return 'never open'
  return open.map(({ from, to, text }) => `${from === to ? from : `${from}–${to}`} ${text}`).join(', ')
}

/** `24 h, 9 of 10 within 48 h`; empty where nothing is said. */
export function spreadWords(spread: api.Spread | null): string {
  if (spread === null) return ''
  const tidy = (value: number) => String(Number(value.toFixed(1)))
  return spread.medianHours === spread.p90Hours
    ? `${tidy(spread.medianHours)} h`
    : `${tidy(spread.medianHours)}–${tidy(spread.p90Hours)} h`
}
