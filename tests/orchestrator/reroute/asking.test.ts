// Providers are asked about work that moves: cancelled where it was, taken where it goes, moved back where one refuses.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { type Clock, SimulatedClock, systemClock } from '#data/kernel'
import { MemoryLog } from '#data/log'
import type { Core } from '#orchestrator/core'
import { FlowRuntime, type MovedWorkWatch, watchMovedWork } from '#orchestrator/flows'
import { rollBack } from '#orchestrator/reroute'
import { Worlds } from '#orchestrator/sourcing'
import { effects } from '../../data/log/folder.ts'
import { runCore } from '../core/running.ts'
import { node } from '../core/setting.ts'
import { goneFrom, nodesOf, orderOf, setPolicy, start, stricken } from './market.ts'

interface Asked {
  key: string
  what: string
  nodeId: string
  work: string
  replaces: string | null
}

/** The system of all nodes, which answers as it is told to. */
async function provider(
  answer: (asked: Asked, count: number) => number | Promise<number> = () => 200,
  waitsFor: Promise<void> = Promise.resolve(),
) {
  const asked: Asked[] = []
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk) => {
      text += chunk
    })
    request.on('end', async () => {
      await waitsFor
      const { key, work } = JSON.parse(text)
      const { what, nodeId, fulfillmentOrderId, replaces } = work
      const one = { key, what, nodeId, work: fulfillmentOrderId, replaces }
      expect(request.headers['idempotency-key']).toBe(key)
      asked.push(one)
      response.writeHead(await answer(one, asked.length)).end()
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/work`, asked }
}

const now = () => start + 60_000

/** Asks as long as the test runs. */
function asking(core: Core, clock: Clock = systemClock) {
  const straight = { core, worlds: new Worlds(), now }
  const config = { ...effects.config, webhookAllow: ['127.0.0.1'] }
  const ground = { log: new MemoryLog(clock), effects: { ...effects, config }, folder: '/nowhere' }
  const flows = new FlowRuntime(straight, ground)
  const { logger } = effects
  const watch = watchMovedWork({ core, outside: flows.outside, clock, logger, now })
  onTestFinished(async () => {
    await watch.stop()
    await flows.close()
  })
  return watch
}

/** Moves each order from A to B for an incident, as a round of reroutes does. */
async function move(core: Core, ids: readonly string[], incidentId: string): Promise<void> {
  for (const orderId of ids) {
    const lines = [{ lineId: '1', quantity: 1 }]
    const decision = {
      ...{ decisionId: `${orderId}/${incidentId}/1`, kind: 'reroute' as const, incidentId },
      ...{ fromNodeId: 'fab:A', toNodeId: 'fab:B', status: 'done' as const, reason: 'a test' },
      ...{ costCents: 0, hoursSaved: 5, candidates: [] },
    }
    const to = { nodeId: 'fab:B', carrier: 'SwiftPost', shipBy: null, lines }
    const about = { orderId, fulfillmentOrderId: `${orderId}-F1`, assignments: [to], decision, guard: {} }
    await core.execute('RerouteOrder', about, { at: now() })
  }
}

const open = (core: Core) => core.state().reroutes.asks.size
const words = (asked: readonly Asked[]) => asked.map(({ what, nodeId }) => `${what} ${nodeId}`)

const restsMs = [5_000, 20_000, 80_000, 320_000]

/** Lets so much time pass, and all be asked each time. */
async function pass(clock: SimulatedClock, watch: MovedWorkWatch, rests: readonly number[]): Promise<void> {
  for (const ms of rests) {
    await clock.advance(ms)
    await watch.idle()
  }
}

/** One order that is to move from A, and a provider who is asked. */
async function one(answer?: Parameters<typeof provider>[0], count = 1, waitsFor?: Promise<void>) {
  const there = await provider(answer, waitsFor)
  const workActions = [{ nodeId: null, action: 'http', url: there.url }]
  return { ...(await stricken({ workActions }, count)), ...there }
}

test('the old node is asked to cancel, then the new one to take the work, and the reverse at an undo', async () => {
  const { core, ids, incidentId, asked } = await one()
  const watch = asking(core)
  await move(core, ids, incidentId)
  await watch.idle()
  expect(goneFrom(core, ids)).toEqual(ids)
  expect(words(asked)).toEqual(['cancel fab:A', 'send fab:B'])
  expect(asked[1]).toMatchObject({ work: 'o0-F2', replaces: 'o0-F1' })

  await rollBack(core, incidentId, { reason: 'a test', by: 'Mia', at: now() })
  await watch.idle()
  expect(nodesOf(core, 'o0')).toEqual(['fab:A'])
  expect(words(asked).slice(2)).toEqual(['cancel fab:B', 'send fab:A'])
  expect(asked[3]).toMatchObject({ work: 'o0-F3', replaces: 'o0-F1' })
  expect(new Set(asked.map(({ key }) => key)).size).toBe(4)
  expect(open(core)).toBe(0)
})

test('an order stays with the node that will not let it go, and the other never hears of it', async () => {
  const { core, ids, incidentId, asked } = await one(({ what }) => (what === 'cancel' ? 409 : 200))
  const watch = asking(core)
  await move(core, ids, incidentId)
  await watch.idle()
  expect(nodesOf(core, 'o0')).toEqual(['fab:A'])
  expect(words(asked)).toEqual(['cancel fab:A', 'send fab:A'])
  expect(asked[1]).toMatchObject({ work: 'o0-F3', replaces: 'o0-F1' })
  expect(orderOf(core, 'o0').history.map(String).join(' ')).toContain('refused: it answered 409')
})

test('an order goes back where the new node will not take it', async () => {
  const { core, ids, incidentId, asked } = await one(({ nodeId }) => (nodeId === 'fab:B' ? 422 : 200))
  const watch = asking(core)
  await move(core, ids, incidentId)
  await watch.idle()
  expect(nodesOf(core, 'o0')).toEqual(['fab:A'])
  expect(words(asked)).toEqual(['cancel fab:A', 'send fab:B', 'send fab:A'])
  expect(open(core)).toBe(0)
})

test('a person is told where a node refuses and the move cannot be taken back', async () => {
  const lets = Promise.withResolvers<void>()
  const { core, ids, incidentId, asked } = await one(
    ({ what }) => (what === 'cancel' ? 409 : 200),
    5,
    lets.promise,
  )
  const watch = asking(core)
  await move(core, ids, incidentId)
  for (const orderId of ids) {
    await core.execute('StartPicking', { orderId, fulfillmentOrderId: `${orderId}-F2` }, { at: now() })
  }
  lets.resolve()
  await watch.idle()
  expect(open(core)).toBe(0)
  expect(words(asked)).not.toContain('send fab:A')
  const openId = core.state().openIncidents.get('handover/fab:A') ?? ''
  const incident = core.state().incidents.get(openId)
  expect(incident).toMatchObject({ value: 5, ordersAtRisk: 5, isNoticed: true })
  expect(incident?.title).toMatch(/refused 5 moves .* it may be sent twice/)
  const named = incident?.comments.map(({ text }) => text).sort() ?? []
  expect(
    named.map((text) => /^Order (\S+): it may be sent twice \(it answered 409\)$/.exec(text)?.[1]),
  ).toEqual(ids.map((orderId) => orderOf(core, orderId).externalId))
})

test('an order does not go back to a node that is closed by now: a person is told', async () => {
  const { core, ids, incidentId, asked } = await one(({ nodeId }) => (nodeId === 'fab:B' ? 422 : 200))
  await move(core, ids, incidentId)
  await core.execute('DefineNodes', { nodes: [node('A', { isActive: false })] }, { at: now() })
  await asking(core).idle()
  expect(words(asked)).toEqual(['cancel fab:A', 'send fab:B'])
  expect(nodesOf(core, 'o0')).toEqual(['fab:B'])
  expect(orderOf(core, 'o0').isPinned).toBe(false)
  const openId = core.state().openIncidents.get('handover/fab:B') ?? ''
  expect(core.state().incidents.get(openId)?.title).toMatch(/it may not be sent at all/)
  expect(open(core)).toBe(0)

  const back = await rollBack(core, incidentId, { reason: 'a test', by: 'Mia', at: now() })
  expect(back).toEqual({ returned: 0, stayed: 1 })
})

test('who does not answer is asked again, and after the last time the order goes back', async () => {
  let isDown = true
  const { core, ids, incidentId, asked } = await one(() => (isDown ? 503 : 200))
  const clock = new SimulatedClock(start)
  const watch = asking(core, clock)
  await move(core, ids, incidentId)
  await pass(clock, watch, [0, 5_000, 20_000, 80_000])
  expect(asked).toHaveLength(4)
  expect(new Set(asked.map(({ key }) => key)).size).toBe(1)
  expect(nodesOf(core, 'o0')).not.toEqual(['fab:A'])
  await clock.advance(320_000)
  while (asked.length < 5) await watch.idle()
  isDown = false
  await watch.idle()
  expect(nodesOf(core, 'o0')).toEqual(['fab:A'])
})

const isSentToB = ({ what, nodeId }: Asked) => what === 'send' && nodeId === 'fab:B'
const never = new Promise<number>(() => undefined)
const fiveSent = Array.from({ length: 5 }, () => 'send fab:B')
const broken = (tries: number) => (tries === 1 ? 500 : 503)

test.each([
  ['breaks down in every try', 0, () => 500],
  ['hangs in every try', 30_000, () => never],
  ['breaks down in the first try and is away then', 0, broken],
])('a node that %s may have the work, and is asked to cancel it', async (_, hangsMs, answer) => {
  let tries = 0
  const { core, ids, incidentId, asked } = await one((each) => (isSentToB(each) ? answer(++tries) : 200))
  const clock = new SimulatedClock(start)
  const watch = asking(core, clock)
  await move(core, ids, incidentId)
  for (const [i, restMs] of [0, ...restsMs].entries()) {
    await clock.advance(restMs)
    await expect.poll(() => asked.length).toBeGreaterThan(i + 1)
    await clock.advance(hangsMs)
    await watch.idle()
  }
  expect(nodesOf(core, 'o0')).toEqual(['fab:A'])
  expect(words(asked)).toEqual(['cancel fab:A', ...fiveSent, 'cancel fab:B', 'send fab:A'])
  expect(asked[6]).toMatchObject({ work: 'o0-F2', key: `main/o0/${incidentId}/1/undo/cancel/o0-F2` })
  expect(open(core)).toBe(0)
})

test('a node that is never heard of was not told: it is not asked to cancel', async () => {
  const { core, ids, incidentId, asked } = await one((each) => (isSentToB(each) ? 503 : 200))
  const clock = new SimulatedClock(start)
  const watch = asking(core, clock)
  await move(core, ids, incidentId)
  await pass(clock, watch, [0, ...restsMs])
  expect(words(asked)).toEqual(['cancel fab:A', ...fiveSent, 'send fab:A'])
})

test('a person is told where a node that may have the work does not answer to its cancel either', async () => {
  const { core, ids, incidentId, asked } = await one(({ nodeId }) => (nodeId === 'fab:B' ? 500 : 200))
  const clock = new SimulatedClock(start)
  const watch = asking(core, clock)
  await move(core, ids, incidentId)
  await pass(clock, watch, [0, ...restsMs, ...restsMs])
  const cancelled = Array.from({ length: 5 }, () => 'cancel fab:B')
  expect(words(asked)).toEqual(['cancel fab:A', ...fiveSent, ...cancelled, 'send fab:A'])
  const openId = core.state().openIncidents.get('handover/fab:B') ?? ''
  expect(core.state().incidents.get(openId)?.title).toMatch(/it may be sent twice/)
  expect(open(core)).toBe(0)
})

test('what was asked before a crash may have been heard: its node is asked to cancel it', async () => {
  const { core, path, ids, incidentId, asked } = await one((each) => {
    return isSentToB(each) ? broken(asked.filter(isSentToB).length) : 200
  })
  const watch = asking(core, new SimulatedClock(start))
  await move(core, ids, incidentId)
  await watch.idle()
  await watch.stop()
  await core.close()

  const again = await runCore(path)
  const clock = new SimulatedClock(start)
  const second = asking(again.core, clock)
  await pass(clock, second, [0, ...restsMs])
  expect(words(asked)).toEqual(['cancel fab:A', 'send fab:B', ...fiveSent, 'cancel fab:B', 'send fab:A'])
})

test('what was asked before a crash is asked again under the same key, nothing under another', async () => {
  const { core, path, ids, incidentId, asked } = await one((_, count) => (count <= 4 ? 503 : 200), 4)
  const watch = asking(core, new SimulatedClock(start))
  await move(core, ids, incidentId)
  await watch.idle()
  expect(asked).toHaveLength(4)
  expect(open(core)).toBe(8)
  await watch.stop()
  await core.close()

  const again = await runCore(path)
  const second = asking(again.core)
  await second.idle()
  expect(open(again.core)).toBe(0)
  expect(goneFrom(again.core, ids)).toEqual(ids)
  const keys = asked.map(({ key }) => key)
  expect(keys).toHaveLength(12)
  expect(new Set(keys).size).toBe(8)
})

test('nobody is asked where nobody is named, and what waits is dropped where nobody is named any more', async () => {
  const { core, ids, incidentId, asked } = await one()
  await move(core, ids, incidentId)
  expect(open(core)).toBe(2)
  await setPolicy(core, { workActions: [] })
  await asking(core).idle()
  expect(open(core)).toBe(0)
  expect(asked).toEqual([])
})
