// The effect of moves: what is measured holds what was put in, says how it was measured, and claims nothing where
// there is nothing.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { seededRandom } from '#data/kernel'
import { effectOf, effectSentence, type MeasuredOrder } from '#orchestrator/reroute'

/** Orders that are late by their risk, and by less of it where they were moved. */
function orders(seed: number, counts: { moved: number; heldOut: number }, share: number): MeasuredOrder[] {
  const random = seededRandom(seed)
  const one = (isMoved: boolean): MeasuredOrder => {
    const riskBefore = 0.3 + 0.6 * random.next()
    const risk = isMoved ? riskBefore * share : riskBefore
    return {
      ...{ isMoved, isCancelled: false, canBeLate: true },
      isLate: random.next() < risk,
      hours: Math.max(1, random.normal(isMoved ? 40 : 60, 8)),
      ...{ riskBefore, riskAfter: riskBefore * share, hoursBefore: 60, hoursAfter: 40, extraCents: 150 },
    }
  }
  return [
    ...Array.from({ length: counts.moved }, () => one(true)),
    ...Array.from({ length: counts.heldOut }, () => one(false)),
  ]
}

test('intervals hold the true value about as often as they say', () => {
  let held = 0
  const rounds = 40
  for (let seed = 0; seed < rounds; seed++) {
    const effect = effectOf(orders(seed, { moved: 400, heldOut: 80 }, 0.25))
    expect(effect.method).toBe('hold_out')
    const truth = 0.6 * 0.75 * 400
    if (effect.lateAvoided.low <= truth && truth <= effect.lateAvoided.high) held++
    expect(effect.hoursSaved.low).toBeLessThan(22 * 400)
    expect(effect.hoursSaved.high).toBeGreaterThan(18 * 400)
  }
  expect(held).toBeGreaterThanOrEqual(rounds * 0.85)
})

test('moves that change nothing are not said to have changed anything', () => {
  let claimed = 0
  for (let seed = 0; seed < 30; seed++) {
    const { lateAvoided } = effectOf(orders(seed, { moved: 300, heldOut: 60 }, 1))
    if (lateAvoided.low > 0) claimed++
  }
  expect(claimed).toBeLessThanOrEqual(4)
})

test('where few were left in place, what was foretold counts, and the sentence says so', () => {
  const effect = effectOf(orders(1, { moved: 200, heldOut: 4 }, 0.2))
  expect(effect).toMatchObject({ method: 'model', moved: 200, heldOut: 4, heldOutKnown: 4 })
  const truth = 0.6 * 0.8 * 200
  expect(effect.lateAvoided.low).toBeLessThan(truth)
  expect(effect.lateAvoided.high).toBeGreaterThan(truth)
  expect(effectSentence(effect, 'USD')).toMatch(
    /^Moving 200 orders avoided about \d+ late orders \(95 %: .+\) and saved .+ hours of waiting .+ for 300\.00 USD, /,
  )
  expect(effectSentence(effect, 'USD')).toContain('only 4 orders left in place, too few to compare with')
})

test('of many orders, their scatter gives the interval that resampling gives', () => {
  const many = effectOf(orders(5, { moved: 1_700, heldOut: 400 }, 0.25))
  const fewer = effectOf(orders(5, { moved: 1_600, heldOut: 390 }, 0.25))
  const width = ({ low, high }: { low: number; high: number }, of: number) => (high - low) / of
  for (const figure of ['lateAvoided', 'hoursSaved'] as const) {
    const [one, other] = [width(many[figure], 1_700), width(fewer[figure], 1_600)]
    expect(one / other, figure).toBeGreaterThan(0.85)
    expect(one / other, figure).toBeLessThan(1.15)
    expect(many[figure].low).toBeLessThan(many[figure].value)
  }
})

test('a sentence says of hours that they are foretold where only what is late was compared', () => {
  const late = orders(1, { moved: 200, heldOut: 40 }, 0.2).map((one) => ({ ...one, hours: null }))
  const effect = effectOf(late)
  expect(effect).toMatchObject({ method: 'hold_out', hoursMethod: 'model' })
  expect(effectSentence(effect, 'USD')).toMatch(/, measured against 40 orders .*; hours are as foretold\.$/)
  expect(effectSentence(effectOf(orders(1, { moved: 200, heldOut: 40 }, 0.2)), 'USD')).not.toContain(
    'foretold',
  )
})

test('of what nobody knows the end of yet it is said what should come of it, within what was moved', () => {
  const open = orders(3, { moved: 9, heldOut: 0 }, 0.1).map((one) => {
    return { ...one, isLate: null, hours: null, riskBefore: 0.9, riskAfter: 0.05 }
  })
  const effect = effectOf(open)
  expect(effect.lateAvoided.high).toBeLessThanOrEqual(9)
  expect(effectSentence(effect, 'USD')).toMatch(
    /^Moving 9 orders should avoid about 8 late orders \(95 %: \d to 9\) and save /,
  )
})

test('money that was saved is said to be saved, and that nothing was left in place as well', () => {
  const cheaper = orders(1, { moved: 200, heldOut: 0 }, 0.2).map((one) => ({ ...one, extraCents: -150 }))
  const sentence = effectSentence(effectOf(cheaper), 'USD')
  expect(sentence).toMatch(
    /hours of waiting \(.+\) and 300\.00 USD, against what was foretold for them: no order /,
  )
})

/** The same orders without what could make them late: their promise, or the wish for them. */
const never = (some: readonly MeasuredOrder[], isCancelled: boolean): MeasuredOrder[] =>
  some.map((one) => ({ ...one, isCancelled, canBeLate: false, isLate: null, hours: null }))

test('no late order is avoided where none can be late: without a promise, or cancelled', () => {
  const some = orders(1, { moved: 40, heldOut: 40 }, 0.25)
  const alone = effectOf(some)
  expect(alone.method).toBe('hold_out')
  for (const isCancelled of [false, true]) {
    const more = never(orders(2, { moved: 160, heldOut: 20 }, 0.25), isCancelled)
    const effect = effectOf([...some, ...more])
    expect(effect).toMatchObject({ moved: 200, heldOut: 60, movedKnown: 40, heldOutKnown: 40 })
    expect(effect.lateAvoided).toEqual(alone.lateAvoided)
    expect(effect.extraCents.value).toBe(200 * 150)
    // Whoever cancelled waits no more; without a promise they do.
    const each = (isCancelled ? 40 : 200) / 40
    expect(effect.hoursSaved.value).toBeCloseTo(alone.hoursSaved.value * each)
    expect(effectSentence(effect, 'USD')).not.toContain('not known yet')
  }
})

test('what was foretold of orders that cannot be late any more counts no longer', () => {
  const open = orders(3, { moved: 9, heldOut: 3 }, 0.1).map((one) => ({ ...one, isLate: null, hours: null }))
  const alone = effectOf(open)
  const effect = effectOf([...open, ...never(orders(4, { moved: 50, heldOut: 0 }, 0.1), true)])
  expect(effect).toMatchObject({ method: 'model', moved: 59, lateAvoided: alone.lateAvoided })
  expect(effect.hoursSaved).toEqual(alone.hoursSaved)
  expect(effectSentence(effect, 'USD')).toContain('; the end of 9 orders is not known yet.')
  const gone = effectOf(never(open, true))
  expect(gone.lateAvoided).toEqual({ value: 0, low: 0, high: 0 })
  expect(effectSentence(gone, 'USD')).toMatch(/: no order that can be late was left in place .*with\.$/)
})

test('shares of almost none or almost all have an interval, too', () => {
  const inTime = (isMoved: boolean): MeasuredOrder => ({
    ...{
      isMoved,
      isCancelled: false,
      canBeLate: true,
      isLate: false,
      hours: 10,
      riskBefore: 0.1,
      riskAfter: 0.1,
    },
    ...{ hoursBefore: 10, hoursAfter: 10, extraCents: 0 },
  })
  const some = [
    ...Array.from({ length: 40 }, () => inTime(true)),
    ...Array.from({ length: 40 }, () => inTime(false)),
  ]
  const { lateAvoided } = effectOf(some)
  expect(lateAvoided.value).toBe(0)
  expect(lateAvoided.low).toBeLessThan(-1)
  expect(lateAvoided.high).toBeGreaterThan(1)
})

test('nothing moved is nothing measured, and what is not known yet is counted as such', () => {
  expect(effectOf([])).toMatchObject({ method: 'none', moved: 0, heldOut: 0 })
  expect(effectSentence(effectOf([]), 'EUR')).toBe('Nothing was moved.')
  const open = orders(3, { moved: 10, heldOut: 2 }, 0.5).map((one) => ({ ...one, isLate: null, hours: null }))
  const effect = effectOf(open)
  expect(effect).toMatchObject({ method: 'model', movedKnown: 0, heldOutKnown: 0 })
  expect(effectSentence(effect, 'EUR')).toContain('the end of 10 orders is not known yet')
})

test('the order of orders changes nothing that is known for sure, and every figure lies in its interval', () => {
  const order = fc.record({
    isMoved: fc.boolean(),
    isCancelled: fc.boolean(),
    canBeLate: fc.boolean(),
    isLate: fc.option(fc.boolean(), { nil: null }),
    hours: fc.option(fc.double({ min: 0, max: 500, noNaN: true }), { nil: null }),
    riskBefore: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: null }),
    riskAfter: fc.option(fc.double({ min: 0, max: 1, noNaN: true }), { nil: null }),
    hoursBefore: fc.option(fc.double({ min: 0, max: 500, noNaN: true }), { nil: null }),
    hoursAfter: fc.option(fc.double({ min: 0, max: 500, noNaN: true }), { nil: null }),
    extraCents: fc.integer({ min: -10_000, max: 10_000 }),
  })
  fc.assert(
    fc.property(fc.array(order, { maxLength: 60 }), (some) => {
      const [a, b] = [effectOf(some), effectOf(some.toReversed())]
      expect(b.extraCents.value).toBeCloseTo(a.extraCents.value, 6)
      expect([b.moved, b.heldOut, b.method]).toEqual([a.moved, a.heldOut, a.method])
      for (const { value, low, high } of [a.lateAvoided, a.hoursSaved, a.extraCents]) {
        expect(Number.isFinite(value + low + high)).toBe(true)
        expect(low).toBeLessThanOrEqual(high)
      }
      expect(effectSentence(a, 'USD')).toMatch(/\.$/)
    }),
    { numRuns: 60 },
  )
})
