// Routes of the command line: each verb runs in the process that owns the home and streams its progress as lines.

import { PassThrough } from 'node:stream'
import { asDetourError } from '#data/kernel'
import type { Engine } from '#orchestrator/engine'
import { type Progress, type Verb, verbs } from '#orchestrator/verbs'
import type { App, AppParts } from '../parts.ts'

/** Least time between two progress lines of one verb, ms. */
const progressMs = 100

/** Adds a route for each verb. */
export function addVerbs(app: App, { engine }: AppParts): void {
  for (const verb of Object.values(verbs)) addVerb(app, verb, engine)
}

function addVerb(app: App, verb: Verb, engine: Engine): void {
  const schema = { hide: true, body: verb.schema }
  app.post(`/verbs/${verb.name}`, { schema, config: { access: 'own' } }, (request, reply) => {
    const lines = new PassThrough()
    const write = (line: object) => lines.writable && lines.write(`${JSON.stringify(line)}\n`)
    void runVerb(verb, request.body, engine, write).finally(() => lines.end())
    return reply.type('application/x-ndjson').send(lines)
  })
}

/** Runs the verb in its turn; writes progress lines and, last, `{ result }` or `{ error }`. */
async function runVerb(
  verb: Verb,
  args: unknown,
  engine: Engine,
  write: (line: object) => void,
): Promise<void> {
  const { workspace } = engine
  const { clock, logger } = workspace.effects
  let sent = Number.NEGATIVE_INFINITY
  const onProgress = (progress: Progress) => {
    const now = clock.now()
    if (now - sent < progressMs && progress.done < progress.total) return
    sent = now
    write({ progress })
  }
  const work = () => verb.run(args, { ...workspace, engine, onProgress })
  try {
    write({ result: await (verb.isExclusive ? engine.exclusively(work) : work()) })
    if (verb.changesData) engine.cycleSoon()
  } catch (error) {
    const { code, message, details } = asDetourError(error)
    if (code === 'INTERNAL') logger.error({ err: error, verb: verb.name }, 'verb failed')
    write({ error: { code, message, details } })
  }
}
