// Orders of Olist sourced again, sellers as nodes: never dearer than by distance alone or than they really went.

import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { compare } from '../../../orchestrator/bench/sourcing/networks.ts'
import { type Choice, olistProblem } from './olist-problem.ts'

const data = process.env.DETOUR_TEST_DATA ?? ''
const hasData = data !== ''
if (!hasData) console.warn('DETOUR_TEST_DATA is not set: the orders of Olist are not sourced')

const clock = { now: () => performance.now() } as never

describe.skipIf(!hasData)('Orders of Olist with sellers as nodes', () => {
  test.each<[Choice, number, number]>([
    ['same product', 8_000, 1],
    ['same category', 700, 0.95],
  ])(
    '%s: cost less than they did, and no more than from the nearest',
    async (choice, count, most) => {
      const { files, actualCents, withChoice } = olistProblem(join(data, 'olist'), choice, count)
      const now = files.orders[0]?.placedAt ?? 0
      const { nearest, detour, orders } = await compare(choice, files, now, 5, clock)
      expect(orders).toBe(files.orders.length)
      expect(withChoice).toBeGreaterThan(0)
      expect(detour.served).toBeGreaterThanOrEqual(nearest.served)
      expect(detour.served).toBeGreaterThan(orders * 0.99)
      expect(detour.cost).toBeLessThanOrEqual(nearest.cost)
      expect(detour.paid).toBeLessThan((actualCents / 100) * most)
    },
    120_000,
  )
})
