// What becomes of an incident in time: it comes and goes, stays, is merged, split and graded by hand, and who hears of
// that.

import { expect, test } from 'vitest'
import { tellingOf } from '#orchestrator/alerting'
import { finding, impact, minute, Place, routed, sweep } from './place.ts'

const why = (place: Place, incidentId: string, receivers = ['a']) =>
  tellingOf({ state: place.state, receivers, now: place.now }, place.incident(incidentId)).why

/** A opens and ends until it comes and goes, and is there again at the end. */
async function flapped(place: Place, receivers = ['a']): Promise<string> {
  let id = ''
  for (let turn = 0; turn < 2; turn++) {
    id = place.open('A')
    await sweep(place, receivers)
    place.now += minute
    place.recover(id)
    await sweep(place, receivers)
    place.now += minute
  }
  place.worse(id, {})
  await sweep(place, receivers)
  return id
}

test('an incident that flaps every minute for a day is told five times, and ends when values stay', async () => {
  const place = new Place()
  let id = ''
  for (let at = 0; at < 1_440; at += 2) {
    const open = place.state.openIncidents.get('channel/fab:A')
    if (open === undefined) id = place.open('A')
    else if (place.incident(open).recoveringSince !== null) place.worse(open, {})
    await sweep(place)
    place.now += minute
    place.recover(id)
    await sweep(place)
    place.now += minute
  }
  expect(place.incident(id)).toMatchObject({ isFlapping: true, status: 'open' })
  expect(why(place, id)).toBe('flapping')
  place.now += 120 * minute
  place.recover(id)
  await sweep(place)
  expect(place.said()).toEqual([
    ...['opened A to a', 'recovered A to a', 'opened A to a', 'flapping A to a', 'recovered A to a'],
  ])
  expect(place.state.incidents.size).toBe(1)
  expect(place.incident(id).history.length).toBeLessThan(20)
})

test('one that came and went is told as any other once it stays, and again when it begins anew', async () => {
  const place = new Place()
  const id = await flapped(place)
  const before = place.said()
  place.worse(id, { severity: 0.7 })
  place.now += 359 * minute
  await sweep(place)
  expect(place.incident(id).isFlapping).toBe(true)
  expect(place.said()).toEqual(before)
  place.now += minute
  await sweep(place)
  expect(place.incident(id)).toMatchObject({ isFlapping: false, status: 'open' })
  expect(place.said()).toEqual([...before, 'changed A to a'])
  expect(place.notices().at(-1)?.incidents[0]?.reasons).toEqual(['severity_up', 'stays'])
  place.worse(id, { severity: 0.9 })
  await sweep(place)
  await sweep(place)
  expect(place.said()).toEqual([...before, 'changed A to a', 'changed A to a'])
  place.recover(id)
  place.now += minute
  await sweep(place)
  await flapped(place)
  expect(place.incident(id).isFlapping).toBe(true)
  expect(place.said().slice(before.length + 2)).toEqual([
    ...['recovered A to a', 'opened A to a', 'flapping A to a'],
  ])
})

test('one that comes and goes is told to the next step when nobody takes note of it', async () => {
  const place = new Place()
  routed(place, { receivers: ['a'], escalation: [{ afterMinutes: 30, receivers: ['b'] }] })
  await flapped(place, ['a', 'b'])
  place.now += 31 * minute
  await sweep(place, ['a', 'b'])
  await sweep(place, ['a', 'b'])
  expect(place.said().filter((text) => text.startsWith('escalated'))).toEqual(['escalated A to b'])
})

test('those of the next step hear of it where nobody of the first is there', async () => {
  const place = new Place()
  const steps = [
    { afterMinutes: 10, receivers: ['b'] },
    { afterMinutes: 30, receivers: ['c'] },
  ]
  routed(place, { receivers: ['gone'], escalation: steps })
  const id = place.open('A')
  await sweep(place, ['b', 'c'])
  expect(place.said()).toEqual([])
  expect(why(place, id, ['b', 'c'])).toBe('waiting')
  expect(why(place, id, [])).toBe('no_receiver')
  place.now += 10 * minute
  await sweep(place, ['b', 'c'])
  await sweep(place, ['b', 'c'])
  expect(place.said()).toEqual(['opened A to b'])
  place.now += 31 * minute
  await sweep(place, ['b', 'c'])
  await sweep(place, ['b', 'c'])
  expect(place.said()).toEqual(['opened A to b', 'escalated A to c'])
  place.worse(id, { severity: 0.9 }, 500)
  await sweep(place, ['b', 'c'])
  expect(place.said().at(-1)).toBe('changed A to b+c')
  place.recover(id)
  await sweep(place, ['b', 'c'])
  expect(place.said().at(-1)).toBe('recovered A to b+c')
})

test('one that gets worse inside another one is told with that', async () => {
  const place = new Place()
  const [a, b] = [place.open('A'), place.open('B')]
  await sweep(place)
  place.run('MergeIncident', { incidentId: b, into: a, by: 'x' })
  await sweep(place)
  expect(place.said()).toHaveLength(2)
  place.worse(b, { severity: 0.9 }, 40)
  await sweep(place)
  await sweep(place)
  expect(place.said().slice(2)).toEqual(['changed A to a'])
  expect(place.notices().at(-1)?.incidents).toMatchObject([
    { incidentId: a, severity: 0.9, ordersAtRisk: 40, reasons: ['severity_up', 'impact_doubled'] },
  ])
})

test('one that gets worse inside another one is told to those whom that matters to', async () => {
  const place = new Place()
  const grave = { label: 'severity', op: 'at_least', value: '0.8' } as const
  routed(
    place,
    { routeId: 'pager', receivers: ['p'], matchers: [grave], goesOn: true },
    { routeId: 'chat', receivers: ['c'] },
  )
  const [a, b] = [place.open('A'), place.open('B')]
  place.run('MergeIncident', { incidentId: b, into: a, by: 'x' })
  await sweep(place, ['p', 'c'])
  expect(place.said()).toEqual(['opened A to c'])
  place.worse(b, { severity: 0.95 })
  await sweep(place, ['p', 'c'])
  expect(place.said().toSorted()).toEqual(['changed A to c', 'opened A to c', 'opened A to p'])
})

test('one that comes and goes is told to nobody more while its values are back', async () => {
  const place = new Place()
  routed(place, { receivers: ['a'], escalation: [{ afterMinutes: 30, receivers: ['b'] }] })
  const id = await flapped(place, ['a', 'b'])
  place.recover(id)
  place.now += 40 * minute
  await sweep(place, ['a', 'b'])
  expect(place.said().filter((text) => text.startsWith('escalated'))).toEqual([])
})

test('what a person ended stays over for an hour unless it gets clearly worse', () => {
  const place = new Place()
  const id = place.open('A')
  place.run('ResolveIncident', { incidentId: id, reason: 'known', by: 'Mia' })
  place.open('A')
  expect(place.incident(id)).toMatchObject({ status: 'resolved', resolvedBy: 'Mia' })
  place.open('A', { severity: 0.75 })
  expect(place.incident(id)).toMatchObject({ status: 'open', reopened: 1 })
  // What a rule tells is another one each time: a person has ended what was told before, no more.
  const told = place.open('B', { model: 'rule' })
  place.run('ResolveIncident', { incidentId: told, reason: 'known', by: 'Mia' })
  place.open('B', { model: 'rule' })
  expect(place.incident(told)).toMatchObject({ status: 'open', reopened: 1 })
})

test('a cause that is split off is an incident of its own and ends with the one it came from', () => {
  const place = new Place()
  const id = place.open('A')
  const cause = { dimension: 'carrier', value: 'SwiftPost', newId: 'inc-split' }
  expect(place.run('SplitIncident', { incidentId: id, cause, by: 'Mia' })).toBe('done')
  expect(place.incident('inc-split')).toMatchObject({
    ...{ dimension: 'channel x carrier', dimensionValue: 'fab:A x SwiftPost' },
    ...{ splitFrom: id, status: 'open' },
  })
  expect(place.run('SplitIncident', { incidentId: id, cause: { ...cause, newId: 'other' }, by: 'x' })).toBe(
    'refused',
  )
  place.recover(id)
  expect(place.incident('inc-split').status).toBe('resolved')
})

test('a cause that is all of its incident is not split off, and one within a slice stays within it', () => {
  const place = new Place()
  const causes = ['carrier', 'node x carrier'].map((dimension) => ({
    ...{ dimension, value: dimension === 'carrier' ? 'UPS' : 'A x UPS', share: 0.5 },
  }))
  const own = { dimension: 'carrier x node', dimensionValue: 'UPS x A', causes }
  place.run('OpenIncident', {
    ...{
      incidentId: 'i',
      finding: finding('A', { key: 'carrier x node/UPS x A', ...own }),
      impact: impact(),
    },
  })
  const split = (incidentId: string, { dimension, value }: { dimension: string; value: string }) =>
    place.run('SplitIncident', {
      incidentId,
      cause: { dimension, value, newId: `of-${incidentId}` },
      by: 'x',
    })
  for (const cause of causes) expect(split('i', cause)).toBe('refused')
  const all = { dimension: 'all', dimensionValue: 'all', causes }
  place.run('OpenIncident', {
    ...{ incidentId: 'j', finding: finding('all', { key: 'all/all', ...all }), impact: impact() },
  })
  // The same work as that of the first incident, named the other way round.
  expect(split('j', causes[1] ?? { dimension: '', value: '' })).toBe('refused')
  expect(split('j', causes[0] ?? { dimension: '', value: '' })).toBe('done')
  expect(place.incident('of-j')).toMatchObject({ dimension: 'carrier', dimensionValue: 'UPS' })
})

test('a severity set by hand stays until it is given back', () => {
  const place = new Place()
  const id = place.open('A')
  place.run('SetIncidentSeverity', { incidentId: id, severity: 0.9, by: 'Mia' })
  place.worse(id, { severity: 0.3 })
  expect(place.incident(id)).toMatchObject({ severity: 0.9, severityFound: 0.3, severitySetBy: 'Mia' })
  place.run('SetIncidentSeverity', { incidentId: id, severity: null, by: 'Mia' })
  expect(place.incident(id)).toMatchObject({ severity: 0.3, severitySetBy: null })
})
