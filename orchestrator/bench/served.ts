// A served home in a process of its own, as users start it, for the measurements that go over HTTP.

import { type ChildProcess, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Pool } from 'undici'
import { fail } from '#data/kernel'

/** A running server. */
export interface Served {
  url: string
  pool: Pool
  /** GET of a path, parsed. */
  get<T>(path: string): Promise<T>
  /** A body sent with the owner's token. @throws BENCH_FAILED when the answer is not a success */
  send(path: string, body: string | Buffer, type?: string): Promise<void>
  /** The same by PUT. @throws BENCH_FAILED when the answer is not a success */
  change(path: string, body: string): Promise<void>
  stop(): Promise<void>
}

const launcher = join(import.meta.dirname, '..', '..', 'bin', 'detour.js')

/**
 * Serves a home until it is stopped.
 * @param options arguments of `detour serve`
 * @param group for the message where it does not start
 */
export async function serveHome(home: string, options: string[], group: string): Promise<Served> {
  const args = [launcher, 'serve', '--home', home, '--port', '0', '--json', ...options]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const { url } = await announced(child, group)
  const { token } = JSON.parse(await readFile(join(home, 'server.json'), 'utf8')) as { token: string }
  const pool = new Pool(url, { connections: 64, pipelining: 1 })
  const write = async (method: 'POST' | 'PUT', path: string, body: string | Buffer, type: string) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': type }
    const answer = await pool.request({ path, method, headers, body })
    const text = await answer.body.text()
    if (answer.statusCode >= 300) throw fail('BENCH_FAILED', { group, reason: text.slice(0, 300) })
  }
  return {
    url,
    pool,
    get: async <T>(path: string) => {
      const { body } = await pool.request({ path, method: 'GET' })
      return (await body.json()) as T
    },
    send: (path, body, type = 'application/json') => write('POST', path, body, type),
    change: (path, body) => write('PUT', path, body, 'application/json'),
    stop: async () => {
      await pool.close()
      const ended = new Promise((done) => child.once('exit', done))
      child.kill('SIGTERM')
      await ended
    },
  }
}

/** What the server prints once it listens: one JSON document. */
function announced(child: ChildProcess, group: string): Promise<{ url: string }> {
  return new Promise((done, broken) => {
    let text = ''
    child.once('exit', (code) => broken(fail('BENCH_FAILED', { group, reason: `serve ended with ${code}` })))
    child.stdout?.setEncoding('utf8').on('data', (part: string) => {
      text += part
      if (/^}\s*$/m.test(text)) done(JSON.parse(text) as { url: string })
    })
  })
}
