// Routes of the command line: each verb runs in the process that owns the home and streams its progress as lines.

import { PassThrough } from 'node:stream'
import { asDetourError } from '#data/kernel'
import type { Engine, Turns } from '#orchestrator/engine'
import { loadVerbs, type Progress, type Verb } from '#orchestrator/verbs'
import type { Webhooks } from '#orchestrator/webhooks'
import type { Workspace } from '#orchestrator/workspace'
import type { App, AppParts } from '../parts.ts'

/** Least time between two progress lines of one verb, ms. */
const progressMs = 100

/** What a verb runs on. */
interface Ground {
  workspace: Workspace
  /** null where the market runs in another process. */
  engine: Engine | null
  /** null where the market runs in another process. */
  webhooks: Webhooks | null
  /** Runs work alone at the warehouse. */
  exclusively<T>(work: () => Promise<T>): Promise<T>
  cycleSoon(): void
}

/** Adds a route for each verb. */
export async function addVerbs(app: App, { engine, webhooks }: AppParts): Promise<void> {
  const { workspace, exclusively, cycleSoon } = engine
  const ground = { workspace, engine, webhooks, exclusively, cycleSoon }
  for (const verb of await loadVerbs()) addVerb(app, verb, ground)
}

/** Adds the verbs that concern this process and its home, also where the market runs in another one. */
export async function addOwnVerbs(
  app: App,
  { workspace, turns }: { workspace: Workspace; turns: Turns },
): Promise<void> {
  const ground = {
    workspace,
    engine: null,
    webhooks: null,
    exclusively: <T>(work: () => Promise<T>) => turns.take(work),
    // The writer hears of it by the log.
    cycleSoon: () => undefined,
  }
  for (const verb of await loadVerbs()) if (!verb.needsEngine) addVerb(app, verb, ground)
}

function addVerb(app: App, verb: Verb, ground: Ground): void {
  const schema = { hide: true, body: verb.schema }
  app.post(`/verbs/${verb.name}`, { schema, config: { access: 'own' } }, (request, reply) => {
    const lines = new PassThrough()
    const write = (line: object) => lines.writable && lines.write(`${JSON.stringify(line)}\n`)
    void runVerb(verb, request.body, ground, write).finally(() => lines.end())
    return reply.type('application/x-ndjson').send(lines)
  })
}

/** Runs the verb in its turn; writes progress lines and, last, `{ result }` or `{ error }`. */
async function runVerb(
  verb: Verb,
  args: unknown,
  { workspace, engine, webhooks, exclusively, cycleSoon }: Ground,
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
  const work = () => verb.run(args, { ...workspace, engine, webhooks, onProgress })
  try {
    write({ result: await (verb.isExclusive ? exclusively(work) : work()) })
    if (verb.changesData) cycleSoon()
  } catch (error) {
    const { code, message, details } = asDetourError(error)
    if (code === 'INTERNAL') logger.error({ err: error, verb: verb.name }, 'verb failed')
    write({ error: { code, message, details } })
  }
}
