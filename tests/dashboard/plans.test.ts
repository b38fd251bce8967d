// Plans of reroutes in words: where each move goes, and how likely its order comes late.

import { expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { moveWay, riskWay } from '../../dashboard/lib/reroutes/plans.ts'

const move: api.PlannedMove = {
  ...{ orderId: 'o1', orderExternalId: 'SO-1', fulfillmentOrderId: 'SO-1-F1' },
  ...{ fromNodeId: 'a', fromNodeName: 'Reno', toNodeId: 'b', toNodeName: 'Dallas', moreNodes: 0 },
  ...{ carrier: 'Northline', extraCents: 120, hoursSaved: 9, riskBefore: 0.97, riskAfter: 0.12 },
}
const plain = (text: string) => text.replaceAll('\u2060\u2009\u2060', ' ')

test('a move goes to another node, to several, or leaves its node with another carrier', () => {
  expect(moveWay(move)).toBe('Reno → Dallas')
  expect(moveWay({ ...move, moreNodes: 1 })).toBe('Reno → Dallas and 1 other')
  expect(moveWay({ ...move, toNodeId: 'a', toNodeName: 'Reno' })).toBe('Reno by Northline')
  expect(moveWay({ ...move, toNodeId: 'a', carrier: null })).toBe('Reno by another carrier')
})

test('how likely it comes late is said before and after, never as a certainty', () => {
  expect(plain(riskWay(move))).toBe('97 % → 12 %')
  expect(plain(riskWay({ ...move, riskBefore: 1, riskAfter: 0 }))).toBe('over 99 % → below 1 %')
  expect(plain(riskWay({ ...move, riskBefore: null }))).toBe('not known → 12 %')
  expect(riskWay({ ...move, riskBefore: null, riskAfter: null })).toBe('–')
})
