// Measures how long the models of orders and of lateness learn, and how free the main thread stays meanwhile: delay of
// the event loop, against the same thread with nothing to do.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Effects } from '#data/kernel'
import { openLate, openModels } from '#models'
import { loadDemo } from '#orchestrator/demo'
import { openWorkspace } from '#orchestrator/workspace'
import { runCycle } from '#pipeline'
import type { BenchRow } from '../row.ts'

const group = 'models'
const goalMs = 50
/** Longest time that learning from the demo's 90 days may take, s. */
const goalSeconds = 60
const idleMs = 3_000

/** Rows about learning from 90 days of the demo: the delay of the event loop meanwhile, and how long it takes. */
export async function benchTraining(effects: Effects): Promise<BenchRow[]> {
  const home = await mkdtemp(join(tmpdir(), 'detour-bench-'))
  const workspace = await openWorkspace(home, 'bench', effects)
  const { warehouse, paths } = workspace
  try {
    await loadDemo(workspace, {}, () => undefined)
    await runCycle(warehouse, effects)
    const { at } = await warehouse.one<{ at: number }>('SELECT epoch_ms(watermark) AS at FROM market_clock')
    const models = await openModels(effects, { folder: paths.models })
    const idle = await delayWhile(() => effects.clock.sleep(idleMs))
    const began = effects.clock.now()
    const train = (size: 'small' | 'full') =>
      warehouse.reading((queries) => models.trainOrders(queries, { market: 'main', now: at, size }))
    await train('small')
    const small = (effects.clock.now() - began) / 1000
    const busy = await delayWhile(() => train('full'))
    const [state] = models.states().filter((each) => each.name === 'orders')
    const late = openLate(effects, { registry: models.registry })
    const teach = () => warehouse.reading((queries) => late.teach(queries, { market: 'main', now: at }))
    const taught = await delayWhile(teach)
    const lateRows = late.current('main')?.rows.trained ?? 0
    await Promise.all([models.close(), late.close()])
    const base = { group, baseline: null, ratio: null, goal: null, pass: null }
    return [
      { ...base, name: `small model (${state?.backend ?? 'none'})`, value: small, unit: 's' },
      ...rowsOf('orders', state?.trainedRows ?? 0, busy, idle),
      ...rowsOf('late risk', lateRows, taught, idle),
    ]
  } finally {
    await workspace.close()
    await rm(home, { recursive: true, force: true })
  }
}

interface Delayed {
  /** ms */
  p99: number
  seconds: number
}

function rowsOf(what: string, rows: number, busy: Delayed, idle: Delayed): BenchRow[] {
  return [
    {
      group,
      name: `event loop delay while ${what} is learned, 99th percentile`,
      value: busy.p99,
      unit: 'ms',
      baseline: `an idle thread, ${idle.p99.toFixed(1)} ms`,
      ratio: busy.p99 / idle.p99,
      goal: goalMs,
      pass: busy.p99 <= goalMs,
    },
    {
      group,
      name: `training of ${what} on 90 days of the demo world, with its test on the past (${rows} rows)`,
      value: busy.seconds,
      unit: 's',
      baseline: null,
      ratio: null,
      goal: goalSeconds,
      pass: busy.seconds <= goalSeconds,
    },
  ]
}

async function delayWhile(work: () => Promise<unknown>): Promise<Delayed> {
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  const began = performance.now()
  await work()
  delay.disable()
  return { p99: delay.percentile(99) / 1e6, seconds: (performance.now() - began) / 1000 }
}
