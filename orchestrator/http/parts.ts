// What the HTTP application is made of. Shapes only.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify'
import type { Vault } from '#data/vault'
import type { MarketFinder, MarketStanding, Peers } from '#orchestrator/cluster'
import type { Engine } from '#orchestrator/engine'
import type { Webhooks } from '#orchestrator/webhooks'
import type { Sessions } from './sessions.ts'

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

/** The markets of the process, as their routes need them. */
export interface MarketsPart {
  list(): Promise<MarketStanding[]>
  /** @throws MARKET_UNREACHABLE where nobody could open it */
  create(market: string): Promise<void>
}

/** What every application of a process is made of. */
export interface BaseParts {
  vault: Pick<Vault, 'verifyKey' | 'findKey' | 'claimRequest' | 'answerRequest' | 'secretOf'>
  /** Bearer token of this run, for the owner of the home: the command line. */
  token: string
  /** Address it listens on. */
  host: string
  /** Pages of the dashboard, null where they are left out. */
  pages: PageHandler | null
  /** Requests of one address in a second, away from loopback. Default 3,000. */
  requestsMost?: number
  /** Knows the other processes on the same log. Default: there are none. */
  peers?: Peers | null
  /** Of the process. Default: those of the application alone. */
  sessions?: Sessions
  /** Default: the engine's market alone. */
  markets?: MarketsPart
  /** Finds the markets that work may go to. Default: there are none. */
  findMarket?: MarketFinder
}

/** What the application of a market serves. */
export interface AppParts extends BaseParts {
  engine: Engine
  webhooks: Webhooks
  /** Where the market's routes are reached. Default `/api/v1`. */
  basePath?: string
}
