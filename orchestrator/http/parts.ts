// What the HTTP application is made of. Shapes only.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { Vault } from '#data/vault'
import type { Engine } from '#orchestrator/engine'
import type { Webhooks } from '#orchestrator/webhooks'

/** The application with types that follow from the schemas of its routes. */
export type App = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

/** Answers requests for pages; the built dashboard gives one. */
export type PageHandler = (request: IncomingMessage, response: ServerResponse) => void

/** What the application serves. */
export interface AppParts {
  engine: Engine
  vault: Pick<Vault, 'verifyKey' | 'findKey' | 'claimRequest' | 'answerRequest'>
  webhooks: Webhooks
  /** Bearer token of this run, for the owner of the home: the command line. */
  token: string
  /** Address it listens on. */
  host: string
  /** Pages of the dashboard, null where they are left out. */
  pages: PageHandler | null
  /** Requests of one address in a second, away from loopback. Default 3,000. */
  requestsMost?: number
}
