// Routes of the built-in receiver of webhooks: it takes what is sent to it from this machine and shows it.

import { Type } from 'typebox'
import { api } from '#data/contracts'
import { createSink } from '#orchestrator/webhooks'
import type { App, AppParts } from '../parts.ts'
import { problems } from '../problem.ts'

/** Bytes of a message at most. */
const messageBytes = 1_000_000

const tags = ['webhooks']
const received = Type.Object({ messageId: Type.String(), isVerified: Type.Boolean() })

/** Adds the routes of the sink, in a scope of its own: bodies stay as they came, for their signature. */
export function addSink(app: App, { engine, webhooks }: AppParts): void {
  const sink = createSink(engine.workspace.effects)
  app.register(async (plain) => {
    const scope = plain as App
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
    const schema = {
      tags,
      summary: 'Receive a webhook',
      description: 'Open to senders on this machine; tells whether the signature holds.',
      params: Type.Object({ name: Type.String({ minLength: 1, maxLength: 100 }) }),
      response: { 200: received, ...problems },
    }
    const options = { schema, config: { access: 'sink' }, bodyLimit: messageBytes } as const
    scope.post('/sink/:name', options, async (request) => {
      const path = request.url.split('?')[0] as string
      const body = Buffer.isBuffer(request.body) ? request.body : ''
      const { messageId, isVerified } = sink.receive(request.headers, body, await webhooks.secretFor(path))
      return { messageId, isVerified }
    })
  })
  app.get(
    '/sink',
    {
      schema: {
        tags,
        summary: 'What the built-in sink received, newest first',
        response: { 200: Type.Array(api.sinkMessage), ...problems },
      },
    },
    async () => sink.messages(),
  )
  app.delete(
    '/sink',
    { schema: { tags, summary: 'Forget what was received', response: { 204: Type.Null(), ...problems } } },
    async (_request, reply) => {
      sink.clear()
      return reply.code(204).send(null)
    },
  )
}
