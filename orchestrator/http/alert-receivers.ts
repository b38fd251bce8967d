// The webhooks of a market as alerting sees them: who can be told. It sends nothing.

import type { AlertReceiver } from '#orchestrator/alerting'
import type { Webhooks } from '#orchestrator/webhooks'

/** Those that are enabled, with the types of messages they want. @throws VAULT_UNAVAILABLE */
export async function alertReceivers(webhooks: Pick<Webhooks, 'list'>): Promise<AlertReceiver[]> {
  const all = await webhooks.list()
  return all
    .filter(({ status }) => status === 'enabled')
    .map(({ webhookId, events }) => ({
      webhookId,
      wants: (type: string) => events.length === 0 || events.includes(type),
    }))
}
