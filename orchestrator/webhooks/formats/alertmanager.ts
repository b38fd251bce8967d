// The body that Prometheus Alertmanager sends to webhooks (version 4): one alert for each incident.

import { createHash } from 'node:crypto'
import type { api } from '#data/contracts'
import type { MessageBody } from '../message/body.ts'
import { labelsOf } from '../message/labels.ts'
import { storyOf } from '../message/story.ts'
import { type Format, linkOf } from './format.ts'

/** How Alertmanager writes that an alert has not ended. */
const noEnd = '0001-01-01T00:00:00Z'

/**
 * Alertmanager, version 4 of its webhook body. The fingerprint is that of the incident, also where labels change.
 * @source Prometheus documentation, alerting configuration, webhook_config
 */
export const alertmanager: Format = {
  contentType: 'application/json',
  carries: (type) => type.startsWith('incident.') || type === 'webhook.test',
  render: ({ market, body, publicUrl }) => {
    const story = storyOf(body)
    const { type: _, ...known } = labelsOf(body)
    const labels = { alertname: nameOf(body), ...known }
    const annotations = { summary: story.title, description: story.text }
    const status = body.type === 'incident.resolved' ? 'resolved' : 'firing'
    const groupLabels = { market, alertname: labels.alertname, incident: story.subject }
    const alert = {
      status,
      labels,
      annotations,
      ...timesOf(body),
      generatorURL: linkOf(publicUrl, story.path) ?? '',
      fingerprint: createHash('sha256').update(`${market}/${story.subject}`).digest('hex').slice(0, 16),
    }
    return {
      version: '4',
      groupKey: `{}:{incident="${story.subject.replace(/["\\]/g, '\\$&')}", market="${market}"}`,
      truncatedAlerts: 0,
      status,
      receiver: 'detour',
      groupLabels,
      commonLabels: labels,
      commonAnnotations: annotations,
      externalURL: publicUrl ?? '',
      alerts: [alert],
    }
  },
}

function nameOf({ data }: MessageBody): string {
  return 'incident' in data && data.incident !== null ? `detour_${data.incident.metric}` : 'detour_test'
}

function timesOf({ timestamp, data }: MessageBody): { startsAt: string; endsAt: string } {
  const incident = 'incident' in data ? (data.incident as Partial<api.HookIncidentEnd> | null) : null
  return { startsAt: incident?.beganAt ?? timestamp, endsAt: incident?.resolvedAt ?? noEnd }
}
