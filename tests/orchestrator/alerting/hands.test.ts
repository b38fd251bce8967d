// What people do to incidents, and what of them goes on by itself then: steps that wait for a snooze or a silence to
// end, incidents that were taken up again or split off, slices that have labels of their own.

import { expect, test } from 'vitest'
import { labelsOf, tendIncidents } from '#orchestrator/alerting'
import { minute, Place, routed, sweep } from './place.ts'

const both = ['a', 'b', 'c']
const steps = [
  { afterMinutes: 15, receivers: ['b'] },
  { afterMinutes: 30, receivers: ['c'] },
]

const escalated = (place: Place) => place.said().filter((text) => text.startsWith('escalated'))

/** Sweeps after a quarter of an hour, and after another one. @returns what was escalated by each */
async function quarters(place: Place): Promise<string[][]> {
  const found: string[][] = []
  for (let i = 0; i < 2; i++) {
    place.now += 15 * minute
    await tendIncidents(place.core, place.now)
    await sweep(place, both)
    await sweep(place, both)
    found.push(escalated(place))
  }
  return found
}

test('when a snooze or a silence ends, each step of an escalation has its time again', async () => {
  const snoozed = new Place()
  routed(snoozed, { receivers: ['a'], escalation: steps })
  const id = snoozed.open('A')
  await sweep(snoozed, both)
  snoozed.run('SnoozeIncident', { incidentId: id, until: null, forMs: 480 * minute, by: 'Mia' })
  snoozed.now += 480 * minute
  await tendIncidents(snoozed.core, snoozed.now)
  await sweep(snoozed, both)
  expect(escalated(snoozed)).toEqual([])
  const [one, two] = [['escalated A to b'], ['escalated A to b', 'escalated A to c']]
  expect(await quarters(snoozed)).toEqual([one, two])

  const silenced = new Place()
  routed(silenced, { receivers: ['a'], escalation: steps })
  silenced.open('A')
  await sweep(silenced, both)
  const [startsAt = '', endsAt = ''] = [0, 480 * minute].map((ms) =>
    new Date(silenced.now + ms).toISOString(),
  )
  const matchers = [{ label: 'dimension', op: 'is' as const, value: 'channel' }]
  const draft = { kind: 'silence' as const, why: 'known', matchers, startsAt, endsAt, repeat: null }
  const silence = { silenceId: 's', draft: { ...draft, holdsReroutes: false }, by: 'Mia' }
  expect(silenced.run('AddSilence', silence)).toBe('done')
  await tendIncidents(silenced.core, silenced.now)
  silenced.now += 480 * minute
  await tendIncidents(silenced.core, silenced.now)
  await sweep(silenced, both)
  expect(escalated(silenced)).toEqual([])
  expect(await quarters(silenced)).toEqual([one, two])
})

test('an incident that a person took up again stays also when what is at stake is counted anew', async () => {
  const place = new Place()
  const at = { dimension: 'node', dimensionValue: 'fab:A' }
  const id = place.open('A', at)
  place.run('ResolveIncident', { incidentId: id, reason: 'over', by: 'Mia' })
  place.run('ReopenIncident', { incidentId: id, reason: 'not over', by: 'Mia' })
  const before = place.incident(id).ordersAtRisk
  await tendIncidents(place.core, place.now)
  expect(place.incident(id).ordersAtRisk).not.toBe(before)
  expect(place.incident(id).isKept).toBe(true)
  place.worse(id, { ...at, severity: 0.7 })
  expect(place.incident(id).isKept).toBe(false)
})

test('an incident that was split off and comes back alone ends as any other', () => {
  const place = new Place()
  const id = place.open('A')
  const cause = { dimension: 'carrier', value: 'SwiftPost', newId: 'part' }
  place.run('SplitIncident', { incidentId: id, cause, by: 'Mia' })
  const { key } = place.incident('part')
  place.recover(id)
  expect(place.incident('part').status).toBe('resolved')
  place.open('part', { key })
  expect(place.incident('part')).toMatchObject({ status: 'open', splitFrom: null })
})

test('an incident of two dimensions has a label of each', () => {
  const place = new Place()
  const id = place.open('A', { dimension: 'node x carrier', dimensionValue: 'fab:A x UPS' })
  expect(labelsOf(place.incident(id))).toMatchObject({
    ...{ node: 'fab:A', carrier: 'UPS', dimension: 'node x carrier', value: 'fab:A x UPS' },
  })
})
