// Proves the search for root causes: what is planted is found exactly, nothing is found where nothing is, and neither
// the order of rows nor names matter.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '#data/kernel'
import { explainDeviation, type RootCause } from '#models'
import {
  type CauseRegime,
  causeCase,
  causeRegimes,
} from '../../../orchestrator/bench/quality/causes/cases.ts'
import { ratioCase, ratioRegimes } from '../../../orchestrator/bench/quality/causes/ratio-cases.ts'
import { f1Of, nothing, type Tally, tallyOf } from '../../../orchestrator/bench/quality/causes/tally.ts'

const regime = (name: string): CauseRegime => {
  const found = causeRegimes.find((one) => one.name === name)
  if (found === undefined) throw new Error(name)
  return found
}
const small = { sizes: [6, 7, 5], depth: [1, 2] as const }
const textOf = (causes: readonly RootCause[]) =>
  causes.map(({ slice, share, confidence }) => `${JSON.stringify(slice)} ${share} ${confidence}`)

describe('root causes of amounts', () => {
  test('are found exactly where one cause is planted and forecasts are exact', () => {
    fc.assert(
      fc.property(fc.nat(1e6), (seed) => {
        const quiet = {
          ...regime('noisy forecasts'),
          ...small,
          causes: [1, 1] as const,
          noise: [0, 0] as const,
        }
        const made = causeCase({ ...quiet, zeros: [0, 0.1], spread: [0, 0.02] }, `${seed}`)
        const found = explainDeviation({ ...made, kind: 'additive' })
        expect(found.causes.map(({ slice }) => slice)).toEqual(made.truth)
        expect(found.causes[0]?.share).toBeGreaterThan(0.99)
      }),
      { numRuns: 40 },
    )
  })

  test('do not depend on the order of rows or of dimensions, nor on names', () => {
    fc.assert(
      fc.property(fc.nat(1e6), fc.array(fc.nat(), { minLength: 210, maxLength: 210 }), (seed, keys) => {
        const made = causeCase({ ...regime('noisy forecasts'), ...small, slices: [1, 2] }, `${seed}`)
        const found = explainDeviation({ ...made, kind: 'additive' })
        const order = made.actual
          .map((_, i) => i)
          .sort((a, b) => (keys[a] as number) - (keys[b] as number) || b - a)
        const shuffled = explainDeviation({
          dimensions: made.dimensions,
          values: made.values.map((column) => Array.from(order, (i) => column[i] as string)),
          actual: order.map((i) => made.actual[i] as number),
          expected: order.map((i) => made.expected[i] as number),
          kind: 'additive',
        })
        expect(textOf(shuffled.causes)).toEqual(textOf(found.causes))
        const renamed = explainDeviation({
          ...made,
          values: made.values.map((column) => column.map((text) => `~${text}`)),
          kind: 'additive',
        })
        expect(renamed.causes.map(({ slice }) => JSON.stringify(slice).replaceAll('~', ''))).toEqual(
          found.causes.map(({ slice }) => JSON.stringify(slice)),
        )
      }),
      { numRuns: 25 },
    )
  })

  test('are none where nothing is planted, in 95 of 100 worlds at least', () => {
    let some = 0
    let worlds = 0
    for (const one of causeRegimes.filter(({ bias }) => bias === 0)) {
      for (let seed = 0; seed < 10; seed++) {
        const made = causeCase({ ...one, ...small, causes: [0, 0] }, `none ${seed}`)
        const { causes, reason } = explainDeviation({ ...made, kind: 'additive' })
        worlds++
        if (causes.length > 0) some++
        else expect(reason).toBe('NOTHING_STANDS_OUT')
      }
    }
    expect(some).toBeLessThanOrEqual(0.05 * worlds)
  })

  test.each(causeRegimes.map((one) => [one.name, one] as const))(
    'are found among 10,000 leaves: %s',
    (name, one) => {
      const tally = [0, 1, 2, 3].reduce((sum: Tally, seed) => {
        const made = causeCase(one, `of test ${seed}`)
        return tallyOf(made.truth, explainDeviation({ ...made, kind: 'additive' }).causes, sum)
      }, nothing)
      expect(f1Of(tally)).toBeGreaterThanOrEqual(name === 'biased forecasts' ? 0.5 : 0.8)
    },
  )
})

describe('root causes of ratios', () => {
  test.each(ratioRegimes.map((one) => [one.name, one] as const))(
    'are found with and without weights: %s',
    (_, one) => {
      for (const isWeighed of [true, false]) {
        const tally = [0, 1, 2].reduce((sum: Tally, seed) => {
          const { weight, ...made } = ratioCase(one, `of test ${seed}`)
          const found = explainDeviation({ ...made, kind: 'ratio', ...(isWeighed ? { weight } : {}) })
          return tallyOf(made.truth, found.causes, sum)
        }, nothing)
        expect(f1Of(tally)).toBeGreaterThanOrEqual(0.45)
      }
    },
  )
})

describe('odd leaves', () => {
  const explain = (rows: [a: string, b: string, actual: number, expected: number][]) =>
    explainDeviation({
      dimensions: ['a', 'b'],
      values: [rows.map(([a]) => a), rows.map(([, b]) => b)],
      actual: rows.map(([, , actual]) => actual),
      expected: rows.map(([, , , expected]) => expected),
      kind: 'additive',
    })

  test('give a reason instead of a cause', () => {
    expect(explain([])).toMatchObject({ causes: [], reason: 'NO_LEAVES' })
    expect(explain([['x', 'y', 0, 0]])).toMatchObject({ causes: [], reason: 'NO_DEVIATION' })
    expect(explain([['x', 'y', 5, 5]])).toMatchObject({ causes: [], reason: 'NO_DEVIATION' })
    expect(explain([['x', 'y', 7.5, 5.25]])).toMatchObject({ causes: [], reason: 'NOTHING_STANDS_OUT' })
  })

  test('are added up where they repeat, and may be negative or huge', () => {
    const rows: [string, string, number, number][] = []
    for (let a = 0; a < 8; a++) {
      for (let b = 0; b < 8; b++) {
        const size = -1e12 * (1 + ((a * 7 + b * 3) % 11))
        const half = a === 3 ? 0.25 * size : 0.5 * size
        rows.push([`a${a}`, `b${b}`, half, 0.5 * size], [`a${a}`, `b${b}`, half, 0.5 * size])
      }
    }
    const found = explain(rows)
    expect(found).toMatchObject({ leaves: 64, repeated: 64 })
    expect(found.causes).toMatchObject([{ slice: { a: 'a3' }, share: 1, leaves: 8 }])
  })

  test('of ten dimensions and 100,000 leaves are searched in bounded time and memory', {
    timeout: 60_000,
  }, () => {
    const rows = 100_000
    const dimensions = Array.from({ length: 10 }, (_, d) => `d${d}`)
    const values = dimensions.map((_, d) =>
      Array.from({ length: rows }, (_, row) => `v${Math.floor(row * 0.618 ** (d + 1) * (d + 3)) % (d + 3)}`),
    )
    const expected = Float64Array.from({ length: rows }, (_, row) => 100 + (row % 37))
    const actual = expected.map(
      (one, row) => (values[4]?.[row] === 'v2' ? 0.4 : 0.95 + ((row * 7) % 11) / 100) * one,
    )
    const found = explainDeviation({ dimensions, values, actual, expected, kind: 'additive' })
    expect(found.causes[0]?.slice).toEqual({ d4: 'v2' })
    expect(found.causes).toHaveLength(1)
  })
})

describe('root causes of ratios that are no shares', () => {
  test('are found by sums that are no counts, such as hours', () => {
    const random = seededRandom('hours')
    const rows = Array.from({ length: 400 }, (_, i) => ({
      node: i % 10,
      lane: ((i / 10) % 8) | 0,
      kind: (i / 80) | 0,
    }))
    const weight = rows.map(() => 1 + random.poisson(12))
    const expected = rows.map(() => 24 + random.normal(0, 2))
    const actual = rows.map(({ node, lane }, i) => {
      const late = node === 2 && lane === 5 ? 3 : 1
      const sum = Array.from({ length: weight[i] as number }, () =>
        random.exponential(late * (expected[i] as number)),
      )
      return sum.reduce((all, one) => all + one, 0) / (weight[i] as number)
    })
    const values = [
      rows.map(({ node }) => `n${node}`),
      rows.map(({ lane }) => `l${lane}`),
      rows.map(({ kind }) => `k${kind}`),
    ]
    const { causes } = explainDeviation({
      dimensions: ['node', 'lane', 'kind'],
      values,
      actual,
      expected,
      kind: 'ratio',
      weight,
    })
    expect(causes.map(({ slice }) => slice)).toEqual([{ node: 'n2', lane: 'l5' }])
  })
})
