// What is told where a node refused a move that could not be taken back: every order, also once a person has ended what
// was told before.

import { expect, test } from 'vitest'
import type { OpenAsk } from '#orchestrator/core'
import { tellRefusedMove } from '../../../orchestrator/flows/handover-alarm.ts'
import { runCore } from '../core/running.ts'
import { start } from '../core/setting.ts'

const minuteMs = 60_000

test('an order that nobody may send is told also where a person ended the incident before', async () => {
  const { core } = await runCore()
  const refused = (orderId: string, at: number) => {
    const ask = { key: `k/${orderId}`, orderId, nodeId: 'fab:A', what: 'send' } as OpenAsk
    return tellRefusedMove(core, ask, 'it answered 409', at)
  }
  const openNow = () => {
    const state = core.state()
    return state.incidents.get(state.openIncidents.get('handover/fab:A') ?? '')
  }
  const end = async (at: number) => {
    const incidentId = openNow()?.incidentId ?? ''
    await core.execute('ResolveIncident', { incidentId, reason: 'called them', by: 'Mia' }, { at })
    expect(openNow()).toBeUndefined()
  }
  await refused('o1', start)
  for (const [orderId, minutes] of [
    ['o2', 10],
    ['o3', 180],
    ['o4', 24 * 60],
  ] as const) {
    const at = start + minutes * minuteMs
    await end(at - minuteMs)
    await refused(orderId, at)
    expect(openNow()?.title).toContain(orderId)
    expect(openNow()?.comments.at(-1)?.text).toBe(
      `Order ${orderId}: it may not be sent at all (it answered 409)`,
    )
    // Told again of the same it changes nothing.
    const before = openNow()
    await refused(orderId, at)
    expect(openNow()).toEqual(before)
  }
})
