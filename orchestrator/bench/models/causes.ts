// How long root causes take: the slowest of some made cases of 9,600 leaves, and one case of 100,000 leaves in ten
// dimensions. It says nothing about whether they are right.

import type { Effects } from '#data/kernel'
import { explainDeviation } from '#models'
import { causeCase, causeRegimes } from '../quality/causes/cases.ts'
import type { BenchRow } from '../row.ts'

const casesEach = 3
const goalSeconds = 1
const group = 'models'

/** Rows about causes. */
export async function benchCauses({ clock }: Effects): Promise<BenchRow[]> {
  const seconds: number[] = []
  for (const regime of causeRegimes) {
    for (let seed = 0; seed < casesEach; seed++) {
      const made = causeCase(regime, `bench ${seed}`)
      const began = clock.now()
      explainDeviation({ ...made, kind: 'additive' })
      seconds.push((clock.now() - began) / 1000)
    }
  }
  seconds.sort((a, b) => a - b)
  const slowest = seconds.at(-1) ?? 0
  const large = largeCase()
  const began = clock.now()
  explainDeviation(large)
  const took = (clock.now() - began) / 1000
  const row = { group, unit: 's', baseline: null, ratio: null }
  return [
    {
      ...row,
      name: `causes of one case of 9,600 leaves, slowest of ${seconds.length}`,
      value: slowest,
      goal: goalSeconds,
      pass: slowest <= goalSeconds,
    },
    {
      ...row,
      name: 'causes of one case of 9,600 leaves, median',
      value: seconds[seconds.length >> 1] ?? 0,
      goal: null,
      pass: null,
    },
    { ...row, name: 'causes of 100,000 leaves in 10 dimensions', value: took, goal: null, pass: null },
  ]
}

function largeCase() {
  const rows = 100_000
  const dimensions = Array.from({ length: 10 }, (_, d) => `d${d}`)
  const valueAt = (row: number, d: number): string =>
    `v${Math.floor(row * (d + 3) * 0.618 ** (d + 1)) % (d + 3)}`
  const values = dimensions.map((_, d) => Array.from({ length: rows }, (__, row) => valueAt(row, d)))
  const expected = Float64Array.from({ length: rows }, (_, row) => 100 + (row % 37))
  const actual = expected.map(
    (one, row) => one * (valueAt(row, 4) === 'v2' ? 0.4 : 0.95 + ((row * 7) % 11) / 100),
  )
  return { dimensions, values, actual, expected, kind: 'additive' as const }
}
