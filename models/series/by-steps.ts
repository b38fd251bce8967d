// What the steps of work say of a market, beside what only the series of metrics show. It judges no bucket.

import { constraintsOfSteps, type StepNews } from '../steps/index.ts'
import { constraintOf } from './constraints.ts'
import type { Constraint } from './detection.ts'
import { hourMs } from './kept.ts'
import type { Finding } from './score.ts'
import type { Judgement } from './settings.ts'
import type { Suspect } from './suspects.ts'

/** What was found in series with buckets of one length. */
export interface Found {
  stepMs: number
  end: number
  found: Finding[]
  suspects: Suspect[]
}

/** A constraint with the end and the length of its buckets. */
export interface Told {
  end: number
  /** 0 = told by steps. */
  stepMs: number
  constraint: Constraint
}

/** What no step of work shows: it is told where its series strays far beyond all bounds. */
const withoutSteps: ReadonlySet<string> = new Set(['returns', 'stock_out_share'])
const farZ = 8

/**
 * What the steps of work say, and of the series what no step shows. A constraint that is open and not among it is over:
 * a step that moves on as usual holds nothing up, however long its traces are seen in metrics of what is done.
 */
export function toldBySteps(
  { roots, until }: StepNews,
  both: readonly Found[],
  open: ReadonlySet<string>,
  judgement: Judgement,
): Told[] {
  const told: Told[] = constraintsOfSteps(roots, until).map((constraint) => {
    return { end: until / hourMs, stepMs: 0, constraint }
  })
  const known = new Set(told.map(({ constraint }) => constraint.key))
  for (const { end, stepMs, suspects } of both) {
    for (const suspect of suspects) {
      if (known.has(suspect.key)) continue
      const flagged = suspect.flagged.filter(
        ({ series, z }) => withoutSteps.has(series.watched.metric) && (z >= farZ || open.has(suspect.key)),
      )
      const series = suspect.series.filter(({ watched }) => withoutSteps.has(watched.metric))
      if (series.length === 0 || flagged.length === 0) continue
      const constraint = constraintOf(end, { ...suspect, series, flagged }, judgement)
      if (constraint.isBreaching) told.push({ end, stepMs, constraint })
      known.add(suspect.key)
    }
  }
  return told
}
