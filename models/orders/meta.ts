// What is kept of a model of orders beside its weights, and what its thread is told and answers. Shapes only.

import type { BackTest, Profile } from '../registry/index.ts'
import type { NetState } from '../runtime/index.ts'
import type { PackedRows } from './features.ts'
import type { OrderScore } from './score.ts'

/** The program and format of these models; whoever cannot read it has to train anew. */
export const ordersKind = { kind: 'orders', format: 2 } as const

/** How a column of numbers or words becomes inputs of the net. */
export interface Encoding {
  name: string
  /** Numbers: middle and spread after their shape was applied. */
  centre: number
  spread: number
  /** Words that have an input of their own; others share the last one. */
  words: string[]
}

/** What a net learned beside its weights; plain JSON. */
export interface ModelMeta {
  encodings: Encoding[]
  /** Residuals of each feature on the first half of the held-back rows, ascending. */
  residuals: number[][]
  /** Signed residuals of number features at 5 and 95 %. */
  ranges: [number, number][]
  /** Oddness of the second half of the held-back rows, ascending. */
  oddness: number[]
  /** Mean squared error of masked features on held-back rows; 1 = no better than the mean. */
  heldError: number
}

/** A model as it is sent between threads. */
export interface OrderModel {
  version: string
  meta: ModelMeta
  net: NetState
}

/** What a training is asked for. */
export interface TrainInput {
  size: 'small' | 'full'
  seed: string
  rows: PackedRows
  /** The model in use, with the last instant it learned from (epoch ms); null where there is none. */
  current: { model: OrderModel; learnedTo: number } | null
}

/** What a training gives. */
export interface Trained {
  meta: ModelMeta
  net: NetState
  rows: { trained: number; held: number }
  backTest: BackTest | null
  profile: Profile
  fingerprint: string
  backend: string
}

/** What is to be scored, by the model of the market that was sent before. */
export interface ScoreInput {
  market: string
  rows: PackedRows
  /** What the inputs looked like, where they are to be counted. */
  profile: Profile | null
}

/** Scores, and how many inputs fell where. */
export interface Scored {
  scores: OrderScore[]
  counts: number[][] | null
}
