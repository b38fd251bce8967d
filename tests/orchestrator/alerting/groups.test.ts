// In which group an incident is told, from its beginning to its end, and what receivers are told of the group.

import { expect, test } from 'vitest'
import type { api } from '#data/contracts'
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
