// What an own model is, what its process is told and answers, and what is kept of it. Shapes only.

import type { CalibrationPoint } from '../measure/chances.ts'
import type { BackTest, Profile } from '../registry/index.ts'
import type { NetState, NumberList } from '../runtime/index.ts'
import type { Wanted } from './roles.ts'

/** Program and format of models that foretell a target. */
export const targetKind = { kind: 'own-target', format: 1 } as const
/** Program and format of models that find what is odd. */
export const oddKind = { kind: 'own-odd', format: 1 } as const

/** A model as plain values. */
export interface OwnModel {
  /** What its program keeps, JSON. */
  own: unknown
  nets: Record<string, NetState>
  numbers: Record<string, NumberList>
}

/** What a training is asked for. */
export interface OwnTrainInput {
  /** Parquet file with the rows of the query. */
  file: string
  wanted: Wanted
  seed: string
  /** Time until an outcome is known, ms. */
  gapMs: number
  /** The version in use, with the last instant it learned from (epoch ms); null where there is none. */
  current: { model: OwnModel; learnedTo: number } | null
}

/** What a training gives. */
export interface OwnTrained extends OwnModel {
  kind: 'own-target' | 'own-odd'
  format: number
  /** First and last instant of the rows, epoch ms. */
  from: number
  to: number
  rows: { trained: number; held: number }
  features: string[]
  metrics: Record<string, number>
  thresholds: Record<string, number>
  backTest: BackTest | null
  /** Chances told against what came; absent where it tells none. */
  calibration?: CalibrationPoint[]
  profile: Profile
  fingerprint: string
  backend: string
  /** What was left out or looks wrong, in words. */
  notes: string[]
}

/** What is to be scored. */
export interface OwnScoreInput {
  file: string
  wanted: Wanted
  model: OwnModel
  /** Parquet file to write. */
  out: string
  profile: Profile | null
}

/** What scoring gives beside the file. */
export interface OwnScored {
  rows: number
  counts: number[][] | null
  pValues: number[]
}
