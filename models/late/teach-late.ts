// Teaches a late-risk model and measures it on held-back time against base rates and the version in use. Runs in the
// thread of models; it reads no warehouse and writes no file.

import { seededRandom } from '#data/kernel'
import { type Fold, fingerprintOf, type Values } from '../registry/index.ts'
import type { TaskContext } from '../runtime/index.ts'
import { netName } from './foretell.ts'
import { calibrationsOf, figuresOf, foldOf, type Judged, judge, pointsOf } from './judged.ts'
import { type Learned, learn, spans } from './learn.ts'
import type { LateMeta, LateVersion, TeachAnswer, TeachInput } from './model.ts'
import type { Passage } from './passage.ts'
import { seenNames } from './past.ts'
import { unpack } from './read.ts'
import { type Staged, sightsOf } from './sights.ts'
import { lateFeatures } from './titles.ts'
import { lateProfile } from './watched.ts'

/** Work with a known end below which nothing is taught. */
const endsLeast = 200
/** Part of the history, the latest, that nothing is taught of before it was measured on. */
const heldShare = 0.25

/** The rows that a model is made of. */
interface Lesson {
  /** Work at its decision, from the first to `to`. */
  decided: Staged[]
  /** Work at its decision and on its way, from `cut` to `to`. */
  held: Staged[]
  from: number
  /** From here on time is held back. */
  cut: number
  /** Since here work may still be under way: its ends would be those of quick work only. */
  to: number
}

/** The task. @throws MODELS_CANCELED, MODELS_FAILED */
export function teachLate(input: TeachInput, context: TaskContext): Promise<TeachAnswer> {
  return teachFrom(unpack(input.rows), input, context)
}

/**
 * A first model learns from what came before the held-back time and is measured there; the one that is kept learns
 * from all of it.
 * @param works in order of their release
 * @throws MODELS_CANCELED, MODELS_FAILED
 */
export async function teachFrom(
  works: readonly Passage[],
  { now, seed, current }: Omit<TeachInput, 'rows'>,
  { backend, progress, signal }: TaskContext,
): Promise<TeachAnswer> {
  const lesson = lessonOf(works, now)
  if (lesson === null) return { kind: 'few', ends: endsOf(works).length, wanted: endsLeast }
  const { decided, held, from, cut, to } = lesson
  const options = (done: number) => ({
    random: seededRandom(seed),
    signal,
    onProgress: (share: number) => progress({ share: done + share / 2 }),
  })
  const early = modelOf(await learn(decided.filter(isKnownBy(cut)), options(0)))
  const judged = await judge(early, held, now)
  const middle = held[Math.floor(held.length / 2)]?.at ?? to
  const tested = { judged, calibration: calibrationsOf(judged.filter(({ sight }) => sight.at < middle)) }
  const figures = figuresOf(judged, tested.calibration, middle)
  const theirs = current === null ? null : await judgedBy(current, held, now)
  const folds = foldsOf(tested, theirs, { from: middle, to, since: current?.learnedTo ?? 0 })
  const { meta, nets } = modelOf(await learn(decided, options(0.5)))
  const calibration = calibrationsOf(judged)
  const isBetter = (span: (typeof spans)[number]) => figures.pinball[span] < figures.basePinball[span]
  return {
    kind: 'taught',
    meta: {
      ...meta,
      calibration,
      isBetter: { processing: isBetter('processing'), transit: isBetter('transit') },
    },
    nets,
    figures,
    card: {
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      rows: { trained: decided.length, held: figures.rows },
      fingerprint: traceOf(decided),
      profile: lateProfile(decided, judged, calibration),
      features: [...lateFeatures],
      backend,
      backTest: { measure: 'log loss of missed promises', lowerIsBetter: true, folds },
      calibration: pointsOf(judged, tested.calibration, middle),
    },
  }
}

function endsOf(works: readonly Passage[]): number[] {
  return works
    .flatMap(({ releasedAt, shippedAt, deliveredAt }) => {
      const end = deliveredAt ?? shippedAt
      return end === null ? [] : [end - releasedAt]
    })
    .sort((a, b) => a - b)
}

function lessonOf(works: readonly Passage[], now: number): Lesson | null {
  const ends = endsOf(works)
  const first = works[0]?.releasedAt
  if (ends.length < endsLeast || first === undefined) return null
  // Nine of ten pieces of work have come to their end when they are as old as that.
  const to = Math.max(now - (ends[Math.floor(ends.length * 0.9)] ?? 0), first + (now - first) / 2)
  const ripe = works.filter(({ releasedAt, shippedAt }) => releasedAt <= to && shippedAt !== null)
  const cut = ripe[Math.floor(ripe.length * (1 - heldShare))]?.releasedAt ?? to
  const all = sightsOf(works, cut, to)
  const isOver = ({ at, work }: Staged) => at <= to && work.shippedAt !== null
  return {
    decided: all.filter((sight) => sight.stage === 'decided' && isOver(sight)),
    held: all.filter((sight) => sight.at >= cut && isOver(sight)).sort((a, b) => a.at - b.at),
    from: first,
    cut,
    to,
  }
}

/** Whether the end of work was known at an instant. */
function isKnownBy(at: number): (sight: Staged) => boolean {
  return ({ work }) => (work.deliveredAt ?? work.shippedAt ?? Number.POSITIVE_INFINITY) < at
}

function modelOf({ encoding, bins, nets }: Learned): Pick<LateVersion, 'meta' | 'nets'> {
  const { calibration, isBetter } = untested
  return {
    meta: { encoding, bins, members: nets.processing.length, calibration, isBetter },
    nets: Object.fromEntries(
      spans.flatMap((span) => nets[span].map((net, member) => [netName(span, member), net])),
    ),
  }
}

const asItComes = { slope: 1, shift: 0 }
const untested: Pick<LateMeta, 'calibration' | 'isBetter'> = {
  calibration: { decided: asItComes, waiting: asItComes, carried: asItComes },
  isBetter: { processing: false, transit: false },
}

/** Sights as a model judged them, with its calibration. */
interface Tested {
  judged: readonly Judged[]
  calibration: LateMeta['calibration']
}

async function judgedBy(current: LateVersion, held: readonly Staged[], now: number): Promise<Tested> {
  return { judged: await judge(current, held, now), calibration: current.meta.calibration }
}

/** One stretch, or two where the version in use had learned from the first of them. */
function foldsOf(
  tested: Tested,
  theirs: Tested | null,
  { from, to, since }: { from: number; to: number; since: number },
): Fold[] {
  const end = to + 1
  if (theirs === null || since >= to) return [foldOf(tested, null, { from, to: end })]
  const last = foldOf(tested, theirs, { from: Math.max(from, since), to: end })
  return since > from ? [foldOf(tested, null, { from, to: since }), last] : [last]
}

/** What the version learned from, as a digest. */
function traceOf(sights: readonly Staged[]): string {
  const columns = new Map<string, Values>(
    seenNames.map((name, i) => [name, sights.map(({ seen }) => Math.round((seen[i] ?? 0) * 1e6) / 1e6)]),
  )
  for (const name of ['node', 'carrier', 'region', 'method'] as const)
    columns.set(
      name,
      sights.map(({ work }) => work[name]),
    )
  const ends = sights.map(({ work }) => (work.deliveredAt ?? work.shippedAt ?? 0) - work.releasedAt)
  return fingerprintOf(new Map([...columns, ['ends', ends]]))
}
