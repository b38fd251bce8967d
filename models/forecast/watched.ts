// What is watched of the forecaster: what it was shown of series, and where hours came out in what it foretold, as
// columns in words that people know. It teaches nothing.

import { countsByColumn, type Profile, profileOf, type Values } from '../registry/index.ts'
import type { NetState } from '../runtime/index.ts'
import type { Examples } from './examples.ts'
import { Forward } from './forward.ts'
import { ahead, inputs, type kinds, quantiles, seenOf } from './view.ts'

/** Days of examples, the newest, that are held against those it learned from. */
const recentDays = 10
/** Examples that are asked about at most: each costs tens of thousands of multiplications. */
const askedAtMost = 2_000

const kindTitles: Record<(typeof kinds)[number], string> = {
  flow: 'counts by the hour',
  state: 'counts at the hour',
  hours: 'hours',
  share: 'shares',
  amount: 'amounts',
}
const outcomes = ['in the lowest tenth', 'below the middle', 'above the middle', 'in the highest tenth']

/** What is watched, by name. */
export const watchedOfForecast: ReadonlyMap<string, string> = new Map([
  ['last_day', 'how far the last day strayed, in standard deviations'],
  ['two_weeks', 'how far two weeks strayed, in standard deviations'],
  ['scatter', 'scatter of the last two days, in standard deviations'],
  ['kind', 'kind of series'],
  ['score', 'where hours come out in what was foretold'],
])

function columnsOf(
  net: NetState,
  examples: Examples,
  shown: readonly number[],
  asked: readonly number[],
): Map<string, Values> {
  const seen = shown.map((n) => seenOf(examples.inputs.subarray(n * inputs, (n + 1) * inputs)))
  return new Map<string, Values>([
    ['last_day', seen.map(({ lastDay }) => lastDay)],
    ['two_weeks', seen.map(({ twoWeeks }) => twoWeeks)],
    ['scatter', seen.map(({ scatter }) => scatter)],
    ['kind', seen.map(({ kind }) => (kind === null ? null : kindTitles[kind]))],
    ['score', outcomesOf(net, examples, everyNth(asked, askedAtMost))],
  ])
}

/** Where each known hour came out. */
function outcomesOf(net: NetState, { inputs: rows, targets }: Examples, asked: readonly number[]): string[] {
  const forward = new Forward(net)
  return asked.flatMap((n) => {
    const answer = forward.ask(rows.subarray(n * inputs, (n + 1) * inputs))
    return Array.from({ length: ahead }, (_, hour) => {
      const target = targets[n * ahead + hour] as number
      if (Number.isNaN(target)) return []
      const said = quantiles.filter((__, i) => target > (answer[hour * quantiles.length + i] as number))
      return [outcomes[said.length] as string]
    }).flat()
  })
}

function everyNth(list: readonly number[], most: number): number[] {
  const step = Math.max(1, list.length / most)
  return Array.from({ length: Math.min(list.length, most) }, (_, i) => list[Math.floor(i * step)] as number)
}

/** What examples looked like that it learned from, and where those that were held back came out. */
export function forecastProfile(
  net: NetState,
  examples: Examples,
  { learned, held }: { learned: readonly number[]; held: readonly number[] },
): Profile {
  return profileOf(columnsOf(net, examples, learned, held))
}

/** How many of the newest examples fall where in a profile. */
export function forecastCounts(net: NetState, examples: Examples, profile: Profile): number[][] {
  const from = (examples.days.at(-1) ?? 0) - recentDays
  const recent = Array.from(examples.days.keys()).filter((n) => (examples.days[n] as number) > from)
  return countsByColumn(profile, columnsOf(net, examples, recent, recent))
}
