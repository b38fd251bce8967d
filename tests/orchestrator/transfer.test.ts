// Work that goes from one market to another: at every time one of the two may work on it, and in the end every unit is
// held once, whatever was lost on the way.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decide, isOpenWork, type MoveGuard, type Order } from '#orchestrator/core'
import { violationsOf } from '#orchestrator/verify'
import { transfer } from '../../orchestrator/cluster/transfers.ts'
import { type Fate, TransferWorld } from './transfer-world.ts'

const wish = (id: string, toMarket = 'eu') => ({ toMarket, toNodeId: null, commandId: `wish/${id}` })

const units = (order: Order | undefined) =>
  (order?.lines ?? []).reduce((sum, line) => sum + line.quantity - line.cancelled, 0)

describe('a transfer', () => {
  test('takes the units to an order of the other market, which goes on once the source let go', async () => {
    const world = await TransferWorld.open({ main: 10, eu: 10 })
    await world.order('main', 'o1', { x: 3, y: 2 })
    const { core } = world.market('main')
    const standing = await transfer(world.market('main'), 'o1', wish('o1'), world.finder())
    expect(standing).toMatchObject({ status: 'done', reason: null })
    const source = core.state().orders.get('o1')
    expect(source).toMatchObject({ status: 'cancelled', cancelReason: 'moved to market eu', lines: [] })
    expect(source?.work[0]?.transfer).toMatchObject({ state: 'released', toMarket: 'eu' })
    const target = world
      .market('eu')
      .core.state()
      .orders.get(standing.toOrderId ?? '')
    expect(target).toMatchObject({
      market: 'eu',
      externalId: 'o1-F1-eu',
      status: 'sourced',
      parentOrderId: 'o1',
      transfer: { state: 'confirmed', fromMarket: 'main', fromOrderId: 'o1' },
    })
    expect(target?.lines.map(({ sku, quantity }) => [sku, quantity])).toEqual([
      ['x', 3],
      ['y', 2],
    ])
    expect([world.allocated('main', 'x'), world.allocated('eu', 'x')]).toEqual([0, 3])
    const at = world.market('eu').now()
    const released = await world
      .market('eu')
      .core.execute('ReleaseOrder', { orderId: standing.toOrderId ?? '' }, { at })
    expect(released.status).toBe('done')
  })

  test('leaves all as it was where the other market has no stock, and may be asked for again', async () => {
    const world = await TransferWorld.open({ main: 10, eu: 1 })
    await world.order('main', 'o1', { x: 3 })
    const { core } = world.market('main')
    const refused = await transfer(world.market('main'), 'o1', wish('first'), world.finder())
    expect(refused).toMatchObject({ status: 'refused', reason: 'eu-A has 1 of 3 x, all together have 2' })
    expect(await transfer(world.market('main'), 'o1', wish('first'), world.finder())).toEqual(refused)
    expect(core.state().orders.get('o1')).toMatchObject({ status: 'released' })
    expect([world.allocated('main', 'x'), world.allocated('eu', 'x')]).toEqual([3, 0])
    const { core: eu, now } = world.market('eu')
    const item = { sku: 'x', nodeId: 'fab:eu-B', delta: 5, onHand: null, reason: 'found' }
    await eu.execute('AdjustStock', { items: [item] }, { at: now() })
    const again = await transfer(world.market('main'), 'o1', wish('second'), world.finder())
    expect(again).toMatchObject({ status: 'done', reason: null })
    expect([world.allocated('main', 'x'), world.allocated('eu', 'x')]).toEqual([0, 3])
  })

  test('keeps the limits of reroutes, unless a person says why not', async () => {
    const world = await TransferWorld.open({ main: 10, eu: 10 })
    await world.order('main', 'o1', { x: 3 })
    const { core, now } = world.market('main')
    await core.execute('SetPolicy', { policy: { ...core.state().policy, maxMovesPerHour: 0 } }, { at: now() })
    const asked = (id: string, guard: MoveGuard) =>
      transfer(world.market('main'), 'o1', { ...wish(id), guard }, world.finder())
    expect(await asked('limited', { by: 'Mia' })).toMatchObject({ status: 'refused', reason: 'hour_limit' })
    expect([world.allocated('main', 'x'), world.allocated('eu', 'x')]).toEqual([3, 0])
    expect(await asked('beyond', { by: 'Mia', override: 'the customer waits' })).toMatchObject({
      status: 'done',
    })
    // It counts as any other move.
    await core.execute('SetPolicy', { policy: { ...core.state().policy, maxMovesPerHour: 1 } }, { at: now() })
    await world.order('main', 'o2', { x: 1 })
    const second = await transfer(
      world.market('main'),
      'o2',
      { ...wish('o2'), guard: { by: 'Mia' } },
      world.finder(),
    )
    expect(second).toMatchObject({ status: 'refused', reason: 'hour_limit' })
  })

  test('takes only the work that nobody began, and the rest of the order stays', async () => {
    const world = await TransferWorld.open({ main: 10, eu: 10 })
    await world.order('main', 'o1', { x: 3 })
    const { core, now } = world.market('main')
    const line = { lineId: 'more', sku: 'y', quantity: 2, unitPriceCents: 100 }
    const none = { discountCents: 0, taxCents: 0, freightCents: 0, cancelled: 0, shipped: 0, delivered: 0 }
    const rest = {
      returnRequested: 0,
      returned: 0,
      backordered: 0,
      launchAt: null,
      hold: null,
      ownState: null,
    }
    const changes = { add: [{ ...line, ...none, ...rest }] }
    await core.execute(
      'EditOrder',
      { orderId: 'o1', version: null, changes, reason: 'one more' },
      { at: now() },
    )
    await transfer(world.market('main'), 'o1', wish('o1'), world.finder())
    const left = core.state().orders.get('o1')
    expect(left?.lines.map(({ lineId, quantity }) => [lineId, quantity])).toEqual([['more', 2]])
    expect(left?.status).not.toBe('cancelled')
  })

  test('is refused for work that a node has begun', async () => {
    const world = await TransferWorld.open({ main: 10, eu: 10 })
    await world.order('main', 'o1', { x: 3 })
    const { core, now } = world.market('main')
    await core.execute('StartPicking', { orderId: 'o1', fulfillmentOrderId: 'o1-F1' }, { at: now() })
    const standing = await transfer(world.market('main'), 'o1', wish('o1'), world.finder())
    expect(standing).toMatchObject({ status: 'refused', reason: 'nothing_to_move' })
  })

  test('stands still while the other market is out of reach: nothing else moves, picks or cancels it', async () => {
    const world = await TransferWorld.open({ main: 10, eu: 10 })
    await world.order('main', 'o1', { x: 3 })
    const { core, now } = world.market('main')
    const standing = await transfer(world.market('main'), 'o1', wish('o1'), world.finder(['landed']))
    expect(standing).toMatchObject({ status: 'done', reason: 'transfer_under_way' })
    const target = standing.toOrderId ?? ''
    const tries = [
      core.execute('StartPicking', { orderId: 'o1', fulfillmentOrderId: 'o1-F1' }, { at: now() }),
      core.execute('CancelOrder', { orderId: 'o1', reason: 'x' }, { at: now() }),
      core.execute('HoldOrder', { orderId: 'o1', lineIds: null, reason: 'x' }, { at: now() }),
      world.market('eu').core.execute('ReleaseOrder', { orderId: target }, { at: now() }),
      world.market('eu').core.execute('CancelOrder', { orderId: target, reason: 'x' }, { at: now() }),
    ]
    for (const { status, reason } of await Promise.all(tries)) {
      expect([status, reason]).toEqual(['refused', 'in_transfer'])
    }
    expect([world.allocated('main', 'x'), world.allocated('eu', 'x')]).toEqual([3, 3])
    expect(world.market('eu').core.state().waiting.has(target)).toBe(false)
    await world.settle()
    expect([world.allocated('main', 'x'), world.allocated('eu', 'x')]).toEqual([0, 3])
    expect(world.market('eu').core.state().waiting.has(target)).toBe(true)
  })

  test('is undone at its target where a file ends the work at its source meanwhile', async () => {
    const world = await TransferWorld.open({ main: 10, eu: 10 })
    await world.order('main', 'o1', { x: 3 })
    const { core, now } = world.market('main')
    const standing = await transfer(world.market('main'), 'o1', wish('o1'), world.finder(['landed']))
    const order = core.state().orders.get('o1') as Order
    const told = { ...order, status: 'shipped' as const, contentHash: 'h', shippedAt: now() }
    await core.execute('ImportOrders', { orders: [told] }, { at: now() })
    await world.settle()
    expect(core.state().orders.get('o1')?.status).toBe('shipped')
    const target = world
      .market('eu')
      .core.state()
      .orders.get(standing.toOrderId ?? '')
    expect(target).toMatchObject({ status: 'cancelled', transfer: { state: 'undone' } })
    expect(world.allocated('eu', 'x')).toBe(0)
  })
})

/** Whether a command would be carried out now. */
function may(
  world: TransferWorld,
  market: string,
  type: 'StartPicking' | 'ReleaseOrder',
  data: object,
): boolean {
  const { core } = world.market(market)
  const verdict = decide(core.state(), { commandId: 'try', type, data, at: 1e13 } as never)
  return !('refused' in verdict) && verdict.events.length > 0
}

function checkNow(world: TransferWorld): void {
  for (const { core } of Object.values(world.markets)) expect(violationsOf(core.state())).toEqual([])
  for (const order of world.orders()) {
    const from = order.transfer
    if (from === undefined) continue
    const work = { orderId: from.fromOrderId, fulfillmentOrderId: from.fromFulfillmentOrderId }
    const isWorkedThere = may(world, from.fromMarket, 'StartPicking', work)
    const isWorkedHere = may(world, order.market, 'ReleaseOrder', { orderId: order.orderId })
    expect(isWorkedThere && isWorkedHere).toBe(false)
  }
}

const fates = fc.array(fc.constantFrom<Fate>('fine', 'lost', 'landed'), { minLength: 2, maxLength: 5 })
type Action =
  | { kind: 'start'; order: number; fates: Fate[]; again: Fate[] | null }
  | { kind: 'sweep'; market: string; fates: Fate[] }
  | { kind: 'cancel' | 'pick' | 'told' | 'keep'; order: number }

const action: fc.Arbitrary<Action> = fc.oneof(
  fc.record({
    kind: fc.constant('start' as const),
    order: fc.nat(2),
    fates,
    again: fc.option(fates, { nil: null, freq: 2 }),
  }),
  fc.record({
    kind: fc.constant('sweep' as const),
    market: fc.constantFrom('main', 'eu'),
    fates,
  }),
  fc.record({ kind: fc.constant('cancel' as const), order: fc.nat(2) }),
  fc.record({ kind: fc.constant('pick' as const), order: fc.nat(2) }),
  fc.record({ kind: fc.constant('told' as const), order: fc.nat(2) }),
  fc.record({ kind: fc.constant('keep' as const), order: fc.nat(2) }),
)

/** Kept by hand while the target holds the units, then asked for again: both must hear how it ended. */
const keptWhileHeld: Action[] = [
  { kind: 'start', order: 2, fates: ['landed', 'fine'], again: ['fine', 'lost'] },
  { kind: 'keep', order: 2 },
  { kind: 'start', order: 2, fates: ['fine', 'fine'], again: null },
]

const ids = ['o0', 'o1', 'o2']

/** One thing that happens; `asked` counts wishes. */
async function act(world: TransferWorld, action: Action, asked: number): Promise<void> {
  if (action.kind === 'sweep') return world.sweep(action.market, action.fates)
  const { core, now } = world.market('main')
  const orderId = ids[action.order] ?? ''
  const order = core.state().orders.get(orderId) as Order
  switch (action.kind) {
    case 'start': {
      const ask = (fates: Fate[]) =>
        transfer(world.mortal('main'), orderId, wish(String(asked)), world.finder(fates)).catch(
          () => undefined,
        )
      await ask(action.fates)
      // Who got no answer asks again with the same key.
      if (action.again !== null) await ask(action.again)
      return
    }
    case 'keep':
      for (const { transfer: on } of order.work) {
        if (on === undefined) continue
        const data = { orderId, transferId: on.transferId, reason: 'kept by hand' }
        await core.execute('FailTransfer', data, { at: now() })
      }
      return
    case 'told': {
      const told = { ...order, status: 'shipped' as const, contentHash: `h${asked}`, shippedAt: now() }
      await core.execute('ImportOrders', { orders: [told] }, { at: now() })
      return
    }
    case 'cancel':
      await core.execute('CancelOrder', { orderId, reason: 'gone' }, { at: now() })
      return
    case 'pick':
      await core.execute('StartPicking', { orderId, fulfillmentOrderId: `${orderId}-F1` }, { at: now() })
  }
}

/** In the end every unit of an order is held once, by the one order that may ship it. */
function checkEnd(world: TransferWorld): void {
  for (const [i, id] of ids.entries()) {
    const family = world.orders().filter((order) => order.orderId === id || order.parentOrderId === id)
    const source = world.market('main').core.state().orders.get(id)
    const isCancelled = source?.cancelReason === 'gone'
    const isGone = isCancelled || source?.status === 'shipped'
    expect(family.reduce((sum, order) => sum + units(order), 0)).toBe(isCancelled ? 0 : 3 + i)
    expect(family.filter((order) => order.status !== 'cancelled').length).toBe(isCancelled ? 0 : 1)
    // Where no node has everything, several nodes have it together.
    const open = family.flatMap((order) => order.work.filter(isOpenWork))
    expect(open.length === 0).toBe(isGone)
  }
}

describe('transfers under trouble', () => {
  test('leave every unit held once and one order that may ship it, whatever is lost, whenever', async () => {
    const actions = fc.array(action, { maxLength: 14, size: 'max' })
    await fc.assert(
      fc.asyncProperty(actions, fc.integer({ min: 0, max: 8 }), async (happens, onHand) => {
        const world = await TransferWorld.open({ main: 20, eu: onHand })
        for (const [i, id] of ids.entries()) await world.order('main', id, { x: 2, y: 1 + i }, i !== 1)
        for (const [i, each] of happens.entries()) {
          await act(world, each, i)
          checkNow(world)
        }
        expect(await world.settle()).toBeLessThan(10)
        checkNow(world)
        checkEnd(world)
      }),
      { numRuns: 150, examples: [[keptWhileHeld, 3]] },
    )
  })
})
