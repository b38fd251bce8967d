// Whether a new version takes the place of the one in use: only where it was better on stretches of the past that
// neither had learned from. It keeps nothing.

import type { BackTest, Card, Fold, Verdict } from './card.ts'

/** Least part by which a version has to be better. */
const leastGain = 0.002

/**
 * The verdict on a new version.
 * @param current card of the version in use; null where there is none that can be read
 */
export function verdictOn(
  candidate: Pick<Card, 'fingerprint' | 'backTest' | 'isSmall'>,
  current: Pick<Card, 'version' | 'fingerprint' | 'isSmall'> | null,
): Verdict {
  if (current === null) return first(candidate.backTest)
  if (current.isSmall && !candidate.isSmall) {
    const below = belowBaseline(candidate.backTest)
    if (below === null) return promoted('replaces_small', `it learned more than ${current.version}`)
    return below
  }
  if (candidate.fingerprint === current.fingerprint) {
    return refused('nothing_new', `${current.version} learned from the same data`)
  }
  return compared(candidate.backTest, current.version)
}

function first(test: BackTest | null): Verdict {
  return belowBaseline(test) ?? promoted('first', 'it is the first version that can be used')
}

/** The refusal of what is worse than no learning at all; null where it is not, or nothing compares. */
function belowBaseline(test: BackTest | null): Verdict | null {
  const folds = (test?.folds ?? []).filter(({ baseline }) => baseline !== null)
  if (test === null || folds.length === 0) return null
  const [mine, plain] = [mean(folds, 'candidate'), mean(folds, 'baseline')]
  const isWorse = test.lowerIsBetter ? mine > plain : mine < plain
  const reason = `${test.measure} ${show(mine)}, and ${show(plain)} without a model`
  return isWorse ? refused('below_baseline', reason) : null
}

function compared(test: BackTest | null, version: string): Verdict {
  const folds = (test?.folds ?? []).filter(({ current }) => current !== null)
  if (test === null || folds.length === 0) {
    return refused('nothing_new', `there is no stretch of time that ${version} had not learned from`)
  }
  const below = belowBaseline(test)
  if (below !== null) return below
  const [mine, old] = [mean(folds, 'candidate'), mean(folds, 'current')]
  const gain = ((test.lowerIsBetter ? old - mine : mine - old) / Math.max(Math.abs(old), 1e-12)) * 100
  const stretches = `${folds.length} ${folds.length === 1 ? 'stretch' : 'stretches'} of the past`
  const reason = `${test.measure} ${show(mine)} on ${stretches}, ${version} had ${show(old)}`
  return gain > leastGain * 100 ? promoted('better', reason) : refused('not_better', reason)
}

function mean(folds: readonly Fold[], of: 'candidate' | 'current' | 'baseline'): number {
  const rows = folds.reduce((sum, fold) => sum + fold.rows, 0)
  return folds.reduce((sum, fold) => sum + (fold[of] ?? 0) * fold.rows, 0) / Math.max(1, rows)
}

/** The figure of all folds together, weighted by their rows; null without folds. */
export function figureOf(test: BackTest | null, of: 'candidate' | 'current' | 'baseline'): number | null {
  const folds = (test?.folds ?? []).filter((fold) => fold[of] !== null)
  return folds.length === 0 ? null : mean(folds, of)
}

const promoted = (code: Verdict['code'], reason: string): Verdict => ({ isPromoted: true, code, reason })
const refused = (code: Verdict['code'], reason: string): Verdict => ({ isPromoted: false, code, reason })
const show = (value: number): string => String(Number(value.toPrecision(4)))
