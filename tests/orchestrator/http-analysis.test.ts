// Proves detection over HTTP: the same as by the command, finite or null, and clear refusals.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { seededRandom } from '#data/kernel'
import { judgeRows } from '#orchestrator/analysis'
import { openPlace, type Place } from './http-place.ts'

let place: Place
beforeAll(async () => {
  place = await openPlace()
})
afterAll(() => place.close())

const path = '/api/v1/analysis/detect'
const random = seededRandom(1)
const values = Array.from({ length: 400 }, (_, i) => (i === 300 ? 90 : 50 + random.normal(0, 1)))
const times = values.map((_, i) => new Date(Date.UTC(2026, 0, 5) + i * 300_000).toISOString())

test('series that are sent along are judged as files are', async () => {
  const holed = values.map((value, i) => (i === 10 ? null : value))
  const { status, body } = await place.call('POST', path, {
    body: { times, columns: [{ name: 'load', values: holed }] },
  })
  expect(status).toBe(200)
  const { columns, warnings } = await judgeRows({
    times: Float64Array.from(times, Date.parse),
    ids: null,
    columns: [{ name: 'load', values: Float64Array.from(holed, (value) => value ?? Number.NaN) }],
  })
  expect(body).toMatchObject({ series: 1, warnings })
  const [answer] = body.columns as { score: number[]; anomaly: boolean[]; expected: number[] }[]
  expect(answer?.score).toEqual([...(columns[0]?.score ?? [])])
  expect(answer?.expected).toEqual([...(columns[0]?.expected ?? [])])
  expect(answer?.anomaly[300]).toBe(true)
})

test.each<[string, unknown]>([
  ['lists of other lengths', { times, columns: [{ name: 'load', values: [1] }] }],
  ['texts for numbers', { times: times.slice(0, 1), columns: [{ name: 'load', values: ['1'] }] }],
  ['unknown fields', { times: times.slice(0, 1), columns: [{ name: 'load', values: [1] }], seed: 1 }],
  ['no columns', { times, columns: [] }],
])('%s are refused', async (_, sent) => {
  expect(await place.call('POST', path, { body: sent })).toMatchObject({
    status: 400,
    body: { code: 'HTTP_BODY_INVALID' },
  })
})
