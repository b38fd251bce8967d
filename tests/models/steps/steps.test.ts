// Steps of work: quiet where nothing is wrong, soon and at the right place where something is, over when it is over.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '#data/kernel'
import { isHoliday, isUnusualForShops } from '../../../models/steps/calendar.ts'
import { Watchpoint } from '../../../models/steps/evidence.ts'
import { type Happening, nodes, quietHours, runMarket } from './made-steps.ts'

/** First hour in which a slice is told, by key; and the last. */
function toldBy(seed: string, hours: number, happens: Happening) {
  const first = new Map<string, number>()
  const last = new Map<string, number>()
  runMarket(seed, hours, happens, (hour, roots) => {
    for (const { slice } of roots) {
      if (!first.has(slice.key)) first.set(slice.key, hour)
      last.set(slice.key, hour)
    }
  })
  return { first, last }
}

const begin = quietHours + 34
const isNow = (hour: number, hours: number): boolean => hour >= begin && hour < begin + hours

describe('steps of work', () => {
  test('raise less than one alarm a week where nothing is wrong, at any size', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.constantFrom(0.5, 1, 6), (seed, scale) => {
        const weeks = 4
        const { first } = toldBy(`quiet ${seed}`, quietHours + weeks * 168, { scale })
        expect(first.size).toBeLessThanOrEqual(weeks)
      }),
      { numRuns: 4, seed: 7 },
    )
  })

  test('tell a node that stands still within two hours, not its neighbours, and that it is over', () => {
    const left = (node: string, hour: number) => (node === 'n2' && isNow(hour, 9) ? 0 : 1)
    const { first, last } = toldBy('outage', begin + 60, { left })
    expect([...first.keys()]).toEqual(['node/n2'])
    expect(first.get('node/n2')).toBeLessThan(begin + 2)
    expect(last.get('node/n2')).toBeLessThan(begin + 24)
  })

  test('tell a node that loses half of its pace, though no single hour says much', () => {
    const left = (node: string, hour: number) => (node === 'n4' && isNow(hour, 40) ? 0.45 : 1)
    const { first } = toldBy('slow', begin + 24, { left, scale: 0.7 })
    expect([...first.keys()]).toEqual(['node/n4'])
    expect((first.get('node/n4') ?? 0) - begin).toBeLessThan(10)
  })

  test('tell the whole where every node stands still', () => {
    const left = (_: string, hour: number) => (isNow(hour, 9) ? 0 : 1)
    const { first } = toldBy('all', begin + 6, { left })
    expect(first.has('all/all')).toBe(true)
    expect(first.size).toBeLessThan(nodes.length)
  })

  test('tell a class that is wanted, but not one that is bought for its price', () => {
    const wanted = (isReduced: boolean) => (skuClass: string, hour: number) =>
      skuClass === 'toys' && isNow(hour, 30) ? { times: 3, isReduced } : { times: 1, isReduced: false }
    const surge = toldBy('surge', begin + 10, { wanted: wanted(false) })
    expect([...surge.first.keys()]).toEqual(['sku_class/toys'])
    expect(surge.first.get('sku_class/toys')).toBeLessThan(begin + 4)
    const promotion = (skuClass: string, hour: number) => ({ ...wanted(true)(skuClass, hour), times: 1.9 })
    const quiet = toldBy('promotion', begin + 30, {
      wanted: (skuClass, hour) =>
        skuClass === 'toys' && isNow(hour, 30) ? promotion(skuClass, hour) : { times: 1, isReduced: false },
    })
    expect([...quiet.first.keys()]).toEqual([])
  })

  test('tell the whole where all classes are wanted, and no class or channel besides', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.constantFrom(0.7, 1, 5), (seed, scale) => {
        const times = (hour: number) => (isNow(hour, 20) ? 3 : 1)
        const { first } = toldBy(`all wanted ${seed}`, begin + 18, {
          scale,
          wanted: (_, hour) => ({ times: times(hour), isReduced: false }),
          arrives: (_, hour) => times(hour),
        })
        expect([...first.keys()]).toEqual(['all/all'])
        expect(first.get('all/all')).toBeLessThan(begin + 4)
      }),
      { numRuns: 6, seed: 5 },
    )
  })

  test('tell the whole where all channels fall silent, and a class that is wanted more than the others', () => {
    const silent = toldBy('silence', begin + 5, { arrives: (_, hour) => (isNow(hour, 6) ? 0.05 : 1) })
    expect([...silent.first.keys()]).toEqual(['all/all'])
    const { first } = toldBy('some wanted', begin + 30, {
      wanted: (skuClass, hour) => ({
        times: isNow(hour, 28) ? (skuClass === 'toys' && hour > begin + 6 ? 10 : 2.5) : 1,
        isReduced: false,
      }),
      arrives: (_, hour) => (isNow(hour, 28) ? 2.5 : 1),
    })
    expect([...first.keys()]).toEqual(['all/all', 'sku_class/toys'])
  })

  test('tell a carrier that becomes dear, not a node whose parcels it takes', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), fc.constantFrom(1, 3), (seed, scale) => {
        const priced = (carrier: string, _: string, hour: number) =>
          carrier === 'dear' && isNow(hour, 60) ? 2.5 : 1
        const { first } = toldBy(`dear ${seed}`, begin + 50, { priced, scale })
        expect([...first.keys()]).toEqual(['carrier/dear'])
      }),
      { numRuns: 5, seed: 5 },
    )
  })

  test('tell a node whose parcels become dear with every carrier', () => {
    const priced = (_: string, node: string, hour: number) => (node === 'n3' && isNow(hour, 60) ? 2.2 : 1)
    const { first } = toldBy('dear node', begin + 40, { priced, scale: 2 })
    expect([...first.keys()]).toEqual(['node/n3'])
  })

  test('tell a channel that falls silent', () => {
    const arrives = (channel: string, hour: number) => (channel === 'web' && isNow(hour, 6) ? 0 : 1)
    const { first } = toldBy('gap', begin + 5, { arrives })
    expect([...first.keys()]).toEqual(['channel/web'])
    expect(first.get('channel/web')).toBeLessThan(begin + 2)
  })

  test('say the same of an hour whatever comes after it', () => {
    const left = (node: string, hour: number) => (node === 'n2' && isNow(hour, 9) ? 0 : 1)
    const at = (hours: number) => {
      const told: string[] = []
      runMarket('causal', hours, { left }, (hour, roots) => {
        if (hour === begin + 3)
          for (const { slice, seen, usual } of roots) told.push(`${slice.key} ${seen} ${usual}`)
      })
      return told
    }
    expect(at(begin + 4)).toEqual(at(begin + 30))
    expect(at(begin + 4).length).toBeGreaterThan(0)
  })
})

describe('evidence', () => {
  test('of a process without a fault reaches the logarithm of A at most about once in A hours', () => {
    const limits = { alarm: Math.log(200), leastShare: 0, leastChange: 0, settleHours: 1e9, restHours: 0 }
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000_000 }), (seed) => {
        const random = seededRandom(`evidence ${seed}`)
        const point = new Watchpoint('low')
        const hours = 4000
        let alarms = 0
        for (let hour = 0; hour < hours; hour++) {
          const before = point.alarmedAt
          point.take(hour, random.poisson(5), 5, 1, limits)
          if (before === null && point.alarmedAt !== null) alarms++
        }
        expect(alarms).toBeLessThanOrEqual(hours / 200)
      }),
      { numRuns: 10, seed: 3 },
    )
  })
})

test('holidays follow their rules', () => {
  const day = (text: string) => Date.parse(text) / 86_400_000
  expect(isHoliday(day('2026-11-26'), 'US')).toBe(true)
  expect(isHoliday(day('2026-11-25'), 'US')).toBe(false)
  expect(isUnusualForShops(day('2026-11-30'), 'US')).toBe(true)
  expect(isHoliday(day('2026-04-06'), 'DE')).toBe(true)
  expect(isHoliday(day('2027-05-17'), 'DE')).toBe(true)
  expect(isHoliday(day('2026-12-25'), 'nowhere')).toBe(true)
})
