// A model held against what came of work that it had not learned from, beside base rates. It teaches nothing.

import { aurocOf, calibrationPointsOf, eceOf, logLossOf, pinballOf } from '../measure/chances.ts'
import type { Fold } from '../registry/index.ts'
import { asIs, type Calibration, calibrated, calibrationOf } from './calibrate.ts'
import { shifted } from './drifted.ts'
import { foretell, plainSpreads, rawChance, type Spreads } from './foretell.ts'
import { hoursTaken, type Span, spans } from './learn.ts'
import type { LateFigures, LateMeta, LateVersion } from './model.ts'
import { type Stage, wasLate } from './passage.ts'
import type { Staged } from './sights.ts'

/** Outcomes of the rarer kind below which a stage is left as it comes. */
const rareLeast = 8
const stages: readonly Stage[] = ['decided', 'waiting', 'carried']

/** A sight, what was foreseen, and what came. */
export interface Judged {
  sight: Staged
  spreads: Spreads
  plain: Spreads
  /** Before calibration. */
  raw: number
  isLate: boolean | null
}

/** What a model foresees of sights, in their order. @param known epoch ms up to which outcomes are known */
export async function judge(
  model: Pick<LateVersion, 'meta' | 'nets'>,
  sights: readonly Staged[],
  known: number,
): Promise<Judged[]> {
  const foreseen = await foretell(model, sights)
  const plain = plainSpreads(model.meta, sights)
  return sights.map((sight, i) => {
    const spreads = foreseen[i] as Spreads
    const raw = rawChance(spreads, sight.work, sight.at, sight.stage)
    return { sight, spreads, plain: plain[i] as Spreads, raw, isLate: wasLate(sight.work, known) }
  })
}

/** Calibration of each stage; one with hardly any outcome of a kind is left as it comes. */
export function calibrationsOf(judged: readonly Judged[]): LateMeta['calibration'] {
  const of = (stage: Stage): Calibration => {
    const some = judged.filter(({ sight, isLate }) => sight.stage === stage && isLate !== null)
    const late = some.filter(({ isLate }) => isLate === true).length
    if (Math.min(late, some.length - late) < rareLeast) return asIs
    return calibrationOf(
      some.map(({ raw }) => raw),
      some.map(({ isLate }) => isLate === true),
    )
  }
  return Object.fromEntries(stages.map((stage) => [stage, of(stage)])) as LateMeta['calibration']
}

/** Decisions among them whose promise came out, with the chance as it would have been told. */
function chancesOf(judged: readonly Judged[], calibration: LateMeta['calibration']) {
  const known = decisions(judged).filter(({ isLate }) => isLate !== null)
  const told = known.map(({ sight, raw }) => ({ sight, chance: calibrated(raw, calibration.decided) }))
  return { known, chances: shifted(told), outcomes: known.map(({ isLate }) => isLate === true) }
}

function decisions(judged: readonly Judged[]): Judged[] {
  return judged.filter(({ sight }) => sight.stage === 'decided')
}

/**
 * Figures of decisions from an instant on.
 * @param from epoch ms; what was decided before only tells how far off chances were
 */
export function figuresOf(
  judged: readonly Judged[],
  calibration: LateMeta['calibration'],
  from: number,
): LateFigures {
  const { known, chances, outcomes } = chancesOf(judged, calibration)
  const places = known.flatMap(({ sight }, i) => (sight.at >= from ? [i] : []))
  const told = places.map((i) => chances[i] as number)
  const base = places.map((i) => known[i]?.sight.baseShare ?? 0)
  const came = places.map((i) => outcomes[i] === true)
  const some = decisions(judged).filter(({ sight }) => sight.at >= from)
  const lossOf = (kind: 'spreads' | 'plain') =>
    Object.fromEntries(spans.map((span) => [span, pinball(some, span, kind)])) as Record<Span, number>
  return {
    rows: places.length,
    late: came.filter((each) => each).length,
    auroc: aurocOf(told, came),
    baseAuroc: aurocOf(base, came),
    logLoss: logLossOf(told, came),
    baseLogLoss: logLossOf(base, came),
    ece: eceOf(told, came),
    baseEce: eceOf(base, came),
    pinball: lossOf('spreads'),
    basePinball: lossOf('plain'),
  }
}

/** What was told of decisions from an instant on against what came, for showing. @param from as of `figuresOf` */
export function pointsOf(judged: readonly Judged[], calibration: LateMeta['calibration'], from: number) {
  const { known, chances, outcomes } = chancesOf(judged, calibration)
  const places = known.flatMap(({ sight }, i) => (sight.at >= from ? [i] : []))
  return calibrationPointsOf(
    places.map((i) => chances[i] as number),
    places.map((i) => outcomes[i] === true),
  )
}

function pinball(judged: readonly Judged[], span: Span, kind: 'spreads' | 'plain'): number {
  let [sum, count] = [0, 0]
  for (const one of judged) {
    const hours = hoursTaken(span, one.sight.work)
    if (hours === null) continue
    const spread = one[kind][span]
    sum += pinballOf(spread.quantile(0.5), hours, 0.5) + pinballOf(spread.quantile(0.9), hours, 0.9)
    count += 2
  }
  return count === 0 ? 0 : sum / count
}

/**
 * A stretch of time as a fold of a back-test: log loss where promises came out, else pinball loss.
 * @param current the version in use as it judges the same sights; null where it had learned from them
 */
export function foldOf(
  own: { judged: readonly Judged[]; calibration: LateMeta['calibration'] },
  current: { judged: readonly Judged[]; calibration: LateMeta['calibration'] } | null,
  { from, to }: { from: number; to: number },
): Fold {
  const inside = ({ sight }: Judged) => sight.at < to
  const mine = figuresOf(own.judged.filter(inside), own.calibration, from)
  const theirs = current === null ? null : figuresOf(current.judged.filter(inside), current.calibration, from)
  const lossOf = (figures: LateFigures) =>
    figures.rows > 0 ? figures.logLoss : figures.pinball.processing + figures.pinball.transit
  const baseline = mine.rows > 0 ? mine.baseLogLoss : mine.basePinball.processing + mine.basePinball.transit
  return {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    rows: Math.max(1, mine.rows),
    candidate: lossOf(mine),
    current: theirs === null ? null : lossOf(theirs),
    baseline,
  }
}
