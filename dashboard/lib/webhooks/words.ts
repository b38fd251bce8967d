// Words for webhooks: formats, how receivers are doing, what attempts came to. It asks nothing.

import type { api } from '#data/contracts'
import type { Tone } from '../words.ts'

/** What people call a format, and what goes into its address. */
interface FormatWords {
  title: string
  address: string
  hint: string
}

const https = 'https://ops.example.com/hooks/detour'

/** Every format; one that is missing here is a type error. */
export const formatWords: Record<api.WebhookFormat, FormatWords> = {
  detour: { title: 'Detour', address: https, hint: 'A JSON body, signed as Standard Webhooks says' },
  cloudevents: {
    title: 'CloudEvents 1.0',
    address: https,
    hint: 'The same in a CloudEvents envelope, signed',
  },
  alertmanager: {
    title: 'Alertmanager',
    address: 'https://alerts.example.com/api/webhook',
    hint: 'As Prometheus Alertmanager sends it, version 4; incidents only',
  },
  slack: {
    title: 'Slack',
    address: 'https://hooks.slack.com/services/…',
    hint: 'An incoming webhook; its address is kept like a key',
  },
  teams: {
    title: 'Teams',
    address: 'https://….logic.azure.com/workflows/…',
    hint: 'A workflow "When a Teams webhook request is received"; its address is kept like a key',
  },
  pagerduty: {
    title: 'PagerDuty',
    address: 'https://events.pagerduty.com/v2/enqueue',
    hint: 'Events API v2; incidents only',
  },
  email: { title: 'Mail', address: 'mailto:ops@example.com', hint: 'Addresses with commas between them' },
}

/** The formats in the order in which they are offered. */
export const formatNames = Object.keys(formatWords) as api.WebhookFormat[]

/** How a receiver is doing, in a word and a tone. */
export function healthOf({ health, failures }: Pick<api.Webhook, 'health' | 'failures'>): {
  title: string
  tone: Tone
} {
  switch (health) {
    case 'off':
      return { title: 'Off', tone: 'bad' }
    case 'resting':
      return { title: `Failing, ${failures} in a row`, tone: 'bad' }
    case 'failing':
      if (failures === 0) return { title: 'Last test failed', tone: 'warn' }
      return { title: failures === 1 ? 'Failed once' : `Failed ${failures} times`, tone: 'warn' }
    case 'healthy':
      return { title: 'On', tone: 'good' }
    case 'unused':
      return { title: 'On, nothing sent yet', tone: 'plain' }
  }
}

/** Tone of what an attempt came to. */
export function attemptTone(status: string): Tone {
  return status === 'delivered' ? 'good' : status === 'failed' ? 'warn' : 'bad'
}

/** What a receiver is told, in a sentence. */
export function toldOf({ events, labels }: Pick<api.Webhook, 'events' | 'labels'>): string {
  const types = events.length === 0 ? 'Told about everything' : `Told about ${events.join(', ')}`
  return labels.length === 0 ? `${types}.` : `${types}, where ${labels.map(ruleText).join(' and ')}.`
}

/** `severity is high or medium`. */
export function ruleText({ label, is, values }: api.LabelRule): string {
  return `${label} is ${is === 'one_of' ? '' : 'not '}${values.join(' or ')}`
}

/** A body as people read it. */
export function pretty(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body, null, 2)
}
