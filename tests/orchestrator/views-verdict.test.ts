// The first sentence of the overview, word for word: empty, calm, behind, repaired, and with several incidents.

import { describe, expect, it } from 'vitest'
import type { api } from '#data/contracts'
import { type VerdictInput, verdictOf } from '../../orchestrator/views/verdict.ts'

const now = Date.UTC(2026, 10, 20, 20)

const incident: api.Incident = {
  incidentId: 'inc_1',
  market: 'main',
  status: 'open',
  severity: 0.8,
  severityFound: 0.8,
  severitySetBy: null,
  owner: null,
  snoozedUntil: null,
  isSnoozed: false,
  resolvedBy: null,
  reopened: 0,
  isFlapping: false,
  flapScore: 0,
  isRecovering: false,
  mergedInto: null,
  splitFrom: null,
  isSilenced: false,
  silencedBy: null,
  isRerouteHeld: false,
  commentCount: 0,
  title: 'Reno is falling behind: 340 orders wait where 120 to 160 are normal',
  metric: 'backlog',
  metricTitle: 'Backlog',
  unit: 'orders',
  dimension: 'node',
  dimensionValue: 'fabrikam:reno',
  dimensionTitle: 'Reno',
  openedAt: '2026-11-20T18:05:00.000Z',
  beganAt: '2026-11-20T17:40:00.000Z',
  updatedAt: '2026-11-20T18:05:00.000Z',
  resolvedAt: null,
  acknowledgedBy: null,
  value: 340,
  expected: 140,
  expectedLow: 120,
  expectedHigh: 160,
  pValue: 0.0001,
  model: 'seasonal-baseline',
  ordersAtRisk: 222,
  centsAtRisk: 1_234_500,
  currency: 'USD',
  ordersMoved: 118,
  ordersNotMoved: 6,
  minutesToCutOff: 47,
  causes: [],
}

const tile = (metric: string, value: number): api.Tile => ({
  metric: {
    metric,
    title: metric,
    family: 'order',
    formula: '',
    unit: metric.endsWith('share') ? 'share' : 'orders',
    isAdditive: true,
    betterWhen: 'neither',
  },
  currency: null,
  value,
  previous: null,
  change: null,
  isGood: null,
  isAnomalous: false,
  points: [],
})

const nothing = { orders: 0, extraCostCents: 0, hoursSaved: 0, nodeIds: [], changedCarrier: false }
const names: Record<string, string> = { a: 'Dallas', b: 'Fresno', c: 'Tampa', d: 'Akron' }

const input: VerdictInput = {
  isEmpty: false,
  isHistory: false,
  now,
  from: now - 7 * 86_400_000,
  range: '7d',
  open: [],
  ended: [],
  moved: nothing,
  tiles: [tile('orders', 8412), tile('on_time_ship_share', 0.9412), tile('backlog', 612)],
  currency: 'USD',
  nodeName: (nodeId) => names[nodeId] ?? nodeId,
  zoneOf: () => 'America/Los_Angeles',
}

const say = (change: Partial<VerdictInput>) => {
  const { tone, parts } = verdictOf({ ...input, ...change })
  return [tone, parts.map((part) => part.text).join('')]
}

describe('the verdict', () => {
  it('tells moves to nodes from changes of the carrier', () => {
    const moved = { orders: 3, extraCostCents: 0, hoursSaved: 0, nodeIds: [], changedCarrier: true }
    expect(say({ open: [incident], moved })[1]).toContain(' 3 orders were given to other carriers. ')
    const both = { ...moved, nodeIds: ['a'] }
    expect(say({ open: [incident], moved: both })[1]).toContain(
      ' 3 orders were moved to Dallas or given to other carriers. ',
    )
  })

  it('says what is wrong, since when, what was moved and what that saves', () => {
    const moved = {
      orders: 118,
      extraCostCents: 41_200,
      hoursSaved: 896.4,
      nodeIds: ['a', 'b'],
      changedCarrier: false,
    }
    expect(say({ open: [incident], moved })).toEqual([
      'bad',
      'Reno is falling behind: 340 orders wait where 120 to 160 are normal, since 09:40 PST. ' +
        '118 orders were moved to Dallas and Fresno, which saves about 900 hours for $412. ' +
        'Everything else is normal.',
    ])
    expect(verdictOf({ ...input, open: [incident], moved }).parts).toEqual([
      { text: 'Reno is falling behind', tone: 'bad', href: '/incidents/inc_1' },
      {
        text: ': 340 orders wait where 120 to 160 are normal, since 09:40 PST. ',
        tone: null,
        href: null,
      },
      {
        text: '118 orders were moved to Dallas and Fresno',
        tone: 'good',
        href: '/orders?moved=true&incident=inc_1',
      },
      { text: ', which saves about 900 hours for $412. ', tone: null, href: null },
      { text: 'Everything else is normal.', tone: null, href: null },
    ])
  })

  it('says what is at risk while nothing was moved, and the day of what began earlier', () => {
    const older = { ...incident, severity: 0.4, beganAt: '2026-11-19T02:10:00.000Z' }
    expect(say({ open: [older] })).toEqual([
      'warn',
      'Reno is falling behind: 340 orders wait where 120 to 160 are normal, since 18 Nov, 18:10 PST. ' +
        '222 orders are at risk. Everything else is normal.',
    ])
  })

  it('tells two incidents, and counts the others from three on', () => {
    const second = {
      ...incident,
      incidentId: 'inc_2',
      severity: 0.4,
      title: 'SwiftPost is slower: 82 h in transit where 50 to 62 are normal',
      ordersAtRisk: 3,
    }
    const moved = { orders: 1, extraCostCents: 0, hoursSaved: 1, nodeIds: ['a'], changedCarrier: false }
    expect(say({ open: [incident, second], moved })[1]).toBe(
      'Reno is falling behind: 340 orders wait where 120 to 160 are normal, since 09:40 PST. ' +
        '1 order was moved to Dallas, which saves about 1 hour at no extra cost. ' +
        'SwiftPost is slower: 82 h in transit where 50 to 62 are normal, since 09:40 PST. The rest is normal.',
    )
    const many = {
      orders: 40,
      extraCostCents: -2_000,
      hoursSaved: 61,
      nodeIds: ['a', 'b', 'c', 'd'],
      changedCarrier: false,
    }
    expect(say({ open: [incident, second, second], moved: many })[1]).toBe(
      'Reno is falling behind: 340 orders wait where 120 to 160 are normal, since 09:40 PST. ' +
        '40 orders were moved to Dallas, Fresno and 2 others, which saves about 61 hours and costs $20 less. ' +
        '2 other incidents are open. The rest is normal.',
    )
  })

  it('says that it is over, with what the moves saved', () => {
    const over = { ...incident, status: 'resolved' as const, resolvedAt: '2026-11-20T19:15:00.000Z' }
    const moved = {
      orders: 118,
      extraCostCents: 41_200,
      hoursSaved: 896.4,
      nodeIds: ['a', 'b'],
      changedCarrier: false,
    }
    expect(say({ ended: [over], moved })).toEqual([
      'calm',
      'Reno is back to normal since 11:15 PST. 118 orders were moved to Dallas and Fresno, ' +
        'which saved about 900 hours for $412. Nothing needs you.',
    ])
    expect(say({ ended: [over] })[1]).toBe('Reno is back to normal since 11:15 PST. Nothing needs you.')
  })

  it('is calm with real numbers when all is normal', () => {
    expect(say({})).toEqual([
      'calm',
      'Everything is normal: 8,412 orders came in and 94.1 % left on time in the last 7 days; 612 wait now.',
    ])
    const odd = { ...tile('late_share', 0.2), isAnomalous: true }
    expect(say({ tiles: [odd] })).toEqual([
      'calm',
      'No constraint is open: 20 % of deliveries were late in the last 7 days. Out of the usual: late_share.',
    ])
    expect(say({ tiles: [] })[1]).toBe('Everything is normal: nothing happened in the last 7 days.')
  })

  it('names the days of a loaded history', () => {
    const tiles = [tile('orders', 723), tile('late_share', 0.0533)]
    const from = Date.UTC(2018, 6, 20)
    expect(say({ isHistory: true, tiles, from, now: Date.UTC(2018, 9, 17, 20), range: '90d' })).toEqual([
      'calm',
      'No constraint is open: 723 orders came in and 5.3 % of deliveries were late ' +
        'from 20 Jul 2018 to 17 Oct 2018.',
    ])
  })

  it('teaches when there is nothing yet', () => {
    expect(say({ isEmpty: true, tiles: [] })).toEqual([
      'empty',
      'There is no data yet. Load your orders with "npx detour ingest", send one to POST /api/v1/orders, ' +
        'or look at the demo with "npm start".',
    ])
  })
})
