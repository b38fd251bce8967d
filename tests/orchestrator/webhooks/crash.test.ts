// What receivers have got after the process that tells them was killed again and again.

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type WebhookAttempted, webhookStream } from '#orchestrator/webhooks'
import { openAll, type Received, startReceiver, until } from './setup.ts'

const child = join(import.meta.dirname, 'sending-child.ts')

/** Runs the process and kills it after so many durable messages; their ids. */
function runUntil(path: string, lines: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const running = spawn(process.execPath, [child, path], { stdio: ['ignore', 'pipe', 'inherit'] })
    let text = ''
    running.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      if (text.split('\n').length > lines) running.kill('SIGKILL')
    })
    running.once('error', reject)
    running.once('close', () => resolve(text.split('\n').slice(0, -1)))
  })
}

/** Kills; the long form is that of `npm run test:faults`. */
const kills = process.env.DETOUR_FAULTS === 'long' ? 20 : 5

const bodiesOf = (received: Received[]) => new Set(received.map(({ id, body }) => `${id} ${body}`)).size
const idsOf = (received: Received[]) => new Set(received.map(({ id }) => id))

test('Every durable decision has reached every receiver under one id, whenever the sender was killed', async () => {
  const steady = await startReceiver((response) => response.end())
  const seen = new Set<string>()
  const moody = await startReceiver((response, number, { id }) => {
    const isFirst = !seen.has(id)
    seen.add(id)
    if (isFirst && number % 3 === 0) response.writeHead(500).end()
    else if (isFirst && number % 7 === 0) response.socket?.destroy()
    else response.end()
  })
  const first = await openAll()
  const { webhookId } = await first.webhooks.create({ url: steady.url })
  await first.webhooks.create({ url: moody.url })
  await first.close()

  const durable: string[] = []
  for (let run = 0; run < kills; run++) durable.push(...(await runUntil(first.path, 3 + ((run * 7) % 23))))
  expect(durable.length).toBeGreaterThan(kills)

  const { market, webhooks } = await openAll({}, first.path)
  const events = await market.log.read(market.stream, 0, 100_000)
  const wanted = new Set(
    events
      .filter(({ type }) => type === 'OrderCancelled' || type === 'OrderRerouted')
      .map(({ seq }) => `msg_main_${seq}`),
  )
  for (const id of durable) expect(wanted).toContain(id)
  await until(
    async () =>
      idsOf(steady.received).size >= wanted.size &&
      idsOf(moody.received).size >= wanted.size &&
      (await webhooks.list()).every(({ pending }) => pending === 0),
  )
  for (const { received } of [steady, moody]) {
    expect(idsOf(received)).toEqual(wanted)
    expect(bodiesOf(received)).toBe(wanted.size)
    const decisions = received.flatMap(({ id, body }) => {
      const { type, data } = JSON.parse(body)
      return type === 'order.rerouted' ? [`${data.decision.decisionId} ${id}`] : []
    })
    const made = events.filter(({ type }) => type === 'OrderRerouted').length
    expect([new Set(decisions).size, new Set(decisions.map((one) => one.split(' ')[0])).size]).toEqual([
      made,
      made,
    ])
  }
  const attempts = (await market.log.read(webhookStream('main'), 0, 100_000))
    .filter(({ type }) => type === 'WebhookAttempted')
    .map(({ data }) => data as WebhookAttempted)
  const delivered = attempts.filter(({ status }) => status === 'delivered')
  expect(delivered).toHaveLength(wanted.size * 2)
  expect(delivered.filter((one) => one.webhookId === webhookId)).toHaveLength(wanted.size)
}, 180_000)
