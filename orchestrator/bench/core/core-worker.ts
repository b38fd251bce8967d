// Entry file of a process that opens the core on a log and says how long that took, and then what commands cost there.

import { realEffects, reasonOf } from '#data/kernel'
import { type EventLog, openSnapshotFiles, openSqliteLog } from '#data/log'
import { type Core, openCore } from '#orchestrator/core'
import type { CoreJob, CoreResult } from './core-job.ts'
import { recordOrder } from './history.ts'

const effects = realEffects()
/** Orders under way at the same time. */
const together = 128
let open: { log: EventLog; core: Core } | null = null
let orders = 0

async function work(job: CoreJob): Promise<CoreResult> {
  switch (job.kind) {
    case 'read':
      return timed(() => readAll(job.path))
    case 'open':
      return timed(async () => {
        const log = await openSqliteLog(job.path, effects)
        const known =
          job.snapshots === null ? {} : { snapshots: { store: openSnapshotFiles(job.snapshots, effects) } }
        open = { log, core: await openCore(log, 'main', effects, known) }
        return open.core.lastSeq
      })
    case 'orders':
      return timed(() => liveOrders(job.count))
    case 'close':
      await open?.core.close()
      await open?.log.close()
      open = null
      return { ms: 0, events: 0 }
  }
}

async function timed(run: () => Promise<number>): Promise<CoreResult> {
  const began = performance.now()
  const events = await run()
  return { ms: performance.now() - began, events }
}

/** Reads and parses every event of the market, and does nothing with them. */
async function readAll(path: string): Promise<number> {
  const log = await openSqliteLog(path, effects)
  const batch = 10_000
  let seq = 0
  for (let more = true; more; ) {
    const events = await log.read('market:main', seq, batch)
    seq += events.length
    more = events.length === batch
  }
  await log.close()
  return seq
}

/** Whole orders, from their creation to their delivery. @returns events that they made */
async function liveOrders(count: number): Promise<number> {
  if (open === null) throw new Error('no core is open')
  const { core } = open
  const before = core.lastSeq
  const last = orders + count
  const lane = async () => {
    while (orders < last) {
      const number = orders++
      await recordOrder(core, `C-${process.pid}-${number}`, number, 'delivered')
    }
  }
  await Promise.all(Array.from({ length: together }, lane))
  return core.lastSeq - before
}

process.on('message', (job: CoreJob) => {
  work(job).then(
    (result) => process.send?.({ result }),
    (error) => process.send?.({ reason: reasonOf(error) }),
  )
})
process.once('disconnect', () => process.exit(0))
