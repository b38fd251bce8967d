// What is measured over HTTP: a served home with nodes and stock, the bare server beside it, and one maker of load for
// both, in processes of their own.

import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fail } from '#data/kernel'
import { type Served, serveHome } from '../served.ts'
import { type LoadJob, type LoadMaker, type LoadResult, startChild, startLoadMaker } from './load.ts'
import { market, skuOf } from './orders.ts'
import { manySkus } from './requests.ts'

/** Units on every shelf. */
export const onHand = 1_000_000

/** A running pair. */
export interface Pair {
  served: Served
  /** Load on the served home. @throws BENCH_FAILED where an answer was no success */
  subject(job: Load): Promise<LoadResult>
  /** The same load on the bare server. */
  bare(job: Load): Promise<LoadResult>
  stop(): Promise<void>
}

type Load = Omit<LoadJob, 'port' | 'token' | 'from'>

/** Serves the home and the bare server. */
export async function startPair(home: string, group: string): Promise<Pair> {
  const served = await serveHome(home, ['--no-demo', '--no-dashboard'], group)
  const { token } = JSON.parse(await readFile(join(home, 'server.json'), 'utf8')) as { token: string }
  const child = startChild('bare-worker.ts')
  const [{ result }] = (await once(child, 'message')) as [{ result: { port: number } }]
  const maker = startLoadMaker(group)
  const next = { subject: 0, bare: 0 }
  const run = async (whom: 'subject' | 'bare', port: number, job: Load): Promise<LoadResult> => {
    const outcome = await maker.run({ ...job, port, token, from: next[whom] })
    next[whom] = outcome.next
    if (outcome.firstProblem !== null) throw fail('BENCH_FAILED', { group, reason: outcome.firstProblem })
    return outcome
  }
  return {
    served,
    subject: (job) => run('subject', Number(new URL(served.url).port), job),
    bare: (job) => run('bare', result.port, job),
    stop: async () => {
      stopAll(maker, child)
      await served.stop()
    },
  }
}

function stopAll(maker: LoadMaker, bare: { kill(): void }): void {
  maker.stop()
  bare.kill()
}

/** Nodes and stock by file, as a user would. */
export async function fillHome(served: Served): Promise<void> {
  const nodeRows = Array.from(
    { length: market.nodes },
    (_, i) => `N${i},Node ${i},warehouse,UTC,US,R${i % 4},2.00`,
  )
  const stockRows = Array.from({ length: market.nodes * market.skus }, (_, i) => {
    return `${skuOf(i)},N${Math.floor(i / market.skus)},2026-01-01T00:00:00Z,${onHand}`
  })
  const more = Array.from({ length: manySkus }, (_, i) => `SKU-${i},N0,2026-01-01T00:00:00Z,${onHand}`)
  const load = (name: string, lines: string[]) =>
    served.send(
      `/api/v1/ingest?provider=detour&filename=${name}.csv&as=bench`,
      `${lines.join('\n')}\n`,
      'text/csv',
    )
  await load('nodes', ['node_external_id,name,type,time_zone,country,region,processing_cost', ...nodeRows])
  await load('inventory', ['sku,node_external_id,counted_at,on_hand', ...stockRows, ...more])
  await served.send('/api/v1/cycle', '{}')
  // The time of the wall from the start: with the first order the clock would leap over every reservation.
  await served.change('/api/v1/clock', JSON.stringify({ mode: 'wall' }))
}
