// What is known of a version of a model, of how it was tested, and of what was decided about it. Shapes only.

import type { CalibrationPoint } from '../measure/chances.ts'
import type { Profile } from './profile.ts'

/** Names a model: the same name in two markets is two models. */
export interface ModelRef {
  market: string
  /** `orders`, `late`, `forecast`, or the id of an analyst's own; lower case letters, digits, `-` and `_`. */
  model: string
}

/** A stretch of past time on which models were measured, none of which had learned from it. */
export interface Fold {
  /** ISO 8601; rows from `from` up to, not including, `to`. */
  from: string
  to: string
  rows: number
  /** The new version, or the same recipe taught on what came before `from`. */
  candidate: number
  /** The version in use; null where it had learned from this stretch, or there was none. */
  current: number | null
  /** What takes no learning: base rates, the mean. Null where nothing compares. */
  baseline: number | null
}

/** A test on the past, ordered by time. */
export interface BackTest {
  /** What was measured, in words: `log loss`, `mean absolute error, days`. */
  measure: string
  lowerIsBetter: boolean
  folds: Fold[]
}

/** Why a version is in use, or is not. */
export type VerdictCode =
  | 'first'
  | 'better'
  | 'not_better'
  | 'below_baseline'
  | 'nothing_new'
  | 'replaces_small'
  | 'by_hand'

/** What came of a test. */
export interface Verdict {
  isPromoted: boolean
  code: VerdictCode
  /** One sentence with the figures. */
  reason: string
}

/** What a version is; plain JSON, kept with its files. */
export interface Card extends ModelRef {
  version: string
  /** Which program understands it, and the format it writes. */
  kind: string
  format: number
  /** ISO 8601, wall time. */
  trainedAt: string
  /** Span of the data it learned from, ISO 8601, time of the market. */
  from: string
  to: string
  rows: { trained: number; held: number }
  /** SHA-256 of the data it learned from. */
  fingerprint: string
  features: string[]
  backend: string
  seed: string
  /** Figures on held-back rows, by name. */
  metrics: Record<string, number>
  /** Above, or below, which it raises its hand. */
  thresholds: Record<string, number>
  backTest: BackTest | null
  /** Chances told against what came, on held-back rows; absent where it tells none. */
  calibration?: readonly CalibrationPoint[]
  /** A quick first one, to be replaced by a full one without a test. */
  isSmall: boolean
  /** What the inputs looked like, for drift. */
  profile: Profile | null
  verdict: Verdict
}

/** What was decided about the version in use; an event of the log. */
export interface Decision {
  model: string
  /** `promoted` puts a version in use; `rolled_back` takes the last one out, so that the one before is in use. */
  action: 'promoted' | 'rolled_back'
  /** In use from now on. */
  version: string
  /** In use before, null where none was. */
  before: string | null
  code: VerdictCode
  reason: string
  /** `detour`, or who asked. */
  by: string
  /** Epoch ms, wall time. */
  at: number
}

/** A version with where it stands. */
export interface VersionState {
  card: Card
  status: 'in_use' | 'kept' | 'damaged'
  /** What is wrong with its files, where it is damaged. */
  note: string | null
}
