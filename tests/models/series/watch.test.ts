// Detection that is kept between cycles: it says what a fresh one says, notices changed points, never looks ahead, and
// moves its thresholds as people ask. Warehouses in memory; nothing is timed.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { seededRandom } from '#data/kernel'
import type { Queries } from '#data/warehouse'
import { defaultDetection, Judgement, rulesOf, SeriesWatch } from '#models'
import { Course } from '../../../models/series/course.ts'
import { layoutOf } from '../../../models/series/memory.ts'
import { scaleOf } from '../../../models/series/scales.ts'
import { Tail } from '../../../models/series/tails.ts'
import { warehouseWith } from '../points.ts'
import { hourMs, seriesStart, usualAt } from '../series.ts'

const at = (hour: number) => seriesStart + hour * hourMs
const fault = { node: 'shop:n0', from: 4 * 168 + 57, to: 4 * 168 + 65, left: 0.2 }

describe('a watch over series', () => {
  test('finds the same faults cycle by cycle as all at once, also where a past point was changed', async () => {
    const warehouse = await warehouseWith([fault])
    try {
      const watch = new SeriesWatch('main')
      for (let hour = fault.from - 20; hour < fault.from + 4; hour += 3)
        await watch.detect(warehouse, { now: at(hour) })
      await warehouse.run(`UPDATE metric_points SET value = value + 1 WHERE metric = 'backlog'
        AND dimension_value = 'shop:n1' AND bucket_start = to_timestamp(${at(fault.from + 2) / 1000})`)
      const now = at(fault.from + 5)
      const [kept, fresh] = [
        await watch.detect(warehouse, { now }),
        await new SeriesWatch('main').detect(warehouse, { now }),
      ]
      expect(kept.constraints.map(({ key }) => key)).toEqual(['node/shop:n0'])
      expect(fresh.constraints.map(({ key }) => key)).toEqual(['node/shop:n0'])
      const shownOf = (found: typeof kept) => found.constraints[0]?.value
      expect(shownOf(kept)).toBe(shownOf(fresh))
    } finally {
      await warehouse.close()
    }
  })

  test('tells before what other settings would have shown, and holds back what the budget does not allow', async () => {
    const warehouse = await warehouseWith([fault])
    try {
      const watch = new SeriesWatch('main')
      const now = at(fault.from + 5)
      const { constraints } = await watch.detect(warehouse, { now })
      const rules = [{ metric: null, dimension: 'node', dimensionValue: 'shop:n0', leastChange: null }]
      const muted = { ...rules[0], leastShare: null, strictness: null, isMuted: true } as api.DetectionRule
      const quiet = new Judgement({ ...defaultDetection, rules: [muted] })
      const [before = [], after = []] = await watch.preview([new Judgement(), quiet], { days: 3 })
      expect(before.map(({ key }) => key)).toContain('node/shop:n0')
      expect(after.map(({ key }) => key)).not.toContain('node/shop:n0')
      const judgement = new Judgement({ ...defaultDetection, alertsPerWeek: 1 })
      const recent = [{ at: now - hourMs, severity: 1 }]
      const held = await watch.detect(warehouse, { now, judgement, recent })
      expect([constraints.length, held.constraints.length, held.heldBack]).toEqual([1, 0, 1])
    } finally {
      await warehouse.close()
    }
  })
})

test('a preview does not wait for a cycle under way, and is that of the cycle before', async () => {
  const warehouse = await warehouseWith([fault])
  try {
    const watch = new SeriesWatch('main')
    const now = at(fault.from + 5)
    await watch.detect(warehouse, { now })
    const ask = () => watch.preview([new Judgement()], { days: 3 })
    const before = await ask()
    expect(before[0]?.map(({ key }) => key)).toContain('node/shop:n0')
    // Another time after which levels are usual: everything is read and taken anew.
    const judgement = new Judgement({ ...defaultDetection, newLevelHours: 200 })
    let isRead = false
    const queries = {
      all: async (...asked: Parameters<Queries['all']>) => {
        if (isRead) expect(await ask()).toEqual(before)
        isRead = true
        return warehouse.all(...asked)
      },
      one: (...asked: Parameters<Queries['one']>) => warehouse.one(...asked),
    } as Queries
    await watch.detect(queries, { now, judgement })
    expect(isRead).toBe(true)
  } finally {
    await warehouse.close()
  }
})

const courseOf = (values: readonly number[], settleTicks = 72) => {
  const scale = scaleOf('orders')
  const past = (tick: number) => (tick < 0 ? Number.NaN : scale.forth(values[tick] ?? Number.NaN))
  const parts = { scale, layout: layoutOf(hourMs), past, siblings: null, settleTicks, lookahead: () => null }
  const course = new Course(parts)
  const outlooks = values.map((value, tick) =>
    course.take({ tick, place: tick % 168, scaled: scale.forth(value), thinness: 0, isTelling: true }),
  )
  return { course, outlooks }
}

describe('a course', () => {
  test('says the same of a bucket whatever comes after it, in numbers that are finite', () => {
    const counts = fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 30, maxLength: 400 })
    fc.assert(
      fc.property(counts, fc.nat(400), (values, cut) => {
        const whole = courseOf(values).outlooks
        expect(courseOf(values.slice(0, cut)).outlooks).toEqual(whole.slice(0, cut))
        for (const outlook of whole) {
          if (outlook !== null) expect(Number.isFinite(outlook.expected) && outlook.sigma > 0).toBe(true)
        }
      }),
      { numRuns: 25 },
    )
  })

  test('takes a level that lasts for the new one after the set time, and says so', () => {
    const random = seededRandom('level')
    const values = Array.from({ length: 6 * 168 }, (_, hour) =>
      random.poisson(usualAt(hour, hour < 4 * 168 ? 30 : 75)),
    )
    const { course, outlooks } = courseOf(values)
    expect(course.shift?.began).toBeGreaterThanOrEqual(4 * 168 - 2)
    expect((course.shift?.tick ?? 0) - (course.shift?.began ?? 0)).toBeGreaterThanOrEqual(72)
    const off = (hour: number) => {
      const outlook = outlooks[hour]
      const scaled = scaleOf('orders').forth(values[hour] ?? 0)
      return outlook == null ? 0 : Math.abs(scaled - outlook.expected) / outlook.sigma
    }
    const late = Array.from({ length: 48 }, (_, i) => off(5 * 168 + 48 + i)).sort((a, b) => a - b)
    expect(late[24]).toBeLessThan(2)
  })
})

describe('the tail of residuals', () => {
  test('gives p-values no smaller than they are rare, and never 0', () => {
    const random = seededRandom('tail')
    const tail = new Tail(4)
    tail.begin()
    for (let i = 0; i < 5_000; i++) tail.add(random.normal(0, 1), false)
    const rare = Array.from({ length: 5_000 }, () => tail.pValue(random.normal(0, 1)) <= 0.05).filter(
      Boolean,
    ).length
    expect(rare / 5_000).toBeLessThan(0.062)
    expect(tail.pValue(99)).toBeCloseTo(1 / 5_001, 6)
    expect(tail.pValue(-99)).toBe(1)
  })
})

describe('feedback', () => {
  const said: api.Feedback = {
    feedbackId: 'f1',
    incidentId: 'i1',
    verdict: 'not_useful',
    reason: 'noise',
    note: null,
    metric: 'backlog',
    dimension: 'node',
    dimensionValue: 'x',
    value: 50,
    expected: 30,
    pValue: 0.01,
    by: 'ann',
    givenAt: '2026-01-01T00:00:00.000Z',
    isUndone: false,
  }

  test('makes its series stricter or looser, and counts no more once it is undone', () => {
    expect(rulesOf([said])).toMatchObject([{ metric: 'backlog', strictness: 4 }])
    expect(rulesOf([said, { ...said, feedbackId: 'f2', verdict: 'useful' }])).toMatchObject([
      { strictness: 2 },
    ])
    expect(rulesOf([{ ...said, reason: 'too_small' }])).toMatchObject([{ leastChange: 22 }])
    expect(rulesOf([{ ...said, isUndone: true }])).toEqual([])
  })

  test('that it is too small asks for no less than the rules and the settings do', () => {
    const tooSmall = { ...said, reason: 'too_small' as const }
    const rule = { metric: said.metric, dimension: null, dimensionValue: null, leastShare: null }
    const rules = [{ ...rule, leastChange: 40, strictness: null, isMuted: false }]
    const least = (leastChange: number, settings = defaultDetection) =>
      new Judgement(settings, [tooSmall]).of({
        watched: { metric: said.metric, leastChange, leastShare: 0 },
        dimension: said.dimension,
        dimensionValue: said.dimensionValue,
      }).leastChange
    expect([least(4), least(30), least(4, { ...defaultDetection, rules })]).toEqual([22, 30, 40])
  })
})
