// ATP by day against a model that looks at every day by itself.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ScheduleEntry } from '#orchestrator/core'
import { atpOf, horizonDays } from '#orchestrator/inventory'

const day = 86_400_000
const today = Date.UTC(2026, 10, 26)

const entry: fc.Arbitrary<ScheduleEntry> = fc.record({
  scheduleId: fc.string(),
  kind: fc.constantFrom('supply', 'demand'),
  sku: fc.constant('x'),
  nodeId: fc.constant('fab:A'),
  quantity: fc.integer({ min: 1, max: 50 }),
  dueAt: fc.integer({ min: -3 * day, max: 200 * day }).map((after) => today + after),
})

test('is the least that is left on that day and every later one', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -5, max: 100 }),
      fc.array(entry, { maxLength: 30 }),
      fc.integer({ min: 0, max: day - 1 }),
      (available, entries, second) => {
        const { atp } = atpOf({ available, entries }, today + second)
        const leftOn = (until: number) => {
          const end = today + (until + 1) * day
          let units = available
          for (const { kind, quantity, dueAt } of entries) {
            if (dueAt >= end) continue
            if (kind === 'demand') units -= quantity
            else if (dueAt >= today) units += quantity
          }
          return units
        }
        for (const from of [0, 1, 7, 30, horizonDays - 1]) {
          const later = Array.from({ length: horizonDays - from }, (_, i) => leftOn(from + i))
          expect(atp[from]).toBe(Math.min(...later))
        }
        expect(atp).toHaveLength(horizonDays)
      },
    ),
  )
})

test('never falls on a later day, so that what can be promised stays so', () => {
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 30 }), (entries) => {
      const { atp } = atpOf({ available: 10, entries }, today)
      for (let i = 1; i < atp.length; i++) expect(atp[i]).toBeGreaterThanOrEqual(atp[i - 1] ?? 0)
    }),
  )
})
