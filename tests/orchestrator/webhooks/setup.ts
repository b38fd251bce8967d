// What the tests of webhooks share: an open market with webhooks at work, and a real receiver on this machine.

import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Webhook } from 'standardwebhooks'
import { onTestFinished } from 'vitest'
import { type Effects, readConfig, realEffects } from '#data/kernel'
import { openWebhooks, type WebhookLimits, type WebhookOptions, type Webhooks } from '#orchestrator/webhooks'
import { newLogPath } from '../../data/log/folder.ts'
import { type Market, openMarket } from './market.ts'

/** The real world, silent; webhooks may go to this machine. */
export const effects: Effects = realEffects(
  readConfig({ DETOUR_LOG_LEVEL: 'silent', DETOUR_WEBHOOK_ALLOW: '127.0.0.0/8, ::1' }),
)

/** Short waits, so that tests end soon. */
export const quick = { delaysMs: [20, 30, 40, 50, 60, 70, 80], timeoutMs: 5_000, gatherMs: 1 }

/** A market with its webhooks, closed when the test has ended. */
export async function openAll(
  limits: Partial<WebhookLimits> = {},
  path = newLogPath(),
  world: Effects = effects,
  more: Partial<WebhookOptions> = {},
): Promise<{ market: Market; webhooks: Webhooks; path: string; close: () => Promise<void> }> {
  const market = await openMarket(path, world)
  const webhooks = await openWebhooks({
    log: market.log,
    effects: world,
    core: market,
    vault: market.vault,
    limits: { ...quick, ...limits },
    ...more,
  })
  let isOpen = true
  const close = async () => {
    if (!isOpen) return
    isOpen = false
    await webhooks.close()
    await market.close()
  }
  onTestFinished(close)
  return { market, webhooks, path, close }
}

/** A request that came. */
export interface Received {
  id: string
  path: string
  headers: IncomingHttpHeaders
  body: string
}

/** A receiver on this machine; `answer` decides what it does with each request, given its number from 1. */
export async function startReceiver(
  answer: (response: ServerResponse, number: number, got: Received) => void,
) {
  const received: Received[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('error', () => undefined)
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { headers, url = '' } = request
      const body = Buffer.concat(chunks).toString()
      const got = { id: String(headers['webhook-id']), path: url, headers, body }
      received.push(got)
      answer(response, received.length, got)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`
  return { url, received, server }
}

/** Answers 200 to everything. */
export const ok = (response: ServerResponse): void => {
  response.end('ok')
}

/** Waits until the check holds, at most 40 s. */
export async function until(check: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 40_000
  while (!(await check())) {
    if (Date.now() > end) throw new Error(`waited too long for ${check}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** Whether the library of the specification accepts the message. */
export function isSigned(secret: string, { headers, body }: Received): boolean {
  try {
    new Webhook(secret).verify(body, headers as Record<string, string>)
    return true
  } catch {
    return false
  }
}
