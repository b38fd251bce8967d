// What is held against what is known: moves against the same order unmoved, incidents against faults.

import { describe, expect, it } from 'vitest'
import { checkScenario } from '#orchestrator/closed-loop'
import { scenarioOf } from '../../../orchestrator/closed-loop/draw.ts'
import type { OrderEnd, ToldIncident } from '../../../orchestrator/closed-loop/ends.ts'
import { judgeIncidents, judgeMoves } from '../../../orchestrator/closed-loop/judge.ts'

const hour = 3_600_000
const horizon = 1_000 * hour

function end(orderId: string, more: Partial<OrderEnd>): OrderEnd {
  return {
    orderId,
    promisedAt: 100 * hour,
    endedAt: 90 * hour,
    missing: 0,
    isCanceled: false,
    moves: 1,
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
  ]
  it.each(cases)('%s counts as such', (_, stayed, moved, outcome) => {
    const counts = judgeMoves([end('a', { ...stayed, moves: 0 })], [end('a', moved)], horizon)
    expect(counts).toEqual({ total: 1, useful: 0, useless: 0, harmful: 0, [outcome]: 1 })
  })

  it('of what was promised for later is not judged, nor what was not moved', () => {
    const later = { promisedAt: horizon + 1 }
    const none = [end('a', later), end('b', {})]
    expect(judgeMoves(none, [end('a', later), end('b', { moves: 0 })], horizon).total).toBe(0)
  })
})

describe('an incident', () => {
  const faults = [
    { kind: 'node_slowdown', node: 'reno', startHours: 10, hours: 20 },
    { kind: 'carrier_delay', carrier: 'Coastline', startHours: 200, hours: 48 },
    { kind: 'promotion', skuClass: 'toys', startHours: 400 },
  ]
  const scenario = scenarioOf('1', 30, checkScenario({ faults }))
  const told = (key: string, atHour: number, causes: ToldIncident['causes'] = []): ToldIncident => {
    const [dimension = '', ...value] = key.split('/')
    const openedAt = scenario.world.end + atHour * hour
    const rest = { metric: 'backlog', resolvedAt: null, severity: 0.5, title: key, ordersMoved: 0 }
    return { key, dimension, dimensionValue: value.join('/'), openedAt, causes, ...rest }
  }

  it('at the place of a fault finds it and names its cause', () => {
    const { faults: judged, wrong } = judgeIncidents(scenario, [told('node/fabrikam:reno', 12)])
    expect(judged[0]).toMatchObject({ delayMinutes: 120, causeRight: true })
    expect(judged[1]).toMatchObject({ detectedAt: null, delayMinutes: null, causeRight: null })
    expect(judged).toHaveLength(2)
    expect(wrong).toEqual([])
  })

  it('where effects of a fault show finds it, and names it only by its largest cause', () => {
    const cause = (value: string, share: number) => [{ dimension: 'carrier', value, share }]
    const at = (causes: ToldIncident['causes']) =>
      judgeIncidents(scenario, [told('region/CA', 230, causes)]).faults[1]?.causeRight
    expect(at(cause('Coastline', 0.7))).toBe(true)
    expect(at(cause('Coastline', 0.1))).toBe(false)
    expect(at(cause('Bluebird Post', 0.7))).toBe(false)
    expect(at([])).toBe(false)
  })

  it('elsewhere, before a fault, long after it or because of a promotion is a false one', () => {
    const four = [
      told('node/fabrikam:dallas', 12),
      told('node/fabrikam:reno', 9),
      told('node/fabrikam:reno', 100),
      told('sku_class/toys', 410),
    ]
    expect(judgeIncidents(scenario, four).wrong).toHaveLength(4)
  })
})
