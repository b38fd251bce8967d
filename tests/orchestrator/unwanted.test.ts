// What people said of constraints that no series tells counts: dear and slow carriers, and goods that are overdue.

import { expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { defaultDetection, Judgement } from '#models'
import { emptyState, type Incident, PersistentMap } from '#orchestrator/core'
import { isByCards } from '../../orchestrator/engine/dear-carriers.ts'
import { type Told, withoutUnwanted } from '../../orchestrator/engine/own-constraints.ts'

const slice = { metric: 'freight_per_parcel', dimension: 'carrier', dimensionValue: 'C' }
const dear = (value: number, more: Partial<Told> = {}): Told => ({
  ...{ ...slice, key: 'carrier/C', severity: 0.5, beganAt: 0, value, expected: 900, expectedLow: 900 },
  ...{ expectedHigh: 1_080, pValue: null, model: 'rate_cards', causes: [], isBreaching: true },
  ...{ hasRecovered: false, ...more },
})
const said = (reason: api.Feedback['reason'], value = 1_200): api.Feedback => ({
  ...{ feedbackId: 'f', incidentId: 'i', verdict: 'not_useful', reason, note: null, ...slice, value },
  ...{ expected: 900, pValue: null, by: 'Mia', givenAt: new Date(0).toISOString(), isUndone: false },
})
const state = emptyState('main')
const open = {
  ...state,
  incidents: PersistentMap([['i', { ...dear(1_200), incidentId: 'i' } as unknown as Incident]]),
  openIncidents: PersistentMap([['carrier/C', 'i']]),
}
const told = (one: Told, feedback: api.Feedback[], settings = defaultDetection, of = state) =>
  withoutUnwanted([one], of, new Judgement(settings, feedback), isByCards).map(
    ({ isBreaching }) => isBreaching,
  )

test('what is always so is told no more, and an open incident of it ends', () => {
  expect(told(dear(1_200), [])).toEqual([true])
  expect(told(dear(1_200), [said('expected')])).toEqual([])
  expect(told(dear(9_000), [said('expected')], defaultDetection, open)).toEqual([false])
  expect(told(dear(1_200), [{ ...said('expected'), isUndone: true }])).toEqual([true])
  expect(told(dear(1_200), [{ ...said('expected'), dimensionValue: 'D' }])).toEqual([true])
})

test('an open incident that is no more told says why it ends', () => {
  const ends = (one: Told, feedback: api.Feedback[]) =>
    withoutUnwanted([one], open, new Judgement(defaultDetection, feedback), isByCards).map(
      ({ hasRecovered, endedBecause }) => [hasRecovered, endedBecause],
    )
  const gone = dear(0, { model: 'series 2', isBreaching: false, hasRecovered: true })
  expect(ends(gone, [])).toEqual([[true, undefined]])
  expect(ends(gone, [said('expected')])).toEqual([[true, 'it was said to be expected']])
  expect(ends(dear(1_200), [said('expected')])).toEqual([[true, 'it was said to be expected']])
  expect(ends(dear(1_200), [said('too_small')])).toEqual([[true, 'it is less than people ask for']])
})

test('what was too small once has to be larger, and noise farther from what is usual each time', () => {
  expect(told(dear(1_200), [said('too_small')])).toEqual([])
  expect(told(dear(1_240), [said('too_small')])).toEqual([true])
  expect(told(dear(1_160), [said('noise')])).toEqual([])
  expect(told(dear(1_175), [said('noise')])).toEqual([true])
  expect(told(dear(1_175), [said('noise'), said('noise')])).toEqual([])
})

test('rules of the settings count as well, and what series tell is left to them', () => {
  const rule = { ...slice, leastChange: null, leastShare: 0.5, strictness: null, isMuted: false }
  const settings = { ...defaultDetection, rules: [rule] }
  expect(told(dear(1_200), [], settings)).toEqual([])
  expect(told(dear(1_400), [], settings)).toEqual([true])
  expect(told(dear(1_200, { model: 'steps' }), [said('expected')])).toEqual([true])
})
