// What a verb of the command line is: validated arguments in, a JSON result out, and how people read it.

import type { Static, TSchema } from 'typebox'
import type { Engine } from '#orchestrator/engine'
import type { Webhooks } from '#orchestrator/webhooks'
import type { Workspace } from '#orchestrator/workspace'

/** A step of a long verb: `done` of `total`, total 0 when not known. */
export interface Progress {
  step: string
  done: number
  total: number
}

/** What a verb works with. */
export interface VerbContext extends Workspace {
  /** The running system, where the home is served; null on the command line. */
  engine: Engine | null
  /** Webhooks at work, where the home is served. */
  webhooks?: Webhooks | null
  onProgress(progress: Progress): void
}

/** A verb on an open home; runs in the process of the command line or in the server. */
export interface Verb {
  name: string
  /** JSON schema of its arguments, closed. */
  schema: TSchema
  /** Whether verbs like it must not run beside it. */
  isExclusive: boolean
  /** Whether data changed, so that a server runs a cycle next. */
  changesData: boolean
  /** Whether it needs the running system, and so the process that writes the market. */
  needsEngine: boolean
  run(args: unknown, context: VerbContext): Promise<unknown>
  /** The result in words and tables. */
  show(result: unknown): string
  /** Whether the result means exit code 1. */
  hasFailed(result: unknown): boolean
}

interface VerbParts<S extends TSchema, R> {
  name: string
  schema: S
  isExclusive?: boolean
  changesData?: boolean
  needsEngine?: boolean
  run(args: Static<S>, context: VerbContext): Promise<R>
  show(result: R): string
  hasFailed?(result: R): boolean
}

/** A verb from typed parts; whoever calls it has checked the arguments against its schema. */
export function defineVerb<S extends TSchema, R>(parts: VerbParts<S, R>): Verb {
  return {
    name: parts.name,
    schema: parts.schema,
    isExclusive: parts.isExclusive ?? true,
    changesData: parts.changesData ?? false,
    needsEngine: parts.needsEngine ?? false,
    run: (args, context) => parts.run(args as Static<S>, context),
    show: (result) => parts.show(result as R),
    hasFailed: (result) => parts.hasFailed?.(result as R) ?? false,
  }
}
