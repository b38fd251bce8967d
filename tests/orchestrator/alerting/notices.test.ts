// Who is told of an incident and when: once, again on change, and of its end only where its beginning was told.

import { describe, expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { tellingOf } from '#orchestrator/alerting'
import { minute, Place, routed, sweep } from './place.ts'

const why = (place: Place, incidentId: string, receivers = ['a']) =>
  tellingOf({ state: place.state, receivers, now: place.now }, place.incident(incidentId)).why

describe('an incident', () => {
  test('is told once, again when it is graver, has another cause or holds twice as much, and at its end', async () => {
    const place = new Place()
    const id = place.open('A')
    await sweep(place)
    await sweep(place)
    place.worse(id, { severity: 0.55 }, 12)
    await sweep(place)
    expect(place.said()).toEqual(['opened A to a'])
    place.worse(id, { severity: 0.61 }, 12)
    await sweep(place)
    place.worse(id, { severity: 0.61, causes: [{ dimension: 'method', value: 'pickup', share: 0.8 }] }, 12)
    await sweep(place)
    place.worse(id, { severity: 0.3, causes: [{ dimension: 'method', value: 'pickup', share: 0.8 }] }, 30)
    await sweep(place)
    place.recover(id)
    await sweep(place)
    await sweep(place)
    expect(place.said()).toEqual([
      'opened A to a',
      ...['changed A to a', 'changed A to a', 'changed A to a'],
      'recovered A to a',
    ])
    expect(place.notices().map(({ incidents }) => incidents[0]?.reasons)).toEqual([
      [],
      ...[['severity_up'], ['cause_changed'], ['impact_doubled']],
      [],
    ])
    expect(place.state.alerting.groups.size).toBe(0)
  })

  test('that ended before anybody could be told is never told, and says so', async () => {
    const place = new Place()
    routed(place, { groupWaitSeconds: 300 })
    const id = place.open('A')
    await sweep(place)
    expect(why(place, id)).toBe('waiting')
    place.now += minute
    place.recover(id)
    place.now += 60 * minute
    await sweep(place)
    expect(place.said()).toEqual([])
    expect(why(place, id)).toBe('over')
  })

  test('is recovered for those who were told of it, not for who came later', async () => {
    const place = new Place()
    const id = place.open('A')
    expect(await sweep(place, [])).toBe(0)
    expect(why(place, id, [])).toBe('no_receiver')
    await sweep(place, ['a', 'b'])
    place.recover(id)
    await sweep(place, ['b', 'c'])
    expect(place.said()).toEqual(['opened A to a+b', 'recovered A to b'])
  })

  test('goes to whom the first rule names, and to later ones where it goes on', async () => {
    const place = new Place()
    routed(
      place,
      { routeId: 'all', receivers: ['log'], goesOn: true },
      { routeId: 'a', receivers: ['a'], matchers: [{ label: 'channel', op: 'like', value: 'fab:a*' }] },
      { routeId: 'grave', receivers: ['b'], matchers: [{ label: 'severity', op: 'at_least', value: '0.7' }] },
    )
    place.open('A')
    place.open('B', { severity: 0.9 })
    place.open('C', { severity: 0.2 })
    await sweep(place, ['a', 'b', 'log'])
    expect(place.said().sort()).toEqual([
      ...['opened A to a', 'opened A to log', 'opened B to b', 'opened B to log', 'opened C to log'],
    ])
  })

  test('is told with others of its group, after a wait, and not again before the pause is over', async () => {
    const place = new Place()
    routed(place, { groupBy: ['kind'], groupWaitSeconds: 30, groupIntervalSeconds: 300 })
    place.open('A')
    place.now += 20_000
    place.open('B')
    await sweep(place)
    expect(place.said()).toEqual([])
    place.now += 10_000
    await sweep(place)
    place.open('C')
    await sweep(place)
    expect(place.said()).toEqual(['opened A+B to a'])
    place.now += 300_000
    await sweep(place)
    expect(place.said()).toEqual(['opened A+B to a', 'opened C to a'])
  })

  test('goes a step further when nobody takes note, and no further once somebody does', async () => {
    const place = new Place()
    const escalation = [
      { afterMinutes: 15, receivers: ['b'] },
      { afterMinutes: 30, receivers: ['c'] },
    ]
    routed(place, { receivers: ['a'], escalation, repeatMinutes: 60 })
    const id = place.open('A')
    const all = ['a', 'b', 'c']
    await sweep(place, all)
    place.now += 15 * minute
    await sweep(place, all)
    await sweep(place, all)
    place.run('AcknowledgeIncident', { incidentId: id, by: 'Mia' })
    place.now += 120 * minute
    await sweep(place, all)
    place.recover(id)
    await sweep(place, all)
    expect(place.incident(id)).toMatchObject({ owner: 'Mia' })
    expect(place.said()).toEqual([
      ...['opened A to a', 'escalated A to b', 'acknowledged A to a+b', 'recovered A to a+b'],
    ])
  })

  test('is told again after a while as long as nobody takes note', async () => {
    const place = new Place()
    routed(place, { repeatMinutes: 60 })
    place.open('A')
    for (let i = 0; i < 5; i++) {
      await sweep(place)
      place.now += 40 * minute
    }
    expect(place.said()).toEqual(['opened A to a', 'repeated A to a', 'repeated A to a'])
  })
})

describe('nobody is told', () => {
  const silence = (place: Place, more: Partial<api.SilenceDraft> = {}) => {
    const at = (ms: number) => new Date(place.now + ms).toISOString()
    const draft: api.SilenceDraft = {
      kind: 'maintenance',
      why: 'stocktaking',
      matchers: [{ label: 'channel', op: 'is', value: 'fab:A' }],
      startsAt: at(0),
      endsAt: at(60 * minute),
      repeat: null,
      holdsReroutes: true,
      ...more,
    }
    return place.run('AddSilence', { silenceId: 's1', draft, by: 'Mia' })
  }

  test('during a silence, which may hold reroutes too; what still goes on after it is told', async () => {
    const place = new Place()
    expect(silence(place)).toBe('done')
    const id = place.open('A')
    place.open('B')
    await sweep(place)
    expect(place.said()).toEqual(['opened B to a'])
    expect(place.incident(id)).toMatchObject({ isSilenced: true, isRerouteHeld: true, silencedBy: 's1' })
    expect(why(place, id)).toBe('silenced')
    place.now += 60 * minute
    await sweep(place)
    expect(place.said()).toEqual(['opened B to a', 'opened A to a'])
    expect(place.incident(id)).toMatchObject({ isSilenced: false, isRerouteHeld: false, silencedBy: null })
  })

  test('of an end that nobody heard begin; but whoever heard it begin hears its end in a silence too', async () => {
    const place = new Place()
    const told = place.open('A')
    await sweep(place)
    silence(place, { matchers: [{ label: 'dimension', op: 'is', value: 'channel' }] })
    const untold = place.open('B')
    await sweep(place)
    place.recover(told)
    place.recover(untold)
    await sweep(place)
    expect(place.said()).toEqual(['opened A to a', 'recovered A to a'])
  })

  test('while it is snoozed; afterwards it is told that it still goes on', async () => {
    const place = new Place()
    const id = place.open('A')
    await sweep(place)
    place.run('SnoozeIncident', { incidentId: id, until: null, forMs: 60 * minute, by: 'Mia' })
    place.worse(id, { severity: 0.9 })
    await sweep(place)
    expect(why(place, id)).toBe('snoozed')
    place.now += 61 * minute
    await sweep(place)
    expect(place.incident(id).status).toBe('open')
    expect(place.said()).toEqual(['opened A to a', 'changed A to a'])
    expect(place.notices()[1]?.incidents[0]?.reasons).toEqual(['severity_up', 'snooze_ended'])
  })

  test('while it is snoozed until it changes, and at once when it does', async () => {
    const place = new Place()
    const id = place.open('A')
    place.run('AcknowledgeIncident', { incidentId: id, by: 'Mia' })
    place.run('SnoozeIncident', { incidentId: id, until: null, forMs: null, by: 'Mia' })
    place.now += 24 * 60 * minute
    await sweep(place)
    place.worse(id, { severity: 0.55 })
    expect(place.incident(id).status).toBe('snoozed')
    place.worse(id, { severity: 0.75 })
    expect(place.incident(id).status).toBe('acknowledged')
  })

  test('of one that was merged into another, until it is taken out again', async () => {
    const place = new Place()
    const [a, b] = [place.open('A'), place.open('B')]
    expect(place.run('MergeIncident', { incidentId: b, into: b, by: 'x' })).toBe('refused')
    place.run('MergeIncident', { incidentId: b, into: a, by: 'x' })
    expect(place.run('MergeIncident', { incidentId: a, into: b, by: 'x' })).toBe('refused')
    await sweep(place)
    expect(why(place, b)).toBe('merged')
    place.run('SplitIncident', { incidentId: b, cause: null, by: 'x' })
    await sweep(place)
    expect(place.said()).toEqual(['opened A to a', 'opened B to a'])
  })
})
