// Measures detection in a market of 10,000 hourly series: the first cycle, which reads eight weeks, and those after it,
// each with a new point of every series, against the same cycles after twice the history.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Effects } from '#data/kernel'
import { migrate, openWarehouse, type Warehouse } from '#data/warehouse'
import { SeriesWatch } from '#models'
import type { BenchRow } from '../row.ts'

const group = 'models'
const hourMs = 3_600_000
const wanted = 10_000
const metrics = ['backlog', 'past_due', 'in_jeopardy', 'lines_shipped', 'on_time_ship_share']
const nodes = wanted / metrics.length
const cycles = 8
const secondsGoal = 5
const memoryGoalMb = 1_000
const start = Date.UTC(2026, 0, 5)

/** Rows of a cycle over 10,000 hourly series; goals 5 s and 1 GB. */
export async function benchSeries(effects: Effects): Promise<BenchRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'detour-bench-'))
  const { threads } = effects.config
  const warehouse = await openWarehouse(join(folder, 'warehouse.duckdb'), { memoryMb: 1_000, threads })
  try {
    await migrate(warehouse)
    const before = used()
    const short = await measure(warehouse, effects, 4 * 168)
    const long = await measure(warehouse, effects, 8 * 168)
    const memoryMb = (long.memory - before) / 2 ** 20
    const base = { group, goal: null, pass: null }
    return [
      {
        ...base,
        name: `detection cycle over ${long.series} hourly series, a new point each`,
        value: long.cycle,
        unit: 's',
        baseline: `after half the history, ${short.cycle.toFixed(2)} s`,
        ratio: long.cycle / short.cycle,
        goal: secondsGoal,
        pass: long.cycle <= secondsGoal && long.series >= wanted,
      },
      {
        ...base,
        name: `first detection cycle, ${8 * 168} hours of each series read`,
        value: long.first,
        unit: 's',
        baseline: `half the history, ${short.first.toFixed(1)} s`,
        ratio: long.first / short.first,
      },
      {
        ...base,
        name: `memory for ${long.series} hourly series, without the warehouse`,
        value: memoryMb,
        unit: 'MB',
        baseline: null,
        ratio: null,
        goal: memoryGoalMb,
        pass: memoryMb <= memoryGoalMb,
      },
    ]
  } finally {
    await warehouse.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** @param hours of history before the first cycle */
async function measure(warehouse: Warehouse, effects: Effects, hours: number) {
  await warehouse.run('DELETE FROM metric_points')
  await warehouse.run('DELETE FROM market_clock')
  await warehouse.run(`INSERT INTO market_clock SELECT 'main', to_timestamp(${start / 1000})::DATE,
    to_timestamp(${(start + (hours + cycles) * hourMs) / 1000}), to_timestamp(${start / 1000})::DATE,
    to_timestamp(${start / 1000})::DATE`)
  for (const metric of metrics) await warehouse.run(pointsSql(metric, hours + cycles))
  const watch = new SeriesWatch('main')
  const detect = async (end: number) => {
    const began = effects.clock.now()
    const { series } = await warehouse.reading((queries) =>
      watch.detect(queries, { now: start + end * hourMs }),
    )
    return { series, seconds: (effects.clock.now() - began) / 1000 }
  }
  const first = await detect(hours)
  let least = Number.POSITIVE_INFINITY
  for (let cycle = 1; cycle <= cycles; cycle++) {
    least = Math.min(least, (await detect(hours + cycle)).seconds)
  }
  return { series: first.series, first: first.seconds, cycle: least, memory: used() }
}

/** Bytes in lists of numbers and objects, after what is not needed was thrown away where that can be asked for. */
function used(): number {
  globalThis.gc?.()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

/** Points of a metric at every node: busy days, quiet nights, chance from a hash; every hour. */
function pointsSql(metric: string, hours: number): string {
  const isShare = metric === 'on_time_ship_share'
  const level = `(20 + node % 50) * (0.4 + 0.6 * greatest(0, sin((hour % 24 - 6) / 12.0 * pi())))`
  const chance = `((hash(node, hour, '${metric}') % 1000) / 1000.0 - 0.5)`
  const value = isShare ? `0.9 + 0.1 * ${chance}` : `round(${level} * (1 + 0.3 * ${chance}))`
  return `INSERT INTO metric_points
    SELECT 'main', '${metric}', 'node', 'n' || node, 'hour', to_timestamp(${start / 1000} + hour * 3600),
      ${value}, ${isShare ? '40' : '1'}, ${value}, 40, true
    FROM range(${hours}) AS hours (hour), range(${nodes}) AS nodes (node)
    ORDER BY hour`
}
