// Moves held against the same order, sourced alike and left where it was.

import { describe, expect, it } from 'vitest'
import { scenarioOf } from '../../../orchestrator/closed-loop/draw.ts'
import type { OrderEnd } from '../../../orchestrator/closed-loop/ends.ts'
import { judge, judgeMoves } from '../../../orchestrator/closed-loop/judge.ts'
import type { Played } from '../../../orchestrator/closed-loop/play.ts'

const hour = 3_600_000
const horizon = 1_000 * hour

const playOf = (orders: OrderEnd[], copies: OrderEnd[] = []) => ({ orders, copies })

function end(orderId: string, more: Partial<OrderEnd>): OrderEnd {
  return {
    orderId,
    promisedAt: 100 * hour,
    endedAt: 90 * hour,
    missing: 0,
    isFull: true,
    isCanceled: false,
    costCents: 1_500,
    firstMove: {
      at: 50 * hour,
      incident: { key: 'node/a', metric: 'backlog' },
      decision: { fromNodeId: 'a', toNodeId: 'b', riskBefore: 0.9, riskAfter: 0.1 },
    },
    ...more,
  }
}

describe('a move', () => {
  const cases: [string, Partial<OrderEnd>, Partial<OrderEnd>, string][] = [
    ['that brings in time what would have been late', { endedAt: 120 * hour }, {}, 'useful'],
    ['that makes late what would have come in time', {}, { endedAt: 120 * hour }, 'harmful'],
    ['of what comes in time either way', {}, { endedAt: 80 * hour }, 'useless'],
    [
      'that brings a day sooner what is late either way',
      { endedAt: 150 * hour },
      { endedAt: 120 * hour },
      'useful',
    ],
    [
      'that changes little for what is late either way',
      { endedAt: 121 * hour },
      { endedAt: 120 * hour },
      'useless',
    ],
    ['that brings what would never have come', { endedAt: null }, {}, 'useful'],
    ['that finds what would have been missing', { missing: 1 }, {}, 'useful'],
    ['that loses goods', {}, { missing: 2 }, 'harmful'],
    ['that brings the same for less', {}, { costCents: 1_400 }, 'useful'],
    ['that brings the same for more', {}, { costCents: 1_900 }, 'useless'],
    ['that saves money and breaks the promise', {}, { costCents: 900, endedAt: 120 * hour }, 'harmful'],
    [
      'that saves money and comes half a day later in time',
      { endedAt: 80 * hour },
      { costCents: 900, endedAt: 92 * hour },
      'harmful',
    ],
    ['of what comes half a day later in time', { endedAt: 80 * hour }, { endedAt: 92 * hour }, 'harmful'],
    [
      'of what costs less because its customer canceled it',
      {},
      { costCents: 0, endedAt: null, isFull: false, isCanceled: true },
      'useless',
    ],
    [
      'of what its customer cancels instead of getting it late',
      { endedAt: 120 * hour },
      { endedAt: null, isFull: false, isCanceled: true },
      'useless',
    ],
    [
      'of what its customer cancels either way',
      { endedAt: null, isFull: false, isCanceled: true },
      { costCents: 0, endedAt: null, isFull: false, isCanceled: true },
      'useless',
    ],
    ['of what costs less because part of it was canceled', {}, { costCents: 900, isFull: false }, 'useless'],
    [
      'of what costs less because goods are missing either way',
      { missing: 1, isFull: false },
      { costCents: 900, missing: 2, isFull: false },
      'useless',
    ],
    [
      'of what costs less since it has not come yet',
      { endedAt: null, isFull: false, promisedAt: 1_000 * hour },
      { costCents: 0, endedAt: null, isFull: false, promisedAt: 1_000 * hour },
      'useless',
    ],
  ]
  it.each(cases)('%s counts as such', (_, stayed, moved, outcome) => {
    const stays = playOf([end('a', { ...stayed, firstMove: null })])
    const [judged] = judgeMoves(stays, playOf([end('a', moved)]), horizon)
    expect(judged?.outcome).toBe(outcome)
  })

  it('tells for what it was made, what it changed and what it cost', () => {
    const [judged] = judgeMoves(
      playOf([end('a', { endedAt: 120 * hour })]),
      playOf([end('a', { costCents: 2_100 })]),
      horizon,
    )
    expect(judged).toMatchObject({ orderId: 'a', movedAt: '1970-01-03T02:00:00Z', incident: 'node/a' })
    expect(judged).toMatchObject({ metric: 'backlog', hoursSooner: 30, extraCents: 600 })
    expect(judged).toMatchObject({ wasLate: true, isLate: false })
    expect(judged).toMatchObject({ fromNodeId: 'a', toNodeId: 'b', riskBefore: 0.9, riskAfter: 0.1 })
  })

  it('is held against the order as it was sourced, the oracle against doing nothing', () => {
    const scenario = { ...scenarioOf('1', 30), start: 0 }
    const play = (policy: Played['policy'], ...orders: OrderEnd[]): Played => {
      return { policy, ...playOf(orders), movedBefore: 0, costCents: 0, incidents: [], broken: [] }
    }
    const stays = { firstMove: null }
    // Sourced elsewhere for what was known, it would have come too late: it did not in the world where nobody knew.
    const none = play('none', end('a', stays))
    const detour = play('detour', end('a', {}))
    const oracle = play('oracle', end('a', {}))
    const unmoved = play('unmoved', end('a', { ...stays, endedAt: 120 * hour }))
    const { reroutes, oracleReroutes } = judge(scenario, [none, detour, oracle, unmoved])
    expect(reroutes).toMatchObject({ total: 1, useful: 1 })
    expect(oracleReroutes).toMatchObject({ total: 1, useless: 1 })
    expect(judge(scenario, [none, detour]).reroutes).toMatchObject({ useless: 1 })
  })

  it('of what was promised for later is not judged, nor what was not moved', () => {
    const later = { promisedAt: horizon + 1 }
    const none = playOf([end('a', later), end('b', {})])
    const moved = playOf([end('a', later), end('b', { firstMove: null })])
    expect(judgeMoves(none, moved, horizon)).toEqual([])
  })

  it('of what a feed sent twice is useless, whatever became of it', () => {
    const none = playOf([end('a', {})], [end('a-copy', { endedAt: 120 * hour })])
    const moved = playOf([end('a', { firstMove: null })], [end('a-copy', {})])
    expect(judgeMoves(none, moved, horizon)).toMatchObject([{ orderId: 'a-copy', outcome: 'useless' }])
  })

  it('counts as judged or not, and what nobody moved as nothing moved', () => {
    const scenario = { ...scenarioOf('1', 30), start: 0 }
    const later = { promisedAt: scenario.days * 24 * hour + 1 }
    const orders = [end('a', {}), end('b', later), end('c', { firstMove: null })]
    const rest = { costCents: 0, incidents: [], broken: [] }
    const detour: Played = { policy: 'detour', ...playOf(orders, [end('d', {})]), movedBefore: 3, ...rest }
    const none: Played = { ...detour, policy: 'none', movedBefore: 0 }
    const counts = { total: 2, useful: 0, useless: 2, harmful: 0, unjudged: 4 }
    expect(judge(scenario, [none, detour]).reroutes).toEqual(counts)
    expect(judge(scenario, [detour]).reroutes).toBeNull()
    const still: Played = { ...detour, ...playOf([end('c', { firstMove: null })]), movedBefore: 0 }
    expect(judge(scenario, [still]).reroutes).toMatchObject({ total: 0, unjudged: 0 })
  })
})
