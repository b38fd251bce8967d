// Causes of an incident as they are shown: what its title names already is no cause of its own.

import { expect, test } from 'vitest'
import { causeDimensions, causesBeside, causeWord } from '../../dashboard/lib/causes.ts'

const incident = { dimension: 'node', dimensionValue: 'demo:reno' }
const itself = { dimension: 'node', value: 'demo:reno', share: 1 }
const lane = { dimension: 'lane', value: 'NV>CA', share: 0.6 }
const within = {
  ...{ dimension: 'node', value: 'demo:reno', share: 0.7 },
  slice: [
    { dimension: 'node', value: 'demo:reno' },
    { dimension: 'service', value: '2-day' },
  ],
}

test('an incident is no cause of itself; what is within it or elsewhere is one', () => {
  expect(causesBeside({ ...incident, causes: [itself] })).toEqual([])
  expect(causesBeside({ ...incident, causes: [itself, lane, within] })).toEqual([lane, within])
  const same = { ...itself, slice: [{ dimension: 'node', value: 'demo:reno' }] }
  expect(causesBeside({ ...incident, causes: [same] })).toEqual([])
  expect(causesBeside({ dimension: 'node', dimensionValue: 'demo:dallas', causes: [itself] })).toEqual([
    itself,
  ])
})

test('a cause of several parts is told by all of them', () => {
  expect(causeWord(within, (_, value) => value)).toBe('demo:reno × 2-day')
  expect(causeDimensions(within)).toBe('Node × service')
})
