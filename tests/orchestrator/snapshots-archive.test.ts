// Ended orders leave memory and come back when they are named; nothing else about them changes.

import { afterEach, describe, expect, test } from 'vitest'
import { openSnapshotFiles, openSqliteLog } from '#data/log'
import { type Core, openCore } from '#orchestrator/core'
import { verifyHome } from '../../orchestrator/verbs/verify.ts'
import { effects } from '../data/log/folder.ts'
import { createOrder, runCore } from './core/running.ts'
import { plan, shipment, start } from './core/setting.ts'
import { openPlace, type Place } from './http-place.ts'

const at = start + 1_000
const later = start + 30 * 86_400_000

/** An order that went all the way to its customer. */
async function deliver(core: Core, id: string, units = 1): Promise<void> {
  const ref = { orderId: id, fulfillmentOrderId: `${id}-F1` }
  await createOrder(core, id, 'x', units)
  const steps: Promise<{ status: string }>[] = []
  for (const [type, data] of [
    ['ValidateOrder', { orderId: id }],
    ['SourceOrder', { orderId: id, ...plan(id, { x: units }, 'A') }],
    ['ReserveOrder', { orderId: id }],
    ['ReleaseOrder', { orderId: id }],
    ['StartPicking', ref],
    ['PickWork', { ...ref, short: [] }],
    ['PackWork', ref],
    ['ShipWork', { ...ref, shipment: shipment(`${id}-s`) }],
    ['DeliverWork', ref],
  ] as const) {
    steps.push(core.execute(type, data as never, { at }))
  }
  expect((await Promise.all(steps)).map(({ status }) => status)).toEqual(steps.map(() => 'done'))
}

const header = (id: string) => ({
  ...{
    orderId: id,
    market: 'main',
    provider: 'fab',
    externalId: id,
    channel: 'web',
    method: 'delivery' as const,
  },
  ...{
    currency: 'USD',
    customerRef: null,
    placedAt: start,
    approvedAt: null,
    promisedAt: null,
    totalCents: null,
  },
  ...{ freightCents: null, taxCents: null, discountCents: null, flags: [] },
  shipTo: { country: 'US', region: 'CA', city: null, postalCode: null, timeZone: null },
})
const line = {
  lineId: '1',
  sku: 'x',
  quantity: 1,
  unitPriceCents: 1,
  discountCents: 0,
  taxCents: 0,
  freightCents: 0,
}

describe('an archived order', () => {
  test('is out of memory, and the same again when a command names it', async () => {
    const { core, log } = await runCore()
    await deliver(core, 'o1')
    const before = core.state().orders.get('o1')
    await core.archive('o1', later, later)
    expect(core.state().orders.has('o1')).toBe(false)
    await core.restore('o1', later + 5)
    expect(core.state().orders.get('o1')).toEqual({ ...before, updatedAt: later + 5 })
    await core.archive('o1', later, later)
    expect(core.state().orders.has('o1')).toBe(true)
    await core.archive('o1', later + 5, later + 6)
    expect(core.state().orders.has('o1')).toBe(false)
    const events = await log.eventsOfCommand(core.stream, 'archive/o1/3')
    expect(events.map(({ type }) => type)).toEqual(['OrderArchived'])
  })

  test('is still known: it is not made a second time, also after a start and from a snapshot', async () => {
    const { core, log, path } = await runCore()
    await deliver(core, 'o1')
    await core.archive('o1', later, later)
    const again = (target: Core, commandId: string) =>
      target.execute('CreateOrder', { order: header('o1'), lines: [line] }, { at: later, commandId })
    expect(await again(core, 'c1')).toMatchObject({ status: 'refused', reason: 'order_exists' })
    await core.archive('o1', later + 1, later + 1)
    await core.close()
    await log.close()
    const store = openSnapshotFiles(`${path}.snapshots`, effects)
    for (const start of [1, 2, 3]) {
      const reopened = await openSqliteLog(path, effects)
      const next = await openCore(reopened, 'main', effects, { snapshots: { store, atClose: 1 } })
      expect(next.state().orders.has('o1')).toBe(false)
      expect(await again(next, `c-${start}`)).toMatchObject({ reason: 'order_exists' })
      await next.archive('o1', later + 1, later + 1)
      await next.close()
      await reopened.close()
    }
  })

  test('comes back once, however many name it at the same time, also while it leaves', async () => {
    const { core, log } = await runCore()
    await deliver(core, 'o1')
    await core.archive('o1', later, later)
    const leaving = core.restore('o1', later).then(() => core.archive('o1', later, later))
    const notes = await Promise.all(
      Array.from({ length: 20 }, () =>
        core.execute('CancelOrder', { orderId: 'o1', reason: 'test' }, { at: later }),
      ),
    )
    await leaving
    expect(new Set(notes.map(({ reason }) => reason))).toEqual(new Set(['wrong_state']))
    const events = await log.read(core.stream, 0, 1_000)
    const restored = events.filter(({ type }) => type === 'OrderRestored').length
    const archived = events.filter(({ type }) => type === 'OrderArchived').length
    expect(archived - restored).toBe(core.state().orders.has('o1') ? 0 : 1)
  })

  test('is only one that is over, long enough ago, and of no file', async () => {
    const { core } = await runCore()
    await createOrder(core, 'open', 'x', 1)
    await deliver(core, 'fresh')
    await core.archive('open', later, later)
    await core.archive('fresh', at - 1, later)
    await core.archive('nobody', later, later)
    expect([...core.state().orders.keys()].toSorted()).toEqual(['fresh', 'open'])
  })

  test('was never there: a name that is new is not looked up for long', async () => {
    const { core } = await runCore()
    await core.restore('new', later)
    expect((await createOrder(core, 'new', 'x', 1)).status).toBe('done')
  })
})

describe('a served home with archived orders', () => {
  let place: Place | null = null
  afterEach(async () => {
    await place?.close()
    place = null
  })

  test('keeps their rows, shows them, takes returns of them, verifies and is rebuilt the same', async () => {
    place = await openPlace()
    const { engine, call } = place
    const { core, workspace } = engine
    const items = [{ sku: 'x', nodeId: 'fab:A', delta: 100, onHand: null, reason: 'test' }]
    await core.execute('AdjustStock', { items }, { at: engine.now() })
    const made = await call('POST', '/api/v1/orders', {
      body: { externalId: 'E1', currency: 'USD', lines: [{ sku: 'x', quantity: 2, unitPriceCents: 100 }] },
    })
    const orderId = String(made.body.orderId)
    for (let i = 0; core.state().orders.get(orderId)?.status !== 'released' && i < 100; i++) {
      await engine.advance(orderId)
      await effects.clock.sleep(20)
    }
    const work = core.state().orders.get(orderId)?.work[0]
    const ref = { orderId, fulfillmentOrderId: work?.fulfillmentOrderId ?? '' }
    const now = { at: engine.now() }
    await core.execute('StartPicking', ref, now)
    await core.execute('PickWork', { ...ref, short: [] }, now)
    await core.execute('PackWork', ref, now)
    await core.execute('ShipWork', { ...ref, shipment: { ...shipment('s1'), nodeId: 'fab:A' } }, now)
    expect((await core.execute('DeliverWork', ref, now)).status).toBe('done')
    await engine.cycle()
    const rows = () => workspace.warehouse.all('SELECT * FROM raw_log_orders ORDER BY ALL')
    const decisions = () => workspace.warehouse.all('SELECT * FROM decisions ORDER BY ALL')
    const [orders, made2] = [await rows(), await decisions()]
    await core.archive(orderId, engine.now() + 1, engine.now())
    expect(core.state().orders.size).toBe(0)
    await engine.cycle()
    expect(await rows()).toEqual(orders)
    const context = { ...workspace, engine, onProgress: () => undefined }
    expect((await verifyHome(context, false)).drift).toEqual([])
    const shown = await call('GET', `/api/v1/orders/${orderId}`)
    expect(shown).toMatchObject({ status: 200, body: { orderId, externalId: 'E1', status: 'delivered' } })
    expect((await call('GET', '/api/v1/orders')).body.items).toHaveLength(1)
    await verifyHome(context, true)
    await workspace.warehouse.run(`UPDATE raw_log_inventory SET on_hand = 1`)
    expect((await verifyHome(context, true)).drift).toEqual([])
    expect(await rows()).toEqual(orders)
    expect(await decisions()).toEqual(made2)
    const returned = await call('POST', `/api/v1/orders/E1/return`, {
      body: { lines: [{ lineId: '1', quantity: 1 }], reason: 'too small' },
    })
    expect(returned.status, returned.text).toBe(200)
    expect(core.state().orders.get(orderId)?.lines[0]).toMatchObject({ returnRequested: 1 })
  })

  test('lets them leave by itself, once they are old enough', async () => {
    place = await openPlace({ config: { archiveDays: 1 } })
    const { core } = place.engine
    const old = { at: place.engine.now() - 5 * 86_400_000 }
    const lines = [{ ...line }]
    for (const id of ['a', 'b']) await core.execute('CreateOrder', { order: header(id), lines }, old)
    await core.execute('CancelOrder', { orderId: 'a', reason: 'test' }, old)
    await place.engine.cycle()
    expect([...core.state().orders.keys()]).toEqual(['b'])
  })
})
