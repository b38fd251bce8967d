// The application of the process itself: it answers what concerns no market, and passes on what is for a market that
// another process writes.

import type { RequestListener } from 'node:http'
import { createServer } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { fail } from '#data/kernel'
import type { Cluster, MarketStanding, Running } from '#orchestrator/cluster'
import type { Turns } from '#orchestrator/engine'
import type { Workspace } from '#orchestrator/workspace'
import { wordFor } from './access.ts'
import { addPages } from './pages.ts'
import type { App, BaseParts, MarketsPart } from './parts.ts'
import { plainApp, requestMs } from './plain-app.ts'
import { Relay, unreachable } from './relay.ts'
import { addMarkets } from './routes/markets.ts'
import { addSession } from './routes/session.ts'
import { addOwnVerbs } from './routes/verbs.ts'
import type { Sessions } from './sessions.ts'
import { targetOf } from './target.ts'
import { type Figure, measure } from './telemetry.ts'

/** How long an idle connection is kept, ms. */
const keepAliveMs = 72_000

/** A market that runs here and answers requests. */
export interface Answering extends Running {
  readonly app: App
}

/** What the application of a process is made of. */
export interface IdleParts extends BaseParts {
  workspace: Workspace
  turns: Turns
  cluster: Cluster<Answering>
  markets: MarketsPart
  sessions: Sessions
}

/**
 * The application that listens for the process: requests for markets that run here go straight to their application.
 */
export async function createIdleApp(parts: IdleParts): Promise<App> {
  const { workspace, cluster, sessions } = parts
  const { effects } = workspace
  const { app } = await plainApp(parts, effects, (handler) => {
    const server = createServer(dispatch(cluster, handler))
    server.requestTimeout = requestMs
    server.keepAliveTimeout = keepAliveMs
    return server
  })
  const telemetry = measure(app)
  app.addHook('onClose', async () => telemetry.close())
  app.get('/metrics', { config: { access: 'read' } }, async (_request, reply) => {
    const figures = figuresOf(await parts.markets.list())
    return reply.type('text/plain; version=0.0.4; charset=utf-8').send(telemetry.text(figures))
  })
  app.get('/healthz', { config: { access: 'open' } }, async () => ({ status: 'ok', pid: process.pid }))
  app.get('/readyz', { config: { access: 'open' } }, async () => {
    await workspace.warehouse.reading((queries) => queries.one('SELECT 1 AS one'))
    return { status: 'ready' }
  })
  await app.register(
    async (plain) => {
      const api = plain as App
      addMarkets(api, parts.markets)
      addSession(api, parts, sessions)
      await addOwnVerbs(api, parts)
    },
    { prefix: '/api/v1' },
  )
  addRelay(app, parts)
  addPages(app, parts.pages)
  return app
}

/** Which markets run here, and how far behind the others are. */
function figuresOf(markets: readonly MarketStanding[]): Figure[] {
  const samples = (figureOf: (market: MarketStanding) => number) =>
    markets.map((each) => ({ labels: { market: each.market }, value: figureOf(each) }))
  return [
    {
      name: 'detour_market_writer',
      help: 'Whether this process writes the market.',
      type: 'gauge',
      samples: samples(({ state }) => Number(state === 'writing')),
    },
    {
      name: 'detour_market_lag_events',
      help: 'Events of the market that this process does not know yet.',
      type: 'gauge',
      samples: samples(({ lag }) => lag),
    },
  ]
}

/** Sends each request to its application. */
function dispatch(cluster: Cluster<Answering>, idle: RequestListener): RequestListener {
  return (request, response) => {
    const target = targetOf(request)
    const running = cluster.here(target.market ?? cluster.defaultMarket)
    if (running === null) {
      idle(request, response)
      return
    }
    request.url = target.path
    running.app.routing(request, response)
  }
}

/** Takes what is for markets that did not run here a moment ago. */
function addRelay(app: App, parts: IdleParts): void {
  const { cluster, peers = null, workspace } = parts
  const { clock } = workspace.effects
  const isCurrent = ({ market, url }: { market: string; url: string }) => cluster.urlOf(market) === url
  const relay = peers === null ? null : new Relay({ peers, clock, isCurrent })
  app.addHook('onClose', async () => relay?.close())
  app.register(async (plain) => {
    const scope = plain as App
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null))
    const handler = (request: FastifyRequest, reply: FastifyReply) => pass(request, reply, parts, relay)
    for (const path of ['/api', '/api/*']) {
      scope.all(path, { config: { access: 'open' }, schema: { hide: true } }, handler)
    }
  })
}

async function pass(
  request: FastifyRequest,
  reply: FastifyReply,
  { cluster, token, host, sessions }: IdleParts,
  relay: Relay | null,
): Promise<FastifyReply> {
  const target = targetOf(request.raw)
  const market = target.market ?? cluster.defaultMarket
  for (let tries = 0; tries < 3; tries++) {
    const route = await cluster.route(market)
    if (route.kind === 'unknown') throw fail('MARKET_UNKNOWN', { market })
    if (route.kind === 'here') {
      reply.hijack()
      request.raw.url = target.path
      route.running.app.routing(request.raw, reply.raw)
      return reply
    }
    const { url } = route
    // What another process passed on goes no further: two that are wrong about each other would pass it on for ever.
    if (route.kind === 'nobody' || request.peer !== null || relay === null || url === null) {
      unreachable(reply, { market, url })
      return reply
    }
    const word = await wordFor(request, { sessions, token, host })
    const to = { market, url, path: target.path }
    if (await relay.pass(request, reply, { word, to })) return reply
  }
  unreachable(reply, { market, url: cluster.urlOf(market) })
  return reply
}
