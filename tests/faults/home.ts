// A real served home for tests of faults: the API of a process of its own, with places and goods, that can be killed
// and started again.

import { mkdtempSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { start, stop } from '../orchestrator/commands.ts'
import { type Ask, type Reply, send } from '../orchestrator/http-place.ts'

/** Whether the long forms run: many kills instead of a few. */
export const isLong = process.env.DETOUR_FAULTS === 'long'

/** Units of each SKU at each node, so many that some run out under load. */
export const unitsAtFirst = 400
export const skus = ['hot', 'warm', 'cool'] as const
export const nodeIds = ['shop:N1', 'shop:N2'] as const

/** A home and the process that serves it, if any. */
export class ServedHome {
  readonly home: string
  readonly #folder: string
  readonly #env: Record<string, string>
  #server: { child: Awaited<ReturnType<typeof start>>['child']; url: string; token: string } | null = null

  /** @param home folder, by default a new one that is removed at the end */
  constructor(env: Record<string, string> = {}, home?: string) {
    this.#folder = mkdtempSync(join(tmpdir(), 'detour-faults-'))
    this.home = home ?? join(this.#folder, 'home')
    this.#env = { DETOUR_LOG_LEVEL: 'silent', DETOUR_MEMORY_MB: '512', DETOUR_THREADS: '1', ...env }
  }

  /** Whether a process can be asked now. */
  get isServed(): boolean {
    return this.#server !== null
  }

  async serve(): Promise<void> {
    const args = ['serve', '--home', this.home, '--port', '0', '--no-demo', '--no-dashboard', '--json']
    const { child } = await start(args, this.#env)
    const text = await readFile(join(this.home, 'server.json'), 'utf8')
    const { url, token } = JSON.parse(text) as { url: string; token: string }
    this.#server = { child, url, token }
  }

  /** @throws where no process serves, or it died before it answered */
  call(method: string, path: string, ask: Ask = {}): Promise<Reply> {
    if (this.#server === null) return Promise.reject(new Error('nobody serves'))
    const { url, token } = this.#server
    const headers = { authorization: `Bearer ${token}`, ...ask.headers }
    return send(method, `${url}/api/v1${path}`, { timeoutMs: 20_000, ...ask, headers })
  }

  /** Ends the process as the signal does. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const server = this.#server
    this.#server = null
    return server === null ? null : stop(server.child, signal)
  }

  /** Two nodes with goods, told by files. */
  async stock(): Promise<void> {
    const rows = nodeIds.map((id) => `${id.slice(5)},${id},warehouse,UTC,US,true`)
    const nodes = ['node_external_id,name,type,time_zone,country,is_active', ...rows].join('\n')
    const counted = new Date().toISOString()
    const counts = nodeIds.flatMap((id) =>
      skus.map((sku) => `${sku},${id.slice(5)},${counted},${unitsAtFirst}`),
    )
    const inventory = ['sku,node_external_id,counted_at,on_hand', ...counts].join('\n')
    for (const [filename, body] of Object.entries({ 'nodes.csv': nodes, 'inventory.csv': inventory })) {
      const query = `provider=detour&as=shop&filename=${filename}`
      const headers = { 'content-type': 'text/csv' }
      const reply = await this.call('POST', `/ingest?${query}`, { body: `${body}\n`, headers })
      if (reply.status !== 200) throw new Error(`${filename}: ${reply.status} ${reply.text}`)
    }
    for (let tries = 0; tries < 300; tries++) {
      const { body } = await this.call('GET', `/inventory/availability?sku=hot&node=${nodeIds[0]}`)
      const [first] = body.items as { onHand: number | null }[]
      if (first?.onHand === unitsAtFirst) return
      await new Promise((done) => setTimeout(done, 100))
    }
    throw new Error('the goods never came')
  }

  async close(): Promise<void> {
    await this.end('SIGKILL')
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
