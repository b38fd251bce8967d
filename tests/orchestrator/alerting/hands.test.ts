// What people do to incidents, and what of them goes on by itself then: steps that wait for a snooze or a silence to
// end, incidents that were taken up again or split off, slices that have labels of their own.

import { expect, test } from 'vitest'
import { labelsOf, tellingOf, tendIncidents } from '#orchestrator/alerting'
import { snoozedUntil } from '#orchestrator/core'
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

test('what was told with another incident has each step of its time again when it is told alone', async () => {
  const place = new Place()
  routed(place, { receivers: ['a'], escalation: steps })
  const [whole, part, other] = [place.open('A'), place.open('B'), place.open('C')]
  await sweep(place, both)
  for (const id of [part, other]) place.run('MergeIncident', { incidentId: id, into: whole, by: 'Mia' })
  place.run('AcknowledgeIncident', { incidentId: whole, by: 'Mia' })
  place.now += 480 * minute
  place.run('SplitIncident', { incidentId: part, cause: null, by: 'Mia' })
  await sweep(place, both)
  place.recover(whole)
  await sweep(place, both)
  expect(escalated(place)).toEqual([])
  place.now += 15 * minute
  await sweep(place, both)
  await sweep(place, both)
  expect(escalated(place).sort()).toEqual(['escalated B to b', 'escalated C to b'])
})

test('what is over and comes back before anybody heard of its end is told again, with all its steps', async () => {
  const place = new Place()
  routed(place, { receivers: ['a'], groupIntervalSeconds: 300, escalation: steps })
  const id = place.open('A')
  await sweep(place, both)
  place.now += 16 * minute
  await sweep(place, both)
  place.run('AcknowledgeIncident', { incidentId: id, by: 'Mia' })
  await sweep(place, both)
  place.recover(id)
  place.now += minute
  expect(place.open('A')).toBe(id)
  await sweep(place, both)
  place.now += 5 * minute
  await sweep(place, both)
  const before = ['opened A to a', 'escalated A to b', 'acknowledged A to a+b']
  expect(place.said()).toEqual([...before, 'changed A to a'])
  expect(place.notices().at(-1)?.incidents[0]?.reasons).toEqual(['came_back'])
  place.now += 15 * minute
  await sweep(place, both)
  await sweep(place, both)
  place.run('AcknowledgeIncident', { incidentId: id, by: 'Ada' })
  await sweep(place, both)
  expect(place.said().slice(4)).toEqual(['escalated A to b', 'acknowledged A to a+b'])
})

test('an incident that somebody took before anybody was told is told once it is clearly graver', async () => {
  const place = new Place()
  routed(place, { receivers: ['a'], groupWaitSeconds: 30 })
  const id = place.open('A')
  place.run('AcknowledgeIncident', { incidentId: id, by: 'Mia' })
  place.now += 5 * minute
  await sweep(place)
  expect(place.said()).toEqual([])
  place.worse(id, { severity: 0.9 }, 100)
  await sweep(place)
  await sweep(place)
  expect(place.said()).toEqual(['opened A to a'])
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

/** A, snoozed for eight hours an hour ago, after everybody was told of it. */
async function openSnoozed() {
  const place = new Place()
  const id = place.open('A')
  await sweep(place)
  place.run('SnoozeIncident', { incidentId: id, until: null, forMs: 480 * minute, by: 'Mia' })
  place.now += 60 * minute
  return { place, id }
}

test('a snooze to a time goes on where values were back for a while, also after a start', async () => {
  const { place, id } = await openSnoozed()
  const { snooze } = place.incident(id)
  place.recover(id)
  await sweep(place)
  expect(snoozedUntil(place.incident(id))).toBeNull()
  place.restart()
  place.now += 5 * minute
  expect(place.open('A')).toBe(id)
  expect(place.incident(id)).toMatchObject({ status: 'snoozed', snooze, reopened: 1 })
  expect(place.incident(id).history.at(-1)?.text).toBe('Reopened: it came back, still snoozed')
  await tendIncidents(place.core, place.now)
  await sweep(place)
  const said = ['opened A to a', 'recovered A to a']
  expect(place.said()).toEqual(said)
  expect(tellingOf({ state: place.state, receivers: ['a'], now: place.now }, place.incident(id)).why).toBe(
    'snoozed',
  )
  place.now += 415 * minute
  await tendIncidents(place.core, place.now)
  await sweep(place)
  expect(place.incident(id)).toMatchObject({ status: 'open', snooze: null })
  expect(place.said()).toEqual([...said, 'opened A to a'])
})

test('a snooze is over with its time, with the word of a person, and where it held until a change', async () => {
  const late = await openSnoozed()
  late.place.now += 415 * minute
  late.place.recover(late.id)
  late.place.now += 10 * minute
  late.place.open('A')
  expect(late.place.incident(late.id)).toMatchObject({ status: 'open', snooze: null })

  const ended = await openSnoozed()
  ended.place.run('ResolveIncident', { incidentId: ended.id, reason: 'over', by: 'Mia' })
  ended.place.now += 65 * minute
  ended.place.open('A')
  expect(ended.place.incident(ended.id)).toMatchObject({ status: 'open', snooze: null, reopened: 1 })

  const taken = await openSnoozed()
  taken.place.recover(taken.id)
  taken.place.run('ReopenIncident', { incidentId: taken.id, reason: 'not over', by: 'Mia' })
  expect(taken.place.incident(taken.id)).toMatchObject({ status: 'open', snooze: null })

  const changing = await openSnoozed()
  changing.place.run('SnoozeIncident', { incidentId: changing.id, until: null, forMs: null, by: 'Mia' })
  changing.place.recover(changing.id)
  changing.place.open('A')
  expect(changing.place.incident(changing.id)).toMatchObject({ status: 'open', snooze: null })
})
