// Measures orders over HTTP through the default flow, from the request that creates them to their release, against
// an HTTP server that only parses and answers.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Fastify from 'fastify'
import { Pool } from 'undici'
import type { Effects } from '#data/kernel'
import type { BenchRow } from './row.ts'
import { type Served, serveHome } from './served.ts'

const group = 'flow'
const orders = 10_000
const callers = 64
const goal = 1_000
const nodes = 8
const skus = 200

/** Rows of the group `flow`: orders/s created to released, durable; goal 1,000/s. About 30 s. */
export async function benchFlow({ clock }: Effects): Promise<BenchRow[]> {
  const home = await mkdtemp(join(tmpdir(), 'detour-bench-'))
  const served = await serveHome(home, ['--no-demo', '--no-dashboard'], group)
  try {
    await fill(served)
    const bare = await measureBare(clock.now)
    const started = clock.now()
    await Promise.all(
      Array.from({ length: callers }, async (_, caller) => {
        for (let i = caller; i < orders; i += callers) await served.send('/api/v1/orders', order(i))
      }),
    )
    const created = clock.now()
    await allReleased(served, clock)
    const perSecond = (orders / (clock.now() - started)) * 1000
    const createdPerSecond = (orders / (created - started)) * 1000
    const baseline = `an HTTP server that parses and answers, ${Math.round(bare)}/s`
    const base = { group, unit: 'orders/s', baseline }
    return [
      {
        ...base,
        name: `${orders} orders created to released over HTTP`,
        value: perSecond,
        ratio: perSecond / bare,
        goal,
        pass: perSecond >= goal,
      },
      {
        ...base,
        name: `${orders} orders acknowledged over HTTP`,
        value: createdPerSecond,
        ratio: createdPerSecond / bare,
        goal: null,
        pass: null,
      },
    ]
  } finally {
    await served.stop()
    await rm(home, { recursive: true, force: true })
  }
}

/** Nodes and stock by file, as a user would. */
async function fill(served: Served): Promise<void> {
  const nodeRows = Array.from({ length: nodes }, (_, i) => `N${i},Node ${i},warehouse,UTC,US,R${i % 4},2.00`)
  const nodeFile = ['node_external_id,name,type,time_zone,country,region,processing_cost', ...nodeRows]
  const stockRows = Array.from({ length: nodes * skus }, (_, i) => {
    return `S${i % skus},N${Math.floor(i / skus)},2026-01-01T00:00:00Z,100000`
  })
  const stockFile = ['sku,node_external_id,counted_at,on_hand', ...stockRows]
  const load = (name: string, lines: string[]) =>
    served.send(
      `/api/v1/ingest?provider=detour&filename=${name}.csv&as=bench`,
      `${lines.join('\n')}\n`,
      'text/csv',
    )
  await load('nodes', nodeFile)
  await load('inventory', stockFile)
  await served.send('/api/v1/cycle', '{}')
}

function order(i: number): string {
  const lines = [
    { sku: `S${i % skus}`, quantity: 1, unitPriceCents: 1999 },
    { sku: `S${(i * 7 + 1) % skus}`, quantity: 2, unitPriceCents: 499 },
  ]
  const shipTo = { country: 'US', region: `R${i % 4}`, city: 'Somewhere', postalCode: '00000' }
  return JSON.stringify({ externalId: `B-${i}`, currency: 'USD', channel: 'web', shipTo, lines })
}

/** Waits until every order has gone as far as the flow goes. */
async function allReleased(served: Served, clock: Effects['clock']): Promise<void> {
  for (;;) {
    const { body } = await served.pool.request({ path: '/metrics', method: 'GET' })
    const text = await body.text()
    const known = Number(/^detour_core_orders (\d+)/m.exec(text)?.[1] ?? 0)
    const waiting = Number(/^detour_core_orders_waiting (\d+)/m.exec(text)?.[1] ?? 1)
    if (known >= orders && waiting === 0) return
    await clock.sleep(20)
  }
}

/** Requests/s of a server that takes the same bodies and keeps nothing. */
async function measureBare(now: () => number): Promise<number> {
  const app = Fastify()
  app.post('/orders', async (_request, reply) => reply.code(201).send({ status: 'done' }))
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const pool = new Pool(url, { connections: callers, pipelining: 1 })
  const headers = { 'content-type': 'application/json' }
  const started = now()
  await Promise.all(
    Array.from({ length: callers }, async (_, caller) => {
      for (let i = caller; i < orders; i += callers) {
        const answer = await pool.request({ path: '/orders', method: 'POST', headers, body: order(i) })
        await answer.body.dump()
      }
    }),
  )
  const perSecond = (orders / (now() - started)) * 1000
  await pool.close()
  await app.close()
  return perSecond
}
