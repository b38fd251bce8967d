// `detour serve`: owns a home, runs the engines and webhooks of the markets that this process writes, and answers over
// HTTP until it is closed.

import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { validate } from 'node-cron'
import { type Effects, fail, lowerPool } from '#data/kernel'
import { openLeases } from '#data/leases'
import { openVault } from '#data/vault'
import { Cluster, marketFinder, Peers } from '#orchestrator/cluster'
import { followMarket } from '#orchestrator/core'
import { defaultMarketOf, type Engine, keepTables, marketsOf, openShared } from '#orchestrator/engine'
import { writeServerFile } from '#orchestrator/remote'
import type { Webhooks } from '#orchestrator/webhooks'
import { openWorkspace, type Workspace } from '#orchestrator/workspace'
import { isLoopback } from './access.ts'
import { createIdleApp } from './idle-app.ts'
import { type OpenMarket, openMarket } from './open-market.ts'
import type { App, PageHandler } from './parts.ts'
import { Sessions } from './sessions.ts'

/** A home being served. */
export interface Serving {
  url: string
  home: string
  /** Of the default market. @throws MARKET_UNREACHABLE where another process writes it */
  readonly engine: Engine
  /** Of the default market. @throws MARKET_UNREACHABLE where another process writes it */
  readonly webhooks: Webhooks
  /** What runs in this process, the default market first; none where other processes write them all. */
  running(): OpenMarket[]
  /** Lets running work end, then closes everything and gives the home back. */
  close(): Promise<void>
}

/** Where to listen. */
export interface ServeOptions {
  home: string
  /** 0 = any free one. */
  port: number
  host: string
  /** Markets to write where they are free; none = all alike. Default: those of the settings. */
  markets?: readonly string[]
}

/** What goes with the API. */
export interface Beside {
  /** Pages of the dashboard; without them the root says so in words. */
  pages?: PageHandler | null | Promise<PageHandler | null>
  /** Runs on the open home before its engine starts. */
  prepare?(workspace: Workspace): Promise<void>
  /** Starts what accompanies a market that runs here; what it gives ends that before anything is closed. */
  attend?(serving: Pick<Serving, 'engine' | 'webhooks' | 'url'>): Promise<() => Promise<void> | void>
}

/**
 * Serves a home.
 * @throws SERVE_HOST_REFUSED, SERVE_PORT_BUSY, CONFIG_INVALID, HOME_BUSY and whatever opening a home throws
 */
export async function serve(options: ServeOptions, effects: Effects, beside: Beside = {}): Promise<Serving> {
  const { cycleCron } = effects.config
  if (!validate(cycleCron)) {
    throw fail('CONFIG_INVALID', {
      name: 'DETOUR_CYCLE_CRON',
      reason: `"${cycleCron}" is no cron expression`,
    })
  }
  const steps: (() => Promise<void> | void)[] = []
  const close = async () => {
    for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
      try {
        await step()
      } catch (error) {
        effects.logger.warn({ err: error }, 'closing a part failed')
      }
    }
  }
  try {
    return await start(options, effects, beside, { close, onClose: (step) => steps.push(step) })
  } catch (error) {
    await close()
    throw error
  }
}

/** Requests come first: the tables may wait for them. */
const poolNiceness = 5

interface Ending {
  close(): Promise<void>
  onClose(step: () => Promise<void> | void): void
}

async function start(
  options: ServeOptions,
  world: Effects,
  { pages = null, prepare, attend }: Beside,
  { close, onClose }: Ending,
): Promise<Serving> {
  const { host } = options
  const workspace = await openWorkspace(options.home, 'serve', world, { leavesMarkets: true })
  onClose(() => workspace.close())
  lowerPool(poolNiceness)
  const { effects, paths, log } = workspace
  const vault = await openVault(paths, effects)
  onClose(() => vault.close())
  if (!isLoopback(host) && !(await vault.hasAdminKey())) throw fail('SERVE_HOST_REFUSED', { host })
  await tryPort(options)
  await prepare?.(workspace)
  const shared = await openShared(workspace)
  onClose(() => shared.close())
  const leases = await openLeases(effects)
  onClose(() => leases?.close())
  const peers = leases === null ? null : new Peers(await leases.secret(), effects.clock)
  const candidate = { owner: randomBytes(9).toString('base64url'), url: '' }
  const sessions = new Sessions(vault, effects.clock)
  const token = randomBytes(32).toString('base64url')
  const base = { vault, token, host, pages: await pages, sessions, peers }
  const cluster: Cluster<OpenMarket> = new Cluster<OpenMarket>({
    ...{ effects, log, leases, candidate, preferred: options.markets ?? effects.config.markets },
    defaultMarket: await defaultMarketOf(workspace, leases),
    known: () => marketsOf(workspace),
    open: (market, core) => {
      const isDefault = market === cluster.defaultMarket
      const of = { market, isDefault, core, shared, workspace, url: candidate.url }
      return openMarket(of, { ...base, markets: cluster, findMarket }, attend)
    },
    follow: (market) => followMarket(log, market, { options: { store: shared.snapshots }, effects }),
    onFollow: (market, follower) => {
      if (follower !== null) shared.states.set(market, follower)
      else if (shared.states.get(market) !== undefined && cluster.here(market) === null)
        shared.states.delete(market)
    },
    onLoads: () => {
      for (const { engine } of cluster.running()) engine.cycleSoon()
    },
  })
  const asking = peers === null ? null : { peers, clock: effects.clock }
  const findMarket = marketFinder(cluster, asking, ({ engine }) => engine)
  const app = await createIdleApp({ ...base, workspace, turns: shared.turns, cluster, markets: cluster })
  onClose(() => app.close())
  const url = await listen(app, options)
  candidate.url = effects.config.peerUrl ?? url
  onClose(() => cluster.close())
  await cluster.start()
  if (leases !== null) onClose(keepTables(workspace, shared, () => cluster.running().length > 0))
  await writeServerFile(paths.server, { pid: process.pid, url, token })
  onClose(() => rm(paths.server, { force: true }))
  return servingOf(cluster, { url, home: paths.root, close })
}

function servingOf(cluster: Cluster<OpenMarket>, about: Pick<Serving, 'url' | 'home' | 'close'>): Serving {
  const main = (): OpenMarket => {
    const market = cluster.defaultMarket
    const running = cluster.here(market)
    if (running === null) throw fail('MARKET_UNREACHABLE', { market, url: cluster.urlOf(market) })
    return running
  }
  return {
    ...about,
    get engine() {
      return main().engine
    },
    get webhooks() {
      return main().webhooks
    },
    running: () => cluster.running(),
  }
}

/** Finds out before any long work whether the address can be had. */
async function tryPort({ host, port }: ServeOptions): Promise<void> {
  const server = createServer()
  await refusals(port, host, async () => {
    server.listen(port, bindAddress(host))
    await once(server, 'listening')
  })
  server.close()
  await once(server, 'close')
}

/** Listens. @returns the base address by which this machine reaches the server */
async function listen(app: App, { host, port }: ServeOptions): Promise<string> {
  await refusals(port, host, () => app.listen({ host: bindAddress(host), port }))
  const { address, family, port: taken } = app.server.address() as AddressInfo
  const reached = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address
  return `http://${family === 'IPv6' ? `[${reached}]` : reached}:${taken}`
}

function bindAddress(host: string): string {
  return host === 'localhost' ? '127.0.0.1' : host.replace(/^\[|\]$/g, '')
}

/** Says in words why an address cannot be had. */
async function refusals(port: number, host: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE') throw fail('SERVE_PORT_BUSY', { port }, { cause: error })
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
      throw fail('CONFIG_INVALID', { name: 'host', reason: `this machine has no address "${host}"` })
    }
    if (code === 'EACCES') {
      throw fail('CONFIG_INVALID', { name: 'port', reason: `${port} is not for ordinary users` })
    }
    throw error
  }
}
