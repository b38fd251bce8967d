// A bare HTTP application: who may ask, how often, headers, and errors as problems. It has no route.

import rateLimit from '@fastify/rate-limit'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import Fastify, { type FastifyBaseLogger, type FastifyServerFactory, LogController } from 'fastify'
import { type Effects, fail } from '#data/kernel'
import { guardAccess, isLoopback } from './access.ts'
import { addCarefulHeaders } from './careful.ts'
import { gatherAnswers } from './gather.ts'
import { readJson } from './json-body.ts'
import { compileLate } from './late-schemas.ts'
import type { App, BaseParts } from './parts.ts'
import { answerProblems, sendProblem } from './problem.ts'
import { readQuery } from './query.ts'
import { Sessions } from './sessions.ts'

/** Bytes of a request body at most, except files. */
const bodyBytes = 5_000_000
/** How long a client may take to send its request, ms: files are large. */
export const requestMs = 3_600_000

/** Bodies are taken as they are or not at all: nothing is converted, left out or filled in. */
const ajv = {
  customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false, allErrors: false },
  onCreate: (validator: { addFormat(name: string, isValid: (text: string) => boolean): unknown }) => {
    validator.addFormat('date-time', isInstant)
  },
}

/** Instants are taken only as everything behind the API reads them: no leap seconds, small letters or short offsets. */
function isInstant(text: string): boolean {
  const shape = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/
  return shape.test(text) && !Number.isNaN(Date.parse(text))
}

/**
 * An application without routes, and the sessions it knows.
 * @param serverFactory makes the server that it listens with, where another is wanted
 */
export async function plainApp(
  parts: BaseParts,
  { logger, clock, config }: Effects,
  serverFactory?: FastifyServerFactory,
): Promise<{ app: App; sessions: Sessions }> {
  const app: App = Fastify({
    loggerInstance: logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    // A logger of its own for each request would cost as much as a small answer; errors name their request.
    childLoggerFactory: (parent) => parent,
    bodyLimit: bodyBytes,
    requestTimeout: requestMs,
    ...(serverFactory === undefined ? {} : { serverFactory }),
    routerOptions: { maxParamLength: 500 },
    frameworkErrors: (error, _request, reply) => {
      sendProblem(reply as never, fail('HTTP_QUERY_INVALID', { reason: error.message }))
    },
    ajv,
  }).withTypeProvider<TypeBoxTypeProvider>()
  app.removeContentTypeParser('text/plain')
  readJson(app)
  answerProblems(app)
  await compileLate(app, ajv)
  addCarefulHeaders(app)
  const sessions = parts.sessions ?? new Sessions(parts.vault, clock)
  guardAccess(app, { ...parts, sessions, allowedHosts: config.allowedHosts })
  await limitRate(app, parts)
  readQueries(app)
  gatherAnswers(app)
  return { app, sessions }
}

/** Away from loopback one address may ask only so often. */
async function limitRate(app: App, { host, requestsMost = 3_000 }: BaseParts): Promise<void> {
  if (isLoopback(host)) return
  await app.register(rateLimit, {
    max: requestsMost,
    timeWindow: 1_000,
    // Another process has counted whoever it asks for.
    allowList: (request) => (request as { peer?: unknown }).peer != null,
    errorResponseBuilder: () => fail('HTTP_RATE_LIMITED', { limit: requestsMost }),
  })
}

/** Query strings get the types of their schema before they are validated; nothing else is ever converted. */
function readQueries(app: App): void {
  app.addHook('preValidation', (request, _reply, done) => {
    // Read once: Fastify makes it anew each time.
    const { schema } = request.routeOptions
    if (schema?.querystring !== undefined) readQuery(schema.querystring as never, request.query)
    // An action without a body is one with nothing to say.
    if (request.body === undefined && schema?.body !== undefined) request.body = {}
    done()
  })
}
