// The HTTP application over an open home: health, and the verbs for the command line. It listens nowhere by itself.

import { createHash, timingSafeEqual } from 'node:crypto'
import { PassThrough } from 'node:stream'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyRequest } from 'fastify'
import { asDetourError, fail } from '#data/kernel'
import { type Progress, type Verb, verbs } from '#orchestrator/verbs'
import type { Workspace } from '#orchestrator/workspace'
import { answerProblems, sendProblem } from './problem.ts'
import type { Turns } from './turns.ts'

/** Bytes of a request body at most. */
const bodyBytes = 5_000_000
/** Least time between two progress lines of one verb, ms. */
const progressMs = 100

/** What the application serves. */
export interface AppParts {
  workspace: Workspace
  token: string
  turns: Turns
  /** Called after a verb changed data. */
  onChanged(): void
}

/** The application, ready to listen or to be asked by `inject`. */
export function createApp(parts: AppParts): FastifyInstance {
  const app = Fastify({
    loggerInstance: parts.workspace.effects.logger as FastifyBaseLogger,
    bodyLimit: bodyBytes,
    ajv: { customOptions: { coerceTypes: false, removeAdditional: false, useDefaults: false } },
  })
  answerProblems(app)
  app.addHook('onRequest', async (request, reply) => {
    const { host } = request.headers
    if (!isLoopback(host)) return sendProblem(reply, fail('HTTP_HOST_REFUSED', { host }))
    if (request.url.startsWith('/api/') && !holdsToken(request, parts.token)) {
      return sendProblem(reply, fail('HTTP_UNAUTHORIZED'))
    }
  })
  app.get('/healthz', async () => ({ status: 'ok', pid: process.pid }))
  app.get('/readyz', async () => {
    await parts.workspace.warehouse.reading((queries) => queries.one('SELECT 1 AS one'))
    return { status: 'ready' }
  })
  for (const verb of Object.values(verbs)) addVerb(app, verb, parts)
  return app
}

/** `localhost`, 127.0.0.1 or ::1 with any port: a page elsewhere cannot forge this header (DNS rebinding). */
function isLoopback(host: string | undefined): boolean {
  return /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i.test(host ?? '')
}

function holdsToken(request: FastifyRequest, token: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(request.headers.authorization ?? ''), digest(`Bearer ${token}`))
}

function addVerb(app: FastifyInstance, verb: Verb, parts: AppParts): void {
  app.post(`/api/v1/verbs/${verb.name}`, { schema: { body: verb.schema } }, (request, reply) => {
    const lines = new PassThrough()
    const write = (line: object) => lines.writable && lines.write(`${JSON.stringify(line)}\n`)
    void runVerb(verb, request.body, parts, write).finally(() => lines.end())
    return reply.type('application/x-ndjson').send(lines)
  })
}

/** Runs the verb in its turn; writes progress lines and, last, `{ result }` or `{ error }`. */
async function runVerb(
  verb: Verb,
  args: unknown,
  { workspace, turns, onChanged }: AppParts,
  write: (line: object) => void,
): Promise<void> {
  const { clock, logger } = workspace.effects
  let sent = Number.NEGATIVE_INFINITY
  const onProgress = (progress: Progress) => {
    const now = clock.now()
    if (now - sent < progressMs && progress.done < progress.total) return
    sent = now
    write({ progress })
  }
  const work = () => verb.run(args, { ...workspace, onProgress })
  try {
    write({ result: await (verb.isExclusive ? turns.take(work) : work()) })
    if (verb.changesData) onChanged()
  } catch (error) {
    const { code, message, details } = asDetourError(error)
    if (code === 'INTERNAL') logger.error({ err: error, verb: verb.name }, 'verb failed')
    write({ error: { code, message, details } })
  }
}
