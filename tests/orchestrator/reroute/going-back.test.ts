// Moves back after an incident ended: they pay, and the promise is no less certain for them.

import { expect, test } from 'vitest'
import { rerouteAll } from '#orchestrator/reroute'
import { noHistory, Worlds } from '#orchestrator/sourcing'
import { noLater } from '../../../orchestrator/reroute/worth.ts'
import { node } from '../core/setting.ts'
import { goneFrom, start, stricken } from './market.ts'

/** Orders that left node A and could go back to it, much cheaper, once its incident ended. */
async function afterwards(hoursAtA: { medianHours: number; p90Hours: number }) {
  const { core, ids, incidentId } = await stricken({ movesBack: true })
  await rerouteAll({ core, worlds: new Worlds(), now: start + 60_000, oddnessOf: () => 0 })
  expect(goneFrom(core, ids)).toHaveLength(ids.length)
  const nodes = ['A', 'B', 'C'].map((id) => node(id, { processingCostCents: id === 'A' ? 0 : 20_000 }))
  await core.execute('DefineNodes', { nodes }, { at: start + 60_000 })
  const now = start + 3_600_000
  await core.execute('ResolveIncident', { incidentId, reason: 'over' }, { at: now })
  const worlds = new Worlds()
  const transit = { medianHours: 40, p90Hours: 44 }
  const passage = (medianHours: number, p90Hours: number) => {
    return { count: 10_000, processing: { medianHours, p90Hours }, transit, freightCents: 500 }
  }
  worlds.history = {
    ...noHistory,
    all: passage(4, 6),
    nodes: new Map([['fab:A', passage(hoursAtA.medianHours, hoursAtA.p90Hours)]]),
  }
  await rerouteAll({ core, worlds, now, oddnessOf: () => 0 })
  return goneFrom(core, ids).length
}

test('work goes back where that is cheaper and as punctual, and stays where it would be less so', async () => {
  expect(await afterwards({ medianHours: 3, p90Hours: 5 })).toBe(0)
  // As likely as not still in time, but less surely so.
  expect(await afterwards({ medianHours: 50, p90Hours: 110 })).toBe(6)
})

test('a move back is refused where the risk grows, and where it is not known', () => {
  expect(noLater({ riskBefore: 0.2, riskAfter: 0.2 })).toBeNull()
  expect(noLater({ riskBefore: 0.2, riskAfter: 0 })).toBeNull()
  expect(noLater({ riskBefore: null, riskAfter: null })).toBeNull()
  expect(noLater({ riskBefore: 0.2, riskAfter: 0.21 })).toMatchObject({ code: 'promise_worse' })
  expect(noLater({ riskBefore: 0.2, riskAfter: null })).toMatchObject({ code: 'promise_worse' })
})
