// The test of the orders' model on the last weeks: the recipe taught on what came before them, against the model in
// use. Orders that were learned from are not measured on.

import { type BackTest, backTest, lastStretches } from '../registry/index.ts'
import { dispose, type Net, netFrom } from '../runtime/index.ts'
import { type Columns, encode } from './encode.ts'
import { errorOf, strayedOf } from './judge.ts'
import type { Encoding, TrainInput } from './meta.ts'

/** A net with its scales. */
interface Subject {
  net: Net
  encodings: readonly Encoding[]
}

/** What is tested. */
interface TestParts {
  /** A net that learned from the rows with these numbers. */
  learn(rows: readonly number[]): Promise<Subject>
  current: TrainInput['current']
}

const weeks = 3
/** Rows measured on in a week at most, and what an earlier part needs to be learned from. */
const measuredMost = 1_500
const learnedLeast = 200

/** How well hidden features were foretold, week by week; null where history is too short for a test. */
export async function testOrders(columns: Columns, { learn, current }: TestParts): Promise<BackTest | null> {
  const instants = (columns.snapshot ?? []).map((second) => Number(second) * 1000)
  const span = { from: Math.min(...bounds(instants)), to: Math.max(...bounds(instants)) + 1 }
  const stretches = lastStretches(span, { count: weeks })
  const origin = stretches[0]?.from ?? Number.NEGATIVE_INFINITY
  const before = rowsWhere(instants, (at) => at < origin)
  if (before.length < learnedLeast) return null
  const known = new Set(before.map((row) => columns.order_id?.[row]))
  const taught = await learn(before)
  const old = current === null ? null : { net: netFrom(current.model.net), ...current.model.meta }
  try {
    return await backTest<Subject>({
      measure: 'error of hidden numbers, 1 = no better than their mean',
      lowerIsBetter: true,
      stretches,
      teach: async () => taught,
      measureOn: async (subject, { from, to }) => {
        const inWeek = rowsWhere(instants, (at, row) => {
          return at >= from && at < to && !known.has(columns.order_id?.[row] ?? null)
        })
        const step = Math.max(1, inWeek.length / measuredMost)
        const rows = inWeek.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step))
        return rows.length === 0 ? null : { value: await errorOn(subject, columns, rows), rows: rows.length }
      },
      current: current === null || old === null ? null : { model: old, learnedTo: current.learnedTo },
      baselineOn: async () => 1,
    })
  } finally {
    dispose(taught.net)
    if (old !== null) dispose(old.net)
  }
}

async function errorOn(
  { net, encodings }: Subject,
  columns: Columns,
  rows: readonly number[],
): Promise<number> {
  const inputs = encode(columns, rows, encodings)
  return errorOf(await strayedOf(net, encodings, inputs), inputs, encodings)
}

function rowsWhere(instants: readonly number[], isWanted: (at: number, row: number) => boolean): number[] {
  return instants.flatMap((at, row) => (isWanted(at, row) ? [row] : []))
}

/** First and last; a list is too long to be spread into a call. */
function bounds(values: readonly number[]): [number, number] {
  return values.reduce<[number, number]>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  )
}
