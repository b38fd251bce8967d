// Seeds of the simulation of the core: whatever happens, every promise is kept. More by hand: `detour simulate --core`.

import { describe, expect, test } from 'vitest'
import { type Failure, playScript, simulateCore, simulateSeeds } from '#orchestrator/simulation'

/** Seeds in each of the tests below; 200 in all. */
const seedsAtOnce = 50

describe('the simulated core', () => {
  test.each([1, 51, 101, 151])(
    'keeps every promise in 50 seeds from %s',
    async (first) => {
      const seeds = Array.from({ length: seedsAtOnce }, (_, i) => String(first + i))
      const { failures, ...counts } = await simulateSeeds(seeds)
      expect(failures.map(asText)).toEqual([])
      expect(counts.seeds).toBe(seedsAtOnce)
      expect(counts.acknowledged).toBeGreaterThan(seedsAtOnce * 100)
      expect(counts.doubtful).toBeGreaterThan(0)
    },
    180_000,
  )

  test.each(['1', '2', '3'])(
    'seed %s gives the same history twice, bit for bit, also from its script',
    async (seed) => {
      const first = await simulateCore(seed)
      const second = await simulateCore(seed)
      expect(second.history).toBe(first.history)
      expect(second.script).toEqual(first.script)
      expect(second.counts).toEqual(first.counts)
      const played = await playScript(first.script)
      expect(played.history).toBe(first.history)
      expect(played.counts).toEqual(first.counts)
    },
  )

  test('different seeds give different histories', async () => {
    const one = await simulateCore('1')
    const other = await simulateCore('2')
    expect(other.history).not.toBe(one.history)
  })
})

/** A failure as it is read in a test's output: the seed is all one needs to see it again. */
function asText({ seed, promise, subject, found, shortest }: Failure): string {
  return [`seed ${seed} broke ${promise}: ${subject}: ${found}`, ...shortest].join('\n')
}
