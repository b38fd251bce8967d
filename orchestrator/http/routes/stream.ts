// The route of live updates. What is sent stands in ../stream.ts.

import { Type } from 'typebox'
import { fail } from '#data/kernel'
import type { App, AppParts } from '../parts.ts'
import { problems } from '../problem.ts'
import { Stream } from '../stream.ts'

/** Clients that may listen at the same time. */
const clientsMost = 500

/** Adds the route of live updates and ends them before the server closes. @returns the stream */
export function addStream(app: App, { engine, webhooks }: AppParts): Stream {
  const { clock } = engine.workspace.effects
  const stream = new Stream(clock)
  const stop = [
    engine.core.onChange((change) => stream.tell(change)),
    webhooks.onDelivery(({ deliveryId }) =>
      stream.tell({ kind: 'delivery', ids: [deliveryId], at: engine.now() }),
    ),
  ]
  app.addHook('preClose', async () => {
    for (const each of stop) each()
    stream.close()
  })
  const schema = {
    tags: ['system'],
    summary: 'Live updates as server-sent events',
    description:
      'Events named `change` with `{kind, ids, at}`: what kind of thing changed, and which where they are few ' +
      '(no ids = many). At most four lots a second. Ask again for what you show.',
    response: {
      200: {
        description: 'A stream of events.',
        content: { 'text/event-stream': { schema: Type.Unsafe<never>({ type: 'string' }) } },
      },
      ...problems,
    },
  }
  app.get('/stream', { schema }, (request, reply) => {
    if (stream.size >= clientsMost) throw fail('HTTP_BUSY', { reason: `${clientsMost} clients listen` })
    reply.hijack()
    const { raw } = reply
    raw.writeHead(200, {
      ...(reply.getHeaders() as Record<string, string>),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    request.raw.socket.setNoDelay(true)
    stream.add(raw)
  })
  return stream
}
