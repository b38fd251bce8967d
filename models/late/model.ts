// What a late-risk model is made of, what it is asked and what it answers. Shapes only.

import type { Card, Profile } from '../registry/index.ts'
import type { Bundle } from '../runtime/index.ts'
import type { Calibration } from './calibrate.ts'
import type { Encoding } from './encode.ts'
import type { Span } from './learn.ts'
import type { Hours, Stage } from './passage.ts'
import type { PackedPassages } from './read.ts'
import type { Bins } from './spread.ts'

/** Name of the model in the registry, and the format of its files: another one wherever inputs or bins change. */
export const lateKind = { kind: 'late', format: 1 } as const

/** What a version knows beside its nets; plain JSON. */
export interface LateMeta {
  encoding: Encoding
  bins: Record<Span, Bins>
  /** Nets of each span, by their names in the bundle. */
  members: number
  calibration: Record<Stage, Calibration>
  /** Spans whose distribution was better than that of base rates on held-back time. */
  isBetter: Record<Span, boolean>
}

/** A version as it is sent to the thread. */
export interface LateVersion {
  version: string
  meta: LateMeta
  nets: Bundle['nets']
  /** Epoch ms of the market: it learned from nothing later. */
  learnedTo: number
}

/** Figures on held-back time. */
export interface LateFigures {
  /** Outcomes, and how many were late. */
  rows: number
  late: number
  /** Null where there is one class only. */
  auroc: number | null
  baseAuroc: number | null
  logLoss: number
  baseLogLoss: number
  ece: number
  baseEce: number
  /** Mean pinball loss of median and ninth decile, hours. */
  pinball: Record<Span, number>
  basePinball: Record<Span, number>
}

/** What the thread is asked to teach. */
export interface TeachInput {
  rows: PackedPassages
  /** Epoch ms of the market. */
  now: number
  seed: string
  current: LateVersion | null
}

/** What came of it. */
export type TeachAnswer =
  | { kind: 'few'; ends: number; wanted: number }
  | {
      kind: 'taught'
      meta: LateMeta
      nets: Bundle['nets']
      figures: LateFigures
      card: Pick<
        Card,
        | 'from'
        | 'to'
        | 'rows'
        | 'fingerprint'
        | 'features'
        | 'backend'
        | 'backTest'
        | 'calibration'
        | 'profile'
      >
    }

/** What the thread is asked to look at. */
export interface ViewInput {
  rows: PackedPassages
  now: number
  model: LateVersion
  /** What the decisions of the last days are held against; null = they are not looked at. */
  profile: Profile | null
}

/** What it answers. */
export interface ViewAnswer {
  view: LateView
  /** Of the decisions of the last days, how many fall where in the profile. */
  recent: number[][] | null
}

/** How likely a piece of open work misses its promise. */
export interface WorkRisk {
  orderId: string
  workId: string
  /** Calibrated, 0 to 1. */
  risk: number
  stage: Stage
}

/** What the model says of a market at an instant. */
export interface LateView {
  version: string
  /** Epoch ms of the market. */
  madeAt: number
  /** From release to leaving, by node id. */
  processing: ReadonlyMap<string, Hours>
  /** From leaving to the customer, by `transitKey`. */
  transit: ReadonlyMap<string, Hours>
  /** Open work with a promise, the riskiest first. */
  risks: readonly WorkRisk[]
}

/** Key of a way. */
export function transitKey(node: string, carrier: string | null, region: string | null): string {
  return `${node}\u001f${carrier ?? ''}\u001f${region ?? ''}`
}
