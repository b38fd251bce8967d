// Bugs planted one at a time: the simulation finds each within a bounded number of seeds, and shows a short way there.

import { describe, expect, test } from 'vitest'
import { type Parts, simulateCore, simulateSeeds } from '#orchestrator/simulation'
import * as broken from './broken-parts.ts'

/** Seeds within which a bug must be found. */
const seedsAtMost = 30

interface Found {
  seed: string
  promise: string
}

/** The first seed that breaks one of the promises, and which. @param from number of the first seed that is tried */
async function found(parts: Parts, promises: readonly string[], from = 1): Promise<Found> {
  for (let i = from; i < from + seedsAtMost; i++) {
    const { breaches } = await simulateCore(String(i), { parts })
    const breach = breaches.find(({ promise }) => promises.includes(promise))
    if (breach !== undefined) return { seed: String(i), promise: breach.promise }
  }
  throw new Error(`nothing was found in ${seedsAtMost} seeds`)
}

describe('the simulation finds', () => {
  test.each([
    ['orders that take units without a look at the stock', broken.withoutShortage, ['nothing_is_oversold']],
    [
      'units that are given back twice',
      broken.releasingTwice,
      ['allocated_is_reserved_work', 'stock_is_counted_in_units'],
    ],
    ['shipped units that stay on the shelf', broken.shippingNothing, ['allocated_is_reserved_work']],
    ['a state that depends on more than its events', broken.foldingByCount(), ['state_is_fold']],
    [
      'writers without a barrier',
      broken.withoutBarrier,
      ['acknowledged_is_durable', 'decided_in_order', 'state_is_fold'],
    ],
    ['writers that forget what they did', broken.forgetful, ['no_wild_error', 'everything_ends']],
    ['writers that acknowledge too early', broken.hasty, ['acknowledged_is_durable']],
    ['a log without a fence', broken.withoutFence, ['decided_in_order', 'same_answer', 'state_is_fold']],
  ])('%s', async (_, parts, promises) => {
    const { promise } = await found(parts, promises)
    expect(promises).toContain(promise)
  })

  test('a short way to the bug', async () => {
    const lengths: number[] = []
    // Some seeds come to it on a way that has no shorter one: the shortest of two is looked at.
    for (let from = 1; lengths.length < 2; ) {
      const { seed } = await found(broken.withoutShortage, ['nothing_is_oversold'], from)
      const { failures } = await simulateSeeds([seed], { parts: broken.withoutShortage })
      const [failure] = failures
      expect(failure?.promise).toBe('nothing_is_oversold')
      expect(failure?.shortest.join('\n')).toContain('ReserveOrder')
      lengths.push(failure?.shortest.length ?? 0)
      from = Number(seed) + 1
    }
    expect(Math.min(...lengths)).toBeLessThan(15)
  })
})
