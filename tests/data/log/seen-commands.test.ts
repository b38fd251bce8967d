// Small parts of the writer: the memory of ids, and the text that a request's hash is taken of.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson, requestHash } from '../../../data/log/command-record.ts'
import { SeenCommands } from '../../../data/log/seen-commands.ts'

test('No id is ever forgotten, also when the memory has grown several times', () => {
  const seen = new SeenCommands()
  const count = 120_000
  for (let i = 0; i < count; i++) seen.add(`order-${i}`)
  for (let i = 0; i < count; i++) expect(seen.add(`order-${i}`)).toBe(true)
})

test('Few new ids are taken for old ones', () => {
  const seen = new SeenCommands()
  let mistaken = 0
  for (let i = 0; i < 100_000; i++) if (seen.add(`order-${i}`)) mistaken++
  expect(mistaken).toBeLessThan(300)
})

test('Canonical JSON is the same value, whatever the order of the fields', () => {
  const shuffle = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map(shuffle)
    return Object.fromEntries(
      Object.entries(value)
        .toReversed()
        .map(([name, field]) => [name, shuffle(field)]),
    )
  }
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value)
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
      expect(canonicalJson(shuffle(value))).toBe(text)
    }),
  )
})

test('A field called __proto__ counts in the hash of a request', () => {
  const hash = (text: string): string => requestHash({ commandId: 'c', type: 'T', data: JSON.parse(text) })
  expect(hash('{"__proto__": 1}')).not.toBe(hash('{"__proto__": 2}'))
  expect(hash('{"__proto__": {"a": 1}}')).not.toBe(hash('{}'))
})
