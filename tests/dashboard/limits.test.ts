// Limits of reroutes that two people change: what is told, and that neither change is lost.

import { expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { ApiError } from '../../dashboard/lib/problem.ts'
import {
  changesSince,
  differing,
  isOutdated,
  limitsIn,
  putOver,
} from '../../dashboard/lib/reroutes/limits.ts'

const kept: api.KeptReroutePolicy = {
  ...{ mode: 'on', minSeverity: 0.3, maxMovesPerOrder: 2, maxOrdersPerIncident: 500 },
  ...{ maxExtraCostCents: 2_500, holdOutShare: 0.05, isStopped: true },
  ...{ version: 3, changedAt: '2026-11-24T14:40:00.000Z', changedBy: 'Ann' },
}
const read = limitsIn(kept)

test('the switch and the version are no limits of the form', () => {
  expect(Object.keys(read).toSorted()).toEqual([
    ...[
      'holdOutShare',
      'maxExtraCostCents',
      'maxMovesPerOrder',
      'maxOrdersPerIncident',
      'minSeverity',
      'mode',
    ],
  ])
})

test('what is left out is the same as none, and as nothing else', () => {
  expect(differing(read, { ...read, maxDayCostCents: null })).toEqual([])
  expect(differing(read, { ...read, maxDayCostCents: 0 })).toEqual(['maxDayCostCents'])
  expect(differing({ ...read, safetyMetrics: ['backlog'] }, { ...read, safetyMetrics: ['backlog'] })).toEqual(
    [],
  )
})

test('changes of a person go over the newest limits, and what they left alone stays as another set it', () => {
  const newest = { ...read, maxDayCostCents: 30_000, maxMovesPerOrder: 3, coolDownMinutes: 60 }
  const mine = { ...read, maxMovesPerOrder: 7, mode: 'shadow' as const, minLateRisk: null }
  expect(putOver(newest, { read, mine })).toEqual({
    ...newest,
    maxMovesPerOrder: 7,
    mode: 'shadow',
  })
  const { coolDownMinutes: _, ...without } = newest
  expect(putOver(newest, { read: newest, mine: without })).toEqual(without)
})

test('what somebody else changed is said in words, beside what a person made of the same', () => {
  const newest = { ...read, maxDayCostCents: 30_000, maxMovesPerOrder: 3, approvalMinutes: 60 }
  const mine = { ...read, maxMovesPerOrder: 7, mode: 'off' as const }
  const said = changesSince({ read, mine, newest }, 'USD').map(({ title, from, to, mine: own }) =>
    `${title}: ${from} > ${to}, ${own}`.replaceAll('\u2060\u2009\u2060', ' '),
  )
  expect(said).toEqual([
    'moves per order: 2 > 3, 7',
    'extra cost in 24 hours: no limit > $300, null',
    'how long a plan waits: 4 h > 1 h, null',
  ])
})

test('newer limits are told from other refusals', () => {
  const problem = { status: 409, code: 'REROUTE_LIMITS_CHANGED', detail: 'x', retryable: false }
  expect(isOutdated(new ApiError(problem, true))).toBe(true)
  expect(isOutdated(new ApiError({ ...problem, code: 'CORE_REFUSED' }, true))).toBe(false)
  expect(isOutdated(new Error('x'))).toBe(false)
})
