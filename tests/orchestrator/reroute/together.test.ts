// Work that is weighed together: stock and places that one takes are gone for the others, and nothing moves unless all
// of it is cheaper.

import { expect, test } from 'vitest'
import { applyFindings } from '#orchestrator/incidents'
import { affectedBy, planMoves } from '#orchestrator/reroute'
import { Worlds } from '#orchestrator/sourcing'
import { constraint, orderOf, start, stricken } from './market.ts'

async function planned(
  change: (core: Awaited<ReturnType<typeof stricken>>['core']) => Promise<unknown>,
  count = 8,
) {
  const { core, ids } = await stricken({}, count)
  await change(core)
  const [incident] = core.state().incidents.values()
  const place = { state: core.state(), worlds: new Worlds(), now: start + 60_000 }
  const works = affectedBy(core.state(), { dimension: 'node', dimensionValue: 'fab:A' })
  const purpose = { name: 'x', incident: incident ?? null, guard: {}, holdsOut: false }
  return { core, ids, works, plan: await planMoves(works, place, purpose) }
}

const stock = (nodeId: string, onHand: number) => ({ sku: 'x', nodeId, delta: null, onHand, reason: 'count' })

test('no more goes to a node than it has', async () => {
  const { plan } = await planned((core) =>
    core.execute('AdjustStock', { items: [stock('fab:B', 3), stock('fab:C', 2)] }, { at: start }),
  )
  const to = plan.moves.map(({ assignments }) => assignments[0]?.nodeId)
  expect(to.filter((nodeId) => nodeId === 'fab:B').length).toBeLessThanOrEqual(3)
  expect(to.filter((nodeId) => nodeId === 'fab:C').length).toBeLessThanOrEqual(2)
  expect(plan.moves).toHaveLength(5)
  expect(plan.stays.map(({ decision }) => decision.refusedCode)).toEqual(Array(3).fill('others_first'))
})

test('a move is told against staying, with what it gains', async () => {
  const { plan } = await planned(async () => undefined)
  expect(plan.moves).toHaveLength(8)
  for (const { decision } of plan.moves) {
    expect(decision).toMatchObject({ kind: 'reroute', status: 'done', fromNodeId: 'fab:A', method: 'batch' })
    expect(decision.gainCents).toBeGreaterThan(0)
    expect(decision.hoursBefore ?? 0).toBeGreaterThan(decision.hoursAfter ?? 0)
    expect(decision.candidates.some(({ nodeId, isChosen }) => nodeId === 'fab:A' && !isChosen)).toBe(true)
  }
})

test.each([1, 8])(
  'what would hardly be better elsewhere stays for that reason, %d together',
  async (count) => {
    const { plan } = await planned(async (core) => {
      const policy = { ...core.state().policy, minGainCents: 90_000_000 }
      await core.execute('SetPolicy', { policy }, { at: start })
    }, count)
    expect(plan.stays.map(({ decision }) => decision.refusedCode)).toEqual(
      Array(count).fill('gain_too_small'),
    )
  },
)

test('slices of two dimensions touch what lies in both, and price the way alone', async () => {
  const { core } = await stricken({ mode: 'off' }, 4)
  const slow = constraint('fab:A', {
    key: 'node x carrier/fab:A x SwiftPost',
    dimension: 'node x carrier',
    dimensionValue: 'fab:A x SwiftPost',
    metric: 'transit_hours',
  })
  const [first = ''] = core.state().incidents.keys()
  await core.execute('ResolveIncident', { incidentId: first, reason: 'over' }, { at: start })
  await applyFindings(core, [slow], { runId: 'r2', at: start })
  const works = affectedBy(core.state(), slow)
  const carriers = new Set(works.map(({ work }) => work.carrier))
  expect([...carriers]).toEqual(['SwiftPost'])
  const incident = [...core.state().incidents.values()].at(-1) ?? null
  const place = { state: core.state(), worlds: new Worlds(), now: start + 60_000 }
  await core.execute('SetPolicy', { policy: { ...core.state().policy, mode: 'on' } }, { at: start })
  const plan = await planMoves(
    works,
    { ...place, state: core.state() },
    {
      ...{ name: 'y', incident, guard: {}, holdsOut: false },
    },
  )
  expect(plan.moves.length).toBe(works.length)
  for (const { assignments } of plan.moves) {
    const [to] = assignments
    expect(`${to?.nodeId} ${to?.carrier}`).not.toBe('fab:A SwiftPost')
  }
  expect(affectedBy(core.state(), { dimension: 'sku_class', dimensionValue: 'shoes' })).toEqual([])
  expect(orderOf(core, 'o1').moves).toBe(0)
})
