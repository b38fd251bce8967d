// Ends soft reservations in the log when their time has come, so that the waiting hear of it. Nothing depends on it:
// whoever decides or reads counts what has expired as free by the clock.

import type { Effects } from '#data/kernel'
import { type Core, nextExpiry } from '#orchestrator/core'

/** Longest wait before the clock of the market is looked at again, real ms: it may be set, paused or go faster. */
const lookMs = 1_000

/** The running sweep. */
export interface ExpirySweep {
  stop(): void
}

/** Sweeps while the core is open: when the next reservation ends, and at most once a second. */
export function sweepExpired(
  core: Core,
  { clock, logger }: Pick<Effects, 'clock' | 'logger'>,
  now: () => number,
): ExpirySweep {
  let cancel: (() => void) | null = null
  let isStopped = false
  let isSweeping = false
  const wait = (): void => {
    if (isStopped || isSweeping || cancel !== null || core.state().expiries === null) return
    cancel = clock.after(lookMs, () => {
      cancel = null
      void sweep()
    })
  }
  const sweep = async (): Promise<void> => {
    isSweeping = true
    try {
      for (let next = nextExpiry(core.state().expiries); !isStopped; ) {
        const at = now()
        if (next === null || next > at) break
        await core.execute('ExpireReservations', {}, { at })
        next = nextExpiry(core.state().expiries)
      }
    } catch (error) {
      // The log refuses for now, or another process took the market: what has expired counts as free all the same.
      logger.warn({ err: error }, 'expired reservations could not be ended')
    } finally {
      isSweeping = false
      wait()
    }
  }
  const unlisten = core.onChange(({ kind }) => {
    if (kind === 'stock') wait()
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
