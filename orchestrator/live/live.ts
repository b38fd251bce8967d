// The demo goes on: orders come, nodes work, carriers deliver and things go wrong, in the time of the market. Whatever
// it needs to know stands in the state of the core, so that it goes on after a restart; it keeps nothing on disk.

import { setImmediate } from 'node:timers/promises'
import type { Effects } from '#data/kernel'
import { continueWorld, type Fault, isLiveId, type WorldOptions } from '#data/world'
import type { Engine } from '#orchestrator/engine'
import { slotMs } from './order-tasks.ts'
import { Steps } from './steps.ts'

/** How the demo goes on. The world must be the one whose history was loaded. */
export interface LiveOptions extends Partial<WorldOptions> {
  /** Provider the history was loaded as. Default "fabrikam". */
  provider?: string
  /** Hours that the slowdown at the end of the history still goes on, 0 to 48. Default 8. */
  firstFaultHours?: number
  /** Real time between two looks at the clock, ms. Default 250. */
  tickMs?: number
}

/** What the demo has done since it was started. */
export interface LiveStats {
  /** Until when everything that was due has happened, epoch ms of the market. */
  until: number
  /** How far that is behind the market's time, ms. */
  behindMs: number
  ordersCreated: number
  commandsDone: number
  commandsRefused: number
  commandsFailed: number
}

/** The running demo. */
export interface Live {
  /** Stops after the step under way. */
  stop(): Promise<void>
  stats(): LiveStats
  /** The answer key: what goes wrong between two instants of the market, epoch ms. */
  faults(from: number, to: number): Fault[]
}

/** Longest piece of market time done in one step. */
const stepMs = slotMs
/** Real time after which a tick that is behind lets others work, ms. */
const busyMs = 120

/**
 * Lets the demo retailer go on in the time of the engine's market, from the end of its history or from where it was.
 * While the market's time stands still nothing is sent; when it leaps, everything in between is caught up with.
 * @throws WORLD_OPTIONS_INVALID when an option of the world is out of its range
 */
export function startLive(
  engine: Engine,
  options: LiveOptions,
  effects: Pick<Effects, 'clock' | 'logger'>,
): Live {
  const run = new Run(engine, options, effects)
  run.start()
  return run
}

class Run implements Live {
  readonly #engine: Engine
  readonly #effects: Pick<Effects, 'clock' | 'logger'>
  readonly #world: ReturnType<typeof continueWorld>
  readonly #steps: Steps
  readonly #tickMs: number
  #until: number
  #isStopped = false
  #cancel: (() => void) | null = null
  #tick: Promise<void> = Promise.resolve()

  constructor(engine: Engine, options: LiveOptions, effects: Pick<Effects, 'clock' | 'logger'>) {
    const { provider = 'fabrikam', firstFaultHours = 8, tickMs = 250, ...world } = options
    this.#engine = engine
    this.#effects = effects
    this.#tickMs = tickMs
    this.#world = continueWorld(world, firstFaultHours)
    this.#until = this.#lastOrderAt(provider)
    const { market, core } = engine
    const advance = (orderId: string) => engine.advance(orderId)
    const parts = { market, core, advance, provider, logger: effects.logger }
    this.#steps = new Steps(this.#world, this.#until, parts)
  }

  start(): void {
    this.#cancel = this.#effects.clock.after(0, () => {
      this.#tick = this.#turn()
    })
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#cancel?.()
    await this.#tick
    this.#steps.close()
  }

  stats(): LiveStats {
    const { done, refused, failed, orders } = this.#steps.sent
    return {
      until: this.#until,
      behindMs: Math.max(0, this.#engine.now() - this.#until),
      ordersCreated: orders,
      commandsDone: done,
      commandsRefused: refused,
      commandsFailed: failed,
    }
  }

  faults(from: number, to: number): Fault[] {
    return this.#world.faults(from, to)
  }

  /** When the newest order was placed that the demo made; the end of the history where there is none. */
  #lastOrderAt(provider: string): number {
    let last = this.#world.end
    for (const order of this.#engine.core.state().orders.values()) {
      if (order.provider === provider && isLiveId(order.externalId)) last = Math.max(last, order.placedAt)
    }
    return last
  }

  async #turn(): Promise<void> {
    const { clock, logger } = this.#effects
    const began = clock.now()
    try {
      while (this.#isRunning() && this.#until < this.#engine.now()) {
        const next = Math.min(this.#engine.now(), this.#until + stepMs)
        if (!(await this.#steps.step(this.#until, next, () => this.#isRunning()))) break
        this.#until = next
        if (clock.now() - began > busyMs) break
        await setImmediate()
      }
    } catch (error) {
      logger.error({ err: error }, 'a step of the live demo failed; it is tried again')
    }
    if (this.#isStopped) return
    const isBehind = this.#isRunning() && this.#engine.now() - this.#until > stepMs
    const pause = isBehind ? Math.ceil(this.#tickMs / 10) : this.#tickMs
    this.#cancel = clock.after(pause, () => {
      this.#tick = this.#turn()
    })
  }

  #isRunning(): boolean {
    return !this.#isStopped && !this.#engine.clock().isPaused
  }
}
