// A process that loads files into a home on a small disk until it is full, makes room, goes on, and tells each outcome.

import { rmSync, statfsSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { DetourError } from '#data/kernel'
import { manyOrders, openHomeAt } from './home.ts'

const [disk, files, task] = process.argv.slice(2) as [string, string, string]
const filler = join(disk, 'filler')
const say = (outcome: object) => writeSync(1, `${JSON.stringify(outcome)}\n`)
const home = await openHomeAt(join(disk, 'home'), files)

/** Leaves `free` bytes on the disk. */
function fill(free: number): void {
  const { bavail, bsize } = statfsSync(disk)
  writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - free)))
}

async function load(round: number, isFull: boolean): Promise<void> {
  await home.write('orders.csv', manyOrders(`round${round}`, 20_000))
  try {
    const { accepted } = await home.load('detour', 'orders.csv')
    say({ round, isFull, accepted })
  } catch (error) {
    if (!(error instanceof DetourError)) throw error
    say({ round, isFull, code: error.code })
  }
}

if (task === 'fill') {
  const sizes = [3_000, 2_500, 2_000, 1_500, 1_000, 500, 250, 0]
  for (const [round, kilobytes] of sizes.entries()) {
    fill(kilobytes * 1_000)
    await load(round, true)
    rmSync(filler)
    await load(round, false)
  }
}
const { rows, ids } = await home.warehouse.one(
  'SELECT count(*) AS rows, count(DISTINCT order_external_id) AS ids FROM raw_file_orders',
)
say({ rows, ids })
await home.close()
