// What can be known at an instant: only what happened before it, forgotten with time, and never a number that is none.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { calibrated, calibrationOf, Drift } from '../../../models/late/calibrate.ts'
import { Fading, Shrunk } from '../../../models/late/fading.ts'
import { seen } from '../../../models/late/sights.ts'
import { binsOf, chanceOver, chanceStillOver, Spread } from '../../../models/late/spread.ts'
import { aurocOf, eceOf } from '../../../models/measure/chances.ts'
import { asOf, madeWorks, start } from './made-works.ts'

const dayMs = 86_400_000
const works = madeWorks({ days: 12, perDay: 40 })

describe('the past', () => {
  test('is the same whatever happens later', () => {
    const instant = fc.integer({ min: 0, max: 12 * dayMs }).map((offset) => start + offset)
    fc.assert(
      fc.property(instant, (at) => {
        const look = {
          at,
          work: { ...works[0], orderId: 'asked' } as (typeof works)[number],
          stage: 'decided',
        } as const
        const [whole] = seen(works, [look])
        const [known] = seen(asOf(works, at), [look])
        expect(whole?.seen.every(Number.isFinite)).toBe(true)
        expect([...(known?.seen ?? [])].map(round)).toEqual([...(whole?.seen ?? [])].map(round))
        expect(known?.baseShare).toBeCloseTo(whole?.baseShare ?? -1, 9)
      }),
      { numRuns: 40 },
    )
  })
})

const round = (value: number) => Math.round(value * 1e6) / 1e6

describe('means that forget', () => {
  test('follow what is new and keep the prior while they know little', () => {
    const mean = new Fading(1)
    expect(mean.mean(0, 7, 4)).toBe(7)
    mean.add(0, 1)
    mean.add(10 * dayMs, 5)
    expect(mean.mean(10 * dayMs, 0, 0)).toBeCloseTo(5, 3)
    expect(mean.mean(300 * dayMs, 7, 4)).toBeCloseTo(7, 6)
  })

  test('of narrow groups are drawn to the wider ones, and come to their own with evidence', () => {
    const shrunk = new Shrunk(1, { days: 90, strength: 8, first: 0 })
    const around = (value: number, i: number) => value + ((i * 7) % 11) / 10 - 0.5
    for (let i = 0; i < 200; i++) shrunk.add(['a'], i, around(1, i))
    shrunk.add(['b'], 200, 2)
    const [a, b, other] = ['a', 'b', 'c'].map((key) => shrunk.expect([key], 201).value)
    expect(a).toBeCloseTo(1, 1)
    expect(b).toBeGreaterThan(other ?? 9)
    expect(b).toBeLessThan(1.5)
    for (let i = 0; i < 400; i++) shrunk.add(['b'], 300 + i, around(2, i))
    expect(shrunk.expect(['b'], 800).value).toBeGreaterThan(1.8)
  })
})

describe('spreads', () => {
  const values = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 1, maxLength: 60 })
  test('have chances that rise with time and quantiles that agree with them', () => {
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 5, noNaN: true }), (seenValues, centre) => {
        const bins = binsOf(seenValues, 6)
        const spread = new Spread(bins, new Float64Array(6).fill(1 / 6), centre)
        const shares = [0, 0.1, 0.5, 0.9, 1]
        const hours = shares.map((share) => spread.quantile(share))
        for (const [i, value] of hours.entries()) {
          expect(value).toBeGreaterThanOrEqual(hours[i - 1] ?? 0)
          expect(Number.isFinite(value)).toBe(true)
          if (value > 0.01) expect(spread.below(value)).toBeCloseTo(shares[i] ?? -1, 3)
        }
      }),
    )
  })

  test('never see more risk in more time, nor less where time went by without an end', () => {
    const bins = binsOf([-1, -0.5, 0, 0.3, 0.6, 1.2], 6)
    const [first, second] = [10, 40].map(
      (hours) => new Spread(bins, new Float64Array(6).fill(1 / 6), Math.log1p(hours)),
    )
    if (first === undefined || second === undefined) throw new Error('no spread')
    for (let hours = 5; hours < 200; hours += 5) {
      expect(chanceOver(first, second, hours + 5)).toBeLessThanOrEqual(
        chanceOver(first, second, hours) + 1e-9,
      )
      expect(chanceOver(first, second, hours, 12)).toBeGreaterThanOrEqual(
        chanceOver(first, second, hours) - 0.02,
      )
      expect(chanceStillOver(second, hours, 30)).toBeGreaterThanOrEqual(
        chanceStillOver(second, hours, 0) - 1e-9,
      )
    }
  })
})

describe('calibration', () => {
  const chances = Array.from({ length: 2000 }, (_, i) => ((i * 37) % 100) / 100)
  const outcomes = chances.map((chance, i) => ((i * 7919) % 1000) / 1000 < chance * 0.4)

  test('brings chances that are too high to what comes true, and keeps their order', () => {
    const calibration = calibrationOf(chances, outcomes)
    const told = chances.map((chance) => calibrated(chance, calibration))
    expect(eceOf(told, outcomes)).toBeLessThan(0.4 * eceOf(chances, outcomes))
    expect(aurocOf(told, outcomes)).toBeCloseTo(aurocOf(chances, outcomes) ?? 0, 6)
  })

  test('follows the outcomes of the last weeks in their direction, and stays where there are none', () => {
    const drift = new Drift()
    expect(drift.shift(0)).toBe(0)
    for (let i = 0; i < 300; i++) drift.add(i, 0.1, i % 2 === 0)
    expect(drift.shift(300)).toBeGreaterThan(0.5)
    expect(drift.shift(400 * dayMs)).toBeCloseTo(0, 2)
  })

  test('has no area under the curve where there is one class only', () => {
    expect(aurocOf([0.1, 0.2], [true, true])).toBeNull()
    expect(aurocOf([0.1, 0.9], [false, true])).toBe(1)
  })
})
