// In which group an incident is told, from its beginning to its end, and what receivers are told of the group.

import { expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { tellingOf } from '#orchestrator/alerting'
import { type Notice, noticeTypes } from '#orchestrator/core'
import { formats } from '#orchestrator/webhooks'
import type { MessageBody } from '../../../orchestrator/webhooks/message/body.ts'
import { noticeData } from '../../../orchestrator/webhooks/message/notice.ts'
import { minute, Place, routed, sweep } from './place.ts'

interface GroupShown {
  status: string
  groupKey: string
  groupLabels: Record<string, string>
  alerts: { status: string }[]
}

/** The notices as messages in Detour's own format, and in that of Alertmanager. */
function messagesOf(place: Place): { detour: api.HookNotice; group: GroupShown }[] {
  const shown = (notice: Notice) => {
    const data = { market: 'main', ...noticeData(notice, place.state) }
    const body = {
      type: noticeTypes[notice.kind],
      timestamp: '2026-03-02T08:00:00.000Z',
      data,
    } as MessageBody
    const message = { messageId: 'm', market: 'main', body, publicUrl: null }
    return {
      detour: (formats.detour.render(message) as { data: { notice: api.HookNotice } }).data.notice,
      group: formats.alertmanager.render(message) as GroupShown,
    }
  }
  return place.notices().map(shown)
}

test('the end of an incident has the labels and the key of its beginning, and both name the rule', async () => {
  const place = new Place()
  const id = place.open('A')
  await sweep(place)
  place.recover(id)
  place.restart()
  await sweep(place)
  const messages = messagesOf(place)
  expect(messages.map(({ group }) => group.status)).toEqual(['firing', 'resolved'])
  const labels = { incident: id }
  const groupKey = `{}/{route="everything"}:{market="main", incident="${id}"}`
  for (const { detour, group } of messages) {
    expect(detour).toMatchObject({ routeId: 'everything', labels })
    expect(group).toMatchObject({ groupLabels: labels, groupKey })
  }
})

test('a group is firing until the last of its incidents has ended', async () => {
  const place = new Place()
  routed(place, { groupBy: ['kind'] })
  const [a, b] = [place.open('A'), place.open('B')]
  await sweep(place)
  for (const id of [a, b]) {
    place.recover(id)
    place.now += minute
    await sweep(place)
  }
  const groups = messagesOf(place).map(({ group }) => group)
  expect(groups.map(({ status }) => status)).toEqual(['firing', 'firing', 'resolved'])
  expect(groups.map(({ alerts }) => alerts.map(({ status }) => status))).toEqual([
    ['firing', 'firing'],
    ['resolved'],
    ['resolved'],
  ])
  expect(new Set(groups.map(({ groupKey }) => groupKey)).size).toBe(1)
})

test.each(['severity', 'kind'])(
  'grouped by %s, an incident that changes stays where it was first told',
  async (by) => {
    const place = new Place()
    routed(place, { groupBy: [by], groupIntervalSeconds: 60 })
    const [a, b] = [place.open('A'), place.open('B')]
    await sweep(place)
    const next = async () => {
      place.now += minute
      await sweep(place)
    }
    place.worse(a, { severity: 0.9, metric: 'late_share' })
    await next()
    const c = place.open('C', { severity: 0.9, metric: 'late_share' })
    await next()
    place.restart()
    for (const id of [a, b, c]) {
      place.recover(id)
      await next()
    }
    expect(place.said()).toEqual([
      ...['opened A+B to a', 'changed A to a', 'opened C to a'],
      ...['recovered A to a', 'recovered B to a', 'recovered C to a'],
    ])
    const [first, changed, other, ...ends] = messagesOf(place).map(({ detour }) => detour)
    for (const notice of [changed, ends[0], ends[1]])
      expect(notice).toMatchObject({ groupKey: first?.groupKey, labels: first?.labels })
    expect(ends.map(({ stillOpen }) => stillOpen)).toEqual([1, 0, 0])
    expect(other?.groupKey).not.toBe(first?.groupKey)
    expect(ends[2]).toMatchObject({ groupKey: other?.groupKey, labels: other?.labels })
  },
)

test('it is said when the next message comes, also where an incident has other labels by now', async () => {
  const place = new Place()
  routed(place, { groupBy: ['severity'], groupIntervalSeconds: 600 })
  const id = place.open('A')
  await sweep(place)
  place.worse(id, { severity: 0.9 })
  place.recover(id)
  const { told, why, nextAt } = tellingOf(
    { state: place.state, receivers: ['a'], now: place.now },
    place.incident(id),
  )
  expect(told).toHaveLength(1)
  expect([why, nextAt]).toEqual(['waiting', new Date(place.now + 10 * minute).toISOString()])
})
