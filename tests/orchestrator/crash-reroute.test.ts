// Kills the serving process again and again in the middle of a mass reroute: every order is at exactly one node, every
// decision has its one message, and neither a receiver nor a node's own system is told a thing under two keys.

import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { openSqliteLog } from '#data/log'
import {
  type Core,
  coreDefinition,
  coreEvent,
  emptyState,
  isOpenWork,
  openCore,
  unitsOf,
} from '#orchestrator/core'
import { rerouteAll } from '#orchestrator/reroute'
import { Worlds } from '#orchestrator/sourcing'
import {
  fillMarket,
  type MarketSize,
  releaseOrders,
  strike,
} from '../../orchestrator/bench/loop/reroute-market.ts'
import { effects } from '../data/log/folder.ts'
import { ended, post, type Server, serveHome } from './killed.ts'

const isLong = process.env.DETOUR_FAULTS === 'long'
const kills = isLong ? 20 : 3
const each = isLong ? 1_500 : 300
const goodsFor = each * (kills + 1)
const size: MarketSize = { nodes: 24, orders: each, goodsFor, stricken: 2, skus: 40, at: Date.now() }

interface Told {
  count: number
  actions: { action: string; nodeId: string; fulfillmentOrderId: string; idempotencyKey: string }[]
}

/** What the system of a node was asked, and how often under the same key. */
interface Asked {
  count: number
  /** `cancel` or `send`, and which work. */
  about: string
}

/** A server that hands each body to `take`. @returns its address */
async function listening(take: (body: string, headers: IncomingHttpHeaders) => void): Promise<string> {
  const server = createServer((request, response) => {
    let text = ''
    request.setEncoding('utf8').on('data', (part: string) => {
      text += part
    })
    request.on('end', () => {
      take(text, request.headers)
      response.end()
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

/** A receiver that keeps what nodes are to be told, by the id of the message. */
async function receiver(): Promise<{ url: string; received: Map<string, Told> }> {
  const received = new Map<string, Told>()
  const url = await listening((text, headers) => {
    const { data } = JSON.parse(text) as { data: { actions?: Told['actions'] } }
    const id = String(headers['webhook-id'])
    const actions = data.actions ?? []
    const before = received.get(id)
    if (before !== undefined) expect(before.actions).toEqual(actions)
    received.set(id, { count: (before?.count ?? 0) + 1, actions })
  })
  return { url, received }
}

/** The system of all nodes: it keeps what it is asked, by the key of the ask. */
async function provider(): Promise<{ url: string; asked: Map<string, Asked> }> {
  const asked = new Map<string, Asked>()
  const url = await listening((text, headers) => {
    const { work } = JSON.parse(text) as { work: { what: string; fulfillmentOrderId: string } }
    const { orderId } = (JSON.parse(text) as { order: { orderId: string } }).order
    const key = String(headers['idempotency-key'])
    const about = `${work.what} ${orderId} ${work.fulfillmentOrderId}`
    const before = asked.get(key)
    if (before !== undefined) expect(before.about).toBe(about)
    asked.set(key, { count: (before?.count ?? 0) + 1, about })
  })
  return { url, asked }
}

/** Works on the log of a home that nobody serves. */
async function withCore(home: string, work: (core: Core) => Promise<void>): Promise<void> {
  const log = await openSqliteLog(join(home, 'log.sqlite'), effects)
  const core = await openCore(log, 'main', effects)
  await work(core)
  await core.close()
  await log.close()
}

/** Moves that the log of a home holds so far. */
function movesIn(home: string): number {
  const db = new DatabaseSync(join(home, 'log.sqlite'), { readOnly: true })
  try {
    const row = db.prepare(`select count(*) as n from events where type = 'OrderRerouted'`).get()
    return Number(row?.n)
  } finally {
    db.close()
  }
}

test('kills in the middle of mass reroutes leave every order at one node and every decision told once', async () => {
  const home = mkdtempSync(join(tmpdir(), 'detour-mass-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  const [target, nodes] = [await receiver(), await provider()]
  const first = await serveHome(home, '--no-demo')
  const wanted = { url: target.url, events: ['order.rerouted'] }
  expect((await post(first, '/api/v1/webhooks', wanted)).status).toBe(201)
  first.child.kill('SIGTERM')
  await ended(first.child)
  await withCore(home, async (core) => {
    const workActions = [{ nodeId: null, action: 'http', url: nodes.url }]
    const limits = { mode: 'approve' as const, maxOrdersPerIncident: 1_000_000, workActions }
    const policy = { ...core.state().policy, ...limits }
    await core.execute('SetPolicy', { policy }, { at: Date.now() })
    await fillMarket(core, size)
    await approveMoves(core)
  })
  let inTheMiddle = 0
  for (let round = 0; round < kills; round++) {
    const before = movesIn(home)
    const server = await serveHome(home, '--no-demo')
    const until = Date.now() + 40_000
    const enough = 1 + ((round * 137) % (each / 2))
    while (movesIn(home) < before + enough && Date.now() < until) await effects.clock.sleep(5)
    server.child.kill('SIGKILL')
    await ended(server.child)
    const moved = movesIn(home) - before
    if (moved > 0 && moved < each * 0.9) inTheMiddle++
    await withCore(home, async (core) => {
      checkOrders(core)
      await releaseOrders(core, { from: (round + 1) * each, count: each }, size)
      await approveMoves(core)
    })
  }
  expect(inTheMiddle).toBeGreaterThan(0)
  const last = await serveHome(home, '--no-demo')
  await settled(last, home, { ...target, ...nodes })
  last.child.kill('SIGTERM')
  expect(await ended(last.child)).toBe(0)
  expect(existsSync(join(home, 'server.json'))).toBe(false)
  await withCore(home, async (core) => checkOrders(core))
  await checkTold(home, target.received)
  checkAsked(movesIn(home), nodes.asked)
}, 1_800_000)

/** Moves of all that is at the stricken nodes are planned and approved; whoever serves next carries them out. */
async function approveMoves(core: Core): Promise<void> {
  await strike(core, size)
  expect(core.state().openIncidents.size).toBe(size.stricken)
  await rerouteAll({ core, worlds: new Worlds(), now: Date.now(), oddnessOf: () => 0 })
  for (const { planId, status } of [...core.state().reroutes.plans.values()]) {
    if (status !== 'proposed') continue
    await core.execute('ApproveReroute', { planId, by: 'Ada', note: null }, { at: Date.now() })
  }
}

/** Every unit is in exactly one piece of open work. */
function checkOrders(core: Core): void {
  for (const order of core.state().orders.values()) {
    const open = order.work.filter(isOpenWork)
    expect(new Set(open.map(({ nodeId }) => nodeId)).size, order.orderId).toBe(1)
    for (const line of order.lines) {
      const held = open.flatMap(({ lines }) => lines.filter(({ lineId }) => lineId === line.lineId))
      expect(held.reduce((sum, part) => sum + unitsOf(part), 0)).toBe(line.quantity)
    }
  }
}

/** Waits until nothing moves any more, and every move was told and asked about; minutes at most. */
async function settled(
  server: Server,
  home: string,
  { received, asked }: { received: ReadonlyMap<string, Told>; asked: ReadonlyMap<string, Asked> },
): Promise<void> {
  const until = Date.now() + 300_000
  const isMissing = (moves: number) => received.size < moves || asked.size < 2 * moves
  const seen = () => received.size + asked.size + movesIn(home)
  for (let quiet = 0; quiet < 6 || (isMissing(movesIn(home)) && Date.now() < until); ) {
    const before = seen()
    await effects.clock.sleep(500)
    const answer = await fetch(`${server.url}/api/v1/webhooks`)
    const webhooks = (await answer.json()) as { pending: number }[]
    const isQuiet = webhooks.every(({ pending }) => pending === 0)
    quiet = isQuiet && before === seen() ? quiet + 1 : 0
  }
}

async function checkTold(home: string, received: ReadonlyMap<string, Told>): Promise<void> {
  const log = await openSqliteLog(join(home, 'log.sqlite'), effects)
  const events = await log.read('market:main', 0, 10_000_000)
  await log.close()
  const moves = events.filter(({ type }) => type === 'OrderRerouted')
  const ids = moves.map(({ seq }) => `msg_main_${seq}`)
  expect(moves.length).toBeGreaterThan(each)
  expect(ids.filter((id) => !received.has(id))).toEqual([])
  const decisions = moves.map(
    ({ data }) => (data as { decision: { decisionId: string } }).decision.decisionId,
  )
  expect(new Set(decisions).size).toBe(decisions.length)
  const keys = [...received.values()].flatMap(({ actions }) =>
    actions.map(({ idempotencyKey }) => idempotencyKey),
  )
  expect(keys.length).toBe(2 * received.size)
  expect(new Set(keys).size).toBe(keys.length)
  const rules = coreDefinition('main')
  const own = events.filter(({ type }) => !['WriterStarted', 'CommandRefused', 'CommandNoop'].includes(type))
  const state = own.reduce((before, event) => rules.evolve(before, coreEvent(event)), emptyState('main'))
  expect(state.reroutes.steps.reduce((sum, step) => sum + step.moves, 0)).toBe(moves.length)
}

/** Of each move the old node was asked once to cancel and the new one to send, however often under the same key. */
function checkAsked(moves: number, asked: ReadonlyMap<string, Asked>): void {
  const about = [...asked.values()].map((one) => one.about)
  expect(new Set(about).size).toBe(about.length)
  expect(about.filter((one) => one.startsWith('cancel'))).toHaveLength(moves)
  expect(about.filter((one) => one.startsWith('send'))).toHaveLength(moves)
}
