// Serves a home on a small disk, fills the disk while clients write, makes room again, and tells each outcome.

import { rmSync, statfsSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { booksOf, problemsOf } from './books.ts'
import { ServedHome } from './home.ts'
import { Load } from './load.ts'

const [disk] = process.argv.slice(2) as [string]
const filler = join(disk, 'filler')
const home = new ServedHome({}, join(disk, 'home'))
const say = (outcome: object) => writeSync(1, `${JSON.stringify(outcome)}\n`)
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))

/** Takes every byte of the disk; others may take some of it in between. */
function fill(): void {
  const { bavail, bsize } = statfsSync(disk)
  try {
    writeFileSync(filler, Buffer.alloc(bavail * bsize))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
  }
}

/** One write, and how long its answer took. */
async function write(n: number): Promise<{ status: number; code: unknown; ms: number }> {
  const began = performance.now()
  const items = [{ sku: 'hot', nodeId: 'shop:N1', delta: 1, reason: `fill ${n} ${'x'.repeat(100)}` }]
  const reply = await home.call('POST', '/inventory/adjustments', { body: { items } }).catch(() => null)
  const ms = Math.round(performance.now() - began)
  return { status: reply?.status ?? 0, code: reply?.body?.code ?? null, ms }
}

async function isReadable(): Promise<boolean> {
  const reply = await home.call('GET', '/inventory/availability?sku=hot&node=shop:N1').catch(() => null)
  return reply?.status === 200
}

async function round(): Promise<void> {
  fill()
  let written = 0
  let refused = await write(0)
  // What SQLite had room for before still fits.
  while (refused.status === 200 && written < 20_000) refused = await write(++written)
  const isRead = await isReadable()
  const during: Awaited<ReturnType<typeof write>>[] = []
  for (let i = 0; i < 10; i++) {
    during.push(await write(i))
    await pause(100)
  }
  rmSync(filler)
  const began = performance.now()
  let again = await write(0)
  while (again.status !== 200 && performance.now() - began < 60_000) {
    await pause(50)
    again = await write(0)
  }
  const slowestMs = Math.max(refused.ms, ...during.map(({ ms }) => ms))
  const codes = [...new Set([refused, ...during].map(({ status, code }) => `${status} ${String(code)}`))]
  say({
    written,
    codes,
    slowestMs,
    isRead,
    resumed: again.status,
    resumedMs: Math.round(performance.now() - began),
  })
}

await home.serve()
await home.stock()
const load = new Load(home, 6)
await pause(1_500)
for (let i = 0; i < 3; i++) {
  await round()
  await pause(500)
}
await load.stop()
const open = await load.finish()
const other = await load.askAgain(300)
await home.end('SIGTERM')
const problems = problemsOf(await booksOf(home.home), load.told)
say({ acknowledged: load.told.size, open: open.length, other, problems })
await home.close()
