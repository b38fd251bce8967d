// When a move is worth it: incidents that are not about speed move nothing, how much longer things take is what the
// metric says, and time that work has waited is behind it.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { DecisionRecord } from '#orchestrator/core'
import { applyFindings } from '#orchestrator/incidents'
import { rerouteAll } from '#orchestrator/reroute'
import { Worlds } from '#orchestrator/sourcing'
import { guardrailFields } from '../../../data/contracts/api/reroute.ts'
import { clearlySooner, riskLeast } from '../../../orchestrator/reroute/worth.ts'
import { afterWaiting } from '../../../orchestrator/sourcing/model/days.ts'
import { lawOf } from '../../../orchestrator/sourcing/model/laws.ts'
import { constraint, goneFrom, start, stricken } from './market.ts'

const risks = (riskBefore: number | null, riskAfter: number | null) =>
  ({ riskBefore, riskAfter }) as DecisionRecord

test('work moves only where it will probably be late and clearly less so elsewhere', () => {
  const judge = (before: number | null, after: number | null, isQueue = false, minLateRisk?: number) =>
    clearlySooner({ minLateRisk: minLateRisk ?? null })(risks(before, after), isQueue)
  expect(judge(0.9, 0.1)).toBeNull()
  expect(judge(0.4, 0)).toMatchObject({ code: 'not_sure' })
  expect(judge(0.9, 0.8)).toMatchObject({ code: 'hardly_less' })
  expect(judge(0.9, null)).toMatchObject({ code: 'hardly_less' })
  expect(judge(null, null)).toBeNull()
  // Where it is known what is before it, only what is more certain.
  expect(judge(0.995, 0.1, true)).toBeNull()
  expect(judge(0.99, 0, true)).toMatchObject({ code: 'not_sure' })
  expect(judge(0.995, 0.4, true)).toMatchObject({ code: 'hardly_less' })
  // As surely as a person says.
  expect(judge(0.8, 0.1, true, 0.75)).toBeNull()
  expect(judge(0.7, 0.1, true, 0.75)).toMatchObject({ code: 'not_sure' })
  expect(judge(0.8, 0.1, false, 0.9)).toMatchObject({ code: 'not_sure' })
  expect(judge(1, 0.1, false, 1)).toBeNull()
})

test('the schema and the form say from which late risk on work moves unless a person says otherwise', () => {
  const [byQueue, byHistory] = [true, false].map((isQueue) => riskLeast({ minLateRisk: null }, isQueue))
  const [schema] = guardrailFields.minLateRisk.anyOf
  const description = expect.stringContaining(`null = ${byQueue}, or ${byHistory} where`)
  expect(schema).toMatchObject({ description })
  const root = join(import.meta.dirname, '../../..')
  const form = readFileSync(join(root, 'dashboard/lib/components/reroutes/GuardrailFields.svelte'), 'utf8')
  const percent = (share = 0) => share * 100
  expect(form).toContain(`placeholder="${percent(byQueue)}; ${percent(byHistory)} by history"`)
})

test('an incident of goods or demand moves nothing, and nothing goes to its node', async () => {
  const { core, ids, incidentId } = await stricken()
  await core.execute('ResolveIncident', { incidentId, reason: 'a test' }, { at: start })
  const short = { metric: 'short_pick_share', value: 0.4, expected: 0.01 }
  await applyFindings(core, [constraint('fab:A', short)], { runId: 'r2', at: start + 1 })
  const now = start + 60_000
  await rerouteAll({ core, worlds: new Worlds(), now, oddnessOf: () => 0 })
  expect(goneFrom(core, ids)).toEqual([])
  const learned = new Worlds().learned(core.state())
  expect(learned.stretch('node', 'fab:A')).toBe(1)
  expect(learned.hasIncident?.('fab:A')).toBe(true)
})

test.each([
  ['transit_hours', 70, 50, 1.4],
  ['book_to_ship_hours', 30, 3, 8],
  ['late_share', 0.6, 0.06, 1.5],
  ['past_due', 40, 1, 3],
  ['lines_shipped', 10, 50, 5],
  ['backlog', 120, 100, 2],
  ['cancellations', 60, 5, 1],
])('what %s of %d where %d is usual says of time', async (metric, value, expected, times) => {
  const { core, incidentId } = await stricken({}, 1)
  await core.execute('ResolveIncident', { incidentId, reason: 'a test' }, { at: start })
  const found = constraint('fab:A', { metric, value, expected })
  await applyFindings(core, [found], { runId: 'r2', at: start + 1 })
  expect(new Worlds().learned(core.state()).stretch('node', 'fab:A')).toBeCloseTo(times)
})

test('work that has waited leaves no later than work that comes now, unless it has waited unusually long', () => {
  const now = Date.UTC(2026, 4, 5)
  fc.assert(
    fc.property(
      fc.double({ min: 1, max: 60, noNaN: true }),
      fc.double({ min: 1, max: 3, noNaN: true }),
      fc.double({ min: 0.01, max: 0.9, noNaN: true }),
      (medianHours, spread, share) => {
        const processing = lawOf({ medianHours, p90Hours: medianHours * spread })
        const sure = { missShare: 0, early: null, shortShare: 0 }
        const excess = { mean: processing.mean, variance: processing.variance }
        const day = { day: '2026-05-05', cutOffAt: null, floorHours: 0, excess, earlyHours: 0, ...sure }
        const fresh = { ...day, dispatchAt: now + processing.mean * 3_600_000 }
        const waited = share * medianHours
        const rest = afterWaiting(fresh, { processing, isWorkingTime: false }, waited, now)
        expect(rest.dispatchAt).toBeGreaterThanOrEqual(now)
        expect(rest.excess.mean + waited).toBeGreaterThanOrEqual(processing.mean * 0.999)
        if (spread < 1.5) expect(rest.dispatchAt).toBeLessThanOrEqual(fresh.dispatchAt + 1)
        expect(afterWaiting(fresh, { processing, isWorkingTime: true }, waited, now)).toBe(fresh)
      },
    ),
  )
})
