// Kills the serving process again and again while orders come in, nodes work and reroutes run: what was acknowledged is
// there once, no unit is at two nodes, and every decision has exactly one message.

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { orderIdOf } from '#data/contracts'
import { openSqliteLog, type StoredEvent } from '#data/log'
import { coreDefinition, coreEvent, emptyState, isOpenWork, unitsOf } from '#orchestrator/core'
import { effects } from '../data/log/folder.ts'
import { ended, launcher, post, type Server, serveHome } from './killed.ts'

const kills = process.env.DETOUR_FAULTS === 'long' ? 20 : 3

/** A receiver that counts the messages it took, by id. */
async function receiver(): Promise<{ url: string; received: Map<string, number> }> {
  const received = new Map<string, number>()
  const server = createServer((request, response) => {
    const id = String(request.headers['webhook-id'])
    request.resume().on('end', () => {
      received.set(id, (received.get(id) ?? 0) + 1)
      response.end()
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, received }
}

/** Sends orders until the server dies; an order without an answer is sent again to the next one. */
async function sendOrders(server: Server, book: Map<number, 'sent' | 'acknowledged'>, stock: Stocked[]) {
  const next = (): number => {
    for (const [number, state] of book) if (state === 'sent') return number
    return book.size
  }
  for (;;) {
    const number = next()
    book.set(number, 'sent')
    const body = {
      externalId: `K-${number}`,
      provider: 'fabrikam',
      currency: 'USD',
      shipTo: { country: 'US', region: 'OH' },
      lines: [{ sku: stockedFor(stock, number)?.sku, quantity: 1, unitPriceCents: 1500 }],
    }
    try {
      const answer = await post(server, '/api/v1/orders', body, `key-${number}`)
      if (answer.status !== 201) throw new Error(`${answer.status} ${await answer.text()}`)
      await answer.json()
      book.set(number, 'acknowledged')
      if (number % 3 === 0) await rerouteEarlier(server, number - 6, stock)
    } catch (error) {
      if (server.child.killed) return
      throw error
    }
  }
}

/** A SKU, and a node that has it. */
interface Stocked {
  sku: string
  nodeId: string
}

const stockedFor = (stock: readonly Stocked[], number: number) => stock[Math.abs(number) % stock.length]

/**
 * Asks for a reroute of an order that should be released by now, to a node that has what it wants; whether it can be
 * is up to the core.
 */
async function rerouteEarlier(server: Server, number: number, stock: Stocked[]): Promise<void> {
  const orderId = orderIdOf('main', 'fabrikam', `K-${number}`)
  const toNodeId = stockedFor(stock, number)?.nodeId
  const answer = await post(server, `/api/v1/orders/${orderId}/reroute`, { toNodeId })
  await answer.text()
}

test('kills leave no order lost, doubled or at two nodes, and no decision without its one message', async () => {
  const home = mkdtempSync(join(tmpdir(), 'detour-crash-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  const demo = ['demo', '--home', home, '--days', '25', '--orders', '6000', '--json']
  expect(await ended(spawn(process.execPath, [launcher, ...demo], { stdio: 'ignore' }))).toBe(0)
  const target = await receiver()
  const first = await serveHome(home)
  const stock = await fetch(`${first.url}/api/v1/inventory?state=ok&limit=40`)
  const { items } = (await stock.json()) as { items: Stocked[] }
  expect((await post(first, '/api/v1/webhooks', { url: target.url })).status).toBe(201)
  const figures = await (await fetch(`${first.url}/metrics`)).text()
  const from = Number(/^detour_core_events_total (\d+)/m.exec(figures)?.[1])
  const book = new Map<number, 'sent' | 'acknowledged'>()
  let server = first
  for (let round = 0; round < kills; round++) {
    const sending = sendOrders(server, book, items)
    await effects.clock.sleep(200 + ((round * 397) % 900))
    server.child.kill('SIGKILL')
    await ended(server.child)
    await sending
    server = await serveHome(home)
  }
  const { received } = target
  await settled(server, home, received)
  server.child.kill('SIGTERM')
  expect(await ended(server.child)).toBe(0)
  await check(home, book, { received, from })
}, 1_800_000)

/** Waits until a whole turn of the loop is over and nothing waits for the receiver. */
async function settled(server: Server, home: string, received: Map<string, number>): Promise<void> {
  await fetch(`${server.url}/api/v1/clock`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ isPaused: true }),
  })
  const turn = [launcher, 'cycle', '--home', home, '--json']
  expect(await ended(spawn(process.execPath, turn, { stdio: 'ignore' }))).toBe(0)
  for (let quiet = 0; quiet < 4; ) {
    const before = received.size
    await effects.clock.sleep(500)
    const answer = await fetch(`${server.url}/api/v1/webhooks`)
    const webhooks = (await answer.json()) as { pending: number }[]
    quiet = webhooks.every((webhook) => webhook.pending === 0) && before === received.size ? quiet + 1 : 0
  }
}

async function check(
  home: string,
  book: Map<number, string>,
  { received, from }: { received: Map<string, number>; from: number },
): Promise<void> {
  const log = await openSqliteLog(join(home, 'log.sqlite'), effects)
  const events = await log.read('market:main', 0, 10_000_000)
  await log.close()
  const created = events.filter((event) => event.type === 'OrderCreated').map(externalIdOf)
  expect(new Set(created).size).toBe(created.length)
  const acknowledged = [...book]
    .filter(([, state]) => state === 'acknowledged')
    .map(([number]) => `K-${number}`)
  expect(acknowledged.length).toBeGreaterThan(kills)
  expect(acknowledged.filter((id) => !created.includes(id))).toEqual([])
  const rules = coreDefinition('main')
  const own = events.filter(
    (event) => !['WriterStarted', 'CommandRefused', 'CommandNoop'].includes(event.type),
  )
  const state = own.reduce((before, event) => rules.evolve(before, coreEvent(event)), emptyState('main'))
  for (const order of state.orders.values()) {
    for (const line of order.lines) {
      const held = order.work
        .filter(isOpenWork)
        .flatMap((work) => work.lines.filter((each) => each.lineId === line.lineId))
      const units = held.reduce((sum, each) => sum + unitsOf(each), 0)
      expect(units + line.shipped + line.cancelled).toBeLessThanOrEqual(line.quantity)
    }
  }
  const decided = events
    .filter((event) => event.seq > from && isTold(event))
    .map((event) => `msg_main_${event.seq}`)
  expect(decided.length).toBeGreaterThan(0)
  expect(decided.filter((id) => !received.has(id))).toEqual([])
}

function externalIdOf(event: StoredEvent): string {
  return (event.data as { order: { externalId: string } }).order.externalId
}

/** Whether a receiver made before the first kill must hear of the event. */
function isTold(event: StoredEvent): boolean {
  if (event.type === 'OrderRerouted') return true
  const { decision } = event.data as { decision?: { status?: string } }
  return event.type === 'RerouteDeclined' && decision?.status === 'refused'
}
