// When work leaves that is at its node already: cut-offs are for what comes, not for what is there.

import { expect, test } from 'vitest'
import { compileNetwork } from '#orchestrator/sourcing'
import { networkDocument, networkNode, weekCalendar } from './network-draft.ts'

const calendars = [weekCalendar('office', [1, 2, 3, 4, 5], '08:00', '17:00')]
const place = { timeZone: 'America/New_York', calendarId: 'office' }
const collected = { cutOff: '14:00', pickups: [{ carrierId: null, days: [], time: '16:00' }] }
const network = compileNetwork({
  document: networkDocument({ nodes: [networkNode('N', { ...place, ...collected })], calendars }),
  version: 1,
  nodes: [],
})

// A Friday; 14:00 there is 19:00 UTC, and 16:00 is 21:00.
test.each([
  ['came before the cut-off', '2026-03-06T20:00:00Z', '2026-03-06T18:00:00Z', 0, '2026-03-06T21:00'],
  ['came after it', '2026-03-06T20:00:00Z', '2026-03-06T19:30:00Z', 0, '2026-03-09T20:00'],
  ['will not be done by the pick-up', '2026-03-06T20:00:00Z', '2026-03-06T18:00:00Z', 2, '2026-03-09T20:00'],
  ['is overdue for days', '2026-03-06T14:00:00Z', '2026-03-04T18:00:00Z', 1, '2026-03-06T21:00'],
])('work that %s', (_, now, cameAt, hours, leaves) => {
  const [first] = network.departures('N', 'C', Date.parse(now), 1, hours, Date.parse(cameAt))
  expect(new Date(first?.at ?? 0).toISOString().slice(0, 16)).toBe(leaves)
})
