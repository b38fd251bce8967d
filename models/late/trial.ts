// A late-risk model on trial: taught with what was known at an instant, measured on what was decided later. It keeps
// nothing.

import type { Effects } from '#data/kernel'
import type { TaskContext } from '../runtime/index.ts'
import { TaskThread } from '../runtime/index.ts'
import { figuresOf, judge } from './judged.ts'
import type { LateFigures } from './model.ts'
import { type Passage, wasLate } from './passage.ts'
import { sorted } from './read.ts'
import { sightsOf } from './sights.ts'
import { teachFrom } from './teach-late.ts'

const dayMs = 86_400_000
const never = Number.POSITIVE_INFINITY
/** Decisions before the instant whose chances tell how far off the model was of late. */
const followedMs = 90 * dayMs

/** What is tried. */
export interface TrialInput {
  /** Work with everything that became of it, in any order. */
  works: Passage[]
  /** Epoch ms: what happened before is known to the model when it is taught; what was decided from then on counts. */
  cut: number
  seed: string
}

/** Figures of a trial; null where there is too little to learn from. */
export type TrialAnswer = LateFigures | null

/** The task. @throws MODELS_CANCELED, MODELS_FAILED */
export async function tryIt({ works, cut, seed }: TrialInput, context: TaskContext): Promise<TrialAnswer> {
  const all = sorted([...works])
  const past = all.filter(({ releasedAt }) => releasedAt < cut).map((work) => asKnownAt(work, cut))
  const taught = await teachFrom(past, { now: cut, seed, current: null }, context)
  if (taught.kind === 'few') return null
  const { meta, nets } = taught
  const sights = sightsOf(all, never, never).filter(
    ({ at, work }) => at >= cut - followedMs && wasLate(work, never) !== null,
  )
  return figuresOf(await judge({ meta, nets }, sights, never), meta.calibration, cut)
}

function asKnownAt(work: Passage, at: number): Passage {
  const known = (instant: number | null) => (instant !== null && instant < at ? instant : null)
  const { shippedAt, deliveredAt, endedAt } = work
  return { ...work, shippedAt: known(shippedAt), deliveredAt: known(deliveredAt), endedAt: known(endedAt) }
}

/** Tries a model in a thread of its own. @throws MODELS_WORKER_DIED, MODELS_FAILED */
export async function tryLate(effects: Effects, input: TrialInput): Promise<TrialAnswer> {
  const thread = new TaskThread({ module: new URL('./tasks.ts', import.meta.url), clock: effects.clock })
  try {
    return await thread.run<TrialAnswer>('try', input)
  } finally {
    await thread.close()
  }
}
