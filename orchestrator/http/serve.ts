// `detour serve`: owns a home, answers on the loopback address and runs the cycle on schedule until it is closed.

import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { schedule, validate } from 'node-cron'
import { type Effects, fail, reasonOf } from '#data/kernel'
import { openWorkspace, type Workspace } from '#orchestrator/workspace'
import { runCycle } from '#pipeline'
import { createApp } from './app.ts'
import { writeServerFile } from './server-file.ts'
import { createTurns, type Turns } from './turns.ts'

/** A home being served. */
export interface Serving {
  url: string
  home: string
  /** Lets running verbs end, then closes everything and gives the home back. */
  close(): Promise<void>
}

/** Where to listen. */
export interface ServeOptions {
  home: string
  /** 0 = any free one. */
  port: number
  host: string
}

const loopback = ['127.0.0.1', 'localhost']

/**
 * Serves a home.
 * @throws SERVE_HOST_REFUSED, SERVE_PORT_BUSY, CONFIG_INVALID, HOME_BUSY and whatever opening a home throws
 */
export async function serve(options: ServeOptions, effects: Effects): Promise<Serving> {
  if (!loopback.includes(options.host)) throw fail('SERVE_HOST_REFUSED', { host: options.host })
  const { cycleCron } = effects.config
  if (!validate(cycleCron)) {
    throw fail('CONFIG_INVALID', {
      name: 'DETOUR_CYCLE_CRON',
      reason: `"${cycleCron}" is no cron expression`,
    })
  }
  const workspace = await openWorkspace(options.home, 'serve', effects)
  try {
    return await start(workspace, options.port)
  } catch (error) {
    await workspace.close()
    throw error
  }
}

async function start(workspace: Workspace, port: number): Promise<Serving> {
  const { effects, paths } = workspace
  const turns = createTurns()
  const token = randomBytes(32).toString('base64url')
  const cycle = cycleOf(workspace, turns)
  const app = createApp({ workspace, token, turns, onChanged: cycle.run })
  try {
    await app.listen({ host: '127.0.0.1', port })
  } catch (error) {
    await app.close()
    const isBusy = (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
    throw isBusy ? fail('SERVE_PORT_BUSY', { port }, { cause: error }) : error
  }
  const url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`
  const task = schedule(effects.config.cycleCron, cycle.run, { noOverlap: true, logger: cronLogger(effects) })
  await writeServerFile(paths.server, { pid: process.pid, url, token })
  void cycle.run()
  return {
    url,
    home: paths.root,
    close: async () => {
      cycle.stop()
      await task.destroy()
      await rm(paths.server, { force: true })
      await app.close()
      await turns.idle()
      await workspace.close()
    },
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

/** Runs cycles in their turn; a failed one is logged and the next may mend it. After `stop` none begins. */
function cycleOf(workspace: Workspace, turns: Turns): { run(): Promise<void>; stop(): void } {
  const { effects, warehouse } = workspace
  let stopped = false
  const once = async () => {
    if (stopped) return
    try {
      const { mode, seconds } = await runCycle(warehouse, effects)
      effects.logger.info({ mode, seconds }, 'cycle')
    } catch (error) {
      effects.logger.error({ err: error }, 'cycle failed')
    }
  }
  return {
    run: () => turns.take(once),
    stop: () => {
      stopped = true
    },
  }
}
