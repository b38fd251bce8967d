// `detour webhook`: receivers of the served home from the command line: list, add, test, send again, new secret,
// remove. A secret is shown once, when it is made.

import { Type } from 'typebox'
import { api } from '#data/contracts'
import { fail } from '#data/kernel'
import type { Webhooks } from '#orchestrator/webhooks'
import { showInstant, showNumber, showTable } from './table.ts'
import { defineVerb, type VerbContext } from './verb.ts'

const closed = { additionalProperties: false }
const webhookId = Type.String({ minLength: 1, maxLength: 300 })
const about = Type.Object({ webhookId }, closed)

/** Lists receivers and how they are doing. */
export const webhookListVerb = defineVerb({
  name: 'webhook-list',
  schema: Type.Object({}, closed),
  ...{ isExclusive: false, needsEngine: true },
  run: async (_args, context) => ({ webhooks: await served(context).list() }),
  show: ({ webhooks }) => {
    if (webhooks.length === 0) return 'There is no receiver yet: "detour webhook add URL" makes one.'
    const rows = webhooks.map((one) => [
      one.webhookId,
      one.url,
      one.format,
      one.health,
      one.pending,
      one.lastDelivery === null ? '' : showInstant(one.lastDelivery.at),
      one.disabledReason ?? '',
    ])
    const head = ['id', 'address', 'format', 'health', 'waiting', 'last attempt', 'off because']
    return [showTable(head, rows), showNumber(webhooks.length, 'receiver')].join('\n')
  },
})

/** Makes a receiver. */
export const webhookAddVerb = defineVerb({
  name: 'webhook-add',
  schema: api.newWebhook,
  ...{ isExclusive: false, needsEngine: true },
  run: (args, context) => served(context).create(args),
  show: withSecret,
})

/** Sends a test at once. */
export const webhookTestVerb = defineVerb({
  name: 'webhook-test',
  schema: Type.Object({ webhookId, ...api.webhookTest.properties }, closed),
  ...{ isExclusive: false, needsEngine: true },
  run: ({ webhookId: id, type }, context) => served(context).test(id, type),
  show: ({ status, httpStatus, durationMs, notes }) => {
    const answer = httpStatus === null ? '' : ` It answered ${httpStatus} after ${durationMs} ms.`
    return `${status === 'delivered' ? 'Delivered.' : 'Not delivered.'}${answer} ${notes.join('; ')}`.trim()
  },
  hasFailed: ({ status }) => status !== 'delivered',
})

/** Sends one message again, or all since a time. */
export const webhookReplayVerb = defineVerb({
  name: 'webhook-replay',
  schema: Type.Object(
    {
      webhookId,
      messageId: Type.Optional(Type.String({ minLength: 1, maxLength: 300 })),
      since: Type.Optional(Type.String({ minLength: 1, maxLength: 100, description: 'ISO 8601' })),
    },
    closed,
  ),
  ...{ isExclusive: false, needsEngine: true },
  run: (args, context) => served(context).replay(args),
  show: ({ queued }) => `${showNumber(queued, 'message')} queued again.`,
})

/** Gives a receiver a new secret. */
export const webhookRotateVerb = defineVerb({
  name: 'webhook-rotate',
  schema: about,
  ...{ isExclusive: false, needsEngine: true },
  run: ({ webhookId: id }, context) => served(context).rotate(id),
  show: (made) => `${withSecret(made)}\nThe secret before signs beside it for a day.`,
})

/** Removes a receiver. */
export const webhookRemoveVerb = defineVerb({
  name: 'webhook-remove',
  schema: about,
  ...{ isExclusive: false, needsEngine: true },
  run: async ({ webhookId: id }, context) => {
    await served(context).remove(id)
    return { webhookId: id }
  },
  show: ({ webhookId: id }) => `Receiver ${id} is told nothing any more.`,
})

function withSecret({ webhookId: id, url, secret }: api.WebhookWithSecret): string {
  return [
    `Receiver ${id} at ${url}. Its secret, shown this once:`,
    `  ${secret}`,
    'It checks the header webhook-signature with it, as Standard Webhooks says.',
  ].join('\n')
}

/** What is at work where the home is served: messages are sent there alone. */
function served({ webhooks = null }: VerbContext): Webhooks {
  if (webhooks === null) {
    throw fail('CLI_USAGE', {
      reason: 'webhooks are sent by a server: start "detour serve" on this home first',
    })
  }
  return webhooks
}
