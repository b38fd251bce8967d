// Receivers that are gone when there is something to say of what they were told.

import { expect, test } from 'vitest'
import { Place, routed, sweep } from './place.ts'

test('an incident ends where nobody who was told of it is left, and holds up nobody else', async () => {
  const place = new Place()
  routed(place, { routeId: 'r1', groupBy: ['kind'], groupIntervalSeconds: 0 })
  const ids = ['A', 'B'].map((name) => place.open(name))
  await sweep(place, ['gone'])
  place.recover(ids[0] ?? '')
  await sweep(place, ['a'])
  const last = place.open('C')
  await sweep(place, ['a'])
  place.recover(last)
  await sweep(place, ['a'])
  place.recover(ids[1] ?? '')
  await sweep(place, ['a'])
  expect(place.said()).toContain('opened C to a')
  expect(place.said()).toContain('recovered C to a')
  expect(place.state.alerting.groups.size).toBe(0)
})

test('an incident is acknowledged for those who are left, whoever else was told of others', async () => {
  const place = new Place()
  routed(place, { routeId: 'r1', groupBy: ['kind'], groupIntervalSeconds: 0 })
  const first = place.open('A')
  await sweep(place, ['gone'])
  const second = place.open('B')
  await sweep(place, ['a'])
  for (const incidentId of [first, second]) place.run('AcknowledgeIncident', { incidentId, by: 'Mia' })
  await sweep(place, ['a'])
  expect(place.said()).toContain('acknowledged B to a')
})
