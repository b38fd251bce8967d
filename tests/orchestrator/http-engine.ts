// A small engine for tests of HTTP over the real core and flow, without models.

import { openCore } from '#orchestrator/core'
import type { CycleReport, Engine } from '#orchestrator/engine'
import { advance } from '#orchestrator/flow'
import { noLanes } from '#orchestrator/sourcing'
import type { Workspace } from '#orchestrator/workspace'
import { runCycle } from '#pipeline'
import { createTurns } from '../../orchestrator/engine/turns.ts'

export async function openEngine(workspace: Workspace): Promise<Engine> {
  const { effects } = workspace
  const core = await openCore(workspace.log, 'main', effects)
  const now = () => effects.clock.now()
  const turns = createTurns()
  const cycle = async (): Promise<CycleReport> => ({
    pipeline: await turns.take(() => runCycle(workspace.warehouse, effects)),
    imported: { orders: 0, stock: 0 },
    anomalies: 0,
    incidentsOpened: 0,
    incidentsResolved: 0,
    ordersMoved: 0,
    ordersNotMoved: 0,
    seconds: 0,
  })
  return {
    workspace,
    market: 'main',
    core,
    now,
    clock: () => ({ mode: 'wall', now: new Date(now()).toISOString(), speed: 1, isPaused: false }),
    setClock: async () => ({ mode: 'wall', now: new Date(now()).toISOString(), speed: 1, isPaused: false }),
    cycle,
    cycleSoon: () => undefined,
    exclusively: (work) => turns.take(work),
    freshness: async () => ({
      state: 'none',
      cycledAt: null,
      cycleSeconds: null,
      dataTo: null,
      pendingEvents: 0,
      error: null,
    }),
    models: () => [],
    advance: (orderId) => advance(orderId, { core, lanes: () => noLanes, now }),
    reroute: async () => ({ status: 'done', reason: null, orderId: null, orderStatus: null }),
    close: async () => {
      await turns.idle()
      await core.close()
    },
  }
}
