// Sentences that open pages: on what must hold, on what can be promised, on what became of many orders.

import { describe, expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { bulkActions, bulkSentence } from '../../dashboard/lib/actions/bulk-forms.ts'
import { atpFinding } from '../../dashboard/lib/atp.ts'
import { healthSentence } from '../../dashboard/lib/health.ts'
import { bytes } from '../../dashboard/lib/numbers.ts'
import { reasonWord } from '../../dashboard/lib/reasons.ts'

const plain = (text: string) => text.replaceAll('\u2060', '').replaceAll('\u2009', ' ')
const at = '2026-11-24T14:40:00.000Z'
const rule: api.HeldRule = {
  id: 'line_units_add_up',
  says: 'Units add up.',
  checks: 40,
  violations: 0,
  checkedAt: at,
  brokenSince: null,
  last: null,
}

function health(
  rules: readonly api.HeldRule[],
  state: api.Health['warehouse']['state'] = 'current',
): api.Health {
  const sum = (of: (one: api.HeldRule) => number) => rules.reduce((all, one) => all + of(one), 0)
  return {
    at,
    state: 'ok',
    sampler: {
      windowSeconds: 600,
      checks: sum(({ checks }) => checks),
      violations: sum(({ violations }) => violations),
      brokenSince: rules.find(({ brokenSince }) => brokenSince !== null)?.brokenSince ?? null,
      rules: [...rules],
    },
    log: { driver: 'sqlite', lastSeq: 1, lastEventAt: at, epoch: 1, tableLag: 0 },
    snapshot: null,
    warehouse: { state, bytes: null, cycledAt: null, cycleSeconds: null, error: null },
    models: [],
    versions: { detour: '1', node: '24', duckdb: '1', log: '3' },
  }
}
const said = (...rules: api.HeldRule[]) => plain(healthSentence(health(rules), 'UTC'))

describe('the sentence on health', () => {
  const last = { subject: 'order o1', found: '2 units have no work', at }

  test('counts what was checked where nothing is broken', () => {
    expect(said({ ...rule, checks: 12_340 })).toBe(
      'Everything that must hold does: 12,340 checks in the last 10 min, none broken.',
    )
    expect(said({ ...rule, checks: 0 })).toBe('Nothing was checked in the last 10 min.')
    expect(healthSentence(health([rule], 'failed'), 'UTC')).toContain('The last cycle failed')
  })

  test('names what is broken and since when', () => {
    expect(said({ ...rule, violations: 3, brokenSince: at, last }, rule)).toBe(
      'One rule that must hold is broken since Tue 24 Nov, 14:40 UTC. Found on order o1: 2 units have no work.',
    )
  })

  test('does not forget what was broken a moment ago', () => {
    expect(said({ ...rule, violations: 3, last }, rule)).toBe(
      'Everything that must hold does again: 80 checks in the last 10 min, 3 of them broken.',
    )
  })
})

describe('what can be promised', () => {
  const days = (...atp: number[]) =>
    atp.map((units, i) => ({ day: `2026-11-2${4 + i}`, supply: 0, demand: 0, atp: units }))

  test.each([
    [days(), 'Nothing is known of the days to come'],
    [days(12, 12), '12 units can be promised for every day until 25 Nov'],
    [days(0, 0, 0), 'Nothing can be promised until 26 Nov'],
    [days(0, -1, 8), 'Nothing can be promised before 26 Nov, then 8'],
    [days(4, 0, 9), '4 units today, none from 25 Nov'],
    [days(9, 9, 4), '9 units today, 4 from 26 Nov'],
    [days(1, 1, 30), '1 unit today, 30 from 26 Nov'],
  ])('is said by the title of the chart: %#', (given, words) => {
    expect(atpFinding(given)).toBe(words)
  })
})

describe('what became of many orders', () => {
  const item = (status: 'done' | 'noop' | 'refused', index: number) => ({
    index,
    status,
    orderId: `o${index}`,
    orderStatus: null,
    reason: null,
    problem: null,
  })
  const [hold] = bulkActions

  test.each([
    [['done'], '1 order was put on hold'],
    [['done', 'noop'], '1 of 2 orders was put on hold, 1 was so already'],
    [['done', 'refused'], '1 of 2 orders was put on hold'],
    [['refused', 'refused'], '0 of 2 orders were put on hold'],
  ] as const)('%j is said as %j', (statuses, words) => {
    const items = statuses.map(item)
    const refused = statuses.filter((status) => status === 'refused').length
    expect(bulkSentence({ done: 0, refused, items }, hold as NonNullable<typeof hold>)).toBe(words)
  })
})

test('reasons of the core are words, and words of people stay as they are', () => {
  expect(reasonWord('picking_began')).toBe('the node has already begun to pick it')
  expect(reasonWord('some_new_reason')).toBe('some new reason')
  expect(reasonWord('Asked by the customer')).toBe('Asked by the customer')
  expect(reasonWord(null)).toBe('no reason was given')
})

test('sizes have one unit', () => {
  expect([0, 999, 1_834_000, 48_234_000_000].map((size) => plain(bytes(size)))).toEqual([
    '0 B',
    '999 B',
    '1.8 MB',
    '48.2 GB',
  ])
})
