// Plans of reroutes in words: how they stand, where each move goes, and how likely its order comes late.

import { expect, test } from 'vitest'
import type { api } from '#data/contracts'
import {
  answeredSentence,
  haltSentence,
  moveWay,
  planWord,
  riskWay,
} from '../../dashboard/lib/reroutes/plans.ts'

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

test('what is approved while nothing moves is said to wait, and until when', () => {
  const approved = { status: 'approved', haltedBy: 'stopped' } as const
  expect(planWord(approved)).toBe('Approved, waits')
  expect(answeredSentence(approved)).toBe(
    'Approved. Reroutes are stopped: the orders wait until they are resumed',
  )
  expect(haltSentence(approved)).toBe('Reroutes are stopped: its orders wait until they are resumed.')
  expect(haltSentence({ status: 'proposed', haltedBy: 'shadow' })).toBe(
    'Reroutes are only noted, in shadow: once approved, its orders wait until they are turned on.',
  )
  expect(answeredSentence({ status: 'approved', haltedBy: 'off' })).toContain('until they are turned on')
})

test('what is approved while orders move is being moved, and what has ended waits for nothing', () => {
  const approved = { status: 'approved', haltedBy: null } as const
  expect([planWord(approved), haltSentence(approved)]).toEqual(['Approved, being carried out', null])
  expect(answeredSentence(approved)).toBe('Approved: the orders are being moved')
  expect(answeredSentence({ status: 'rejected', haltedBy: null })).toBe('Rejected: nothing moves')
})
