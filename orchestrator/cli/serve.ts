// `detour serve` on the command line: serves until it is told to stop, then ends cleanly.

import { serve } from '#orchestrator/http'
import { printOutcome } from './output.ts'
import type { Call } from './run.ts'

/** A second signal within this time is the same one, sent by both a terminal and a parent, ms. */
const sameSignalMs = 1_000

/**
 * Serves the call's home; resolves when a signal ended it and everything is closed.
 * @throws SERVE_HOST_REFUSED, SERVE_PORT_BUSY, CONFIG_INVALID, HOME_BUSY
 */
export async function serveUntilStopped(
  options: { port?: number; host?: string },
  call: Call,
): Promise<void> {
  const { config } = call.effects
  const host = options.host ?? '127.0.0.1'
  // Before anybody can know that we serve: a signal that comes right after must find us listening.
  const stopped = stopSignal(call)
  const serving = await serve({ home: call.home, port: options.port ?? config.port, host }, call.effects)
  const { url, home } = serving
  const text = `Serving ${home} at ${url} (cycle: ${config.cycleCron}). Ctrl-C stops it.`
  printOutcome({ result: { url, home, pid: process.pid }, text, hasFailed: false }, call.isJson)
  await stopped
  await serving.close()
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
