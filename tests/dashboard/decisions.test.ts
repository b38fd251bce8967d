// What a decision says to a person: its answer, its constraints in words, its places; those of earlier versions too.

import { describe, expect, test } from 'vitest'
import type { api } from '#data/contracts'
import {
  amountWord,
  answerOf,
  constraintSentence,
  mannerOf,
  mapSummary,
  placesOf,
  rankedOf,
  slackWord,
  standingOf,
  sureWord,
  termsOf,
  wayOf,
} from '../../dashboard/lib/decisions.ts'

const plain = (text: string | null) => (text ?? '').replaceAll('\u2060', '').replaceAll('\u2009', ' ')
const at = '2026-11-24T14:40:00.000Z'

function candidate(nodeId: string, change: Partial<api.Candidate> = {}): api.Candidate {
  return {
    nodeId,
    nodeName: `${nodeId} warehouse`,
    carrier: 'Prairie Parcel',
    isChosen: false,
    isFeasible: true,
    failed: [],
    available: 4,
    hours: 30,
    terms: [
      { name: 'carriage', cents: 900 },
      { name: 'split', cents: 0 },
    ],
    totalCents: 900,
    serviceId: 'ground',
    dispatchAt: at,
    arrivesAt: at,
    lateRisk: 0.04,
    distanceKm: 300,
    co2Grams: null,
    constraints: [],
    lineIds: null,
    latitude: 40,
    longitude: -100,
    ...change,
  }
}

function decision(change: Partial<api.Decision> = {}): api.Decision {
  const candidates = [
    candidate('Dallas', { totalCents: 1000 }),
    candidate('Seattle', { isFeasible: false, totalCents: 100, failed: ['has 0 of 1'] }),
    candidate('Memphis', { totalCents: 950 }),
    candidate('Reno', { isChosen: true, totalCents: 900 }),
  ]
  return {
    decisionId: 'd1',
    orderId: 'o1',
    orderExternalId: 'FB-1',
    kind: 'source',
    incidentId: null,
    fromNodeId: null,
    fromNodeName: null,
    toNodeId: 'Reno',
    toNodeName: 'Reno warehouse',
    status: 'done',
    reason: 'cheapest that keeps the promise',
    decidedAt: at,
    costCents: 900,
    hoursSaved: null,
    currency: 'USD',
    candidates,
    strategyId: 'default',
    strategyVersion: 3,
    method: 'exact',
    gap: null,
    otherCount: null,
    lines: null,
    runnerUpNodeId: 'Dallas',
    runnerUpNodeName: 'Dallas warehouse',
    counterfactuals: null,
    destinationLatitude: 41,
    destinationLongitude: -74,
    ...change,
  }
}

const old: Partial<api.Decision> = {
  strategyId: null,
  strategyVersion: null,
  method: null,
  runnerUpNodeId: null,
  destinationLatitude: null,
  destinationLongitude: null,
  candidates: [
    candidate('Reno', {
      isChosen: true,
      constraints: null,
      lateRisk: null,
      latitude: null,
      longitude: null,
    }),
  ],
}

describe('a decision', () => {
  test('answers first where the order goes', () => {
    expect(plain(answerOf(decision()))).toBe('It goes from Reno warehouse, 96 % likely to be on time.')
    expect(answerOf(decision({ kind: 'reroute', status: 'refused' }))).toBe('It stays where it is.')
    expect(answerOf(decision({ status: 'refused', candidates: [], toNodeName: null }))).toBe(
      'No node takes it.',
    )
    const line = { lineId: '1', reason: '', quantity: 1 }
    const lines = [
      { ...line, nodeId: 'Reno', nodeName: 'Reno warehouse' },
      { ...line, nodeId: 'Dallas', nodeName: 'Dallas warehouse', quantity: 2 },
      { ...line, nodeId: null, nodeName: null },
    ]
    expect(answerOf(decision({ lines }))).toBe(
      'It goes from 2 nodes: Reno warehouse (1 unit), Dallas warehouse (2 units).',
    )
  })

  test('that keeps the node and changes the carrier says so', () => {
    const change = decision({
      kind: 'reroute',
      fromNodeId: 'Reno',
      fromNodeName: 'Reno',
      toNodeId: 'Reno',
      toNodeName: 'Reno',
    })
    expect(plain(answerOf(change))).toMatch(
      /^It leaves Reno warehouse with Prairie Parcel, 96 % likely to be on time\.$/,
    )
    expect(wayOf(change)).toBe('Reno by Prairie Parcel')
    expect(wayOf({ ...change, toNodeId: 'Dallas', toNodeName: 'Dallas' })).toBe('Reno → Dallas')
    expect(wayOf({ ...change, toNodeId: null, toNodeName: null })).toBe('Reno')
  })

  test('ranks the chosen before the runner-up, and what could not be taken last however cheap', () => {
    const ranked = rankedOf(decision())
    expect(ranked.map(({ nodeId }) => nodeId)).toEqual(['Reno', 'Dallas', 'Memphis', 'Seattle'])
    expect(ranked.map((one) => standingOf(decision(), one))).toEqual(['chosen', 'runnerUp', 'other', 'out'])
    expect(termsOf(ranked)).toEqual(['carriage'])
  })

  test('of an earlier version says what it knows and why there is no map', () => {
    const before = decision(old)
    expect(answerOf(before)).toBe('It goes from Reno warehouse.')
    expect(mannerOf(before)).toBeNull()
    expect(placesOf(before).why).toContain('none of these nodes has coordinates')
  })

  test('marks each node once, with ways from the chosen ones to where the order goes', () => {
    const twice = decision({
      candidates: [...decision().candidates, candidate('Reno', { totalCents: 2000 })],
    })
    const places = placesOf(twice)
    if (places.why !== null) throw new Error(places.why)
    expect(places.points.map(({ id, kind }) => `${id} ${kind}`)).toEqual([
      'Reno chosen',
      'Dallas runnerUp',
      'Memphis other',
      'Seattle out',
      'destination destination',
    ])
    expect(places.points.filter(({ isNamed }) => isNamed).map(({ id }) => id)).toEqual(['Reno', 'Dallas'])
    const moved = placesOf(decision({ kind: 'reroute', fromNodeId: 'Memphis' }))
    expect(moved.why === null && moved.points.some(({ id, isNamed }) => id === 'Memphis' && isNamed)).toBe(
      true,
    )
    expect(places.lines).toHaveLength(1)
    expect(mapSummary(places.points)).toBe(
      'Map of 4 nodes. Chosen: Reno warehouse. Runner-up: Dallas warehouse.',
    )
    const nowhere = placesOf(decision({ destinationLatitude: null }))
    if (nowhere.why !== null) throw new Error(nowhere.why)
    expect(nowhere.lines).toEqual([])
    expect(mapSummary(nowhere.points)).toContain('not known as a place')
  })
})

describe('a constraint', () => {
  const limit: api.CandidateConstraint = {
    name: 'max_distance',
    kind: 'hard',
    isMet: true,
    value: 420,
    limit: 500,
    slack: 80,
    unit: 'km',
  }

  test.each([
    [limit, 'Met: 420 km, at most 500 km, 80 km to spare'],
    [
      { ...limit, isMet: false, value: 620, slack: -120 },
      'Not met: 620 km, at most 500 km, missed by 120 km',
    ],
    [
      { ...limit, name: 'stock', value: 1, limit: 2, slack: -1, unit: 'units', isMet: false },
      'Not met: 1 unit, at least 2 units, missed by 1 unit',
    ],
    [{ ...limit, value: null, limit: null, slack: null, unit: null }, 'Met'],
    [{ ...limit, value: 2, limit: 2, slack: 0, unit: 'nodes' }, 'Met: 2 nodes, at most 2 nodes, just met'],
  ] as const)('says value, limit and slack: %#', (one, words) => {
    expect(plain(constraintSentence(one, 'USD'))).toBe(words)
  })

  test('has amounts in the unit that people use', () => {
    const shown = (value: number, unit: string | null) => plain(amountWord(value, unit, 'USD'))
    expect(shown(95, 'min')).toBe('1 h 35 min')
    expect(shown(1250, 'cents')).toBe('$12.50')
    expect(shown(0.125, 'share')).toBe('12.5 %')
    expect(shown(1, 'orders')).toBe('1 order')
    expect(shown(1, 'BOOTS-SIZES')).toBe('1 of BOOTS-SIZES')
    expect(shown(2.25, null)).toBe('2.3')
    expect(slackWord({ ...limit, slack: null }, 'USD')).toBeNull()
    expect([0.25, 0.006, 0.0001, 0].map((risk) => plain(sureWord(risk)))).toEqual([
      '75 %',
      '99.4 %',
      'over 99.9 %',
      'over 99.9 %',
    ])
  })
})
