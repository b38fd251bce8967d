// Proves the score of labelled windows by hand-worked cases, and that the streaming detector reaches its goal on
// made series.

import { describe, expect, test } from 'vitest'
import { StreamDetector } from '#models'
import { envelopeScores } from '../../../orchestrator/bench/quality/envelope.ts'
import { madeCollection } from '../../../orchestrator/bench/quality/made/collection.ts'
import {
  type LabelledSeries,
  probationOf,
  scoreWindows,
} from '../../../orchestrator/bench/quality/windows.ts'

const series = (count: number, windows: [number, number][]): LabelledSeries => ({
  name: 'one',
  kind: 'made',
  times: Float64Array.from({ length: count }, (_, i) => i),
  values: new Float64Array(count),
  windows,
})
const alarmsAt = (count: number, ...places: number[]) => {
  const scores = new Float64Array(count)
  for (const place of places) scores[place] = 0.9
  return scores
}

describe('the score of windows', () => {
  const one = series(1000, [[500, 599]])
  const scored = (...places: number[]) =>
    scoreWindows([{ series: one, scores: alarmsAt(1000, ...places) }]).score

  test('is 0 for a detector that says nothing and 100 for one that alarms at the start of each window only', () => {
    expect(scored()).toBe(0)
    expect(scored(500)).toBeCloseTo(100, 10)
    expect(scored(500, 530, 599)).toBeCloseTo(100, 10)
  })

  test('gives more to an early alarm, and half to one at the very end of the window', () => {
    // In the middle: (2 / (1 + exp(-2.5)) - 1) over the same at the start, from -1.
    expect(scored(550)).toBeCloseTo((100 * (1 + 0.848284 / 0.986614)) / 2, 3)
    expect(scored(599)).toBeGreaterThan(50)
    expect(scored(599)).toBeLessThan(53)
  })

  test('takes 0.11 for a false alarm, less for one just behind a window, and nothing in the probation', () => {
    expect(scored(500, 300)).toBeCloseTo(100 - (100 * 0.11) / 2, 6)
    expect(scored(500, 601)).toBeGreaterThan(99)
    expect(scored(500, 950)).toBeCloseTo(100 - (100 * 0.11) / 2, 6)
    expect(probationOf(1000)).toBe(150)
    expect(scored(500, 149, 0)).toBeCloseTo(100, 10)
    expect(probationOf(20_000)).toBe(750)
  })

  test('chooses one threshold for all series together', () => {
    const other = series(1000, [[400, 499]])
    const mixed = alarmsAt(1000, 500)
    mixed[200] = 0.5
    const found = scoreWindows([
      { series: one, scores: mixed },
      { series: other, scores: alarmsAt(1000, 400).map((score) => score / 2) },
    ])
    expect(found).toMatchObject({ hits: 2, windows: 2, falseAlarms: 1, threshold: 0.45 })
    expect(scoreWindows([{ series: one, scores: mixed }], 0.3)).toMatchObject({ hits: 1, falseAlarms: 1 })
  })
})

describe('the made collection', () => {
  const collection = madeCollection('test')

  test('is the same for a seed, of many kinds, with windows behind the probation', () => {
    expect(madeCollection('test')).toEqual(collection)
    expect(madeCollection('other')).not.toEqual(collection)
    expect(collection).toHaveLength(58)
    for (const { values, times, windows } of collection) {
      expect(values.every(Number.isFinite)).toBe(true)
      expect(times.every((time, i) => i === 0 || time > (times[i - 1] as number))).toBe(true)
      expect(windows.every(([from, to]) => from >= probationOf(values.length) && to < values.length)).toBe(
        true,
      )
    }
  })

  test('is answered by the streaming detector with 65 of 100 at least, well above a running envelope', () => {
    const stream = collection.map((made) => {
      const detector = new StreamDetector()
      const scores = made.values.map((value, i) => detector.update(made.times[i] as number, value).score)
      return { series: made, scores }
    })
    const plain = collection.map((made) => ({ series: made, scores: envelopeScores(made.values) }))
    const reached = scoreWindows(stream).score
    expect(reached).toBeGreaterThan(65)
    expect(reached).toBeGreaterThan(scoreWindows(plain).score + 10)
    expect(scoreWindows(stream, 0.5).score).toBeGreaterThan(reached - 4)
  })
})
