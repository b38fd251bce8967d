// What the thread of the models is told and answers. Shapes only.

import type { Backend } from '../runtime/index.ts'
import type { PackedRows } from './features.ts'
import type { OrderScore } from './score.ts'

/** How a column of numbers or words becomes inputs of the net. */
export interface Encoding {
  name: string
  /** Numbers: middle and spread after their shape was applied. */
  centre: number
  spread: number
  /** Words that have an input of their own; others share the last one. */
  words: string[]
}

/** A trained model without its weights; plain JSON. */
export interface ModelMeta {
  version: string
  market: string
  /** Whoever cannot read this format has to train anew. */
  format: 1
  trainedAt: string
  /** Rows learned from and held back. */
  trainedRows: number
  heldRows: number
  /** Span of history it learned from, ISO 8601. */
  from: string
  to: string
  size: 'small' | 'full'
  backend: string
  /** Mean squared error of masked features on held-back rows; 1 = no better than the mean. */
  heldError: number
  encodings: Encoding[]
  /** Lengths of the layers, inputs first. */
  layers: number[]
  /** Residuals of each feature on the first half of the held-back rows, ascending. */
  residuals: number[][]
  /** Signed residuals of number features at 5 and 95 %. */
  ranges: [number, number][]
  /** Oddness of the second half of the held-back rows, ascending. */
  oddness: number[]
}

/** A model with its weights, layer by layer: matrix, then bias. */
export interface StoredModel {
  meta: ModelMeta
  weights: Float32Array
}

/** What the thread is asked. */
export type Request =
  | { kind: 'hello'; id: number }
  | { kind: 'load'; id: number; model: StoredModel }
  | {
      kind: 'train'
      id: number
      market: string
      version: string
      size: 'small' | 'full'
      trainedAt: string
      from: string
      to: string
      seed: string
      rows: PackedRows
    }
  | { kind: 'score'; id: number; market: string; rows: PackedRows }

/** What it answers. */
export type Reply =
  | { id: number; ok: true; value: { backend: string } }
  | { id: number; ok: true; value: StoredModel }
  | { id: number; ok: true; value: OrderScore[] }
  | { id: number; ok: false; reason: string }

/** Settings of the thread. */
export interface WorkerSettings {
  /** Backends to try, the first that works is taken. */
  backends: readonly Backend[]
}
