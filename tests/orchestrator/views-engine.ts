// A stand-in for the engine with a real warehouse, a real log and a state made by hand; tests only.

import { join } from 'node:path'
import { SimulatedClock, seededRandom } from '#data/kernel'
import { openSqliteLog } from '#data/log'
import type { Warehouse } from '#data/warehouse'
import { type CoreState, emptyState } from '#orchestrator/core'
import type { Engine } from '#orchestrator/engine'

/** What a stand-in is made from. */
export interface StandIn {
  warehouse: Warehouse
  /** Folder for its log. */
  folder: string
  /** Epoch ms of the market. */
  now: number
  mode?: 'wall' | 'watermark' | 'simulated'
  state?: Partial<CoreState>
  market?: string
}

/** An engine that can be read, its state to be replaced, and the log behind it. */
export type ReadableEngine = Engine & {
  setState(state: Partial<CoreState>): void
  /** Puts events behind what was projected. */
  append(events: { type: string; data: object }[]): Promise<void>
}

const unused = () => {
  throw new Error('a view must not do this')
}

/** A stand-in for the engine. */
export async function standIn(options: StandIn): Promise<ReadableEngine> {
  const { warehouse, folder, now, mode = 'watermark', market = 'main' } = options
  const effects = { clock: new SimulatedClock(now), random: seededRandom('views') } as never
  const log = await openSqliteLog(join(folder, 'log.sqlite'), effects)
  let state: CoreState = { ...emptyState(market), ...options.state }
  const stream = `core/${market}`
  let lastSeq = await log.tail(stream)
  const engine = {
    market,
    workspace: { warehouse, log, effects },
    core: {
      market,
      stream,
      get lastSeq() {
        return lastSeq
      },
      state: () => state,
      execute: unused,
    },
    now: () => now,
    clock: () => ({ mode, now: new Date(now).toISOString(), speed: 1, isPaused: false }),
    freshness: async () => ({
      state: 'current',
      cycledAt: null,
      cycleSeconds: null,
      dataTo: null,
      pendingEvents: 0,
      error: null,
    }),
    models: () => [],
    close: () => log.close(),
    setState: (next: Partial<CoreState>) => {
      state = { ...state, ...next }
    },
    append: async (events: { type: string; data: object }[]) => {
      const named = events.map((event, i) => ({ ...event, eventId: `t${lastSeq}/${i}` }))
      lastSeq = (await log.append(stream, lastSeq, named)).lastSeq
    },
  }
  return engine as unknown as ReadableEngine
}
