// Measures the closed loop: how long it takes until all orders that constraints touch are planned anew together and
// moved, durably.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Effects } from '#data/kernel'
import { openSqliteLog } from '#data/log'
import { openCore } from '#orchestrator/core'
import { rerouteAll } from '#orchestrator/reroute'
import { Worlds } from '#orchestrator/sourcing'
import type { BenchRow } from '../row.ts'
import { fillMarket, startedAt } from './reroute-market.ts'

const group = 'loop'
const orders = 10_000
const nodes = 100
const stricken = 5
const skus = 200
/** Seconds that all of it may take on 2 cores. */
const goal = 30

/** Rows of the group `loop`. About a minute. */
export async function benchLoop(effects: Effects): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'detour-bench-'))
  const log = await openSqliteLog(join(folder, 'log.sqlite'), effects)
  const core = await openCore(log, 'main', effects)
  try {
    await fillMarket(core, { nodes, orders, stricken, skus })
    const policy = { ...core.state().policy, maxOrdersPerIncident: orders, holdOutShare: 0 }
    await core.execute('SetPolicy', { policy }, { at: startedAt })
    const worlds = new Worlds()
    const started = effects.clock.now()
    const cpu = process.cpuUsage()
    const { moved } = await rerouteAll({
      ...{ core, worlds, now: startedAt + 60_000 },
      elapsedMs: () => effects.clock.now(),
      oddnessOf: () => 0,
    })
    const seconds = (effects.clock.now() - started) / 1_000
    const used = process.cpuUsage(cpu)
    const busy = (used.user + used.system) / 1e6
    const base = { group, baseline: null, ratio: null }
    return [
      {
        ...base,
        name: `${orders} open orders at ${nodes} nodes planned together and moved`,
        value: seconds,
        unit: 's',
        goal,
        pass: seconds <= goal && moved > 0,
      },
      { ...base, name: 'the same, time of processors', value: busy, unit: 's', goal: null, pass: null },
      { ...base, name: 'orders moved', value: moved, unit: 'orders', goal: null, pass: null },
    ]
  } finally {
    await core.close()
    await log.close()
    await rm(folder, { recursive: true, force: true })
  }
}
