// `detour serve`: owns a home, runs its engine and webhooks, and answers over HTTP until it is closed.

import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { schedule, validate } from 'node-cron'
import { type Effects, fail, reasonOf } from '#data/kernel'
import { openVault } from '#data/vault'
import { type Engine, openEngine } from '#orchestrator/engine'
import { openWebhooks, type Webhooks } from '#orchestrator/webhooks'
import { openWorkspace, type Workspace } from '#orchestrator/workspace'
import { isLoopback } from './access.ts'
import { createApp } from './app.ts'
import type { App, PageHandler } from './parts.ts'
import { writeServerFile } from './server-file.ts'

/** A home being served. */
export interface Serving {
  url: string
  home: string
  engine: Engine
  webhooks: Webhooks
  /** Lets running work end, then closes everything and gives the home back. */
  close(): Promise<void>
}

/** Where to listen. */
export interface ServeOptions {
  home: string
  /** 0 = any free one. */
  port: number
  host: string
}

/** What goes with the API. */
export interface Beside {
  /** Pages of the dashboard; without them the root says so in words. */
  pages?: PageHandler | null | Promise<PageHandler | null>
  /** Runs on the open home before its engine starts. */
  prepare?(workspace: Workspace): Promise<void>
  /** Starts what accompanies the running server; what it gives ends that before anything is closed. */
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
    const started = await start(options, effects, beside, (step) => steps.push(step))
    return { ...started, close }
  } catch (error) {
    await close()
    throw error
  }
}

async function start(
  options: ServeOptions,
  world: Effects,
  { pages = null, prepare, attend }: Beside,
  onClose: (step: () => Promise<void> | void) => void,
): Promise<Omit<Serving, 'close'>> {
  const { host } = options
  const workspace = await openWorkspace(options.home, 'serve', world)
  onClose(() => workspace.close())
  const { effects, paths, log } = workspace
  const vault = openVault(paths.log, effects)
  onClose(() => vault.close())
  if (!isLoopback(host) && !vault.hasAdminKey()) throw fail('SERVE_HOST_REFUSED', { host })
  await tryPort(options)
  await prepare?.(workspace)
  const engine = await openEngine(workspace)
  onClose(() => engine.close())
  const webhooks = await openWebhooks({ log, effects, core: engine.core, vault })
  onClose(() => webhooks.close())
  const token = randomBytes(32).toString('base64url')
  const app = await createApp({ engine, webhooks, vault, token, host, pages: await pages })
  onClose(() => app.close())
  const url = await listen(app, options)
  const task = schedule(effects.config.cycleCron, () => engine.cycleSoon(), { logger: cronLogger(effects) })
  onClose(() => task.destroy())
  await writeServerFile(paths.server, { pid: process.pid, url, token })
  onClose(() => rm(paths.server, { force: true }))
  const leave = await attend?.({ engine, webhooks, url })
  if (leave !== undefined) onClose(leave)
  engine.cycleSoon()
  return { url, home: paths.root, engine, webhooks }
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

/** The scheduler's words go to our log: it would write to standard output. */
function cronLogger({ logger }: Effects) {
  return {
    info: (message: string) => logger.info(message),
    warn: (message: string) => logger.warn(message),
    error: (message: string | Error) => logger.error(reasonOf(message)),
    debug: (message: string | Error) => logger.debug(reasonOf(message)),
  }
}
