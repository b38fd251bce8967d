// The body that Prometheus Alertmanager sends to webhooks (version 4): one alert for each incident.

import { createHash } from 'node:crypto'
import type { api } from '#data/contracts'
import type { MessageBody } from '../message/body.ts'
import { labelsOf, levelOf } from '../message/labels.ts'
import { storyOf } from '../message/story.ts'
import { type Format, linkOf } from './format.ts'

/** How Alertmanager writes that an alert has not ended. */
const noEnd = '0001-01-01T00:00:00Z'

/**
 * Alertmanager, version 4 of its webhook body. The fingerprint is that of the incident, also where labels change. There
 * are alerts for what the message is about; it is firing while anything of the group is.
 * @source Prometheus documentation, alerting configuration, webhook_config
 */
export const alertmanager: Format = {
  contentType: 'application/json',
  carries: (type) => type.startsWith('incident.') || type === 'webhook.test',
  render: ({ market, body, publicUrl }) => {
    const story = storyOf(body)
    const alerts = eachOf(body).map((one) => alertOf(one, market, publicUrl))
    const notice = 'notice' in body.data ? body.data.notice : null
    const isFiring = (notice?.stillOpen ?? 0) > 0 || alerts.some(({ status }) => status === 'firing')
    const groupLabels = notice?.labels ?? { incident: story.subject }
    const named = Object.entries({ market, ...groupLabels }).map(
      ([name, value]) => `${name}=${quoted(value)}`,
    )
    const rule = notice === null ? '' : `/{route=${quoted(notice.routeId)}}`
    return {
      version: '4',
      groupKey: `{}${rule}:{${named.join(', ')}}`,
      truncatedAlerts: 0,
      status: isFiring ? 'firing' : 'resolved',
      receiver: 'detour',
      groupLabels,
      commonLabels: common(alerts.map(({ labels }) => labels)),
      commonAnnotations: common(alerts.map(({ annotations }) => annotations)),
      externalURL: publicUrl ?? '',
      alerts,
    }
  },
}

/** The message as one for each of its incidents. */
function eachOf(body: MessageBody): MessageBody[] {
  const { data } = body
  if (!('incidents' in data)) return [body]
  return data.incidents.map((incident) => ({
    ...body,
    data: { ...data, incident, incidents: [incident], notice: null } as typeof data,
  }))
}

function alertOf(body: MessageBody, market: string, publicUrl: string | null) {
  const story = storyOf(body)
  const { type: _, ...known } = labelsOf(body)
  const status = body.type === 'incident.resolved' ? 'resolved' : 'firing'
  const incident = 'incident' in body.data ? body.data.incident : null
  const severity = levelOf(incident?.severity ?? 0)
  const labels: Record<string, string> = { alertname: nameOf(body), ...known, severity }
  return {
    status,
    labels,
    annotations: { summary: story.title, description: story.text } as Record<string, string>,
    ...timesOf(body),
    generatorURL: linkOf(publicUrl, story.path) ?? '',
    fingerprint: createHash('sha256').update(`${market}/${story.subject}`).digest('hex').slice(0, 16),
  }
}

/** What all have in common. */
function common(all: readonly Record<string, string>[]): Record<string, string> {
  const [first = {}, ...rest] = all
  return Object.fromEntries(
    Object.entries(first).filter(([name, value]) => rest.every((other) => other[name] === value)),
  )
}

function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&')}"`
}

function nameOf({ data }: MessageBody): string {
  return 'incident' in data && data.incident !== null ? `detour_${data.incident.metric}` : 'detour_test'
}

function timesOf({ timestamp, data }: MessageBody): { startsAt: string; endsAt: string } {
  const incident = 'incident' in data ? (data.incident as Partial<api.HookIncidentEnd> | null) : null
  return { startsAt: incident?.beganAt ?? timestamp, endsAt: incident?.resolvedAt ?? noEnd }
}
