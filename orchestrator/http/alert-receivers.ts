// The webhooks of a market that can be told of incidents. It sends nothing.

import type { Webhooks } from '#orchestrator/webhooks'

/** Ids of those that are enabled and hear of incidents at all. @throws VAULT_UNAVAILABLE */
export async function alertReceivers(webhooks: Pick<Webhooks, 'list'>): Promise<string[]> {
  const all = await webhooks.list()
  return all
    .filter(({ status }) => status === 'enabled')
    .filter(({ events }) => events.length === 0 || events.some((type) => type.startsWith('incident.')))
    .map(({ webhookId }) => webhookId)
}
