// Measures sourcing: one order with its decision record, promises, batches under stock and capacity with their proven
// gap, the workbook of Brunel University where it is there, and what is saved against the nearest node.

import type { Effects } from '#data/kernel'
import {
  openSession,
  ordersOfFiles,
  type SourcingOrder,
  type SourcingSession,
  sourceNearest,
  sourceOrder,
  worldOfFiles,
} from '#orchestrator/sourcing'
import { quantile, round2 } from '../core/quantiles.ts'
import type { BenchRow } from '../row.ts'
import { type BatchJob, type BatchResult, runBatch } from './batch-job.ts'
import { demoRows } from './demo-world.ts'
import { makeProblem } from './made-network.ts'
import { networkRows } from './networks.ts'
import { promiseRows } from './promises.ts'

const group = 'sourcing'
const memoryMb = 2_000

/** Rows of the group `sourcing`; about four minutes. */
export async function benchSourcing(effects: Effects): Promise<BenchRow[]> {
  return [
    ...oneOrder(),
    ...promiseRows(),
    ...(await batch('2,000 orders x 50 nodes', made(2_000, 50, 5), 0.5)),
    ...(await batch('2,000 orders x 50 nodes, most goods scarce', made(2_000, 50, 5, 0.8), 0.5)),
    ...(await batch('20,000 orders x 100 nodes', made(20_000, 100, 60), 1)),
    ...(await brunel(1)),
    ...(await brunel(9)),
    ...(await networkRows(effects)),
    ...(await demoRows(effects)),
  ]
}

/** A batch that ends at its time, not at a gap. */
function made(orders: number, nodes: number, seconds: number, scarce = 0.2): BatchJob {
  return { kind: 'made', orders, nodes, scarce, seed: 1, gap: 0.0005, timeLimitMs: seconds * 1_000 }
}

/** Orders of 3 lines and a session with 200 nodes and all constraints. */
function manyNodes(seed: number): { session: SourcingSession; orders: SourcingOrder[] } {
  const files = makeProblem({
    ...{ name: 'one order', seed, nodes: 200, orders: 1_200, skus: 200, linesMost: 3, stores: 0.5 },
    ...{ stock: [3, 6], kept: 0.6, capacity: [2, 4], rates: 'distance', isTimed: true, prices: {} },
  })
  const setting = { currency: 'USD', now: files.orders[0]?.placedAt ?? 0 }
  const session = openSession(worldOfFiles(files, setting))
  return { session, orders: ordersOfFiles(files.orders, setting).filter(({ lines }) => lines.length === 3) }
}

const recorded = (order: SourcingOrder, session: SourcingSession) =>
  sourceOrder(order, session, { decisionId: order.orderId })

/**
 * One order of 3 lines, 200 nodes, all constraints and the decision record, against its nearest node alone. A server
 * has sourced before: orders of other networks go first, until the engine has compiled what it will.
 */
function oneOrder(): BenchRow[] {
  for (const { session, orders } of [8, 9, 10].map(manyNodes)) {
    for (const order of orders) recorded(order, session)
  }
  const cases = [7, 11, 12].map(manyNodes)
  const each = (run: (order: SourcingOrder, session: SourcingSession) => unknown) =>
    cases.flatMap(({ session, orders }) => orders.map((order) => timed(() => run(order, session))))
  const times = each(recorded)
  const nearest = each(nearestOf)
  const mean = times.reduce((sum, ms) => sum + ms, 0) / times.length
  const p50 = quantile(times, 0.5)
  const p99 = quantile(times, 0.99)
  const base = quantile(nearest, 0.5)
  const name = 'one order of 3 lines, 200 nodes, all constraints, with its decision record'
  const baseline = `its nearest node alone, ${base.toFixed(2)} ms`
  return [
    {
      ...{ group, name: `${name}, 99th percentile`, value: round2(p99), unit: 'ms', baseline },
      ...{ ratio: p50 / base, goal: 5, pass: p99 < 5, p50, p99 },
    },
    {
      ...{ group, name: `${name}, on one core`, value: Math.round(1_000 / mean), unit: 'orders/s' },
      ...{ baseline: null, ratio: null, goal: 500, pass: 1_000 / mean >= 500 },
    },
  ]
}

function nearestOf(order: SourcingOrder, session: SourcingSession): unknown {
  return sourceNearest([order], session)
}

function timed(run: () => unknown): number {
  const began = performance.now()
  run()
  return performance.now() - began
}

/** Gap and memory of a batch; the ratio is its cost against the nearest place. @param goal gap, % */
async function batch(name: string, job: BatchJob, goal: number): Promise<BenchRow[]> {
  const result = await runBatch(job)
  if (result === null) return []
  const percent = result.gap * 100
  return [
    {
      ...{
        group,
        name: `batch of ${name}, gap after ${job.timeLimitMs / 1_000} s`,
        value: percent,
        unit: '%',
      },
      ...{ baseline: wordsOf(result), ratio: result.cost / result.nearest, goal, pass: percent <= goal },
    },
    {
      ...{ group, name: `batch of ${name}, peak of memory`, value: Math.round(result.peakMb), unit: 'MB' },
      ...{ baseline: null, ratio: null, goal: memoryMb, pass: result.peakMb < memoryMb },
    },
  ]
}

async function brunel(capacityFactor: number): Promise<BenchRow[]> {
  const result = await runBatch({ kind: 'brunel', capacityFactor, timeLimitMs: 60_000 })
  if (result === null) return []
  const name = `Brunel, 9,215 orders, capacity x ${capacityFactor}: seconds to the proven optimum`
  const isProven = result.stopped === null && result.gap === 0
  return [
    {
      ...{ group, name, value: round2(result.seconds), unit: 's' },
      ...{ baseline: `${result.served} served, ${wordsOf(result)}`, ratio: result.cost / result.nearest },
      ...{ goal: 60, pass: isProven && result.seconds < 60 },
    },
  ]
}

function wordsOf({ cost, bound, nearest, seconds, method }: BatchResult): string {
  const each = [`cost ${cost.toFixed(2)}`, `bound ${bound.toFixed(2)}`, `nearest place ${nearest.toFixed(2)}`]
  return `${each.join(', ')}; ${method} in ${seconds.toFixed(1)} s`
}
