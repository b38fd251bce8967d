// Models in words: what a test on the past says, whether chances come as told, what figures mean. Pure.

import type { api } from '#data/contracts'
import type { CalibrationPoint } from '../charts/calibration-spec.ts'
import { isOff } from '../charts/calibration-spec.ts'
import { count, counted, percent } from '../numbers.ts'
import { clockTime, day, daysBetween, zoneLabel } from '../times.ts'

type Fold = api.ModelFold
type Sides = Pick<Fold, 'candidate' | 'current' | 'baseline'>

/** A figure with three digits that say something. */
export function figureWord(value: number): string {
  if (value === 0) return '0'
  return Math.abs(value) >= 100 ? count(value) : String(Number(value.toPrecision(3)))
}

/** Which of them did best; null where nothing compares or none is ahead. */
export function bestOf(sides: Sides, lowerIsBetter: boolean): keyof Sides | null {
  const known = (['candidate', 'current', 'baseline'] as const).flatMap((side) => {
    const value = sides[side]
    return value === null ? [] : [{ side, value: lowerIsBetter ? value : -value }]
  })
  if (known.length < 2) return null
  const least = Math.min(...known.map(({ value }) => value))
  const first = known.filter(({ value }) => value === least)
  return first.length === 1 ? (first[0]?.side ?? null) : null
}

/** All stretches together, each as heavy as its rows; a side counts only where it was measured on every stretch. */
export function foldTotal({ folds }: Pick<api.ModelBackTest, 'folds'>): Sides & { rows: number } {
  const rows = folds.reduce((sum, fold) => sum + fold.rows, 0)
  const mean = (side: keyof Sides) => {
    const values = folds.map((fold) => fold[side])
    if (rows === 0 || values.includes(null)) return null
    return folds.reduce((sum, fold) => sum + (fold[side] ?? 0) * fold.rows, 0) / rows
  }
  return { rows, candidate: mean('candidate') ?? 0, current: mean('current'), baseline: mean('baseline') }
}

/** What the test says, as the title of its table. */
export function foldFinding({ folds, lowerIsBetter }: api.ModelBackTest): string {
  const against = (side: 'current' | 'baseline', name: string) => {
    const known = folds.filter((fold) => fold[side] !== null)
    if (known.length === 0) return null
    const won = known.filter((fold) => {
      const other = fold[side] ?? 0
      return lowerIsBetter ? fold.candidate < other : fold.candidate > other
    })
    if (won.length === known.length) return `than ${name}${known.length > 1 ? ' every time' : ''}`
    return `than ${name} ${won.length === 0 ? 'never' : `${count(won.length)} of ${count(known.length)} times`}`
  }
  const parts = [against('current', 'the version before'), against('baseline', 'no model')]
  const said = parts.filter((part) => part !== null)
  if (said.length === 0) return `Tested on ${counted(folds.length, 'stretch', 'stretches')} of the past`
  return `On the past: better ${said.join(', ')}`
}

/** Mean distance between what was told and what came, each as heavy as its cases. */
export function calibrationError(points: readonly CalibrationPoint[]): number {
  const total = points.reduce((sum, { count: cases }) => sum + cases, 0)
  const apart = points.reduce((sum, one) => sum + one.count * Math.abs(one.predicted - one.observed), 0)
  return total === 0 ? 0 : apart / total
}

/** What the points say, as the title of their chart. */
export function calibrationFinding(points: readonly CalibrationPoint[]): string {
  const off = points.filter(isOff).length
  if (off === 0) return 'What it tells comes about as often'
  const verb = off === 1 ? 'comes' : 'come'
  return `${count(off)} of ${counted(points.length, 'group')} ${verb} more or less often than told`
}

/** A point for those who hear it. */
export function pointWords({ predicted, observed, count: cases }: CalibrationPoint): string {
  return `told ${percent(predicted)}, came ${percent(observed)} of ${counted(cases, 'case')}`
}

const figureTitles: Record<string, string> = {
  rows: 'Cases held back',
  late: 'Of them late',
  auroc: 'Order of risks (AUROC, 0.5 = by chance)',
  baseAuroc: 'Order of risks, base rates',
  logLoss: 'Log loss, less is better',
  baseLogLoss: 'Log loss, base rates',
  ece: 'Calibration error',
  baseEce: 'Calibration error, base rates',
  calibrationError: 'Calibration error',
  accuracy: 'Right answers',
  heldError: 'Error on hidden values, 1 = no better than the mean',
  meanAbsoluteError: 'Mean absolute error',
  within90: 'Inside the nine-of-ten range',
  pinballProcessing: 'Hours at nodes (pinball loss)',
  basePinballProcessing: 'Hours at nodes, base rates',
  pinballTransit: 'Hours on the way (pinball loss)',
  basePinballTransit: 'Hours on the way, base rates',
}
const shares = new Set(['accuracy', 'within90', 'ece', 'baseEce', 'calibrationError'])

/** Title and value of a figure of a version. */
export function figureOf(name: string, value: number): { title: string; value: string } {
  const spelled = name.replace(/([A-Z0-9]+)/g, ' $1').toLowerCase()
  const title = figureTitles[name] ?? (spelled[0]?.toUpperCase() ?? '') + spelled.slice(1)
  return { title, value: shares.has(name) ? percent(value) : figureWord(value) }
}

/** `24 Sep – 17 Nov 2026`: what a version learned from, in days of the zone. */
export function spanWords({ from, to }: { from: string; to: string }, timeZone: string, now: number): string {
  return daysBetween(from, to, timeZone, now)
}

/** A version by when it was made: `26 Nov, 07:14 PST`. Its id stands in its title. */
export function versionWord({ version }: { version: string }, timeZone: string): string {
  return readable(version, timeZone).replace('the version of ', '')
}

type Verdict = api.ModelCard['verdict']
const verdictStarts: Record<Verdict['code'], string> = {
  first: 'Put in use:',
  better: 'Put in use because it was better:',
  replaces_small: 'Put in use:',
  by_hand: 'Put in use by hand:',
  not_better: 'Not put in use because it was not better:',
  below_baseline: 'Not put in use because no model does better:',
  nothing_new: 'Not put in use because it had nothing new to show:',
}

/** Why a version was put in use, or was not. */
export function verdictWords({ verdict }: { verdict: Verdict }, timeZone: string): string {
  return `${verdictStarts[verdict.code]} ${readable(verdict.reason, timeZone)}.`
}

/** What the drifts come to, as the title of their card. */
export function driftSentence(drifts: readonly api.ModelDrift[]): string {
  if (drifts.length === 0) return 'Too little was seen to tell whether its inputs have moved'
  const moved = drifts.filter(({ hasMoved }) => hasMoved)
  if (moved.length === 0) return 'What it sees looks as it did when it learned'
  const all = drifts.filter(({ name }) => name !== 'score').length
  const inputs = moved.filter(({ name }) => name !== 'score').length
  if (inputs === 0) return 'Its scores have moved since it learned'
  return `${counted(inputs, 'input')} of ${count(all)} ${inputs === 1 ? 'has' : 'have'} moved since it learned`
}

/** What the models are doing, for the head of the page. */
export function modelsSentence(models: readonly api.ModelInfo[]): string {
  const atWork = models.filter(({ current }) => current !== null).length
  const training = models.filter((one) => one.training !== null).map(({ title }) => title)
  const moved = models
    .filter(({ drifts }) => drifts.some(({ hasMoved }) => hasMoved))
    .map(({ title }) => title)
  const failed = models.filter(({ state }) => state === 'failed').map(({ title }) => title)
  const parts = [
    atWork === 0 ? 'No model has learned yet.' : `${counted(atWork, 'model is', 'models are')} at work.`,
    training.length === 0 ? '' : `${listed(training)} ${training.length === 1 ? 'is' : 'are'} learning now.`,
    failed.length === 0 ? '' : `The last training of ${listed(failed)} failed; the version before goes on.`,
    moved.length === 0
      ? ''
      : `What ${listed(moved)} ${moved.length === 1 ? 'sees' : 'see'} has moved since it learned.`,
  ]
  return parts.filter((text) => text !== '').join(' ')
}

function listed(names: readonly string[]): string {
  if (names.length <= 2) return names.join(' and ')
  return `${names.slice(0, 2).join(', ')} and ${counted(names.length - 2, 'other')}`
}

/** Ids of versions in a sentence, `20261126T071456-01` in UTC, as when they were made, with the zone named. */
export function readable(text: string, timeZone: string): string {
  return text.replace(
    /\b(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})-(\d+)\b/g,
    (_, year, month, date, hour, minute, second, again) => {
      const at = `${year}-${month}-${date}T${hour}:${minute}:${second}Z`
      const made = `${day(at, timeZone)}, ${clockTime(at, timeZone)} ${zoneLabel(at, timeZone)}`
      return `the version of ${made}${again === '01' ? '' : ` (${Number(again)})`}`
    },
  )
}

/** The version that a roll-back would put in use; null where there is none that can be used. */
export function versionBefore({ versions, decisions, current }: api.ModelDetail): api.ModelVersion | null {
  let uses: string[] = []
  for (const { action, version } of decisions.toReversed()) {
    if (action === 'promoted') uses = [...uses, version]
    else uses = uses.slice(0, uses.lastIndexOf(version) + 1)
  }
  const place = current === null ? uses.length : uses.lastIndexOf(current.version)
  const earlier = uses.slice(0, Math.max(0, place)).toReversed()
  for (const id of earlier) {
    const found = versions.find(({ version, status }) => version === id && status === 'kept')
    if (found !== undefined) return found
  }
  return null
}

/** Decisions about versions as a timeline, oldest first. */
export function decisionEntries(
  decisions: readonly api.ModelDecision[],
  timeZone: string,
): { at: string; text: string; reason: string }[] {
  return decisions.toReversed().map(({ action, version, reason, at }) => {
    const name = readable(version, timeZone)
    const text = action === 'promoted' ? `${name} was put in use` : `${name} was put back in use`
    return { at, text: (text[0]?.toUpperCase() ?? '') + text.slice(1), reason: readable(reason, timeZone) }
  })
}
