// The webhooks of a market that can be told of incidents, and rules that name others. It sends nothing.

import type { api } from '#data/contracts'
import { fail } from '#data/kernel'
import type { Webhooks } from '#orchestrator/webhooks'

/** Ids of those that are enabled and hear of incidents at all. @throws VAULT_UNAVAILABLE */
export async function alertReceivers(webhooks: Pick<Webhooks, 'list'>): Promise<string[]> {
  const all = await webhooks.list()
  return all
    .filter(({ status }) => status === 'enabled')
    .filter(({ events }) => events.length === 0 || events.some((type) => type.startsWith('incident.')))
    .map(({ webhookId }) => webhookId)
}

/**
 * Refuses rules that name a receiver which there is not; one that was named before and has gone since may stay.
 * @throws ALERT_RECEIVER_UNKNOWN, VAULT_UNAVAILABLE
 */
export async function checkReceivers(
  webhooks: Pick<Webhooks, 'list'>,
  wanted: api.AlertRouting,
  before: api.AlertRouting,
): Promise<void> {
  const there = (await webhooks.list()).map(({ webhookId }) => webhookId)
  const known = new Set(['all', ...there, ...before.routes.flatMap(namedBy)])
  for (const route of wanted.routes) {
    const receiver = namedBy(route).find((id) => !known.has(id))
    if (receiver !== undefined) throw fail('ALERT_RECEIVER_UNKNOWN', { routeId: route.routeId, receiver })
  }
}

function namedBy({ receivers, escalation }: api.AlertRoute): string[] {
  return [...receivers, ...escalation.flatMap((step) => step.receivers)]
}
