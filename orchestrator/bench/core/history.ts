// A log with a long history: a block of real orders recorded once through the core, then copied under new names by
// SQL. It is as the core would have written it, and made in a fraction of the time.

import { join } from 'node:path'
import type { Effects } from '#data/kernel'
import { openLogDatabase, openSqliteLog } from '#data/log'
import { type Core, openCore } from '#orchestrator/core'
import { newOrder, nextStep, nodes, type Stage, stockLots } from './orders.ts'

/** Orders of the block, and those of them that are still under way. */
const blockOrders = 300
const stageOf = (number: number): Stage =>
  number % 20 === 7 ? 'released' : number % 20 === 13 ? 'packed' : 'delivered'
const start = 1_760_000_000_000
/** Name of the block that is copied, in every id of it. */
const block = 'H00000-'

/** A log of at least so many events, closed again. @returns its path and its exact number of events */
export async function writeHistory(
  folder: string,
  name: string,
  events: number,
  effects: Effects,
): Promise<{ path: string; events: number }> {
  const path = join(folder, `${name}.sqlite`)
  const log = await openSqliteLog(path, effects)
  const core = await openCore(log, 'main', effects)
  await stockUp(core)
  const first = core.lastSeq
  await recordBlock(core)
  const last = core.lastSeq
  await core.close()
  await log.close()
  const copies = Math.max(0, Math.ceil((events - last) / (last - first)))
  const db = openLogDatabase(path)
  // A crash while it is made costs nothing: nobody else has it yet.
  db.exec('pragma synchronous = off')
  const copy = db.prepare(`
    insert into events
    select stream, seq + ?1 * ?2, replace(event_id, ?3, ?4), type, recorded_at, replace(data, ?3, ?4)
    from events where stream = 'market:main' and seq > ?5 and seq <= ?6 order by seq`)
  const perCommit = 100
  for (let from = 1; from <= copies; from += perCommit) {
    db.exec('begin immediate')
    for (let i = from; i < Math.min(from + perCommit, copies + 1); i++) {
      copy.run(i, last - first, block, `H${String(i).padStart(5, '0')}-`, first, last)
    }
    db.exec('commit')
  }
  db.close()
  return { path, events: last + copies * (last - first) }
}

/** Nodes and stock of the market. */
export async function stockUp(core: Core): Promise<void> {
  await core.execute('DefineNodes', { nodes: nodes() }, { at: start, commandId: 'bench/nodes' })
  let lot = 0
  for (const data of stockLots()) {
    await core.execute('CountStock', data, { at: start, commandId: `bench/stock/${lot++}` })
  }
}

async function recordBlock(core: Core): Promise<void> {
  const all = Array.from({ length: blockOrders }, (_, i) => recordOrder(core, `${block}${i}`, i, stageOf(i)))
  await Promise.all(all)
}

/** Takes a new order through the core as far as it shall go. */
export async function recordOrder(core: Core, name: string, number: number, stage: Stage): Promise<void> {
  const at = start + number * 60_000
  const wish = newOrder(name, number, at)
  const { orderId } = wish.data.order
  await core.execute('CreateOrder', wish.data, { at, commandId: `http/orders/${name}` })
  for (let step = 0; ; step++) {
    const time = at + step * 600_000
    const next = nextStep(core.state(), orderId, stage, time)
    if (next === null) return
    await core.execute(next.type, next.data as never, { at: time, commandId: `flow/${name}/${step}` })
  }
}
