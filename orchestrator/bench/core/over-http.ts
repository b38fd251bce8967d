// Rows that are measured over HTTP against a bare server: reservations, reads of availability, and whole lives of
// orders. Rounds of subject and baseline take turns, and each is held against the one beside it: a busy machine slows
// both.

import { join } from 'node:path'
import type { Effects } from '#data/kernel'
import type { BenchRow } from '../row.ts'
import { requestsOfLife } from './lives.ts'
import type { LoadResult } from './load.ts'
import { median, pairedRatios, round2 } from './quantiles.ts'
import { fillHome, type Pair, startPair } from './subject.ts'

const group = 'core'
const rounds = 9
const roundMs = 1_000
/** Both are compiled for the load by then. */
const warmMs = 3_000
/** Enough to fill the groups of the log: a sync to disk is shared by all that wait for it. */
const writers = 512
const readers = 64
const offered = 1_000
const lives = 4_000
const hour = 3_600

/**
 * Rows over HTTP; about 90 s. Before each the tables catch up, so that no row pays for what another one wrote; what its
 * own writes cost the loop beside it is in.
 */
export async function benchOverHttp(folder: string, { clock }: Effects): Promise<BenchRow[]> {
  const pair = await startPair(join(folder, 'home'), group)
  try {
    await fillHome(pair.served)
    const steps = [
      () => throughput(pair, 'availability of 1 SKU at 1 node', readers, 0.7),
      () => throughput(pair, 'availability of 10 SKUs at 5 nodes', readers, 0.7),
      () => steady(pair, 'reserve 10,000 SKUs'),
      () => throughput(pair, 'reserve one SKU', writers, 0.5),
      () => throughput(pair, 'reserve 10,000 SKUs', writers, 0.5),
      () => wholeLives(pair),
    ]
    const rows: BenchRow[] = []
    for (const step of steps) {
      await caughtUp(pair, clock)
      rows.push(await step())
    }
    return rows
  } finally {
    await pair.stop()
  }
}

/** Waits until the tables show every event, a minute at most. */
async function caughtUp({ served }: Pair, clock: Effects['clock']): Promise<void> {
  const pauseMs = 250
  for (let waited = 0; waited < 60_000; waited += pauseMs) {
    const { body } = await served.pool.request({ path: '/metrics', method: 'GET' })
    const [, pending = '0'] = /^detour_pending_events\S* (\d+)/m.exec(await body.text()) ?? []
    if (pending === '0') return
    await clock.sleep(pauseMs)
  }
}

async function throughput(pair: Pair, kind: string, connections: number, share: number): Promise<BenchRow> {
  const job = { kind, connections }
  await pair.bare({ ...job, forMs: warmMs })
  await pair.subject({ ...job, forMs: warmMs })
  const [bare, subject]: [LoadResult[], LoadResult[]] = [[], []]
  for (let i = 0; i < rounds; i++) {
    bare.push(await pair.bare({ ...job, forMs: roundMs }))
    subject.push(await pair.subject({ ...job, forMs: roundMs }))
  }
  const baseline = median(bare.map(perSecond))
  const value = median(subject.map(perSecond))
  const ratio = median(pairedRatios(subject.map(perSecond), bare.map(perSecond)))
  return {
    group,
    name: `${kind}, ${connections} connections`,
    value: Math.round(value),
    unit: 'requests/s',
    baseline: `a bare Fastify route that checks the same request and answers at once, ${Math.round(baseline)}/s`,
    ratio: round2(ratio),
    goal: Math.round(share * baseline),
    pass: ratio >= share,
    ...waits(subject),
  }
}

/** As many rounds as for what a row can bear; the middle one counts, and the worst is told. */
async function steady(pair: Pair, kind: string): Promise<BenchRow> {
  const job = { kind, connections: writers, perSecond: offered, forMs: 3 * roundMs }
  await pair.bare({ ...job, forMs: warmMs })
  await pair.subject({ ...job, forMs: warmMs })
  const [bare, subject]: [LoadResult[], LoadResult[]] = [[], []]
  for (let i = 0; i < rounds; i++) {
    bare.push(await pair.bare(job))
    subject.push(await pair.subject(job))
  }
  const p99 = (results: LoadResult[]) => median(results.map((result) => result.p99))
  const worst = Math.max(...subject.map((result) => result.p99))
  return {
    group,
    name: `99th percentile: ${kind}, ${offered}/s offered (worst of ${rounds} rounds: ${round2(worst)} ms)`,
    value: round2(p99(subject)),
    unit: 'ms',
    baseline: `the bare route at the same rate, ${round2(p99(bare))} ms`,
    ratio: round2(p99(subject) / p99(bare)),
    goal: 50,
    pass: p99(subject) < 50,
    ...waits(subject),
  }
}

async function wholeLives(pair: Pair): Promise<BenchRow> {
  const bare = await pair.bare({ kind: 'reserve 10,000 SKUs', connections: writers, forMs: 2 * roundMs })
  const subject = await pair.subject({ kind: 'lives', connections: 256, count: lives })
  const value = perSecond(subject) * hour
  const possible = (perSecond(bare) / requestsOfLife) * hour
  return {
    group,
    name: `${lives} orders created, reserved, released, picked, packed, shipped, delivered; durable, over HTTP`,
    value: Math.round(value),
    unit: 'orders/hour',
    baseline: `as many requests to a bare route, ${Math.round(possible)} orders/hour`,
    ratio: round2(value / possible),
    goal: 1_000_000,
    pass: value >= 1_000_000,
    ...waits([subject]),
  }
}

function perSecond({ answered, ms }: LoadResult): number {
  return (answered / ms) * 1_000
}

function waits(results: readonly LoadResult[]): Pick<BenchRow, 'p50' | 'p99'> {
  return {
    p50: round2(median(results.map(({ p50 }) => p50))),
    p99: round2(median(results.map(({ p99 }) => p99))),
  }
}
