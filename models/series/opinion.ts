// What a forecaster said of the buckets ahead, kept until they come. It forecasts nothing.

import type { Outlook } from './memory.ts'

/** An opinion on single buckets. */
export interface NetOpinion {
  /** Null where nothing was said of the bucket. */
  of(tick: number): Outlook | null
}

/** Says nothing of any bucket. */
export const noOpinion: NetOpinion = { of: () => null }
