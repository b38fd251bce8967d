// Proves the scoring of tables over HTTP: odd rows with reasons, sound numbers, and clear refusals.

import { afterAll, beforeAll, expect, test } from 'vitest'
import { seededRandom } from '#data/kernel'
import { openPlace, type Place } from './http-place.ts'

let place: Place
beforeAll(async () => {
  place = await openPlace()
})
afterAll(() => place.close())

const path = '/api/v1/analysis/score'
const random = seededRandom(1)
const weight = Array.from({ length: 200 }, () => 1 + random.next() * 9)
const price = weight.map((each, row) => (row === 42 ? 300 : each * 10 + random.normal(0, 1)))
const carrier = weight.map((_, row) => (row === 7 ? null : random.pick(['UPS', 'DHL'])))

test('a table that is sent along is scored, with reasons for what is odd', async () => {
  const body = {
    columns: [
      { name: 'weight', values: weight },
      { name: 'price', values: price.map((each, row) => (row === 9 ? 'free' : each)) },
      { name: 'carrier', values: carrier },
      { name: 'note', values: weight.map((_, row) => `n${row * 31}`) },
    ],
    ignore: ['note'],
  }
  const { status, body: answer } = await place.call('POST', path, { body })
  expect(status).toBe(200)
  const { scores, pValues, odd, columns, notes } = answer as {
    scores: number[]
    pValues: number[]
    odd: { row: number; text: string; reasons: { column: string; observed: unknown }[] }[]
    columns: string[]
    notes: string[]
  }
  expect(columns).toEqual(['weight', 'price', 'carrier'])
  expect(scores.length).toBe(200)
  expect(pValues.every((p) => p > 0 && p <= 1)).toBe(true)
  expect(odd.slice(0, 3).map(({ row }) => row)).toContain(43)
  expect(odd.find(({ row }) => row === 43)?.text).toMatch(/^price 300, expected about/)
  expect(odd.find(({ row }) => row === 10)?.reasons[0]).toMatchObject({ column: 'price', observed: 'free' })
  expect(notes.join()).toContain('price has 1 cell without a number')
  expect(await place.call('POST', path, { body })).toMatchObject({ status: 200, body: answer })
})

test.each<[string, unknown, string]>([
  [
    'columns of other lengths',
    {
      columns: [
        { name: 'a', values: [1] },
        { name: 'b', values: [] },
      ],
    },
    'HTTP_BODY_INVALID',
  ],
  [
    'two columns of one name',
    {
      columns: [
        { name: 'a', values: [1] },
        { name: 'a', values: [2] },
      ],
    },
    'HTTP_BODY_INVALID',
  ],
  ['unknown fields', { columns: [{ name: 'a', values: [1] }], fit: true }, 'HTTP_BODY_INVALID'],
  [
    'too few clean rows',
    { columns: [{ name: 'a', values: [1] }], clean: [{ name: 'a', values: [1] }] },
    'MODELS_TABLE_UNUSABLE',
  ],
])('%s are refused', async (_, sent, code) => {
  expect(await place.call('POST', path, { body: sent })).toMatchObject({ body: { code } })
})
