// The dialog of a reroute: what only a limit refuses is asked once more, with a reason, and nothing else is.

import { afterEach, expect, test, vi } from 'vitest'
import type { api } from '#data/contracts'
import { missingIn, startOf } from '../../dashboard/lib/actions/form.ts'
import { limitsToGoBeyond, reroute } from '../../dashboard/lib/actions/reroute-form.ts'
import { server } from '../../dashboard/lib/api.ts'
import { ApiError } from '../../dashboard/lib/problem.ts'
import { reasonWord } from '../../dashboard/lib/reasons.ts'
import { type AskedMove, guardOf } from '../../orchestrator/core/reroute/guard.ts'
import { withMove } from '../../orchestrator/core/reroute/ledger.ts'
import { defaultPolicy, emptyState } from '../../orchestrator/core/state.ts'

afterEach(() => {
  vi.restoreAllMocks()
})

const order = {
  ...{ orderId: 'o1', externalId: 'SO-1', nodeId: 'a', nodeName: 'Reno' },
  decisions: [{ candidates: [{ nodeId: 'b', nodeName: 'Dallas' }] }],
} as unknown as api.OrderDetail

const refused = (reason: string) =>
  new ApiError(
    { status: 409, code: 'CORE_REFUSED', detail: 'x', retryable: false, details: { reason } },
    true,
  )

test('a limit is said in words, and the move is asked for once more with a reason', async () => {
  const asked = vi.spyOn(server, 'reroute').mockResolvedValue({ status: 'done' } as api.CommandAnswer)
  const form = reroute(order, 'UTC')
  const answers = { ...startOf(form.fields), text: { toNodeId: 'b' } }
  await form.act(answers)
  expect(asked).toHaveBeenLastCalledWith('o1', { toNodeId: 'b' })
  const again = form.onRefusal?.(refused('hour_limit'), answers)
  expect(again).toMatchObject({
    against: 'As many orders were moved within an hour as the limits allow.',
    confirm: 'Move it anyway',
  })
  const start = startOf(again?.fields ?? [])
  expect(start.text).toEqual({ toNodeId: 'b', reason: '' })
  expect(missingIn(again?.fields ?? [], start)).toContain('Why')
  await again?.act({ ...start, text: { ...start.text, reason: ' they asked ' } })
  expect(asked).toHaveBeenLastCalledWith('o1', { toNodeId: 'b', override: 'they asked' })
  expect(again?.onRefusal?.(refused('day_budget'), start)?.against).toContain('24 hours')
})

test.each([
  ['what no node can do', refused('stock_short')],
  ['what began', refused('picking_began')],
  ['a failure', new ApiError({ status: 503, code: 'LOG_UNAVAILABLE', detail: 'x', retryable: true }, true)],
  ['an error of the page', new Error('x')],
])('%s is no limit to go beyond', (_, error) => {
  const form = reroute(order, 'UTC')
  expect(form.onRefusal?.(error, startOf(form.fields))).toBeNull()
})

const hour = 3_600_000
const at = 100 * hour
const moved = withMove(emptyState('main').reroutes, {
  ...{ at: at - hour / 12, fromNodeId: 'b', toNodeIds: ['a'], incidentId: null, extraCents: 500 },
  isByPerson: false,
})

/** What the core says to a person who would move work from a to b, and with a reason for it. */
function saidTo(change: Partial<api.ReroutePolicy>, more: { isPromiseWorse?: boolean; moves?: number } = {}) {
  const state = { ...emptyState('main'), policy: { ...defaultPolicy, ...change }, reroutes: moved }
  const work = { nodeId: 'a', replaces: 'w0', sourcedAt: at - hour / 12 }
  const move = {
    ...{ order: { isPinned: false, moves: more.moves ?? 1, work: [work] }, work, toNodeIds: ['b'], at },
    decision: { incidentId: null, costCents: 100, isPromiseWorse: more.isPromiseWorse ?? false },
  } as unknown as AskedMove
  const by = 'Ann'
  return [guardOf(state, move, { by }), guardOf(state, move, { by, override: 'she asked' })]
}

test.each([
  ['moved_too_often', {}, { moves: 2 }],
  ['cool_down', { coolDownMinutes: 60 }, {}],
  ['pair_cool_down', { pairCoolDownMinutes: 60 }, {}],
  ['promise_worse', {}, { isPromiseWorse: true }],
  ['hour_limit', { maxMovesPerHour: 1 }, {}],
  ['node_hour_limit', { maxMovesPerNodeHour: 0 }, {}],
  ['day_budget', { maxDayCostCents: 550 }, {}],
] as const)('%s binds a person until they give a reason, and has words', (code, change, more) => {
  const [plainly, withReason] = saidTo(change, more)
  expect([plainly?.code, withReason]).toEqual([code, null])
  expect(limitsToGoBeyond).toContain(code)
  expect(reasonWord(code)).not.toBe(code.replaceAll('_', ' '))
})
