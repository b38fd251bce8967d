// Tests on the past: stretches of time, each measured by models that had only learned from what came before it.
// It knows no model.

import type { BackTest, Fold } from './card.ts'

const dayMs = 86_400_000

/** A stretch to be measured on, epoch ms. */
export interface Stretch {
  from: number
  to: number
}

/**
 * The last stretches before the end of the data: weeks, or shorter where there is less history; together at most
 * `share` of it.
 * @param span first and last instant of the data, epoch ms
 * @returns oldest first; empty where there is no span
 */
export function lastStretches(
  span: Stretch,
  {
    count = 4,
    share = 0.4,
    lengthMs = 7 * dayMs,
  }: { count?: number; share?: number; lengthMs?: number } = {},
): Stretch[] {
  const whole = span.to - span.from
  if (!(whole > 0)) return []
  const length = Math.min(lengthMs, (whole * share) / count)
  return Array.from({ length: count }, (_, i) => {
    const to = span.to - (count - 1 - i) * length
    return { from: to - length, to }
  })
}

/** How a model is tested on the past. */
export interface BackTestParts<M> {
  measure: string
  lowerIsBetter: boolean
  stretches: readonly Stretch[]
  /** Time between what is learned from and what is measured on: outcomes that are known late, ms. Default 0. */
  gapMs?: number
  /** The recipe, taught on what came before `until` (epoch ms) alone. */
  teach(until: number): Promise<M>
  /** @returns the figure and its rows; null where the stretch has no rows */
  measureOn(model: M, stretch: Stretch): Promise<{ value: number; rows: number } | null>
  /** The version in use, with the last instant it learned from; null where there is none. */
  current: { model: M; learnedTo: number } | null
  /** What takes no learning beyond what came before the stretch. */
  baselineOn?: (stretch: Stretch, until: number) => Promise<number | null>
  release?: (model: M) => void
  /** Told how many stretches are done. */
  onProgress?: (done: number, of: number) => void
}

/** Measures stretch by stretch; each model has seen only what came before. @throws whatever the parts throw */
export async function backTest<M>(parts: BackTestParts<M>): Promise<BackTest> {
  const { stretches, gapMs = 0, current } = parts
  const folds: Fold[] = []
  for (const [i, stretch] of stretches.entries()) {
    const until = stretch.from - gapMs
    const candidate = await parts.teach(until)
    try {
      const found = await parts.measureOn(candidate, stretch)
      if (found !== null) {
        const isNewToCurrent = current !== null && current.learnedTo <= stretch.from
        const old = isNewToCurrent ? await parts.measureOn(current.model, stretch) : null
        folds.push({
          from: new Date(stretch.from).toISOString(),
          to: new Date(stretch.to).toISOString(),
          rows: found.rows,
          candidate: found.value,
          current: old?.value ?? null,
          baseline: (await parts.baselineOn?.(stretch, until)) ?? null,
        })
      }
    } finally {
      parts.release?.(candidate)
    }
    parts.onProgress?.(i + 1, stretches.length)
  }
  return { measure: parts.measure, lowerIsBetter: parts.lowerIsBetter, folds }
}
