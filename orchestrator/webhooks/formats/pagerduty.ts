// PagerDuty, Events API v2: an incident triggers, is acknowledged and resolves under one key.

import type { api } from '#data/contracts'
import type { MessageBody } from '../message/body.ts'
import { labelsOf, levelOf } from '../message/labels.ts'
import { storyOf } from '../message/story.ts'
import { cut, type Format, linkOf } from './format.ts'

/** What a message does to the alert of its incident. */
const actions: Partial<Record<api.WebhookEventType, 'trigger' | 'acknowledge' | 'resolve'>> = {
  'incident.opened': 'trigger',
  'incident.updated': 'trigger',
  'incident.escalated': 'trigger',
  'incident.acknowledged': 'acknowledge',
  'incident.resolved': 'resolve',
  'webhook.test': 'trigger',
}

/**
 * PagerDuty. The routing key is added when it is sent, and is never kept with an attempt.
 * @source PagerDuty Events API v2: summary 1,024, dedup_key 255 characters
 */
export const pagerduty: Format = {
  contentType: 'application/json',
  carries: (type) => actions[type] !== undefined,
  render: ({ market, body, publicUrl }) => {
    const story = storyOf(body)
    const { incident, node, kind } = labelsOf(body)
    const link = linkOf(publicUrl, story.path)
    const known = 'incident' in body.data ? body.data.incident : null
    return {
      event_action: actionOf(body),
      dedup_key: cut(`detour/${market}/${story.subject}`, 255),
      payload: {
        summary: cut(story.title, 1024),
        source: `detour/${market}`,
        severity: known === null ? 'info' : levelOf(known.severity),
        timestamp: body.timestamp,
        ...(node === undefined ? {} : { component: node }),
        group: market,
        ...(kind === undefined ? {} : { class: kind }),
        custom_details: {
          ...Object.fromEntries(story.facts),
          ...(incident === undefined ? {} : { incident }),
        },
      },
      client: 'Detour',
      ...(publicUrl === null ? {} : { client_url: publicUrl }),
      ...(link === null ? {} : { links: [{ href: link, text: 'Open in Detour' }] }),
    }
  },
  seal: (body, credential) => ({ routing_key: credential ?? '', ...(body as object) }),
}

/** Where incidents are told together, their alert is over, or in somebody's hands, with the last of them. */
function actionOf({ type, data }: MessageBody): string {
  const { stillOpen = 0, stillUnseen = 0 } = ('notice' in data ? data.notice : null) ?? {}
  if (type === 'incident.resolved' && stillOpen > 0) return 'trigger'
  if (type === 'incident.acknowledged' && stillUnseen > 0) return 'trigger'
  return actions[type] ?? 'trigger'
}
