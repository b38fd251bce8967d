// Proves what the streaming detector promises: causal, deterministic, finite, blind to unit and origin, and alarms
// where something happens.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '#data/kernel'
import { StreamDetector, type StreamState, type StreamVerdict } from '#models'

const minutes5 = 300_000
const start = Date.UTC(2026, 0, 5)

const judged = (values: readonly number[], stepMs = minutes5, detector = new StreamDetector()) =>
  values.map((value, i) => detector.update(start + i * stepMs, value))

/** A day's course with noise. */
const days = (count: number, seed: string | number = 1): number[] => {
  const random = seededRandom(seed)
  return Array.from(
    { length: count },
    (_, i) => 50 + 20 * Math.sin((2 * Math.PI * i) / 288) + random.normal(0, 2),
  )
}

const numbersOf = ({ expected, lower, upper, score, pValue }: StreamVerdict) =>
  [expected, lower, upper, score, pValue].filter((each) => each !== null)

const anything = fc.array(
  fc.oneof(
    fc.double({ noNaN: false }),
    fc.double({ min: -1e12, max: 1e12, noNaN: true }),
    fc.integer({ min: -3, max: 3 }),
    fc.constantFrom(Infinity, -Infinity, 0, -0, 1e12, 5e-324, 1.7e308),
  ),
  { maxLength: 300 },
)

describe('the streaming detector', () => {
  test('judges a point by itself and the past alone', () => {
    const property = fc.property(anything, fc.nat(300), (values, cut) => {
      expect(judged(values.slice(0, cut))).toEqual(judged(values).slice(0, cut))
    })
    fc.assert(property, { numRuns: 40, seed: 1 })
  })

  test('gives finite numbers in their bounds, whatever comes', () => {
    const times = fc.array(fc.oneof(fc.double(), fc.integer()), { minLength: 300, maxLength: 300 })
    const property = fc.property(anything, times, (values, at) => {
      const detector = new StreamDetector()
      for (const [i, value] of values.entries()) {
        const verdict = detector.update(at[i] ?? Number.NaN, value)
        expect(numbersOf(verdict).every(Number.isFinite)).toBe(true)
        expect(verdict.score >= 0 && verdict.score <= 1).toBe(true)
        expect(verdict.pValue > 0 && verdict.pValue <= 1).toBe(true)
        const { expected, lower, upper } = verdict
        if (expected !== null) expect((lower ?? 0) <= expected && expected <= (upper ?? 0)).toBe(true)
      }
    })
    fc.assert(property, { numRuns: 60, seed: 2 })
  })

  test('does not care for the unit or the origin of values', () => {
    const values = days(1500)
    for (let i = 1200; i < 1500; i++) values[i] = (values[i] as number) + 40
    const plain = judged(values)
    const property = fc.property(
      fc.integer({ min: -20, max: 20 }),
      fc.integer({ min: -1000, max: 1000 }),
      (power, shift) => {
        const moved = judged(values.map((value) => value * 2 ** power + shift))
        moved.forEach(({ score, reason }, i) => {
          expect(score).toBeCloseTo(plain[i]?.score ?? 0, 3)
          expect(reason === null).toBe(plain[i]?.reason === null)
        })
      },
    )
    fc.assert(property, { numRuns: 10, seed: 3, examples: [[0, 1e6]] })
  })

  test('goes on from its state in JSON as if nothing had been between', () => {
    const values = days(900)
    const detector = new StreamDetector()
    judged(values.slice(0, 500), minutes5, detector)
    const later = new StreamDetector(JSON.parse(JSON.stringify(detector.state)) as StreamState)
    const rest = values.slice(500).map((value, i) => later.update(start + (500 + i) * minutes5, value))
    expect(rest).toEqual(judged(values).slice(500))
  })

  test('keeps its memory however long it watches', () => {
    const detector = new StreamDetector()
    judged(days(3000), minutes5, detector)
    const early = JSON.stringify(detector.state).length
    judged(days(20_000, 2), minutes5, detector)
    expect(JSON.stringify(detector.state).length).toBeLessThan(1.1 * early)
    expect(early).toBeLessThan(12_000)
  })

  test('is quiet on a series that does not change, and on one that repeats itself', () => {
    expect(judged(new Array<number>(2000).fill(7)).some(({ score }) => score > 0)).toBe(false)
    const repeats = Array.from({ length: 3000 }, (_, i) => 20 + (i % 12))
    expect(judged(repeats).filter(({ anomaly }) => anomaly).length).toBeLessThanOrEqual(1)
  })

  test('alarms rarely where nothing happens', () => {
    const alarms = [1, 2, 3, 4, 5].map((seed) => judged(days(4000, seed)).filter(({ anomaly }) => anomaly))
    expect(alarms.flat().length).toBeLessThan(0.002 * 5 * 4000)
  })

  test('has 99 in 100 ordinary points within its bounds', () => {
    const values = days(6000)
    const seen = judged(values).slice(2000)
    const within = seen.filter(({ lower, upper }, i) => {
      const value = values[2000 + i] as number
      return value >= (lower ?? Infinity) && value <= (upper ?? -Infinity)
    })
    expect(within.length / seen.length).toBeGreaterThan(0.975)
    const widths = seen.map(({ lower, upper }) => (upper ?? 0) - (lower ?? 0))
    expect(widths.reduce((sum, width) => sum + width, 0) / widths.length).toBeLessThan(30)
  })

  test.each<[string, (value: number, i: number) => number, string]>([
    ['a spike', (value, i) => (i === 2000 ? value + 60 : value), 'sudden jump'],
    ['a new level', (value, i) => (i >= 2000 ? value + 45 : value), 'higher than ever'],
    ['a drop', (value, i) => (i >= 2000 && i < 2060 ? value - 60 : value), 'lower than ever'],
    ['a stuck sensor', (value, i) => (i >= 2000 && i < 2200 ? 50 : value), 'calmer or stuck'],
    ['restlessness', (value, i) => (i >= 2000 ? value + 18 * (i % 2 ? 1 : -1) : value), 'more restless'],
    ['an upside-down day', (value, i) => (i >= 2000 && i < 2288 ? 100 - value : value), 'sudden jump'],
  ])('notices %s within an hour or two, and says why', (_, change, reason) => {
    const verdicts = judged(days(3000).map(change))
    const found = verdicts.map(({ anomaly }, i) => (anomaly ? i : -1)).filter((i) => i >= 2000 && i < 2120)
    expect(found.length).toBeGreaterThan(0)
    const reasons = verdicts.slice(2000, 2120).flatMap((each) => (each.score > 0.4 ? [each.reason] : []))
    expect(reasons).toContain(reason)
  })

  test('gives one event a short alarm and then takes the new level as it is', () => {
    const verdicts = judged(days(4000).map((value, i) => (i >= 2000 ? value + 60 : value)))
    expect(verdicts.slice(2000, 2020).some(({ anomaly }) => anomaly)).toBe(true)
    expect(verdicts.slice(2000).filter(({ anomaly }) => anomaly).length).toBeLessThan(25)
    const last = verdicts.at(-1)
    expect(last?.expected).toBeGreaterThan(80)
  })

  test('passes over what is no number, and says what was expected there', () => {
    const values = days(1000)
    const holed = values.flatMap((value, i) => (i % 10 === 3 ? [value, Number.NaN] : [value]))
    const at = values.flatMap((_, i) => (i % 10 === 3 ? [i, i] : [i]))
    const detector = new StreamDetector()
    const verdicts = holed.map((value, k) => detector.update(start + (at[k] ?? 0) * minutes5, value))
    expect(verdicts.filter((_, k) => !Number.isNaN(holed[k]))).toEqual(judged(values))
    const missing = verdicts.find((_, k) => Number.isNaN(holed[k]))
    expect(missing).toMatchObject({ score: 0, pValue: 1, anomaly: false, reason: null })
    expect(missing?.expected).toBeTypeOf('number')
  })

  test('follows the day of the week where points are a day apart', () => {
    const random = seededRandom(4)
    const weekly = Array.from({ length: 400 }, (_, i) => (i % 7 > 4 ? 20 : 100) + random.normal(0, 3))
    const seen = judged(weekly, 86_400_000).slice(300)
    const errors = seen.map(({ expected }, i) => Math.abs((expected ?? 0) - (weekly[300 + i] as number)))
    expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThan(10)
  })
})
