// All formats by name.

import type { api } from '#data/contracts'
import { alertmanager } from './alertmanager.ts'
import { slack, teams } from './chat.ts'
import { email } from './email.ts'
import type { Format } from './format.ts'
import { pagerduty } from './pagerduty.ts'
import { cloudevents, detour } from './plain.ts'

/** The formats. */
export const formats: Record<api.WebhookFormat, Format> = {
  detour,
  cloudevents,
  alertmanager,
  slack,
  teams,
  pagerduty,
  email,
}

/** The format of that name; Detour's own where a later Detour knew another. */
export function formatOf(name: string): api.WebhookFormat {
  return Object.hasOwn(formats, name) ? (name as api.WebhookFormat) : 'detour'
}
