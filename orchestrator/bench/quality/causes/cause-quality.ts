// How well root causes are found: F1 over slices of made cases of many kinds, amounts and ratios. Only the very same
// conjunction counts as found.

import type { Effects } from '#data/kernel'
import { type Explanation, explainDeviation } from '#models'
import type { BenchOptions, BenchRow } from '../../row.ts'
import { causeCase, causeRegimes, type Slice } from './cases.ts'
import { ratioCase, ratioRegimes } from './ratio-cases.ts'
import { f1Of, nothing, type Tally, tallyOf } from './tally.ts'

const casesEach = 20
const goals = { amounts: 0.75, ratios: 0.45 }
/** F1 of the best published searches, measured on cases of this kind that others made. */
const published = { amounts: 0.66, ratios: 0.42 }

interface Asked {
  truth: Slice[]
  explain(): Explanation
}

/** Rows about causes: one per kind of world, and one for all of amounts and all of ratios. */
export async function causeQuality(_: Effects, __: BenchOptions): Promise<BenchRow[]> {
  const amounts = causeRegimes.map((regime) => ({
    name: regime.name,
    tally: tallied((seed) => {
      const made = causeCase(regime, seed)
      return { truth: made.truth, explain: () => explainDeviation({ ...made, kind: 'additive' }) }
    }),
  }))
  const ratios = ratioRegimes.flatMap((regime) =>
    [true, false].map((isWeighed) => ({
      name: `${regime.name}${isWeighed ? ', weights known' : ''}`,
      tally: tallied((seed) => {
        const { weight, ...made } = ratioCase(regime, seed)
        const given = isWeighed ? { weight } : {}
        return { truth: made.truth, explain: () => explainDeviation({ ...made, kind: 'ratio', ...given }) }
      }),
    })),
  )
  const rowsOf = (kind: 'amounts' | 'ratios', parts: { name: string; tally: Tally }[]): BenchRow[] => [
    rowOf(kind, `causes of ${kind}, all kinds`, sumOf(parts.map(({ tally }) => tally)), goals[kind]),
    ...parts.map(({ name, tally }) => rowOf(kind, `causes, ${name}`, tally, null)),
  ]
  return [...rowsOf('amounts', amounts), ...rowsOf('ratios', ratios)]
}

function tallied(ask: (seed: string) => Asked): Tally {
  let tally = nothing
  for (let seed = 0; seed < casesEach; seed++) {
    const { truth, explain } = ask(`bench ${seed}`)
    tally = tallyOf(truth, explain().causes, tally)
  }
  return tally
}

function sumOf(tallies: readonly Tally[]): Tally {
  return tallies.reduce(
    (all, one) => ({
      right: all.right + one.right,
      wrong: all.wrong + one.wrong,
      missed: all.missed + one.missed,
    }),
    nothing,
  )
}

function rowOf(kind: 'amounts' | 'ratios', name: string, tally: Tally, goal: number | null): BenchRow {
  const value = f1Of(tally)
  const { right, wrong, missed } = tally
  return {
    group: 'quality',
    name: `${name}: ${right} found, ${wrong} wrong, ${missed} missed`,
    value,
    unit: 'F1',
    baseline: `best published search: ${published[kind]}`,
    ratio: value / published[kind],
    goal,
    pass: goal === null ? null : value >= goal,
  }
}
