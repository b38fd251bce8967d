// What the nets are given: the past as it was seen, the calendar, and the work itself, as numbers on common scales.
// It reads no rows and knows no net.

import type { Passage, Sight } from './passage.ts'
import { seenNames } from './past.ts'

/** How features became inputs when the net learned; plain JSON. */
export interface Encoding {
  /** Of each number: middle and spread. */
  centres: number[]
  spreads: number[]
  /** Words with an input of their own, by feature; all others share one. */
  words: Record<(typeof wordNames)[number], string[]>
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** No input is further from the middle, in spreads. */
const reach = 4
/** Words with an input of their own at most, and how often one has to be seen. */
const wordsAtMost = 12
const wordLeast = 30

const sizeNames = ['lines', 'units', 'value', 'freight', 'weightG', 'volumeCm3', 'distanceKm'] as const
/** What may be missing: each has an input that says so. The first is the time that the promise leaves, in hours. */
const ownNames = ['window', ...sizeNames] as const
const wordNames = ['carrier', 'method', 'skuClass'] as const
const clockNames = ['hour_sin', 'hour_cos'] as const
const weekdays = 7

/** Numbers of a piece of work, before scaling; NaN where one is missing. */
export function numbersOf(work: Passage, at: number, seen: Float64Array): Float64Array {
  const hour = (at % dayMs) / dayMs
  const { promisedAt, releasedAt } = work
  const window = promisedAt === null ? null : (promisedAt - releasedAt) / hourMs
  const own = [window, ...sizeNames.map((name) => work[name])].map((value) =>
    value === null ? Number.NaN : Math.log1p(Math.max(0, value)),
  )
  return Float64Array.of(...seen, Math.sin(2 * Math.PI * hour), Math.cos(2 * Math.PI * hour), ...own)
}

/** Number of numbers. */
const numberCount = seenNames.length + clockNames.length + ownNames.length

/** How to encode, learned from rows. */
export function encodingOf(works: readonly Passage[], numbers: readonly Float64Array[]): Encoding {
  const [centres, spreads]: [number[], number[]] = [[], []]
  for (let i = 0; i < numberCount; i++) {
    const values = numbers.map((row) => row[i] as number).filter((value) => Number.isFinite(value))
    const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
    const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, values.length)
    centres.push(mean)
    // what never varied says nothing, whatever it is later
    spreads.push(square > 1e-6 ? Math.sqrt(square) : Number.MAX_VALUE)
  }
  const words = Object.fromEntries(wordNames.map((name) => [name, wordsOf(works, name)]))
  return { centres, spreads, words: words as Encoding['words'] }
}

function wordsOf(works: readonly Passage[], name: (typeof wordNames)[number]): string[] {
  const counts = new Map<string, number>()
  for (const work of works) {
    const word = work[name]
    if (word !== null) counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  return [...counts]
    .filter(([, count]) => count >= wordLeast)
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .slice(0, wordsAtMost)
    .map(([word]) => word)
}

/** Takes the promise out of a row of inputs, as if nothing had been promised. */
export function hidePromise(inputs: Float32Array, from: number): void {
  inputs[from + numberCount - ownNames.length] = 0
  inputs[from + numberCount] = 1
}

/** Number of inputs. */
export function widthOf({ words }: Encoding): number {
  const places = wordNames.reduce((sum, name) => sum + words[name].length + 1, 0)
  return numberCount + ownNames.length + weekdays + places
}

/** Writes the inputs of one row into `into` from `from` on. */
function encodeRow(
  { centres, spreads, words }: Encoding,
  work: Passage,
  at: number,
  numbers: Float64Array,
  into: Float32Array,
  from: number,
): void {
  for (let i = 0; i < numberCount; i++) {
    const value = numbers[i] as number
    const scaled = (value - (centres[i] as number)) / (spreads[i] as number)
    into[from + i] = Number.isNaN(scaled) ? 0 : Math.max(-reach, Math.min(reach, scaled))
  }
  let place = from + numberCount
  const firstOwn = numberCount - ownNames.length
  for (let i = 0; i < ownNames.length; i++, place++) if (Number.isNaN(numbers[firstOwn + i])) into[place] = 1
  // 1970-01-01 was a Thursday.
  into[place + ((Math.floor(at / dayMs) + 3) % weekdays)] = 1
  place += weekdays
  for (const name of wordNames) {
    const known = words[name]
    const found = known.indexOf(work[name] ?? '')
    into[place + (found < 0 ? known.length : found)] = 1
    place += known.length + 1
  }
}

/** Inputs of sights, [sights x width]. */
export function encodeAll(encoding: Encoding, sights: readonly Sight[]): Float32Array {
  const width = widthOf(encoding)
  const inputs = new Float32Array(sights.length * width)
  for (const [i, { work, at, seen }] of sights.entries())
    encodeRow(encoding, work, at, numbersOf(work, at, seen), inputs, i * width)
  return inputs
}
