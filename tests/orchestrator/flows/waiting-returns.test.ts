// Returns that are asked for while another run of their order is under way: they wait, begin in their turn, and none
// is lost, whatever happens in between.

import { expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { stateCodec } from '../../../orchestrator/core/codec.ts'
import { newWarehouse, project } from '../projection/place.ts'
import { cut, FlowPlace, flowOf, returns, straightTiles } from './flow-place.ts'

/** A flow of orders that goes on after they are released, until somebody says that it is enough. */
const caring = flowOf([
  ...straightTiles('care'),
  { type: 'wait', id: 'care', events: ['enough'], next: 'exit' } satisfies api.FlowTile,
])

/** An order that was delivered, whose own run is still under way. */
async function delivered(lines: Record<string, number> = { x: 3 }): Promise<FlowPlace> {
  const place = await FlowPlace.open()
  await place.publish(caring)
  await place.publish(returns)
  await place.flows.turn()
  await place.order('o1', lines)
  await place.deliver('o1')
  expect(place.run('o1')).toMatchObject({ runId: 'o1/run/1', flowId: 'web' })
  return place
}

const enough = (place: FlowPlace) => place.flows.raise('o1', 'enough', null, 'Mia')

/** Runs that wait, as the core has them. */
const queued = ({ core }: FlowPlace) => [...core.state().flows.queued].flatMap(([, runs]) => runs)

async function eventsOf({ core, log }: FlowPlace, type: string): Promise<unknown[]> {
  const events = await log.read(core.stream, 0, 100_000)
  return events.filter((event) => event.type === type).map(({ data }) => data)
}

/** Runs of returns that began. */
async function begunReturns(place: FlowPlace): Promise<string[]> {
  const started = (await eventsOf(place, 'FlowRunStarted')) as { runId: string; flowId: string }[]
  return started.filter(({ flowId }) => flowId === 'back').map(({ runId }) => runId)
}

test('a return that is asked for while the own run of its order is under way begins when that is over', async () => {
  const place = await delivered()
  await place.askBack('o1')
  await place.later(1)
  await place.later(1)
  expect(queued(place)).toMatchObject([{ runId: 'o1/run/2', flowId: 'back', version: 1 }])
  expect(place.run('o1')).toMatchObject({ flowId: 'web' })
  await enough(place)
  expect(place.run('o1')).toMatchObject({ runId: 'o1/run/2', flowId: 'back' })
  expect(queued(place)).toEqual([])
  await place.later(1)
  expect((await place.steps('o1')).slice(-2)).toEqual(['start: done', 'tell: done'])
  expect(await begunReturns(place)).toEqual(['o1/run/2'])
})

test.each(['failed', 'cancelled'] as const)('it begins as well where the run before %s', async (ended) => {
  const place = await delivered()
  await place.askBack('o1')
  await place.later(1)
  const run = place.run('o1')
  if (run === undefined) throw new Error('no run')
  const step = {
    tileId: '',
    outcome: 'stopped',
    reason: 'test',
    attempt: 1,
    gone: [],
    tokens: [],
    ended,
  } as const
  const taken = { runId: run.runId, after: run.steps, version: 1, step }
  await place.core.execute('TakeFlowStep', taken, { at: place.clock.at })
  expect(place.run('o1')).toMatchObject({ runId: 'o1/run/2', flowId: 'back' })
})

test('goods that come back while the return waits are not missed', async () => {
  const place = await delivered()
  await place.askBack('o1')
  await place.later(1)
  await place.bringBack('o1')
  await place.later(1)
  await enough(place)
  await place.later(1)
  expect((await place.steps('o1')).slice(-3)).toEqual(['start: done', 'tell: done', 'came: done'])
  expect(place.get('o1').flow).toMatchObject({ flowId: 'back', run: 2 })
  expect(place.run('o1')).toBeUndefined()
})

test('nor are they where the order has had many steps, and they count for one return each', async () => {
  const place = await delivered()
  const steps = async () => {
    for (let i = 0; i < 120; i++) await place.flows.raise('o1', 'status.asked', null, 'test')
  }
  await steps()
  for (let i = 0; i < 2; i++) await place.askBack('o1')
  await place.later(1)
  await place.bringBack('o1')
  await steps()
  await enough(place)
  for (let i = 0; i < 3; i++) await place.later(1)
  expect(place.run('o1')).toMatchObject({ runId: 'o1/run/3', tokens: [{ tileId: 'came' }] })
  await place.bringBack('o1')
  await place.later(1)
  expect(place.get('o1').flow).toMatchObject({ flowId: 'back', run: 3, state: 'done' })
})

test('several returns of an order begin one after another, in the order in which they were asked for', async () => {
  const place = await delivered()
  await place.askBack('o1')
  await place.later(1)
  await place.askBack('o1')
  await place.askBack('o1')
  await place.later(1)
  await enough(place)
  for (const run of [2, 3, 4]) {
    expect(place.run('o1')?.runId).toBe(`o1/run/${run}`)
    await place.later(1)
    await place.bringBack('o1')
    await place.later(1)
  }
  expect(place.run('o1')).toBeUndefined()
  expect(await begunReturns(place)).toEqual(['o1/run/2', 'o1/run/3', 'o1/run/4'])
})

test('goods that come together for several returns that wait are one return each', async () => {
  const place = await delivered()
  for (let i = 0; i < 3; i++) await place.askBack('o1')
  await place.later(1)
  await place.bringBack('o1')
  await place.bringBack('o1')
  await enough(place)
  for (let i = 0; i < 4; i++) await place.later(1)
  expect(place.run('o1')).toMatchObject({ runId: 'o1/run/4', tokens: [{ tileId: 'came' }] })
  await place.bringBack('o1')
  await place.later(1)
  expect(place.get('o1').flow).toMatchObject({ run: 4, state: 'done' })
})

test('killed after any event, each return begins once and comes to its end', async () => {
  const place = await delivered()
  const from = place.core.lastSeq
  await place.askBack('o1')
  await place.later(1)
  await enough(place)
  await place.later(1)
  const content = place.log.content()
  const last = place.core.lastSeq
  await place.close()
  for (let seq = from + 1; seq <= last; seq++) {
    const again = await FlowPlace.open(cut(content, place.core.stream, seq))
    if (again.get('o1').lines[0]?.returnRequested !== 1) continue
    await again.later(1)
    if (again.run('o1')?.flowId === 'web') await enough(again)
    await again.later(1)
    await again.later(1)
    expect(await begunReturns(again), `killed after event ${seq}`).toEqual(['o1/run/2'])
    expect(again.run('o1')?.tokens).toMatchObject([{ tileId: 'came' }])
    await again.close()
  }
})

test('what waits is in the state that is kept, and in the one that follows from the events', async () => {
  const place = await delivered()
  await place.askBack('o1')
  await place.askBack('o1')
  await place.later(1)
  const before = queued(place)
  expect(before.map(({ runId }) => runId)).toEqual(['o1/run/2', 'o1/run/3'])
  const codec = stateCodec<{ flows: unknown }>()
  const thawer = codec.thaw()
  const pieces = [...codec.freeze(place.core.state())]
  for (const piece of pieces) thawer.take(JSON.parse(JSON.stringify(piece)))
  expect([...codec.freeze(thawer.done())]).toEqual(pieces)
  const again = await FlowPlace.open(place.log.content())
  expect(queued(again)).toEqual(before)
})

test('at most twenty wait for each order, and of more it is noted that they never begin', async () => {
  const place = await delivered({ x: 10, y: 10, z: 5 })
  for (let i = 0; i < 22; i++) await place.askBack('o1', String(1 + Math.floor(i / 10)))
  await place.later(1)
  expect(queued(place)).toHaveLength(20)
  expect(await eventsOf(place, 'FlowRunRefused')).toMatchObject([
    { orderId: 'o1', flowId: 'back', version: 1, reason: 'too_many_wait' },
    { orderId: 'o1', flowId: 'back', version: 1, reason: 'too_many_wait' },
  ])
  const warehouse = await newWarehouse()
  const counts = async () => {
    await project(place.log, warehouse, place.core)
    return warehouse.all(
      `SELECT flow_id, status, reason, count(*)::INTEGER AS runs, count(ended_at)::INTEGER AS ended
       FROM flow_runs GROUP BY ALL ORDER BY ALL`,
    )
  }
  const refused = { flow_id: 'back', status: 'failed', reason: 'too_many_wait', runs: 2, ended: 2 }
  const own = { flow_id: 'web', reason: null, runs: 1 }
  expect(await counts()).toEqual([
    refused,
    { flow_id: 'back', status: 'waiting', reason: null, runs: 20, ended: 0 },
    { ...own, status: 'running', ended: 0 },
  ])
  await place.later(1)
  await enough(place)
  expect(await counts()).toEqual([
    refused,
    { flow_id: 'back', status: 'running', reason: null, runs: 1, ended: 0 },
    { flow_id: 'back', status: 'waiting', reason: null, runs: 19, ended: 0 },
    { ...own, status: 'done', ended: 1 },
  ])
  const [begun] = await warehouse.all(
    `SELECT epoch_ms(started_at) AS at FROM flow_runs WHERE run_id = 'o1/run/2'`,
  )
  expect(Number(begun?.at)).toBe(place.clock.at)
})

test('a return that waits keeps its version, and begins although its flow takes nothing new any more', async () => {
  const place = await delivered()
  await place.askBack('o1')
  await place.later(1)
  for (let i = 0; i < 60; i++) await place.publish({ ...returns, title: `Returns ${i}` })
  await place.setMode('back', 'off')
  await enough(place)
  await place.later(1)
  expect(place.run('o1')).toMatchObject({ flowId: 'back', version: 1, tokens: [{ tileId: 'came' }] })
})

test('a return that was refused a run by an earlier version, and is looked at once more, waits', async () => {
  const place = await delivered()
  await place.askBack('o1')
  const events = await place.log.read(place.core.stream, 0, 100_000)
  const seq = events.find(({ type }) => type === 'ReturnRequested')?.seq
  const begin = { orderId: 'o1', flowId: 'back', version: 1, tileId: 'start', reason: 'ReturnRequested' }
  const options = { at: place.clock.at, commandId: `flow/back/begin/${seq}` }
  expect((await place.core.execute('StartFlowRun', begin, options)).reason).toBe('flow_running')
  await place.later(1)
  expect(queued(place)).toHaveLength(1)
})

test('of each name a return takes the events that those before it left, however they came', async () => {
  const place = await FlowPlace.open()
  const wait = (id: string, events: string[], next: string): api.FlowTile => ({
    ...{ type: 'wait', id, events, next },
  })
  await place.publish({
    ...{ format: 1, flowId: 'back', kind: 'return', title: 'Returns' },
    tiles: [
      { type: 'start', id: 'start', next: 'came', events: ['ReturnRequested'] },
      wait('came', ['ReturnReceived'], 'paid'),
      wait('paid', ['refund.paid'], 'exit'),
      { type: 'exit', id: 'exit' },
    ],
  })
  await place.flows.turn()
  await place.order('o1', { x: 3 }, 'phone')
  await place.deliver('o1')
  for (let i = 0; i < 2; i++) await place.askBack('o1')
  await place.later(1)
  const paid = () => place.flows.raise('o1', 'refund.paid', null, 'Mia')
  for (let i = 0; i < 2; i++) await paid()
  await place.bringBack('o1')
  await place.later(1)
  await place.later(1)
  expect(place.run('o1')).toMatchObject({ runId: 'o1/run/2', tokens: [{ tileId: 'came' }] })
  await place.bringBack('o1')
  await place.later(1)
  expect(place.get('o1').flow).toMatchObject({ run: 2, state: 'done' })
})
