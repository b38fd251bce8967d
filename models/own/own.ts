// The near end of own models: each training and each scoring is a process that reads a file and is gone when it is
// done. What was learned goes to the registry. It runs no query.

import type { ChildProcess } from 'node:child_process'
import type { Clock } from '#data/kernel'
import type { Card, ModelRef, Registry } from '../registry/index.ts'
import { type Backend, runInProcess } from '../runtime/index.ts'
import {
  type OwnModel,
  type OwnScored,
  type OwnScoreInput,
  type OwnTrained,
  type OwnTrainInput,
  oddKind,
  targetKind,
} from './meta.ts'
import type { Wanted } from './roles.ts'

/** What is the same for every call. */
export interface OwnSettings {
  registry: Registry
  clock: Clock
  backends?: readonly Backend[] | undefined
  /** Given each process that is started. */
  onStart?: ((child: ChildProcess) => void) | undefined
}

/** What to do with the rows of which file. */
export interface OwnTask {
  ref: ModelRef
  /** Parquet file with the rows of the query. */
  file: string
  wanted: Wanted
  signal?: AbortSignal | undefined
  onProgress?: ((progress: { step: string; share: number }) => void) | undefined
}

const trainLimitMs = 1_800_000
const scoreLimitMs = 900_000
const module = new URL('./tasks.ts', import.meta.url)

/** Whether a card is of an own model with this aim. */
function isOfKind(card: Card | null, target: string | null): boolean {
  const { kind, format } = target === null ? oddKind : targetKind
  return card?.kind === kind && card.format === format
}

/**
 * Teaches an own model and offers it to the registry.
 * @param task gapMs: time until an outcome is known
 * @returns the card with its verdict, and what was left out or looks wrong
 * @throws MODELS_DATA_UNUSABLE, MODELS_CANCELED, MODELS_WORKER_DIED, MODELS_FAILED; the version before stays in use
 */
export async function trainOwn(
  { registry, clock, backends, onStart }: OwnSettings,
  { ref, file, wanted, gapMs, signal, onProgress }: OwnTask & { gapMs: number },
): Promise<{ card: Card; notes: string[] }> {
  const { target } = wanted
  const used = isOfKind(registry.current(ref), target)
    ? await registry.load(ref, target === null ? oddKind : targetKind)
    : null
  const seed = `${ref.market}/${ref.model}`
  const current =
    used === null
      ? null
      : {
          model: { own: used.own, nets: used.bundle.nets, numbers: used.bundle.numbers },
          learnedTo: Date.parse(used.card.to),
        }
  const input: OwnTrainInput = { file, wanted, seed, gapMs, current }
  const running = { module, clock, backends, signal, onStart, onProgress, limitMs: trainLimitMs }
  const trained = await runInProcess<OwnTrained>('train', input, running)
  const { kind, format, nets, numbers, own, notes, from, to, ...rest } = trained
  const card = await registry.offer({
    card: {
      ...ref,
      ...rest,
      trainedAt: new Date(clock.now()).toISOString(),
      from: new Date(from).toISOString(),
      to: new Date(to).toISOString(),
      seed,
      isSmall: false,
    },
    own,
    bundle: { kind, format, nets, numbers },
  })
  return { card, notes }
}

/**
 * Scores rows with the version in use and writes the scores to a file.
 * @returns null where no version can be used
 * @throws MODELS_DATA_UNUSABLE, MODELS_CANCELED, MODELS_WORKER_DIED, MODELS_FAILED
 */
export async function scoreOwn(
  { registry, clock, backends, onStart }: OwnSettings,
  { ref, file, wanted, out, signal, onProgress }: OwnTask & { out: string },
): Promise<(OwnScored & { card: Card }) | null> {
  if (!isOfKind(registry.current(ref), wanted.target)) return null
  const used = await registry.load(ref, wanted.target === null ? oddKind : targetKind)
  if (used === null) return null
  const { nets, numbers } = used.bundle
  const model: OwnModel = { own: used.own, nets, numbers }
  const input: OwnScoreInput = { file, wanted, model, out, profile: used.card.profile }
  const running = { module, clock, backends, signal, onStart, onProgress, limitMs: scoreLimitMs }
  const scored = await runInProcess<OwnScored>('score', input, running)
  return { ...scored, card: used.card }
}
