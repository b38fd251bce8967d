// How many are asked at a time of what is outside: the others wait in turn, without their time running.

import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { FlowPlace, flowOf } from './flow-place.ts'

const ids = (count: number) => Array.from({ length: count }, (_, i) => `o${i + 1}`)

/** A receiver that keeps everybody waiting until it is told otherwise. */
async function slowReceiver() {
  const open: ServerResponse[] = []
  const there = {
    ...{ keys: [] as string[], orders: new Set<string>(), most: 0, url: '' },
    answerOne: () => open.shift()?.writeHead(204).end(),
  }
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => {
      body += chunk
    })
    request.on('end', () => {
      there.keys.push(String(request.headers['idempotency-key']))
      there.orders.add((JSON.parse(body) as { order: { orderId: string } }).order.orderId)
      open.push(response)
      there.most = Math.max(there.most, open.length)
    })
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  there.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/act`
  return there
}

/** On a busy machine a call may take a while. */
const patient = { timeout: 10_000 }

test('one address gets twenty calls at a time, and the next as soon as one is answered', async () => {
  const place = await FlowPlace.open(undefined, ['127.0.0.1'])
  const there = await slowReceiver()
  await place.publish(flowOf([{ type: 'custom_http', id: 'call', url: there.url, next: 'exit' }]))
  const placed = Promise.all(ids(50).map((id) => place.order(id)))
  await expect.poll(() => there.keys.length, patient).toBe(20)
  there.answerOne()
  await expect.poll(() => there.keys.length, patient).toBe(21)
  const answering = setInterval(there.answerOne, 2)
  onTestFinished(() => clearInterval(answering))
  await placed
  expect([there.most, there.keys.length, new Set(there.keys).size]).toEqual([20, 50, 50])
  expect(ids(50).every((id) => place.get(id).flow?.state === 'done')).toBe(true)
})

test('what waited is not asked any more once its order is cancelled or its flow paused', async () => {
  const place = await FlowPlace.open(undefined, ['127.0.0.1'])
  const there = await slowReceiver()
  const document = flowOf([{ type: 'custom_http', id: 'call', url: there.url, next: 'exit' }])
  await place.publish(document)
  const placed = Promise.all(ids(23).map((id) => place.order(id)))
  await expect.poll(() => there.keys.length, patient).toBe(20)
  const orderId = ids(23).find((id) => !there.orders.has(id)) ?? ''
  await place.core.execute('CancelOrder', { orderId, reason: 'a test' }, { at: place.clock.at })
  there.answerOne()
  await expect.poll(() => there.keys.length, patient).toBe(21)
  await place.setMode(document.flowId, 'paused')
  const answering = setInterval(there.answerOne, 2)
  onTestFinished(() => clearInterval(answering))
  await placed
  expect(there.keys).toHaveLength(21)
  await place.setMode(document.flowId, 'on')
  await place.later(1)
  expect(there.keys).toHaveLength(22)
  expect(there.orders.has(orderId)).toBe(false)
})

test('the time of a try begins with its call: files that wait for their turn do not run out of it', async () => {
  const place = await FlowPlace.open()
  place.action('slow', 'export const run = () => new Promise((done) => setTimeout(() => done({}), 1_000))')
  const call = { type: 'custom_file', id: 'call', file: 'slow', timeoutSeconds: 2.8, next: 'exit' } as const
  await place.publish(flowOf([call]))
  await Promise.all(ids(24).map((id) => place.order(id)))
  expect(ids(24).map((id) => place.get(id).flow?.state)).toEqual(ids(24).map(() => 'done'))
})

test('who still waits for a turn when Detour stops was not asked, and is with the next start', async () => {
  const place = await FlowPlace.open(undefined, ['127.0.0.1'])
  const there = await slowReceiver()
  const retries = { times: 1, firstSeconds: 60 }
  const call = { type: 'custom_http', id: 'call', url: there.url, timeoutSeconds: 1, retries } as const
  await place.publish(flowOf([{ ...call, next: 'exit' }]))
  const placed = Promise.all(ids(30).map((id) => place.order(id)))
  await expect.poll(() => there.keys.length, patient).toBe(20)
  await place.flows.close()
  await placed
  expect(there.keys).toHaveLength(20)
  const events = await place.log.read(place.core.stream, 0, 10_000)
  expect(events.filter(({ type }) => type === 'ProviderActionRequested')).toHaveLength(20)
  const waiting = ids(30).filter((id) => !there.orders.has(id))
  for (const id of waiting) expect(await place.steps(id)).toEqual(['start: done'])

  const again = await FlowPlace.open(place.log.content(), ['127.0.0.1'])
  const answering = setInterval(there.answerOne, 2)
  onTestFinished(() => clearInterval(answering))
  await again.later(2)
  expect(new Set(there.keys).size).toBe(30)
  expect(ids(30).every((id) => again.get(id).flow?.state === 'done')).toBe(true)
})
