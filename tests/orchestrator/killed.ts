// A served home that a test kills and starts again, and what is asked of it.

import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

const root = join(import.meta.dirname, '..', '..')

/** What starts Detour. */
export const launcher = join(root, 'bin', 'detour.js')

const environment = {
  ...process.env,
  ...{ DETOUR_LIVE_CYCLE_MS: '200', DETOUR_LOG_LEVEL: 'error', DETOUR_WEBHOOK_ALLOW: '127.0.0.1' },
}

/** A serving process. */
export interface Server {
  child: ChildProcess
  url: string
  token: string
}

/** Its exit code, once it has ended; null where a signal ended it. */
export function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((done) => child.once('exit', done))
}

/** Serves a home without a dashboard; killed at the end of the test at the latest. */
export async function serveHome(home: string, ...more: string[]): Promise<Server> {
  const args = [launcher, 'serve', '--home', home, '--port', '0', '--json', '--no-dashboard', ...more]
  const child = spawn(process.execPath, args, { env: environment, stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const printed = await new Promise<string>((done, broken) => {
    let text = ''
    child.once('exit', (code) => broken(new Error(`serve ended with ${code}`)))
    child.stdout?.setEncoding('utf8').on('data', (part: string) => {
      text += part
      if (/^}\s*$/m.test(text)) done(text)
    })
  })
  const { url } = JSON.parse(printed) as { url: string }
  const { token } = JSON.parse(readFileSync(join(home, 'server.json'), 'utf8')) as { token: string }
  return { child, url, token }
}

/** Sends JSON with the token of the home. @param key idempotency key */
export function post({ url, token }: Server, path: string, body: object, key?: string): Promise<Response> {
  return fetch(url + path, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      ...(key === undefined ? {} : { 'idempotency-key': key }),
    },
    body: JSON.stringify(body),
  })
}
