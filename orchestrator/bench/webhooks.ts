// Measures webhooks on this machine: signed messages/s from the log to a receiver with every attempt written down,
// against the same requests alone, and how long the event loop is held meanwhile. It asserts nothing.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Webhook } from 'standardwebhooks'
import { Agent, request } from 'undici'
import type { Effects } from '#data/kernel'
import { type EventLog, openSqliteLog } from '#data/log'
import { openVault } from '#data/vault'
import { type CoreEvent, coreStream, emptyState } from '#orchestrator/core'
import { exampleOf, openWebhooks, type WatchedCore } from '#orchestrator/webhooks'
import type { BenchRow } from './row.ts'

const messages = 2_000
const atOnce = 20
const rounds = 3

/**
 * Rows of the group `webhooks`: messages/s to one receiver while another one hangs, held against requests with the same
 * signature and size that nothing is written of; the 99th percentile of the time that the event loop is held (goal:
 * below 50 ms). About 15 s; works in a folder below the home.
 */
export async function benchWebhooks(world: Effects): Promise<BenchRow[]> {
  const effects = { ...world, config: { ...world.config, webhookAllow: ['127.0.0.1'] } }
  mkdirSync(effects.config.home, { recursive: true })
  const folder = mkdtempSync(join(effects.config.home, 'bench-webhooks-'))
  const good = await listen((_request, response) => response.end())
  const hanging = await listen(() => undefined)
  const delay = monitorEventLoopDelay({ resolution: 5 })
  const bareDelay = monitorEventLoopDelay({ resolution: 5 })
  try {
    const values: number[] = []
    const baselines: number[] = []
    for (let round = 0; round < rounds; round++) {
      bareDelay.enable()
      baselines.push(await bare(good.url, effects))
      bareDelay.disable()
      delay.enable()
      values.push(await deliver(join(folder, `${round}.sqlite`), [good, hanging], effects))
      delay.disable()
    }
    const held = { value: delay.percentile(99) / 1e6, baseline: bareDelay.percentile(99) / 1e6 }
    return rowsOf(median(values), median(baselines), held)
  } finally {
    for (const { server } of [good, hanging]) {
      server.closeAllConnections()
      server.close()
    }
    rmSync(folder, { recursive: true, force: true })
  }
}

function rowsOf(value: number, baseline: number, held: { value: number; baseline: number }): BenchRow[] {
  const group = 'webhooks'
  const goalMs = 50
  return [
    {
      ...{ group, name: `${messages} messages to one receiver, ${atOnce} at a time, another one hangs` },
      ...{ value, unit: 'messages/s', ratio: value / baseline, goal: null, pass: null },
      baseline: `signed requests alone, ${Math.round(baseline)}/s`,
    },
    {
      ...{ group, name: 'event loop held meanwhile, 99th percentile', unit: 'ms' },
      ...{ value: held.value, ratio: held.value / held.baseline, goal: goalMs, pass: held.value < goalMs },
      baseline: `by the requests alone, ${held.baseline.toFixed(1)} ms`,
    },
  ]
}

interface Place {
  url: string
  server: Server
  received(): number
}

async function listen(answer: Parameters<typeof createServer>[1]): Promise<Place> {
  let received = 0
  const server = createServer((asked, response) => {
    asked.resume().on('end', () => {
      received++
      answer?.(asked, response)
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return { url, server, received: () => received }
}

/** Messages/s until the log has the attempt of the last one. */
async function deliver(path: string, [good, hanging]: [Place, Place], effects: Effects): Promise<number> {
  const log = await openSqliteLog(path, effects)
  const vault = await openVault({ log: path }, effects)
  const market = quietCore(log)
  const limits = { timeoutMs: 2_000, gatherMs: 5 }
  const webhooks = await openWebhooks({ log, effects, core: market.core, vault, limits })
  const { webhookId } = await webhooks.create({ url: good.url, concurrency: atOnce })
  await webhooks.create({ url: hanging.url })
  const before = good.received()
  const started = performance.now()
  await market.append(Array.from({ length: messages }, (_, i) => cancelled(i)))
  while (good.received() - before < messages || (await webhooks.get(webhookId)).pending > 0) {
    await effects.clock.sleep(5)
  }
  const perSecond = (messages / (performance.now() - started)) * 1000
  await webhooks.close()
  await vault.close()
  await log.close()
  return perSecond
}

/** A core that does nothing but follow what is appended. */
function quietCore(log: EventLog): { core: WatchedCore; append(events: CoreEvent[]): Promise<void> } {
  const stream = coreStream('main')
  const state = emptyState('main')
  const listeners = new Set<() => void>()
  let lastSeq = 0
  const core: WatchedCore = {
    ...{ market: 'main', stream, state: () => state },
    get lastSeq() {
      return lastSeq
    },
    onChange: (listener) => {
      const call = () => listener({ kind: 'order', ids: [], at: 0 })
      listeners.add(call)
      return () => listeners.delete(call)
    },
  }
  const append = async (events: CoreEvent[]) => {
    await log.append(
      stream,
      lastSeq,
      events.map((event, i) => ({ eventId: `b${i}/0`, ...event })),
    )
    lastSeq += events.length
    for (const call of listeners) call()
  }
  return { core, append }
}

function cancelled(number: number): CoreEvent {
  return { type: 'OrderCancelled', data: { orderId: `o-${number}`, reason: 'customer_asked', at: number } }
}

/** The same requests, signed, and nothing else. */
async function bare(url: string, { clock }: Effects): Promise<number> {
  const dispatcher = new Agent({ pipelining: 0, connections: atOnce })
  const signer = new Webhook('whsec_bWFkZSB1cCBmb3IgdGhlIGJlbmNobWFyaw==')
  const body = JSON.stringify(exampleOf('order.cancelled'))
  const started = performance.now()
  await Promise.all(
    Array.from({ length: atOnce }, async (_, caller) => {
      for (let i = caller; i < messages; i += atOnce) {
        const now = new Date(clock.now())
        const headers = {
          'content-type': 'application/json',
          'webhook-id': `msg_${i}`,
          'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
          'webhook-signature': signer.sign(`msg_${i}`, now, body),
        }
        const answer = await request(url, { method: 'POST', headers, body, dispatcher })
        await answer.body.dump()
      }
    }),
  )
  const perSecond = (messages / (performance.now() - started)) * 1000
  await dispatcher.close()
  return perSecond
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
