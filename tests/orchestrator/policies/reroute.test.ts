// Policies before reroutes: they keep orders out of what an incident moves, and want work elsewhere without one, within
// the limits of reroutes.

import { expect, test } from 'vitest'
import type { Core } from '#orchestrator/core'
import { Memory, noteBeforeReroutes, rerouteAll, rerouteByPolicy } from '#orchestrator/reroute'
import { Worlds } from '#orchestrator/sourcing'
import { goneFrom, orderOf, setPolicy, start, stricken } from '../reroute/market.ts'
import { act, draftOf, keepInPlace, publishPolicy } from './drafts.ts'

const at = start + 60_000
const place = (core: Core, now = at) => ({ core, worlds: new Worlds(), now, memory: new Memory() })

test('a critical filter keeps the orders that fail it where they are', async () => {
  const { core, ids } = await stricken({})
  const [kept = '', ...others] = ids
  await keepInPlace(core, [kept], start)
  await rerouteAll({ ...place(core), oddnessOf: () => 0 })
  expect(goneFrom(core, ids).toSorted()).toEqual(others.toSorted())
})

test('a critical filter that fails keeps work in place also where another policy wants it elsewhere', async () => {
  const { core, ids } = await stricken({})
  const [kept = '', ...others] = ids
  await publishPolicy(
    core,
    draftOf({ points: ['reroute'], when: 'true', actions: [act('reroute', 'everything goes')] }),
    start,
  )
  await keepInPlace(core, [kept], start)
  expect(await rerouteByPolicy(place(core))).toBe(others.length)
  expect(goneFrom(core, ids).toSorted()).toEqual(others.toSorted())
})

test('without policies nothing is asked', async () => {
  const { core, ids } = await stricken({})
  expect(await rerouteByPolicy(place(core))).toBe(0)
  expect(goneFrom(core, ids)).toEqual([])
})

test('a policy moves work that an incident touches and that it wants elsewhere', async () => {
  const { core, ids } = await stricken({})
  const draft = draftOf({
    scope: 'fulfillment_order',
    points: ['reroute'],
    when: 'incident.node.severity >= 0.3 && node.id == "fab:A"',
    actions: [act('reroute', 'the node is in trouble')],
  })
  await publishPolicy(core, draft, start)
  await setPolicy(core, { mode: 'shadow' })
  expect(await rerouteByPolicy(place(core))).toBe(0)
  await setPolicy(core, { mode: 'on' })
  const moved = await rerouteByPolicy(place(core))
  expect(moved).toBe(ids.length)
  expect(goneFrom(core, ids)).toHaveLength(moved)
  expect(await rerouteByPolicy(place(core, at + 10 * 60_000))).toBe(0)
})

test('a policy that only tags is carried out once, whatever the limits of reroutes, and moves nothing', async () => {
  const { core, ids } = await stricken({ mode: 'off' })
  await publishPolicy(
    core,
    draftOf({
      ...{ policyId: 'risky', scope: 'line', points: ['reroute'], actions: [act('tag', 'at-risk')] },
      when: 'incident.node.severity >= 0.8 && line.quantity > 0',
    }),
    start,
  )
  const many = 'order.units > 1000'
  await publishPolicy(
    core,
    draftOf({ policyId: 'few', kind: 'filter', points: ['reroute'], when: many }),
    start,
  )
  await noteBeforeReroutes(place(core))
  const said = () => ids.map((id) => orderOf(core, id).policies)
  expect(said()).toEqual(
    ids.map(() => ({ told: ['reroute/few/1', 'reroute/risky/1/1'], tags: ['at-risk'], strategyId: null })),
  )
  const { lastSeq } = core
  await noteBeforeReroutes(place(core))
  expect(core.lastSeq).toBe(lastSeq)
  expect(await rerouteByPolicy(place(core))).toBe(0)
  expect(goneFrom(core, ids)).toEqual([])
})

test('what a policy wants waits for a person as a plan of its own, and a no holds for that version alone', async () => {
  const { core, ids } = await stricken({ mode: 'approve' })
  const away = (when: string) =>
    draftOf({
      ...{ policyId: 'away', scope: 'fulfillment_order', points: ['reroute'], when },
      actions: [act('reroute', 'the node is in trouble')],
    })
  await publishPolicy(core, away('incident.node.severity >= 0.3'), start)
  await rerouteByPolicy(place(core))
  const plans = () => [...core.state().reroutes.plans.values()]
  expect(plans()).toMatchObject([{ kind: 'policy', status: 'proposed', orders: ids.length }])
  expect(plans()[0]?.title).toContain('Policy away asks for it')
  const planId = plans()[0]?.planId ?? ''
  await core.execute('RejectReroute', { planId, by: 'Ada', note: null }, { at })
  await rerouteByPolicy(place(core, at + 2 * 3_600_000))
  expect(plans()).toHaveLength(1)
  await publishPolicy(core, away('incident.node.severity >= 0.4'), at)
  await rerouteByPolicy(place(core, at + 2 * 3_600_000))
  expect(
    plans()
      .map(({ status }) => status)
      .toSorted(),
  ).toEqual(['proposed', 'rejected'])
})
