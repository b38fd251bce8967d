// Simulated time for tests of webhooks whose receivers are real.

import { type Effects, SimulatedClock } from '#data/kernel'
import { defaultDelaysMs } from '../../../orchestrator/webhooks/schedule.ts'
import { effects, until } from './setup.ts'

export const second = 1_000
export const minute = 60 * second
export const hour = 60 * minute
/** As patient as webhooks are by themselves. */
export const usual = { delaysMs: defaultDelaysMs, timeoutMs: 10 * second }

/** The world at a time that stands still until it is moved. */
export function simulated(start = Date.UTC(2026, 2, 2, 8)): { clock: SimulatedClock; world: Effects } {
  const clock = new SimulatedClock(start)
  return { clock, world: { ...effects, clock } }
}

/** Moves time on to whatever is due next, again and again, and lets the network answer in between. */
export async function live(clock: SimulatedClock, isOver: () => boolean | Promise<boolean>): Promise<void> {
  await until(async () => {
    if (await isOver()) return true
    const due = clock.dueAt
    // A try that is under way has its time limit on the clock too: it ends long before, by its answer.
    if (due !== null && due - clock.now() !== usual.timeoutMs) await clock.advance(due - clock.now())
    return false
  })
}

/** Moves time on a little, again and again, so that the network answers long before a try is over. */
export async function soon(clock: SimulatedClock, isOver: () => boolean | Promise<boolean>): Promise<void> {
  await until(async () => {
    await clock.advance(10)
    return isOver()
  })
}
