// Proves root causes over HTTP: the same as by the search itself, off the thread that serves, and clear refusals.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { explainDeviation } from '#models'
import { openPlace, type Place } from './http-place.ts'

let place: Place
beforeAll(async () => {
  place = await openPlace()
})
afterAll(() => place.close())

const path = '/api/v1/analysis/explain'
const leaves = Array.from({ length: 120 }, (_, i) => ({
  node: `n${i % 10}`,
  method: `m${Math.floor(i / 10)}`,
}))
const expected = leaves.map((_, i) => 100 + ((i * 7) % 40))
const actual = leaves.map(
  ({ node }, i) => (expected[i] ?? 0) * (node === 'n3' ? 0.4 : 1 + ((i * 5) % 7) / 200),
)
const dimensions = (['node', 'method'] as const).map((name) => ({
  name,
  values: leaves.map((leaf): string | null => leaf[name]),
}))

test('leaves that are sent along are explained as the search explains them', async () => {
  const { status, body } = await place.call('POST', path, { body: { dimensions, actual, expected } })
  expect(status).toBe(200)
  const found = explainDeviation({
    dimensions: ['node', 'method'],
    values: dimensions.map(({ values }) => values.map(String)),
    actual,
    expected,
    kind: 'additive',
  })
  expect(body).toEqual({ ...found, notes: [] })
  expect(body).toMatchObject({ causes: [{ slice: { node: 'n3' } }], reason: null })
})

test('ratios are told from amounts, and what was left out is said', async () => {
  const wrong = leaves.map(({ node }, i) => (node === 'n4' ? 0.4 : 0.04 + (i % 3) / 100))
  const sent = {
    dimensions,
    actual: wrong.map((share, i) => (i === 7 ? null : 1 - share)),
    expected: wrong.map(() => 0.95),
  }
  const { body } = await place.call('POST', path, { body: sent })
  expect(body).toMatchObject({ measure: 'ratio', leaves: 119 })
  expect(String((body as { notes: string[] }).notes)).toMatch(
    /what the ratios are among.*1 row without a number/,
  )
  const weighed = await place.call('POST', path, { body: { ...sent, weight: leaves.map(() => 100) } })
  expect(weighed.body).toMatchObject({ measure: 'ratio', causes: [{ slice: { node: 'n4' } }] })
})

test.each<[string, unknown]>([
  ['lists of other lengths', { dimensions, actual, expected: [1] }],
  ['two dimensions of one name', { dimensions: [dimensions[0], dimensions[0]], actual, expected }],
  ['leaves without a number', { dimensions, actual: actual.map(() => null), expected }],
  ['leaves that are none', { dimensions: [{ name: 'node', values: [] }], actual: [], expected: [] }],
  ['no dimensions', { dimensions: [], actual, expected }],
  ['texts for numbers', { dimensions, actual: actual.map(String), expected }],
  ['unknown fields', { dimensions, actual, expected, seed: 1 }],
])('%s are refused', async (_, sent) => {
  expect(await place.call('POST', path, { body: sent })).toMatchObject({
    status: 400,
    body: { code: 'HTTP_BODY_INVALID' },
  })
})
