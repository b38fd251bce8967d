// Whether what a model is asked about still looks like what it learned from: population stability of each input, and
// the spread of its p-values. It decides nothing.

import { type ColumnProfile, countsOf, type Profile, type Values } from './profile.ts'

/** How far one thing has moved. */
export interface Drift {
  /** Input, or `score`. */
  name: string
  /** The same in words. */
  title: string
  /** Inputs: population stability index. Scores: largest gap of the shares (Kolmogorov-Smirnov). */
  size: number
  /** Above which it counts, with the noise of as many rows. */
  limit: number
  hasMoved: boolean
  /** One sentence for people. */
  text: string
}

/** An index above this counts, beside what chance gives. */
const psiLimit = 0.2
const ksLimit = 0.1
/** Rows from which on anything is said. */
const rowsLeast = 100
/** No share is taken for less, so that an empty bin is not infinitely far. */
const floor = 1e-4
/** Weight of a day ago against now. */
const dayWeight = 0.9
const dayMs = 86_400_000

/**
 * Population stability index of counts against shares.
 * @source Siddiqi, Credit Risk Scorecards: above 0.25 a population has changed
 */
export function stabilityIndex(shares: readonly number[], counts: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0)
  return shares.reduce((sum, share, i) => {
    const [was, is] = [Math.max(floor, share), Math.max(floor, (counts[i] as number) / Math.max(1, total))]
    return sum + (is - was) * Math.log(is / was)
  }, 0)
}

/** Largest gap between the shares of p-values and those of evenly spread ones. */
export function unevenness(pValues: readonly number[]): number {
  const sorted = pValues.toSorted((a, b) => a - b)
  return sorted.reduce((gap, value, i) => {
    return Math.max(gap, Math.abs((i + 1) / sorted.length - value), Math.abs(i / sorted.length - value))
  }, 0)
}

/** Counts of what a model was asked about, older ones for less: about the last ten days of market time. */
export class DriftWatch {
  /** What it watches, and what that looked like. */
  readonly profile: Profile
  #counts: number[][]
  #pValues: number[] = []
  #at = Number.NEGATIVE_INFINITY
  #first: number | null = null
  readonly #everyMs: number
  readonly #spanMs: number

  /**
   * @param everyMs market time between two looks; questions between them are not counted
   * @param spanMs market time that looks have to span before anything is said: what is seen by night is no drift
   */
  constructor(profile: Profile, everyMs = 3_600_000, spanMs = 0) {
    this.profile = profile
    this.#counts = profile.columns.map(({ shares }) => shares.map(() => 0))
    this.#everyMs = everyMs
    this.#spanMs = spanMs
  }

  /** Whether it wants to see what is asked now. @param at epoch ms of the market */
  isDue(at: number): boolean {
    return Math.abs(at - this.#at) >= this.#everyMs
  }

  /** Takes counts as `countsByColumn` gives them, and p-values. */
  add(counts: readonly (readonly number[])[], pValues: readonly number[], at: number): void {
    const days = Number.isFinite(this.#at) ? Math.abs(at - this.#at) / dayMs : 0
    const fade = dayWeight ** days
    this.#counts = this.#counts.map((old, column) =>
      old.map((count, bin) => count * fade + (counts[column]?.[bin] ?? 0)),
    )
    this.#pValues = [...this.#pValues, ...pValues].slice(-5_000)
    this.#at = at
    this.#first ??= at
  }

  /** What has moved and what has not, the largest first; empty before it saw enough. */
  drifts(): Drift[] {
    if (Math.abs(this.#at - (this.#first ?? this.#at)) < this.#spanMs) return []
    const inputs = this.profile.columns.flatMap((column, i) => {
      const drift = driftOf(column, this.profile.rows, this.#counts[i] ?? [])
      return drift === null ? [] : [drift]
    })
    const scores = this.#pValues.length < rowsLeast ? [] : [scoreDrift(this.#pValues)]
    return [...inputs, ...scores].sort((a, b) => b.size / b.limit - a.size / a.limit)
  }
}

/** Counts by column of a profile, to be sent to where they are watched. */
export function countsByColumn(profile: Profile, columns: ReadonlyMap<string, Values>): number[][] {
  return profile.columns.map((column) => countsOf(column, columns.get(column.name) ?? []))
}

function driftOf(column: ColumnProfile, rows: number, counts: readonly number[]): Drift | null {
  const seen = counts.reduce((sum, count) => sum + count, 0)
  if (seen < rowsLeast || rows < rowsLeast) return null
  const size = stabilityIndex(column.shares, counts)
  const limit = psiLimit + 3 * (column.shares.length - 1) * (1 / seen + 1 / rows)
  const hasMoved = size > limit
  const { name, title = name } = column
  return { name, title, size, limit, hasMoved, text: sentenceOf(column, counts, size, hasMoved) }
}

function sentenceOf(
  column: ColumnProfile,
  counts: readonly number[],
  size: number,
  hasMoved: boolean,
): string {
  const index = `stability index ${size.toFixed(2)}`
  // Names of columns stay as they are written.
  const title = column.title?.replace(/^./, (first) => first.toUpperCase()) ?? column.name
  if (!hasMoved) return `${title} looks as it did when the model learned (${index}).`
  const total = counts.reduce((sum, count) => sum + count, 0)
  const changes = column.shares.map((share, bin) => ((counts[bin] as number) / total - share) as number)
  const most = changes.reduce((best, change, bin) => {
    return Math.abs(change) > Math.abs(changes[best] as number) ? bin : best
  }, 0)
  const [was, is] = [column.shares[most] as number, (counts[most] as number) / total]
  return `${title} has moved (${index}): ${binName(column, most)} was ${percent(was)}, now ${percent(is)}.`
}

function binName({ kind, edges, words, shares }: ColumnProfile, bin: number): string {
  if (bin === shares.length - 1) return 'missing'
  if (kind === 'word') return words[bin] === undefined ? 'other words' : `"${words[bin]}"`
  const [low, high] = [edges[bin - 1], edges[bin]]
  if (low === undefined) return high === undefined ? 'any value' : `below ${show(high)}`
  return high === undefined ? `${show(low)} and more` : `${show(low)} to ${show(high)}`
}

function scoreDrift(pValues: readonly number[]): Drift {
  const size = unevenness(pValues)
  const limit = ksLimit + 1.63 / Math.sqrt(pValues.length)
  const hasMoved = size > limit
  const odd = pValues.filter((value) => value <= 0.05).length / pValues.length
  const text = hasMoved
    ? `Scores have moved: ${percent(odd)} of what was scored is among the oddest 5 % of what was held back.`
    : `Scores are spread as they were when the model learned (${percent(odd)} among the oddest 5 %).`
  return { name: 'score', title: 'scores', size, limit, hasMoved, text }
}

const show = (value: number): string => String(Number(value.toPrecision(3)))
const percent = (share: number): string => `${Number((share * 100).toPrecision(2))} %`
