// Wakes the loop when orders have waited for others as long as their strategy lets them. It sources nothing; whatever
// it misses, the next turn of the loop finds.

import type { Effects } from '#data/kernel'
import type { Core } from '#orchestrator/core'
import { leastWaitMs, mayGather } from '#orchestrator/flows'

/** How often it is looked, real ms: the clock of the market may be set, paused or go faster. */
const lookMs = 1_000

/** The running watch. */
export interface GatheringWatch {
  stop(): void
}

/** Watches while the core is open, and only where a strategy lets orders wait. */
export function watchGathering(
  core: Core,
  { clock }: Pick<Effects, 'clock'>,
  now: () => number,
  wake: () => void,
): GatheringWatch {
  let cancel: (() => void) | null = null
  let isStopped = false
  /** What was due by then has been woken for, epoch ms of the market. */
  let wokenTo = 0
  const look = (): void => {
    cancel = null
    const at = now()
    const leastMs = leastWaitMs(core.state())
    if (leastMs !== null && isAnyDue(core, leastMs, wokenTo, at)) {
      wokenTo = at
      wake()
    }
    wait()
  }
  const wait = (): void => {
    if (isStopped || cancel !== null || core.state().waiting.size === 0) return
    if (leastWaitMs(core.state()) !== null) cancel = clock.after(lookMs, look)
  }
  const unlisten = core.onChange(({ kind }) => {
    if (kind === 'order') wait()
  })
  wait()
  return {
    stop: () => {
      isStopped = true
      unlisten()
      cancel?.()
      cancel = null
    },
  }
}

function isAnyDue(core: Core, leastMs: number, after: number, at: number): boolean {
  const state = core.state()
  for (const orderId of state.waiting) {
    const order = state.orders.get(orderId)
    if (order === undefined || !mayGather(order, state)) continue
    const dueAt = order.updatedAt + leastMs
    if (dueAt > after && dueAt <= at) return true
  }
  return false
}
