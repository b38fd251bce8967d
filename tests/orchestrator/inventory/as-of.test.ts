// Stock as of any instant is what the fold of the events up to there shows, whatever happened in which order and
// however the clock went.

import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CommandData, type CommandType, type CoreState, settled } from '#orchestrator/core'
import { type Engine, openEngine } from '#orchestrator/engine'
import { askAtp, askAvailability, atpOf } from '#orchestrator/inventory'
import { openWorkspace } from '#orchestrator/workspace'
import { nodes } from '../http-place.ts'
import { effectsWith, newFolder } from '../places.ts'

const start = Date.UTC(2026, 10, 20, 12)
const day = 86_400_000
const skus = ['x', 'y']
const nodeIds = ['fab:A', 'fab:B']

const at = { sku: fc.constantFrom(...skus), nodeId: fc.constantFrom(...nodeIds) }
const quantity = fc.integer({ min: 1, max: 5 })
const channel = fc.constantFrom('web', 'shop')
const id = fc.constantFrom('a', 'b', 'c', 'd', 'e')
const wish = fc.oneof(
  fc.record({
    type: fc.constant('AdjustStock'),
    data: fc.record({
      items: fc.tuple(
        fc.record({
          ...at,
          delta: fc.integer({ min: -2, max: 6 }),
          onHand: fc.constant(null),
          reason: fc.constant('t'),
        }),
      ),
    }),
  }),
  fc.record({
    type: fc.constant('ReserveStock'),
    data: fc.record({
      reservationId: id,
      lines: fc.array(fc.record({ ...at, quantity }), { minLength: 1, maxLength: 2 }),
      ttlMs: fc.integer({ min: 1_000, max: 90_000 }),
      channel: fc.option(channel),
      reference: fc.constant(null),
    }),
  }),
  fc.record({
    type: fc.constant('RenewReservation'),
    data: fc.record({ reservationId: id, ttlMs: fc.integer({ min: 1_000, max: 90_000 }) }),
  }),
  fc.record({
    type: fc.constant('ReleaseReservation'),
    data: fc.record({ reservationId: id, reason: fc.constant('t') }),
  }),
  fc.record({ type: fc.constant('ExpireReservations'), data: fc.constant({}) }),
  fc.record({
    type: fc.constant('AllocateChannel'),
    data: fc.record({
      items: fc.array(fc.record({ ...at, channel, quantity }), { minLength: 1, maxLength: 2 }),
      reason: fc.constant('t'),
    }),
  }),
  fc.record({
    type: fc.constant('ReallocateChannel'),
    data: fc.record({
      ...at,
      from: fc.constant('web'),
      to: fc.constant('shop'),
      quantity,
      reason: fc.constant('t'),
    }),
  }),
  fc.record({
    type: fc.constant('ConsumeChannel'),
    data: fc.record({ items: fc.tuple(fc.record({ ...at, channel, quantity })), reason: fc.constant('t') }),
  }),
  fc.record({
    type: fc.constant('SetSafetyStock'),
    data: fc.record({ items: fc.tuple(fc.record({ ...at, quantity })), reason: fc.constant('t') }),
  }),
  fc.record({
    type: fc.constant('SetOnHand'),
    data: fc.record({
      source: fc.constantFrom('wms', 'shop'),
      items: fc.tuple(
        fc.record({ ...at, measures: fc.record({ on_hand: quantity }), countedAt: fc.constant(null) }),
      ),
    }),
  }),
  fc.record({
    type: fc.constant('ScheduleStock'),
    data: fc.record({
      entries: fc.tuple(
        fc.record({
          scheduleId: id,
          kind: fc.constantFrom('supply', 'demand'),
          ...at,
          quantity: fc.integer({ min: 0, max: 9 }),
          dueAt: fc.integer({ min: 0, max: 20 }).map((days) => start + days * day),
        }),
      ),
    }),
  }),
  fc.record({
    type: fc.constant('ReceiveSupply'),
    data: fc.record({ scheduleId: id, quantity, reason: fc.constant('t') }),
  }),
  fc.record({
    type: fc.constant('CountCycle'),
    data: fc.record({
      countId: id,
      nodeId: at.nodeId,
      items: fc.tuple(fc.record({ sku: at.sku, quantity })),
      countedAt: fc.constant(null),
      by: fc.constant('t'),
    }),
  }),
)
const story = fc.array(fc.record({ wish, seconds: fc.integer({ min: -20, max: 40 }) }), {
  minLength: 10,
  maxLength: 60,
  size: 'max',
})

interface Moment {
  state: CoreState
  /** Latest business time that any event up to it carried. */
  latest: number
}

/** The state as it was at an instant: the last before an event of a later time. */
function foldAt(moments: readonly Moment[], instant: number): CoreState {
  const known = moments.filter((moment) => moment.latest <= instant)
  return settled((known.at(-1) as Moment).state, instant)
}

async function check(
  engine: Engine,
  moments: readonly Moment[],
  instant: number,
  of: string | null,
): Promise<void> {
  const asOf = new Date(instant).toISOString()
  const state = foldAt(moments, instant)
  const more = of === null ? {} : { channel: of }
  const answer = await askAvailability(engine, { skus, nodeIds, asOf, ...more })
  for (const item of answer.items) {
    const stock = state.stock.get(`${item.sku}\u001f${item.nodeId}`)
    const own = of === null ? 0 : (stock?.more?.channels[of] ?? 0)
    const { onHand, allocated, reserved, safetyStock, ringFenced } = stock ?? {
      onHand: 0,
      allocated: 0,
      reserved: 0,
      safetyStock: 0,
      ringFenced: 0,
    }
    const isTracked = state.trackedNodes.has(item.nodeId)
    const available = isTracked ? onHand - allocated - reserved - safetyStock - ringFenced + own : null
    expect({ asOf, ...item }).toEqual({
      asOf,
      sku: item.sku,
      nodeId: item.nodeId,
      isTracked,
      onHand,
      allocated,
      reserved,
      safetyStock,
      ringFenced,
      inbound: 0,
      available,
    })
    const atp = await askAtp(engine, { sku: item.sku, node: [item.nodeId], asOf, days: 25, ...more })
    const entries = state.scheduleAt.get(`${item.sku}\u001f${item.nodeId}`) ?? []
    const days =
      available === null ? atp.days.map(() => 0) : atpOf({ available, entries }, instant).atp.slice(0, 25)
    expect(atp.days.map((each) => each.atp)).toEqual(days)
  }
}

test('as-of equals the fold of the events up to there', async () => {
  await fc.assert(
    fc.asyncProperty(
      story,
      fc.array(fc.integer({ min: 0, max: 1_000 }), { minLength: 4, maxLength: 4 }),
      async (steps, places) => {
        const folder = await newFolder()
        const workspace = await openWorkspace(join(folder.path, 'home'), 'test', effectsWith())
        const engine = await openEngine(workspace, { trains: false })
        try {
          const { core } = engine
          let now = start
          let latest = start
          await core.execute('DefineNodes', { nodes }, { at: now })
          const moments: Moment[] = [{ state: core.state(), latest }]
          for (const [i, { wish: asked, seconds }] of steps.entries()) {
            now += seconds * 1_000
            await core.execute(asked.type as CommandType, asked.data as CommandData[CommandType], { at: now })
            latest = Math.max(latest, core.state().latestAt)
            moments.push({ state: core.state(), latest })
            // Part of it is in the ledger before the rest happens.
            if (i === places[0]) await engine.project()
          }
          const instants = places.map(
            (place) => start + Math.round(((latest - start + 60_000) * place) / 1_000),
          )
          for (const [i, instant] of [start, latest, ...instants].entries()) {
            if (instant <= engine.now())
              await check(engine, moments, instant, [null, 'web', 'shop'][i % 3] ?? null)
          }
        } finally {
          await engine.close()
          await workspace.close()
          await folder.remove()
        }
      },
    ),
    { numRuns: 3 },
  )
}, 120_000)
