// The simulated clock and trying again: order, time and limits.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  backoffMs,
  DetourError,
  fail,
  type RetryPolicy,
  retry,
  SimulatedClock,
  seededRandom,
} from '#data/kernel'

describe('a simulated clock', () => {
  test('stands still until it is moved, then runs what falls due in order of its time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 20 }), async (delays) => {
        const clock = new SimulatedClock(1_000)
        const ran: [number, number][] = []
        for (const [i, delay] of delays.entries()) clock.after(delay, () => ran.push([clock.now(), i]))
        expect([clock.now(), ran]).toEqual([1_000, []])
        await clock.advance(100)
        const expected = delays.map((delay, i): [number, number] => [1_000 + delay, i])
        expect(ran).toEqual(expected.toSorted(([a, i], [b, j]) => a - b || i - j))
        expect(clock.now()).toBe(1_100)
      }),
    )
  })

  test('runs only what is due, and never what was cancelled', async () => {
    const clock = new SimulatedClock(0)
    const ran: string[] = []
    const cancel = clock.after(10, () => ran.push('cancelled'))
    clock.after(10, () => ran.push('due'))
    clock.after(11, () => ran.push('later'))
    cancel()
    await clock.advance(10)
    expect(ran).toEqual(['due'])
    await clock.advance(1)
    expect(ran).toEqual(['due', 'later'])
  })

  test('wakes sleepers', async () => {
    const clock = new SimulatedClock(0)
    const woken = clock.sleep(50).then(() => clock.now())
    await clock.advance(50)
    expect(await woken).toBe(50)
  })
})

describe('trying again', () => {
  const policy: RetryPolicy = { attempts: 4, baseMs: 100, capMs: 250 }
  const effects = () => ({ clock: new SimulatedClock(0), random: seededRandom(1) })

  test('gives the first success and waits between the tries', async () => {
    const world = effects()
    const tries: number[] = []
    const work = retry(
      async (attempt) => {
        tries.push(attempt)
        if (attempt < 3) throw fail('LOG_UNAVAILABLE', { reason: 'busy' })
        return 'done'
      },
      policy,
      world,
    )
    for (let i = 0; i < 10; i++) await world.clock.advance(50)
    expect(await work).toBe('done')
    expect(tries).toEqual([1, 2, 3])
  })

  test('stops when tries are used up, and at once for what cannot pass', async () => {
    for (const [code, expected] of [
      ['LOG_UNAVAILABLE', 4],
      ['LOG_DAMAGED', 1],
    ] as const) {
      const world = effects()
      let tries = 0
      const work = retry(
        async () => {
          tries++
          throw fail(code)
        },
        policy,
        world,
      ).catch((error: unknown) => error)
      for (let i = 0; i < 30; i++) await world.clock.advance(50)
      expect(await work).toBeInstanceOf(DetourError)
      expect(tries).toBe(expected)
    }
  })

  test('waits between half and all of a doubling time, never beyond the cap', () => {
    const random = seededRandom(2)
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), (attempt) => {
        const full = Math.min(250, 100 * 2 ** (attempt - 1))
        const wait = backoffMs(attempt, policy, random)
        expect(wait).toBeGreaterThanOrEqual(full / 2)
        expect(wait).toBeLessThanOrEqual(full)
      }),
    )
  })
})
