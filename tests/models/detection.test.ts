// Proves the steps from residuals to constraints: calibrated p-values, bounded false discoveries, confirmation and
// recovery with hysteresis, on series whose faults are known.

import { describe, expect, test } from 'vitest'
import { seededRandom } from '#data/kernel'
import { migrate, openWarehouse } from '#data/warehouse'
import { detectSeries } from '#models'
import { conformal, discoveryThreshold } from '../../models/series/calibrate.ts'
import { warehouseWith, writtenHours } from './points.ts'
import { hourMs, seriesStart } from './series.ts'

describe('calibration', () => {
  test('gives p-values that are as rare as they say, also with heavy tails', () => {
    const random = seededRandom('conformal')
    const heavy = () => random.normal(0, 1) / Math.sqrt(0.05 + random.next())
    for (const alpha of [0.01, 0.05, 0.2]) {
      let small = 0
      const tries = 4000
      for (let i = 0; i < tries / 40; i++) {
        const pValueOf = conformal(Array.from({ length: 500 }, heavy))
        for (let j = 0; j < 40; j++) if (pValueOf(heavy()) <= alpha) small++
      }
      const chance = Math.sqrt((alpha * (1 - alpha)) / tries)
      expect(small / tries).toBeLessThan(alpha + 4 * chance + 0.004)
      expect(small / tries).toBeGreaterThan(alpha - 4 * chance - 0.004)
    }
  })

  test('never says 0, and 1 of n + 1 for what was never seen', () => {
    expect(conformal([1, 2, 3])(99)).toBe(0.25)
    expect(conformal([1, 2, 3])(0)).toBe(1)
    expect(conformal([])(5)).toBe(1)
  })

  test('bounds the share of false discoveries', () => {
    const random = seededRandom('discoveries')
    let shares = 0
    let right = 0
    const rounds = 200
    for (let round = 0; round < rounds; round++) {
      const nulls = Array.from({ length: 190 }, () => random.next())
      const real = Array.from({ length: 10 }, () => random.next() * 0.0005)
      const threshold = discoveryThreshold([...nulls, ...real], 0.1)
      const falseOnes = nulls.filter((p) => p <= threshold).length
      const trueOnes = real.filter((p) => p <= threshold).length
      shares += falseOnes / Math.max(1, falseOnes + trueOnes)
      right += trueOnes
    }
    expect(shares / rounds).toBeLessThan(0.12)
    expect(right / rounds).toBeGreaterThan(9)
    expect(discoveryThreshold([], 0.1)).toBe(0)
    expect(discoveryThreshold([0.9, 0.8], 0.1)).toBe(0)
  })
})

const at = (hour: number) => seriesStart + hour * hourMs
/** A Wednesday of the fifth week, 9 h to 17 h. */
const fault = { node: 'shop:n0', from: 4 * 168 + 57, to: 4 * 168 + 65, left: 0.2 }

describe('constraints', () => {
  test('are found soon, stay until they are over, and are over only well below the alarm', async () => {
    const warehouse = await warehouseWith([fault])
    try {
      const told: { hour: number; isBreaching: boolean; hasRecovered: boolean }[] = []
      for (let hour = fault.from - 6; hour < writtenHours - 24; hour++) {
        const { constraints } = await detectSeries(warehouse, {
          market: 'main',
          now: at(hour),
          openKeys: ['node/shop:n0'],
        })
        const found = constraints.find(({ key }) => key === 'node/shop:n0')
        expect(found).toBeDefined()
        if (found === undefined) continue
        expect(found.isBreaching && found.hasRecovered).toBe(false)
        told.push({ hour, isBreaching: found.isBreaching, hasRecovered: found.hasRecovered })
        if (found.isBreaching) {
          expect(found).toMatchObject({ dimension: 'node', dimensionValue: 'shop:n0' })
          expect(found.beganAt).toBeGreaterThanOrEqual(at(fault.from - 2))
          expect(found.severity).toBeGreaterThan(0.3)
          expect(found.pValue).toBeLessThan(0.02)
        }
      }
      const first = told.find(({ isBreaching }) => isBreaching)?.hour ?? Number.POSITIVE_INFINITY
      expect(first).toBeGreaterThan(fault.from)
      expect(first).toBeLessThanOrEqual(fault.from + 4)
      const over = told.find(({ hour, hasRecovered }) => hour > first && hasRecovered)?.hour ?? 0
      expect(over).toBeGreaterThan(fault.to)
      const last = told.findLast(({ isBreaching }) => isBreaching)?.hour ?? 0
      expect(over).toBeGreaterThan(last)
      const between = told.filter(({ hour }) => hour > last && hour < over)
      expect(between.every(({ hasRecovered }) => !hasRecovered)).toBe(true)
    } finally {
      await warehouse.close()
    }
  })

  test('are rare where nothing is wrong, and the same data gives the same answer', async () => {
    const warehouse = await warehouseWith([], 'quiet')
    try {
      let breaching = 0
      let looks = 0
      for (let hour = 3 * 168; hour < writtenHours; hour += 7) {
        const options = { market: 'main', now: at(hour) }
        const found = await detectSeries(warehouse, options)
        if (hour === 3 * 168) expect(await detectSeries(warehouse, options)).toEqual(found)
        breaching += found.constraints.length
        looks += 6
      }
      expect(breaching / looks).toBeLessThan(0.02)
    } finally {
      await warehouse.close()
    }
  })

  test('are not told apart by what all nodes share', async () => {
    const all = ['shop:n0', 'shop:n1', 'shop:n2', 'shop:n3', 'shop:n4', 'shop:n5']
    const warehouse = await warehouseWith(
      all.map((node) => ({ ...fault, node, left: 0.6 })),
      'shared',
    )
    try {
      const { constraints } = await detectSeries(warehouse, { market: 'main', now: at(fault.from + 5) })
      expect(constraints.length).toBeLessThanOrEqual(1)
    } finally {
      await warehouse.close()
    }
  })

  test('never use what comes later: the past reads the same when the future is there', async () => {
    const short = await warehouseWith([fault])
    const long = await warehouseWith([fault])
    try {
      const now = at(fault.from + 5)
      await short.run(`DELETE FROM metric_points WHERE bucket_start >= to_timestamp(${now / 1000})`)
      const options = { market: 'main', now, openKeys: ['node/shop:n1'] }
      expect(await detectSeries(short, options)).toEqual(await detectSeries(long, options))
    } finally {
      await short.close()
      await long.close()
    }
  })

  test('say that a slice without any series has recovered, and nothing at all of an empty market', async () => {
    const warehouse = await openWarehouse(':memory:', { memoryMb: 256, threads: 1 })
    try {
      await migrate(warehouse)
      expect(await detectSeries(warehouse, { market: 'main', now: 0 })).toEqual({
        anomalies: [],
        constraints: [],
        series: 0,
        tested: 0,
        heldBack: 0,
      })
      const { constraints } = await detectSeries(warehouse, {
        market: 'main',
        now: 5,
        openKeys: ['node/gone:x/y'],
      })
      expect(constraints).toMatchObject([
        { key: 'node/gone:x/y', dimensionValue: 'gone:x/y', isBreaching: false, hasRecovered: true },
      ])
    } finally {
      await warehouse.close()
    }
  })
})
