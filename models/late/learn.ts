// Teaches two nets how long work takes at its node and on its way, as shares of bins around what is expected. Runs in
// the thread of models; it reads no rows and writes no file.

import type { Random } from '#data/kernel'
import { dispose, type NetState, newNet, type Rows, stateOf, teach } from '../runtime/index.ts'
import { type Encoding, encodeAll, encodingOf, hidePromise, numbersOf, widthOf } from './encode.ts'
import { type Passage, processingHours, type Sight, transitHours } from './passage.ts'
import { seenAt } from './past.ts'
import { type Bins, binAt, binsOf } from './spread.ts'

/** The two spans that a distribution is learned of. */
export const spans = ['processing', 'transit'] as const
/** One of them. */
export type Span = (typeof spans)[number]

/** What was learned: how to encode, bins and nets of both spans. */
export interface Learned {
  encoding: Encoding
  bins: Record<Span, Bins>
  /** A few nets of each span; their shares are averaged. */
  nets: Record<Span, NetState[]>
}

/** How to learn. */
export interface LearnOptions {
  random: Random
  /** Told shares of the way, 0 to 1. */
  onProgress?: ((share: number) => void) | undefined
  signal?: AbortSignal | undefined
}

const hidden = [48, 48]
const binCount = 24
const learningRate = 0.002
const decay = 0.5
const batch = 256
/** Share of rows whose promise is hidden while learning: ways are asked about without one. */
const hiddenShare = 0.25
/** Rows learned from at most: the newest. */
const rowsAtMost = 40_000

/** Nets of each span: few rows leave more to chance. */
export function membersFor(rows: number): number {
  return rows < 20_000 ? 3 : 1
}

/** Times that all rows are gone through. */
function epochsFor(rows: number): number {
  return Math.round(Math.min(20, Math.max(8, 70_000 / Math.max(1, rows))))
}

const hoursOf: Record<Span, (work: Passage) => number | null> = {
  processing: processingHours,
  transit: transitHours,
}
const expectedAt: Record<Span, number> = {
  processing: seenAt.processing_expected,
  transit: seenAt.transit_expected,
}

/** Hours that a span of a piece of work took; null where that is not known. */
export function hoursTaken(span: Span, work: Passage): number | null {
  return hoursOf[span](work)
}

/** Expected logarithm of hours + 1, as it was seen. */
export function centreOf(span: Span, seen: Float64Array): number {
  return seen[expectedAt[span]] as number
}

/**
 * Learns from sights in order of time whose outcomes are known.
 * @throws MODELS_CANCELED, MODELS_FAILED
 */
export async function learn(all: readonly Sight[], options: LearnOptions): Promise<Learned> {
  const sights = all.slice(-rowsAtMost)
  const numbers = sights.map(({ work, at, seen }) => numbersOf(work, at, seen))
  const encoding = encodingOf(
    sights.map(({ work }) => work),
    numbers,
  )
  const inputs = encodeAll(encoding, sights)
  const width = widthOf(encoding)
  const bins = {} as Learned['bins']
  const nets: Learned['nets'] = { processing: [], transit: [] }
  const members = membersFor(sights.length)
  let done = 0
  for (const span of spans) {
    const known = sights.flatMap(({ work }, i) => (hoursTaken(span, work) === null ? [] : [i]))
    const over = known.map((i) => {
      const { work, seen } = sights[i] as Sight
      return Math.log1p(hoursTaken(span, work) ?? 0) - centreOf(span, seen)
    })
    bins[span] = binsOf(over, binCount)
    const targets = over.map((value) => binAt(bins[span], value))
    const rows = rowsOf({ inputs, width }, known, targets)
    for (let member = 0; member < members; member++) {
      const onShare = (share: number) => options.onProgress?.((done + share) / (spans.length * members))
      const random = options.random.fork(`${span}/${member}`)
      nets[span].push(await teachOne(rows, width, { ...options, random, onProgress: onShare }))
      done++
    }
  }
  return { encoding, bins, nets }
}

async function teachOne(rows: Rows, width: number, options: LearnOptions): Promise<NetState> {
  const { random, signal, onProgress } = options
  const shape = { output: 'softmax', hidden: 'tanh' } as const
  const net = newNet([width, ...hidden, binCount], random.fork('weights'), shape)
  try {
    await teach(net, rows, {
      loss: { kind: 'cross-entropy' },
      epochs: epochsFor(rows.count),
      random: random.fork('batches'),
      batch,
      learningRate,
      isFalling: true,
      decay,
      signal,
      onProgress: ({ share }) => onProgress?.(share),
    })
    return await stateOf(net)
  } finally {
    dispose(net)
  }
}

function rowsOf(
  { inputs, width }: { inputs: Float32Array; width: number },
  known: readonly number[],
  targets: readonly number[],
): Rows {
  return {
    count: known.length,
    batch: (at, random) => {
      const given = new Float32Array(at.length * width)
      const wanted = new Float32Array(at.length * binCount)
      for (const [i, row] of at.entries()) {
        const from = (known[row] as number) * width
        given.set(inputs.subarray(from, from + width), i * width)
        if (random.next() < hiddenShare) hidePromise(given, i * width)
        wanted[i * binCount + (targets[row] as number)] = 1
      }
      return { rows: at.length, inputs: given, targets: wanted }
    },
  }
}
