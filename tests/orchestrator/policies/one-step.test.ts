// What policies set, hold and note of an order is one step: a crash leaves all of it or none, and an edit that the core
// would refuse ends as an error.

import { expect, test } from 'vitest'
import type { Order, PolicyResult } from '#orchestrator/core'
import { advance } from '#orchestrator/flows'
import { transfer } from '../../../orchestrator/cluster/transfers.ts'
import { createOrder } from '../core/running.ts'
import { start } from '../core/setting.ts'
import { cut, FlowPlace } from '../flows/flow-place.ts'
import { TransferWorld } from '../transfer-world.ts'
import { act, draftOf, publishPolicy } from './drafts.ts'
import { running } from './running.ts'

const guessed = draftOf({
  ...{ policyId: 'guess', severity: 'critical', when: 'order.city == ""' },
  actions: [act('set', 'Fresno', 'city'), act('hold', 'guessed')],
})

async function eventsOf({ log, core }: FlowPlace, type?: string) {
  const events = await log.read(core.stream, 0, 100_000)
  return type === undefined ? events : events.filter((each) => each.type === type)
}

const toldOf = ({ policies }: Order) => policies?.told ?? []

test('after a crash at any time what was set without a person is held, and noted', async () => {
  const place = await FlowPlace.open()
  await publishPolicy(place.core, guessed, place.clock.at)
  const before = (await eventsOf(place)).length
  const whole = await place.order('o1')
  expect(whole).toMatchObject({ hold: 'policy: guessed', shipTo: { city: 'Fresno' } })
  const events = (await eventsOf(place)).length
  for (let kept = before + 1; kept <= events; kept++) {
    const again = await FlowPlace.open(cut(place.log.content(), place.core.stream, kept))
    await advance('o1', again.context)
    const order = again.get('o1')
    expect(order).toMatchObject({ status: 'on_hold', hold: 'policy: guessed', shipTo: { city: 'Fresno' } })
    expect(toldOf(order)).toEqual(['validate/guess/1'])
    expect(await eventsOf(again, 'OrderEdited')).toHaveLength(1)
    expect(await eventsOf(again, 'OrderHeld')).toHaveLength(1)
  }
})

test('an edit that the rules refuse is an error, and holds where its policy is critical', async () => {
  const place = await FlowPlace.open()
  const now = () => {
    place.clock.at += 1_000
    return { at: place.clock.at }
  }
  const count = (onHand: number) => {
    const { at } = now()
    const items = ['A', 'B', 'C'].map((id) => ({
      ...{ sku: 'y', nodeId: `fab:${id}`, onHand, safetyStock: 0, inbound: 0, countedAt: at },
    }))
    return place.core.execute('CountStock', { items }, { at })
  }
  await count(0)
  const [work] = (await place.order('o1', { x: 1, y: 1 })).work
  const ref = { orderId: 'o1', fulfillmentOrderId: work?.fulfillmentOrderId ?? '' }
  await place.core.execute('StartPicking', ref, now())
  const draft = { ...guessed, points: ['source' as const], actions: [act('set', 'Fresno', 'city')] }
  await publishPolicy(place.core, draft, place.clock.at)
  await count(5)
  await advance('o1', place.context)
  expect(place.get('o1')).toMatchObject({ hold: 'policy: guess', shipTo: { city: null } })
  const [applied] = await eventsOf(place, 'PoliciesApplied')
  expect(applied?.data).toMatchObject({
    results: [{ outcome: 'error', actions: [], text: 'guess: could not be worked out, picking_began' }],
  })
  expect(await eventsOf(place, 'OrderEdited')).toEqual([])
})

const noted: PolicyResult = {
  ...{
    policyId: 'p',
    version: 1,
    part: null,
    outcome: 'acted',
    severity: 'information',
    text: 'it',
    actions: [],
  },
}

test('edits are made for one version of the order, each on what those before it leave, all or none', async () => {
  const place = await FlowPlace.open()
  const { shipTo } = await place.order('o1')
  const apply = (version: number, ...changes: object[]) => {
    const edits = changes.map((each) => ({ changes: each, reason: 'policy: p' }))
    const data = { orderId: 'o1', point: 'release' as const, results: [noted], holds: [], edits, version }
    return place.core.execute('ApplyPolicies', data, { at: place.clock.at })
  }
  const moved = { shipTo: { ...shipTo, city: 'Fresno' } }
  const { version } = place.get('o1')
  const late = await apply(version - 1, moved)
  expect([late.status, late.reason]).toEqual(['refused', 'version_conflict'])
  const odd = await apply(version, moved, { prices: [{ lineId: '7', unitPriceCents: 1 }] })
  expect([odd.status, odd.reason]).toEqual(['refused', 'line_unknown'])
  expect(place.get('o1')).toMatchObject({ version, status: 'released', shipTo: { city: null } })
  expect(toldOf(place.get('o1'))).toEqual([])

  expect((await apply(version, moved, { method: 'pickup' })).status).toBe('done')
  expect(place.get('o1')).toMatchObject({
    version: version + 2,
    method: 'pickup',
    shipTo: { city: 'Fresno' },
  })
  expect(place.held()).toBe(0)
  // What was told is not done twice.
  expect((await apply(version + 2, { method: 'delivery' })).status).toBe('noop')
  expect(place.get('o1').method).toBe('pickup')
})

test('what is on its way to another market is neither edited nor held', async () => {
  const world = await TransferWorld.open({ main: 10, eu: 10 })
  await world.order('main', 'o1', { x: 3 })
  const here = world.market('main')
  const wish = { toMarket: 'eu', toNodeId: null, commandId: 'wish/o1' }
  await transfer(here, 'o1', wish, world.finder(['landed']))
  const apply = (more: object) => {
    const data = { orderId: 'o1', point: 'release' as const, results: [noted], holds: [], ...more }
    return here.core.execute('ApplyPolicies', data, { at: here.now() })
  }
  const reason = 'policy: p'
  for (const more of [
    { edits: [{ changes: { method: 'pickup' as const }, reason }] },
    { holds: [{ lineIds: null, reason }] },
  ])
    expect(await apply(more)).toMatchObject({ status: 'refused', reason: 'in_transfer' })
  expect(await apply({})).toMatchObject({ status: 'done' })
})

test('an order that became another while it was asked about is looked at again', async () => {
  const { core, context, order } = await running()
  await publishPolicy(core, { ...guessed, points: ['source'] }, start)
  await createOrder(core, 'o1', 'x', 1)
  let asked = 0
  const beaten = {
    ...core,
    execute: async (type: 'ApplyPolicies', data: never, options: { at: number }) => {
      if (type === 'ApplyPolicies' && ++asked === 1) {
        const changes = { promisedAt: start + 86_400_000 }
        await core.execute(
          'EditOrder',
          { orderId: 'o1', version: null, changes, reason: 'customer' },
          options,
        )
      }
      return core.execute(type, data, options)
    },
  } as typeof core
  await advance('o1', { ...context, core: beaten })
  expect(asked).toBe(2)
  expect(order('o1')).toMatchObject({ hold: 'policy: guessed', shipTo: { city: 'Fresno' }, version: 3 })
  expect(toldOf(order('o1'))).toEqual(['source/guess/1'])
})
