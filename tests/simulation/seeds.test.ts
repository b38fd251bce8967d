// Seeds of the simulation of the core: whatever happens, every promise is kept. More by hand: `detour simulate --core`.

import { describe, expect, test } from 'vitest'
import { playScript, simulateCore } from '#orchestrator/simulation'

describe('the simulated core', () => {
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
