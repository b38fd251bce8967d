// `detour serve` on the command line, which `npm start` runs: fills an empty home with the demo, serves until it is
// told to stop, then ends cleanly.

import { DetourError, type Effects, marketNames } from '#data/kernel'
import { holdLease } from '#data/leases'
import { addDemoNetwork, isEmptyHome, loadDemo, startDemoClock } from '#orchestrator/demo'
import type { Engine } from '#orchestrator/engine'
import { type Beside, isLoopback, type PageHandler, serve } from '#orchestrator/http'
import { startLive } from '#orchestrator/live'
import type { Webhooks } from '#orchestrator/webhooks'
import type { Workspace } from '#orchestrator/workspace'
import { runCycle } from '#pipeline'
import { printOutcome } from './output.ts'
import type { Call } from './run.ts'

/** A second signal within this time is the same one, sent by both a terminal and a parent, ms. */
const sameSignalMs = 1_000

/** How the home is served. */
export interface ServeChoices {
  port?: number
  host?: string
  /** Markets to write where they are free, with commas. */
  markets?: string
  /** Whether an empty home gets the demo. */
  demo: boolean
  /** Whether pages are served beside the API. */
  dashboard: boolean
  seed?: string
}

/**
 * Serves the call's home; resolves when a signal ended it and everything is closed.
 * @param pages the dashboard, null where it is left out
 * @throws SERVE_HOST_REFUSED, SERVE_PORT_BUSY, CONFIG_INVALID, HOME_BUSY
 */
export async function serveUntilStopped(
  choices: ServeChoices,
  call: Call,
  pages: (call: Call) => Promise<PageHandler | null>,
): Promise<void> {
  const { config } = call.effects
  // Before anybody can know that we serve: a signal that comes right after must find us listening.
  const stopped = stopSignal(call)
  const host = choices.host ?? config.host
  const markets = choices.markets === undefined ? config.markets : marketNames(choices.markets, '--markets')
  const options = { home: call.home, port: choices.port ?? config.port, host, markets }
  // The dashboard is built while the demo is loaded.
  const built = choices.dashboard ? pages(call) : null
  built?.catch(() => undefined)
  const beside: Beside = { pages: built, ...demoBeside(choices, call) }
  const serving = await serve(options, call.effects, beside)
  const { url, home } = serving
  const isDemo = serving.running().some(({ core }) => core.state().isDemo)
  const what = isDemo ? 'Serving the made-up retailer Fabrikam' : `Serving ${home}`
  const text = `${what}: open ${url} in a browser. Ctrl-C stops it.`
  printOutcome({ result: { url, home, pid: process.pid, isDemo }, text, hasFailed: false }, call.isJson)
  await stopped
  await serving.close()
}

/** What the demo adds to serving: its history in an empty home, and its life in every home that has it. */
function demoBeside({ demo, seed }: ServeChoices, { onProgress, effects }: Call): Partial<Beside> {
  let isNew = false
  return {
    prepare: async (workspace) => {
      if (!demo || !(await isEmptyHome(workspace))) return
      const hold = await turnAt(loadsLease, workspace.effects)
      try {
        if (!(await isEmptyHome(workspace))) return
        isNew = true
        await loadDemo(workspace, seed === undefined ? {} : { seed }, onProgress)
        await makeTables(workspace, effects, onProgress)
      } finally {
        await hold.release()
      }
    },
    attend: async ({ engine, webhooks, url }) => {
      if (isNew) await startDemoClock(engine.core, engine.now())
      if (!engine.core.state().isDemo) return async () => undefined
      void addNetwork(engine, effects)
      await addDemoReceiver(webhooks, url)
      const live = startLive(engine, seed === undefined ? {} : { seed }, effects)
      return () => live.stop()
    },
  }
}

/** Once the first cycle has brought the nodes; whatever keeps it from that, the next start makes up for. */
async function addNetwork(engine: Engine, { logger }: Effects): Promise<void> {
  try {
    if (engine.core.state().network.version > 0) return
    await engine.cycle()
    await addDemoNetwork(engine.core, engine.now())
  } catch (error) {
    // Who stops right after the start has not failed.
    const isOver = error instanceof DetourError && error.retryable
    if (!isOver) logger.warn({ err: error }, 'the network of the demo could not be put in')
  }
}

/** Lease of whoever fills an empty log. */
const loadsLease = 'demo'
const againMs = 1_000

/** The lease, once no other process on the same log has it. */
async function turnAt(stream: string, effects: Effects): Promise<{ release(): Promise<void> }> {
  for (;;) {
    const hold = await holdLease(stream, effects)
    if ('release' in hold) return hold
    await effects.clock.sleep(againMs)
  }
}

/**
 * Has the demo tell its own sink, where that is on loopback: plain HTTP to any other address is refused.
 * @param url base address of the server
 */
export async function addDemoReceiver(
  webhooks: Pick<Webhooks, 'ensureDemoReceiver'>,
  url: string,
): Promise<void> {
  if (isLoopback(new URL(url).hostname)) await webhooks.ensureDemoReceiver(`${url}/api/v1/sink/demo`)
}

async function makeTables(
  workspace: Workspace,
  effects: Effects,
  onProgress: Call['onProgress'],
): Promise<void> {
  onProgress({ step: 'making tables', done: 0, total: 1 })
  await runCycle(workspace.warehouse, effects)
  onProgress({ step: 'making tables', done: 1, total: 1 })
}

/** Resolves at the first signal; one more, later, ends the process at once. */
function stopSignal({ effects: { clock } }: Call): Promise<void> {
  return new Promise((done) => {
    let first: number | null = null
    const onSignal = () => {
      if (first !== null && clock.now() - first > sameSignalMs) process.exit(1)
      first ??= clock.now()
      done()
    }
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, onSignal)
  })
}
