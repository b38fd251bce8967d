// `detour verify` finds what was planted, names the event after which it shows, and repairs what follows from events.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type EventLog, openSnapshotFiles } from '#data/log'
import { type Core, openCore } from '#orchestrator/core'
import { openEngine } from '#orchestrator/engine'
import { auditOf, type Drift, type VerifyReport } from '#orchestrator/verify'
import { openWorkspace, type Workspace } from '#orchestrator/workspace'
import { verifyHome } from '../../orchestrator/verbs/verify.ts'
import { effects } from '../data/log/folder.ts'
import { createOrder } from './core/running.ts'
import { node, plan, start } from './core/setting.ts'

function newHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'detour-verify-'))
  onTestFinished(() => rmSync(home, { recursive: true, force: true }))
  return home
}

async function onHome<T>(home: string, work: (workspace: Workspace) => Promise<T>): Promise<T> {
  const workspace = await openWorkspace(home, 'test', effects)
  try {
    return await work(workspace)
  } finally {
    await workspace.close()
  }
}

/** Three nodes with five of x each, two orders that hold two and one of them, and a snapshot. */
async function fill(home: string): Promise<void> {
  await onHome(home, async ({ log, paths }) => {
    const store = openSnapshotFiles(paths.snapshots, effects)
    const core = await openCore(log, 'main', effects, { snapshots: { store, atClose: 1 } })
    await core.execute('DefineNodes', { nodes: ['A', 'B', 'C'].map((id) => node(id)) }, { at: start })
    const items = ['A', 'B', 'C'].map((id) => ({
      ...{ sku: 'x', nodeId: `fab:${id}`, onHand: 5 },
      ...{ safetyStock: 0, inbound: 0, countedAt: start },
    }))
    await core.execute('CountStock', { items }, { at: start })
    await release(core, 'o1', 2)
    await release(core, 'o2', 1)
    await core.close()
  })
}

async function release(core: Core, orderId: string, units: number): Promise<void> {
  const at = { at: start }
  await createOrder(core, orderId, 'x', units)
  await core.execute('ValidateOrder', { orderId }, at)
  await core.execute('SourceOrder', { orderId, ...plan(orderId, { x: units }, 'A') }, at)
  await core.execute('ReserveOrder', { orderId }, at)
  expect((await core.execute('ReleaseOrder', { orderId }, at)).status).toBe('done')
}

const quiet = { engine: null, onProgress: () => undefined }
const check = (home: string, repairs = false): Promise<VerifyReport> =>
  onHome(home, (workspace) => verifyHome({ ...workspace, ...quiet }, repairs))

/** Puts an event into the log as no rule would. */
async function plant(log: EventLog, type: string, data: object): Promise<number> {
  const tail = await log.tail('market:main')
  const { lastSeq } = await log.append('market:main', tail, [{ eventId: `planted-${tail}/0`, type, data }])
  return lastSeq
}

const brief = ({ kind, rule, subject, first }: Drift) => [kind, rule, subject, first?.seq ?? null]

describe('verify', () => {
  test('finds nothing in a home that is as it must be', async () => {
    const home = newHome()
    await fill(home)
    const report = await check(home)
    expect(report.drift).toEqual([])
    expect(report.markets).toMatchObject([
      { market: 'main', orders: 2, positions: 3, snapshots: 1, inFlux: 0 },
    ])
    expect(report.checks).toBeGreaterThan(10)
  })

  test('names the event that promised more than there is, also when later ones hide it', async () => {
    const home = newHome()
    await fill(home)
    const items = [{ sku: 'x', nodeId: 'fab:A', quantity: 9 }]
    const seq = await onHome(home, async ({ log }) => {
      const planted = await plant(log, 'StockAllocated', { orderId: 'o1', items, at: start })
      await plant(log, 'OrderValidated', { orderId: 'o2', at: start })
      await plant(log, 'StockReleased', { orderId: 'o1', items, at: start })
      return planted
    })
    const { drift } = await check(home)
    const ofStock = drift.filter(({ subject }) => subject === 'position x at fab:A')
    expect(ofStock.map(brief)).toEqual([
      ['invariant', 'allocated_is_reserved_work', 'position x at fab:A', seq],
      ['invariant', 'nothing_is_oversold', 'position x at fab:A', seq],
    ])
    expect(ofStock[0]).toMatchObject({
      isOver: true,
      first: { type: 'StockAllocated', eventId: expect.stringMatching(/^planted/) },
    })
    expect((await check(home, true)).drift.length).toBeGreaterThan(0)
  })

  test('traces what only the whole state shows to the event that brought it', async () => {
    const home = newHome()
    await fill(home)
    const seq = await onHome(home, async ({ log }) => {
      const reservation = {
        reservationId: 'r1',
        lines: [],
        createdAt: start,
        expiresAt: start + 1,
        channel: null,
        reference: null,
      }
      const planted = await plant(log, 'StockReserved', { reservation, at: start })
      for (let i = 0; i < 7; i++)
        await plant(log, 'StockReserved', {
          reservation: { ...reservation, expiresAt: start + 2 + i },
          at: start,
        })
      return planted
    })
    const { drift } = await check(home)
    expect(drift.map(({ kind }) => kind)).toContain('invariant')
    const [first] = drift.filter(({ rule }) => rule === 'reservations_end_in_time')
    expect(first?.first?.seq).toBe(seq + 1)
  })

  test('finds rows that were changed, lost or added, names the event that made them, and makes them anew', async () => {
    const home = newHome()
    await fill(home)
    const last = await onHome(home, async ({ log, warehouse }) => {
      const events = await log.read('market:main', 0, 1_000)
      await warehouse.run(`UPDATE raw_log_orders SET status = 'delivered' WHERE order_external_id = 'o1'`)
      await warehouse.run(`UPDATE raw_log_inventory SET allocated = 0 WHERE node_id = 'fab:A'`)
      await warehouse.run(`DELETE FROM raw_log_order_lines WHERE order_external_id = 'o2'`)
      await warehouse.run(
        `INSERT INTO raw_log_shipments BY NAME SELECT 'fab' AS provider, 'main' AS market, 'ghost' AS order_external_id,
           's' AS shipment_external_id, []::VARCHAR[] AS flags`,
      )
      const seqOf = (type: string, id: string) =>
        events.findLast(
          (event) => event.type === type && JSON.stringify(event.data).includes(`"orderId":"${id}"`),
        )?.seq
      return {
        o1: seqOf('OrderReleased', 'o1'),
        o2: seqOf('OrderReleased', 'o2'),
        stock: seqOf('StockAllocated', 'o2'),
      }
    })
    const { drift } = await check(home)
    expect(drift.map(brief)).toEqual([
      ['table', 'raw_log_orders', 'order o1', last.o1],
      ['table', 'raw_log_order_lines', 'order o2', last.o2],
      ['table', 'raw_log_inventory', 'position x at fab:A', expect.any(Number)],
      ['table', 'raw_log_shipments', 'order fab ghost', null],
    ])
    const repaired = await check(home, true)
    expect(repaired.drift).toEqual([])
    expect(repaired.repaired).toEqual(['tables of market main made anew'])
    expect((await check(home)).drift).toEqual([])
  })

  test('names the first event that stale rows miss', async () => {
    const home = newHome()
    await fill(home)
    await check(home)
    const seq = await onHome(home, async ({ log, warehouse }) => {
      const planted = await plant(log, 'OrderHeld', { orderId: 'o2', reason: 'test', at: start + 5 })
      await plant(log, 'OrderHeld', { orderId: 'o2', reason: 'again', at: start + 6 })
      await warehouse.run(`UPDATE projection_cursors SET seq = $1 WHERE stream = 'market:main'`, [
        planted + 1,
      ])
      return planted
    })
    const { drift } = await check(home)
    expect(drift.filter(({ rule }) => rule === 'raw_log_orders').map(brief)).toEqual([
      ['table', 'raw_log_orders', 'order o2', seq],
    ])
  })

  test('finds a snapshot that is broken, or holds what no event gives, and removes it', async () => {
    const home = newHome()
    await fill(home)
    const folder = join(home, 'snapshots', 'market%3Amain')
    const [name = ''] = readdirSync(folder)
    const whole = readFileSync(join(folder, name))
    const bytes = Buffer.from(whole)
    bytes[bytes.length - 40] = (bytes[bytes.length - 40] as number) ^ 4
    writeFileSync(join(folder, name), bytes)
    const seq = Number(name.replace('.snap', ''))
    expect((await check(home)).drift.map(brief)).toEqual([['snapshot', 'snapshot', `snapshot ${seq}`, seq]])
    expect((await check(home, true)).drift).toEqual([])
    expect((await check(home)).drift).toEqual([])

    const other = newHome()
    await fill(other)
    const wrong = await onHome(other, async ({ log, paths }) => {
      const store = openSnapshotFiles(paths.snapshots, effects)
      const [info] = await store.list('market:main')
      const core = await openCore(log, 'main', effects)
      const { coreDefinition } = await import('#orchestrator/core')
      const { codec } = coreDefinition('main')
      const state = { ...core.state(), orders: core.state().orders.delete('o1') }
      const pieces = [...(codec?.freeze(state) ?? [])].map((piece) => ['state', piece] as const)
      await core.close()
      if (info === undefined) throw new Error('no snapshot')
      const { bytes: _, problem: __, ...header } = info
      await store.save(header, pieces)
      return info.seq
    })
    const { drift } = await check(other)
    expect(drift.map(brief)).toContainEqual(['snapshot', 'orders', `snapshot ${wrong}: orders/o1`, wrong])
    expect((await check(other, true)).drift).toEqual([])
  })

  test('tells of tables that are ahead of the log', async () => {
    const home = newHome()
    await fill(home)
    await onHome(home, ({ warehouse }) =>
      warehouse.run(`UPDATE projection_cursors SET seq = 9999 WHERE stream = 'market:main'`),
    )
    await onHome(home, ({ warehouse }) => warehouse.run(`INSERT INTO projection_cursors VALUES ('loads', 7)`))
    expect((await check(home)).drift.map(brief)).toEqual([
      ['cursor', 'projection_cursors', 'main', null],
      ['cursor', 'projection_cursors', 'loads', null],
    ])
  })

  test('compares the running core, and is clean while orders keep coming', async () => {
    const home = newHome()
    await fill(home)
    await onHome(home, async (workspace) => {
      const engine = await openEngine(workspace, { trains: false })
      let isOver = false
      const load = (async () => {
        for (let i = 0; !isOver; i++) await createOrder(engine.core, `load-${i}`, 'x', 1)
      })()
      const context = { ...workspace, engine, onProgress: () => undefined }
      const report = await verifyHome(context, false)
      isOver = true
      await load
      expect(report.drift).toEqual([])
      expect(report.markets).toMatchObject([{ isRunning: true }])
      const state = engine.core.state()
      const bent = {
        ...engine.core,
        state: () => ({ ...state, waiting: state.waiting.add('nobody') }),
        lastSeq: engine.core.lastSeq,
      }
      const other = await verifyHome({ ...context, engine: { ...engine, core: bent as never } }, false)
      expect(other.drift.map(brief)).toContainEqual(['state', 'waiting', 'waiting', bent.lastSeq])
      await engine.close()
    })
  })
})

test('an audit of events at hand finds the same as a home', async () => {
  const home = newHome()
  await fill(home)
  const events = await onHome(home, ({ log }) => log.read('market:main', 0, 1_000))
  expect(auditOf('main', events).findings()).toEqual([])
  const items = [{ sku: 'x', nodeId: 'fab:B', quantity: 6 }]
  const extra = {
    stream: 'market:main',
    seq: events.length + 1,
    eventId: 'bad/0',
    type: 'StockAllocated',
    recordedAt: 0,
    data: { orderId: 'o1', items, at: start },
  }
  expect(
    auditOf('main', [...events, extra])
      .findings()
      .map(({ invariant, first }) => [invariant, first?.eventId]),
  ).toEqual([
    ['allocated_is_reserved_work', 'bad/0'],
    ['nothing_is_oversold', 'bad/0'],
  ])
})
