// Routes of webhooks: receivers, their secrets, deliveries, test and replay.

import { Type } from 'typebox'
import { api } from '#data/contracts'
import { exampleOf, formats, labelNames, type Webhooks } from '#orchestrator/webhooks'
import { idempotencyHeaders } from '../command.ts'
import type { App, AppParts } from '../parts.ts'
import { problems } from '../problem.ts'
import type { Repeats } from '../repeats.ts'
import { closed, date, oneOf, page, word } from './fields.ts'

const tags = ['webhooks']
const config = { access: 'manage' } as const
const params = Type.Object({ webhookId: word() })
const one = { 200: api.webhook, ...problems }
const deliveryQuery = Type.Object(
  {
    ...page,
    webhookId: Type.Optional(word()),
    messageId: Type.Optional(word()),
    status: Type.Optional(oneOf(['delivered', 'failed', 'abandoned'])),
  },
  closed,
)
const replay = Type.Object(
  { messageId: Type.Optional(word('one message')), since: Type.Optional(date('or all since then')) },
  closed,
)

/** Adds the routes of webhooks. */
export function addWebhooks(app: App, { webhooks }: AppParts, repeats: Repeats): void {
  addReceivers(app, webhooks, repeats)
  addActions(app, webhooks, repeats)
  addEvents(app, webhooks)
  app.get(
    '/deliveries',
    {
      schema: {
        tags,
        summary: 'Attempts to deliver',
        querystring: deliveryQuery,
        response: { 200: api.deliveryPage, ...problems },
      },
    },
    (request) => webhooks.deliveries({ limit: 50, ...request.query }),
  )
}

function addReceivers(app: App, webhooks: Webhooks, repeats: Repeats): void {
  app.get(
    '/webhooks',
    { schema: { tags, summary: 'Receivers', response: { 200: Type.Array(api.webhook), ...problems } } },
    async () => webhooks.list(),
  )
  app.post(
    '/webhooks',
    {
      config,
      schema: {
        tags,
        summary: 'Make a receiver; its secret is shown this once',
        headers: idempotencyHeaders,
        body: api.newWebhook,
        response: { 201: api.webhookWithSecret, ...problems },
      },
    },
    async (request, reply) => {
      const { body } = request
      const made = await repeats.once(request, 'webhooks', body, () => webhooks.create(body))
      return reply.code(201).header('location', `/api/v1/webhooks/${made.webhookId}`).send(made)
    },
  )
  app.get(
    '/webhooks/:webhookId',
    { schema: { tags, summary: 'One receiver', params, response: one } },
    async (request) => webhooks.get(request.params.webhookId),
  )
  app.patch(
    '/webhooks/:webhookId',
    {
      config,
      schema: {
        tags,
        summary: 'Change a receiver',
        headers: idempotencyHeaders,
        params,
        body: api.webhookChange,
        response: one,
      },
    },
    (request) => {
      const { webhookId } = request.params
      const change = () => webhooks.change(webhookId, request.body)
      return repeats.once(request, `webhook-change/${webhookId}`, request.body, change)
    },
  )
  app.delete(
    '/webhooks/:webhookId',
    {
      config,
      schema: {
        tags,
        summary: 'Remove a receiver and what waits for it',
        params,
        response: { 204: Type.Null(), ...problems },
      },
    },
    async (request, reply) => {
      await webhooks.remove(request.params.webhookId)
      return reply.code(204).send(null)
    },
  )
}

function addActions(app: App, webhooks: Webhooks, repeats: Repeats): void {
  app.post(
    '/webhooks/:webhookId/test',
    {
      config,
      schema: {
        tags,
        summary: 'Send a test at once: an example of a type of event',
        headers: idempotencyHeaders,
        params,
        querystring: api.webhookTest,
        response: { 200: api.webhookDelivery, ...problems },
      },
    },
    (request) => {
      const { webhookId } = request.params
      const { type } = request.query
      return repeats.once(request, `webhook-test/${webhookId}`, { type }, () =>
        webhooks.test(webhookId, type),
      )
    },
  )
  app.post(
    '/webhooks/:webhookId/rotate',
    {
      config,
      schema: {
        tags,
        summary: 'Make a new secret; the one before signs beside it for a day',
        headers: idempotencyHeaders,
        params,
        response: { 200: api.webhookWithSecret, ...problems },
      },
    },
    (request) => {
      const { webhookId } = request.params
      return repeats.once(request, `rotate/${webhookId}`, {}, async () => webhooks.rotate(webhookId))
    },
  )
  app.post(
    '/webhooks/:webhookId/replay',
    {
      config,
      schema: {
        tags,
        summary: 'Send one message again, or all since a time',
        headers: idempotencyHeaders,
        params,
        body: replay,
        response: { 202: Type.Object({ queued: Type.Integer() }), ...problems },
      },
    },
    async (request, reply) => {
      const { params, body } = request
      const ask = () => webhooks.replay({ ...params, ...body })
      const queued = await repeats.once(request, `replay/${params.webhookId}`, body, ask)
      return reply.code(202).send(queued)
    },
  )
}

function addEvents(app: App, webhooks: Webhooks): void {
  app.get(
    '/webhook-events',
    {
      schema: {
        tags,
        summary: 'All kinds of messages, each with its JSON Schema and an example',
        response: { 200: Type.Array(api.webhookEvent), ...problems },
      },
    },
    async () => api.webhookEventTypes.map(eventOf),
  )
  app.get(
    '/webhook-events/:type/schema',
    {
      schema: {
        tags,
        summary: 'JSON Schema of the body of a kind of message',
        params: Type.Object({ type: oneOf(api.webhookEventTypes) }),
        response: { 200: Type.Record(Type.String(), Type.Unknown()), ...problems },
      },
    },
    async (request, reply) => {
      const schema = api.webhookBodySchema(request.params.type)
      const dialect = { $schema: 'https://json-schema.org/draft/2020-12/schema' }
      return reply.send({ ...dialect, ...schema } as unknown as Record<string, unknown>)
    },
  )
  app.get(
    '/webhook-preview',
    {
      schema: {
        tags,
        summary: 'An example of a kind of message as a format has it',
        querystring: Type.Object(
          { format: oneOf(api.webhookFormats), type: oneOf(api.webhookEventTypes) },
          closed,
        ),
        response: { 200: api.webhookPreview, ...problems },
      },
    },
    async ({ query: { format, type } }) => webhooks.preview(format, type),
  )
}

function eventOf(type: api.WebhookEventType): api.WebhookEvent {
  return {
    type,
    description: api.webhookEventWords[type],
    labels: labelNames(type),
    formats: api.webhookFormats.filter((name) => formats[name].carries(type)),
    schema: api.webhookBodySchema(type),
    example: exampleOf(type),
  }
}
