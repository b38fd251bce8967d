// How far off chances were of late: goes through told chances and what came of them, in order of time. An outcome
// counts from the instant on at which it was known.

import { chanceOf, Drift } from './calibrate.ts'
import { knownSince, wasLate } from './passage.ts'
import { logit } from './past.ts'
import type { Staged } from './sights.ts'

/** A chance that was told, calibrated but not shifted. */
export interface Told {
  sight: Staged
  chance: number
}

interface Known {
  at: number
  told: Told
}

function outcomesOf(told: readonly Told[], until: number): Known[] {
  return told
    .flatMap((one) => {
      const { work } = one.sight
      const at = knownSince(work)
      return at <= until && wasLate(work, until) !== null ? [{ at, told: one }] : []
    })
    .sort((a, b) => a.at - b.at)
}

/** The shift of log-odds at an instant, from what was told at decisions and became known before. */
export function shiftAt(told: readonly Told[], at: number): number {
  const drift = new Drift()
  for (const known of outcomesOf(told, at)) add(drift, known)
  return drift.shift(at)
}

/** The chances with the shift that was known when each was told. @param told in order of time */
export function shifted(told: readonly Told[]): number[] {
  const drift = new Drift()
  const outcomes = outcomesOf(told, Number.POSITIVE_INFINITY)
  let next = 0
  return told.map(({ sight, chance }) => {
    for (; next < outcomes.length && (outcomes[next] as Known).at < sight.at; next++)
      add(drift, outcomes[next] as Known)
    return chanceOf(logit(chance) + drift.shift(sight.at))
  })
}

function add(drift: Drift, { at, told }: Known): void {
  drift.add(at, told.chance, wasLate(told.sight.work, at) === true)
}
