// Orders that are left in place to measure: each is noted as held out, once, whenever that turns out, and stays.

import { expect, test } from 'vitest'
import type { api } from '#data/contracts'
import type { Core } from '#orchestrator/core'
import { isHeldOut, Memory, rerouteAll, rerouteByPolicy } from '#orchestrator/reroute'
import { Worlds } from '#orchestrator/sourcing'
import { act, draftOf, publishPolicy } from '../policies/drafts.ts'
import { newWarehouse, project } from '../projection/place.ts'
import { goneFrom, orderOf, setPolicy, start, stricken } from './market.ts'

const minute = 60_000
const round = (core: Core, afterMinutes: number) =>
  rerouteAll({ core, worlds: new Worlds(), now: start + afterMinutes * minute, oddnessOf: () => 0 })

/** Orders in trouble, of which some are in the half that is held out. */
async function halved(policy: Partial<api.ReroutePolicy> = {}) {
  const place = await stricken({ holdOutShare: 0.5, ...policy }, 12)
  const held = place.ids.filter((id) => isHeldOut(id, 0.5)).toSorted()
  expect(held.length).toBeGreaterThan(2)
  expect(held.length).toBeLessThan(10)
  const others = place.ids.filter((id) => !held.includes(id)).toSorted()
  const warehouse = await newWarehouse()
  /** Orders of the decisions in the tables, by how they ended. */
  const decided = async () => {
    await project(place.log, warehouse, place.core)
    const rows = await warehouse.all<{ order_id: string; status: string }>(
      "SELECT order_id, status FROM decisions WHERE kind = 'reroute' ORDER BY order_id",
    )
    const of = (status: string) => rows.filter((row) => row.status === status).map((row) => row.order_id)
    return { done: of('done'), heldOut: of('held_out'), refused: of('refused') }
  }
  return { ...place, held, others, decided }
}

/** How often it was noted that orders stay. */
const noted = (core: Core, ids: readonly string[]) =>
  ids.map((id) => orderOf(core, id).history.filter((part) => part === 'RerouteDeclined').length)

test('an order that was refused first is held out all the same once it would have moved', async () => {
  const { core, held, others, decided } = await halved({ mode: 'shadow' })
  await round(core, 1)
  expect(await decided()).toMatchObject({ done: [], heldOut: [], refused: [...held, ...others].toSorted() })
  await setPolicy(core, { mode: 'on' })
  expect((await round(core, 2)).moved).toBe(others.length)
  expect(await decided()).toEqual({ done: others, heldOut: held, refused: [] })
  const [incident] = core.state().incidents.values()
  expect(incident).toMatchObject({ ordersMoved: others.length, ordersNotMoved: held.length })
  const { lastSeq } = core
  await round(core, 20)
  expect(core.lastSeq).toBe(lastSeq)
})

test('what was held out stays so for its incident, whatever becomes of the share and of limits', async () => {
  const { core, ids, held, others, decided } = await halved()
  await round(core, 1)
  await setPolicy(core, { holdOutShare: 0 })
  expect((await round(core, 2)).moved).toBe(0)
  await setPolicy(core, { mode: 'shadow' })
  await round(core, 3)
  expect(goneFrom(core, ids).toSorted()).toEqual(others)
  expect(await decided()).toEqual({ done: others, heldOut: held, refused: [] })
  expect(noted(core, held)).toEqual(held.map(() => 1))
})

test('where safety turns out to be at stake, nobody is left in place any more', async () => {
  const { core, ids } = await halved()
  await round(core, 1)
  await setPolicy(core, { safetyMetrics: ['backlog'] })
  await round(core, 2)
  expect(goneFrom(core, ids)).toEqual(ids)
})

test('of what a policy wants elsewhere, those left in place are noted as held out, once', async () => {
  const { core, held, others, decided } = await halved({ mode: 'off' })
  const draft = draftOf({
    ...{ scope: 'fulfillment_order', points: ['reroute'], when: 'node.id == "fab:A"' },
    actions: [act('reroute', 'the node is in trouble')],
  })
  await publishPolicy(core, draft, start)
  await setPolicy(core, { mode: 'on' })
  const wanted = (afterMinutes: number) =>
    rerouteByPolicy({ core, worlds: new Worlds(), now: start + afterMinutes * minute, memory: new Memory() })
  expect(await wanted(1)).toBe(others.length)
  expect(await decided()).toEqual({ done: others, heldOut: held, refused: [] })
  await setPolicy(core, { holdOutShare: 0 })
  expect(await wanted(90)).toBe(0)
  expect(noted(core, held)).toEqual(held.map(() => 1))
})

test('of what a policy wants and a person turned down, nobody is left in place to measure', async () => {
  const { core, decided } = await halved({ mode: 'approve' })
  const draft = draftOf({
    ...{ scope: 'fulfillment_order', points: ['reroute'], when: 'node.id == "fab:A"' },
    actions: [act('reroute', 'the node is in trouble')],
  })
  await publishPolicy(core, draft, start)
  const [planId] = await proposedBy(core)
  await core.execute('RejectReroute', { planId: planId ?? '', by: 'Ada', note: null }, { at: start + minute })
  const before = await decided()
  await setPolicy(core, { holdOutShare: 1 })
  await proposedBy(core, 90)
  expect(await decided()).toEqual(before)
})

async function proposedBy(core: Core, afterMinutes = 1): Promise<string[]> {
  const now = start + afterMinutes * minute
  await rerouteByPolicy({ core, worlds: new Worlds(), now, memory: new Memory() })
  return [...core.state().reroutes.plans.keys()]
}
