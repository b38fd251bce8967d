// The limits of reroutes over HTTP: with their version, and set over no change that was not seen.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPlace, type Place } from './http-place.ts'

let place: Place
beforeAll(async () => {
  place = await openPlace()
})
afterAll(() => place.close())

const path = '/api/v1/policies/reroute'
const read = () => place.call('GET', path)
const put = (body: object, headers: Record<string, string> = {}) => place.call('PUT', path, { body, headers })
const post = (name: string) => place.call('POST', `/api/v1/reroutes/${name}`, { body: {} })
/** Limits as a program sets them that knows no version. */
const plain = async (change: object) => {
  const { version: _, changedAt: __, changedBy: ___, ...limits } = (await read()).body
  return { ...limits, ...change }
}

test('limits have a version that goes up with each change, and say who made it', async () => {
  const first = await read()
  expect([first.body.version, first.body.changedBy, first.headers.etag]).toEqual([0, null, '"0"'])
  const set = await put(await plain({ maxMovesPerOrder: 3 }))
  expect(set.body).toMatchObject({ maxMovesPerOrder: 3, version: 1, changedBy: 'command line' })
  expect(set.headers.etag).toBe('"1"')
  expect((await put(await plain({}))).body.version).toBe(1)
  expect((await post('stop')).body).toMatchObject({ isStopped: true, version: 2 })
  expect((await post('resume')).body).toMatchObject({ isStopped: false, version: 3 })
  const overview = await place.call('GET', '/api/v1/overview')
  expect(overview.body.policy).toEqual((await read()).body)
})

test('limits that were read before another change are refused and change nothing', async () => {
  const old = (await read()).body
  const bobs = await put({ ...old, maxDayCostCents: 30_000 })
  expect([bobs.status, bobs.body.maxDayCostCents]).toEqual([200, 30_000])
  const byBody = { ...old, maxMovesPerOrder: 9 }
  const byHeader = await plain({ maxDayCostCents: null })
  for (const [body, headers] of [
    [byBody, {}],
    [byHeader, { 'if-match': `"${old.version}"` }],
  ] as const) {
    const late = await put(body, headers)
    expect([late.status, late.body.code]).toEqual([409, 'REROUTE_LIMITS_CHANGED'])
    expect(late.body.details).toEqual({
      ...{ version: bobs.body.version, asked: old.version },
      ...{ changedAt: bobs.body.changedAt, changedBy: 'command line' },
    })
  }
  expect((await read()).body).toEqual(bobs.body)
  const newest = await put(byHeader, { 'if-match': String(bobs.headers.etag) })
  expect([newest.status, newest.body.maxDayCostCents]).toEqual([200, null])
  expect((await put(byHeader, { 'if-match': 'abc' })).body.code).toBe('HTTP_QUERY_INVALID')
})

test('limits that say nothing of the switch leave it as it is, stopped or not', async () => {
  const { isStopped: _, ...limits } = await plain({ maxMovesPerOrder: 5 })
  expect((await put(limits)).body.isStopped).toBe(false)
  await post('stop')
  expect((await put({ ...limits, maxMovesPerOrder: 6 })).body).toMatchObject({ isStopped: true })
  await post('resume')
  expect((await put({ ...limits, maxMovesPerOrder: 7 })).body).toMatchObject({ isStopped: false })
  const last = await read()
  expect((await put({ ...limits, maxMovesPerOrder: 7 })).body.version).toBe(last.body.version)
})
