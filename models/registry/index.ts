// Door of the registry of models inside this room.

export type {
  BackTest,
  Card,
  Decision,
  Fold,
  ModelRef,
  Verdict,
  VerdictCode,
  VersionState,
} from './card.ts'
export { countsByColumn, type Drift, DriftWatch, stabilityIndex, unevenness } from './drift.ts'
export { fingerprintOf } from './fingerprint.ts'
export { type BackTestParts, backTest, lastStretches, type Stretch } from './folds.ts'
export { type ColumnProfile, countsOf, type Profile, profileOf, type Values, watchedPart } from './profile.ts'
export { type Journal, type Offer, type Ready, Registry, usesAfter } from './registry.ts'
export { figureOf, verdictOn } from './verdict.ts'
export { DriftWatches } from './watches.ts'
