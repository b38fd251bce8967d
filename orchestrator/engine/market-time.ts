// The time of a market: of the wall, of the data, or simulated. Within one of them it never goes backwards.

import type { api } from '#data/contracts'
import { type Effects, fail } from '#data/kernel'
import type { Core } from '#orchestrator/core'

/** The time of a market. */
export interface MarketTime {
  /** Epoch ms. */
  now(): number
  /** Business time of an order that comes in now: that of the wall, unless a person or the demo says otherwise. */
  arrival(): number
  state(): api.ClockState
  /** @throws CLOCK_CHANGE_INVALID: speed or pause of a clock that is not simulated, a mode for one that is */
  set(change: api.ClockChange): Promise<api.ClockState>
}

/** Real time without a question after which simulated time stood still, ms. */
const leapMs = 60_000

/**
 * The time of the core's market, by the mode that is set: auto is simulated for a demo, the wall's where orders came
 * over the API, else that of the data.
 * @param watermark latest business time of the tables, epoch ms, null where there is none
 */
export function marketTime(
  core: Core,
  effects: Pick<Effects, 'clock'>,
  watermark: () => number | null,
): MarketTime {
  const { clock } = effects
  const ofData = () => Math.max(core.state().latestAt, watermark() ?? 0) || clock.now()
  // Simulated time counts on from the last thing that happened, wherever it was when the process ended.
  let base = { market: ofData(), wall: clock.now() }
  const mode = (): api.ClockState['mode'] => {
    const { clock: set, liveOrders } = core.state()
    return set.mode === 'auto' ? (liveOrders > 0 ? 'wall' : 'watermark') : set.mode
  }
  let asked = base.wall
  const simulated = (): number => {
    const { speed, isPaused } = core.state().clock
    const wall = clock.now()
    // A machine that slept does not owe its market the time.
    const gap = wall - asked
    if (gap > leapMs) base = { ...base, wall: base.wall + gap }
    asked = wall
    return isPaused ? base.market : base.market + (wall - base.wall) * speed
  }
  const now = (): number => {
    if (mode() === 'wall') return clock.now()
    return mode() === 'watermark' ? ofData() : Math.round(Math.max(simulated(), base.market))
  }
  core.onChange(({ kind, at }) => {
    if (kind === 'clock') base = { market: Math.max(at, ofData()), wall: clock.now() }
  })
  const state = (): api.ClockState => {
    const { speed, isPaused } = core.state().clock
    const isSimulated = mode() === 'simulated'
    return {
      mode: mode(),
      now: new Date(now()).toISOString(),
      speed: isSimulated ? speed : 1,
      isPaused: isSimulated && isPaused,
    }
  }
  return {
    now,
    arrival: () => (core.state().clock.mode === 'auto' ? clock.now() : now()),
    state,
    set: async (change) => {
      const isSimulated = mode() === 'simulated'
      if (!isSimulated && (change.speed !== undefined || change.isPaused !== undefined)) {
        throw fail('CLOCK_CHANGE_INVALID', { reason: 'only simulated time has a speed and can be paused' })
      }
      if (isSimulated && change.mode !== undefined) {
        throw fail('CLOCK_CHANGE_INVALID', { reason: 'the time of demo data is simulated' })
      }
      await core.execute('SetClock', { clock: change }, { at: now() })
      return state()
    },
  }
}
