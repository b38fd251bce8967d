// The HTTP application over a running engine: who may ask, every route, errors as problems. It listens nowhere by
// itself.

import rateLimit from '@fastify/rate-limit'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyBaseLogger, LogController } from 'fastify'
import { fail } from '#data/kernel'
import { guardAccess, isLoopback } from './access.ts'
import { addCarefulHeaders } from './careful.ts'
import { FlowQueue } from './flow-queue.ts'
import { addPages } from './pages.ts'
import type { App, AppParts } from './parts.ts'
import { answerProblems, sendProblem } from './problem.ts'
import { readQuery } from './query.ts'
import { addReference, collectRoutes } from './reference.ts'
import { Repeats } from './repeats.ts'
import { addIncidents } from './routes/incidents.ts'
import { addIngest } from './routes/ingest.ts'
import { addOrderActions } from './routes/order-actions.ts'
import { addOrders } from './routes/orders.ts'
import { addProbes } from './routes/probes.ts'
import { addSession } from './routes/session.ts'
import { addSink } from './routes/sink.ts'
import { addSql } from './routes/sql.ts'
import { addStock } from './routes/stock.ts'
import { addStream } from './routes/stream.ts'
import { addSystem } from './routes/system.ts'
import { addVerbs } from './routes/verbs.ts'
import { addWebhooks } from './routes/webhooks.ts'
import { addWork } from './routes/work.ts'
import { Sessions } from './sessions.ts'

/** Bytes of a request body at most, except files. */
const bodyBytes = 5_000_000

/** The application, ready to listen or to be asked by `inject`. */
export async function createApp(parts: AppParts): Promise<App> {
  const { logger, clock } = parts.engine.workspace.effects
  const app: App = Fastify({
    loggerInstance: logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    // A logger of its own for each request would cost as much as a small answer; errors name their request.
    childLoggerFactory: (parent) => parent,
    bodyLimit: bodyBytes,
    requestTimeout: 3_600_000,
    routerOptions: { maxParamLength: 500 },
    frameworkErrors: (error, _request, reply) => {
      sendProblem(reply as never, fail('HTTP_QUERY_INVALID', { reason: error.message }))
    },
    ajv: {
      customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false, allErrors: false },
    },
  }).withTypeProvider<TypeBoxTypeProvider>()
  app.removeContentTypeParser('text/plain')
  answerProblems(app)
  addCarefulHeaders(app)
  const sessions = new Sessions(parts.vault, clock)
  guardAccess(app, parts, sessions)
  await limitRate(app, parts)
  readQueries(app)
  await collectRoutes(app)
  const flow = new FlowQueue(parts.engine, logger)
  app.addHook('onClose', () => flow.close())
  const repeats = new Repeats(parts.vault)
  await app.register(
    async (plain) => {
      const api = plain as App
      addProbes(app, parts, addStream(api, parts))
      addSystem(api, parts)
      addSession(api, parts, sessions)
      addOrders(api, parts, flow)
      addOrderActions(api, parts, repeats)
      addWork(api, parts)
      addStock(api, parts)
      addIncidents(api, parts)
      addSql(api, parts)
      addWebhooks(api, parts, repeats)
      addSink(api, parts)
      addIngest(api, parts)
      addVerbs(api, parts)
    },
    { prefix: '/api/v1' },
  )
  addReference(app)
  addPages(app, parts.pages)
  return app
}

/** Away from loopback one address may ask only so often. */
async function limitRate(app: App, { host, requestsMost = 3_000 }: AppParts): Promise<void> {
  if (isLoopback(host)) return
  await app.register(rateLimit, {
    max: requestsMost,
    timeWindow: 1_000,
    errorResponseBuilder: () => fail('HTTP_RATE_LIMITED', { limit: requestsMost }),
  })
}

/** Query strings get the types of their schema before they are validated; nothing else is ever converted. */
function readQueries(app: App): void {
  app.addHook('preValidation', (request, _reply, done) => {
    const schema = request.routeOptions.schema?.querystring
    if (schema !== undefined) request.query = readQuery(schema as never, request.query)
    // An action without a body is one with nothing to say.
    if (request.body === undefined && request.routeOptions.schema?.body !== undefined) request.body = {}
    done()
  })
}
