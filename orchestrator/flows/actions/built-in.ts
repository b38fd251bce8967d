// The provider actions that come with Detour: a call over HTTP, and a message to the receivers of webhooks. Those of
// real providers are added beside them.

import { type ActionData, type ProviderAction, ProviderActions } from './action.ts'
import type { HttpCaller } from './http-call.ts'

/** Sends the request as a message of webhooks; it counts as done once that is in the log. */
function byMessage(name: string, means: string): ProviderAction {
  return {
    name,
    means,
    isLocal: true,
    run: async ({ key, data }) => ({
      isDone: true,
      reason: null,
      messages: [{ name: `provider.${name}`, text: null, data: withKey(data, key) }],
    }),
  }
}

function withKey(data: ActionData, key: string): ActionData {
  return { ...data, idempotencyKey: key }
}

/** The list with the actions that are always there. */
export function builtInActions(caller: HttpCaller): ProviderActions {
  const http: ProviderAction = {
    name: 'http',
    means: 'posts the order to an address, with an idempotency key',
    run: async ({ url, key, action, subject, data, runId, orderId, tileId }, signal) =>
      url === null
        ? { isDone: false, reason: 'it has no address', isFinal: true }
        : caller.post(url, key, { key, action, runId, orderId, tileId, ...subject, data }, signal),
  }
  return new ProviderActions([
    http,
    byMessage('notify', 'tells the receivers of webhooks'),
    byMessage('invoice', 'tells the receivers of webhooks to invoice'),
    byMessage('invoice_cancel', 'tells the receivers of webhooks to take an invoice back'),
  ])
}
