// From when on faults can be seen: not before the node or carrier they strike is at work.

import { expect, test } from 'vitest'
import { scenarioOf } from '../../../orchestrator/closed-loop/draw.ts'
import { judgeIncidents } from '../../../orchestrator/closed-loop/judge-incidents.ts'
import type { FaultEntry, ScenarioFault } from '../../../orchestrator/closed-loop/scenario.ts'
import { knownIn } from '../../../orchestrator/closed-loop/shows.ts'
import { seesAll, seesAsTheyShow } from '../../../orchestrator/closed-loop/sight.ts'
import type { ToldIncident } from '../../../orchestrator/closed-loop/tellings.ts'

const hourMs = 3_600_000

/** Hours after the start, 08:00 UTC on a Tuesday in May, from which on a fault shows. */
function showsAfter(fault: FaultEntry) {
  const { faults, start } = scenarioOf('1', 10, { start: '2026-05-05', faults: [fault] })
  return ((faults[0]?.showsAt ?? 0) - start) / hourMs
}

test('what strikes a node shows from when it is at work', () => {
  // Reno works from 06:00 to 22:00, UTC-7: 13:00 to 05:00 UTC.
  expect(showsAfter({ kind: 'node_outage', node: 'reno', startHours: 8 })).toBe(8)
  expect(showsAfter({ kind: 'node_outage', node: 'reno', startHours: 0 })).toBe(5)
  expect(showsAfter({ kind: 'node_slowdown', node: 'reno', startHours: 22 })).toBe(29)
  // Thursday's shift.
  expect(showsAfter({ kind: 'labour_shortage', node: 'reno', weekday: 4, startHours: 0 })).toBe(53)
})

test('what strikes a carrier shows at its next pick-up, and what strikes orders at once', () => {
  // Allentown is collected from at 09:00, UTC-4.
  expect(showsAfter({ kind: 'carrier_outage', carrier: 'Redwood Express', startHours: 0 })).toBe(5)
  expect(showsAfter({ kind: 'bad_addresses', channel: 'mobile', startHours: 3 })).toBe(3)
})

test('a delay of a carrier can be known on the evening on which the first of its parcels should have come', () => {
  const knownAfter = (startHours: number) => {
    const delay: FaultEntry = { kind: 'carrier_delay', carrier: 'Prairie Parcel', startHours }
    const scenario = scenarioOf('1', 10, { start: '2026-05-05', faults: [delay] })
    return (knownIn(scenario.world)(scenario.faults[0] as ScenarioFault) - scenario.start) / hourMs
  }
  // It collects on that Tuesday; on Wednesday at 21:00, UTC-4, nothing more comes.
  expect(knownAfter(0)).toBe(24 + 17)
  // What leaves on Saturday comes on Monday.
  expect(knownAfter(4 * 24)).toBe(6 * 24 + 17)
})

test('one who knows faults as they show sees the world without the others', () => {
  const faults: FaultEntry[] = [
    { kind: 'node_outage', node: 'reno', startHours: 0, hours: 20 },
    { kind: 'carrier_delay', carrier: 'Prairie Parcel', startHours: 0 },
  ]
  const scenario = scenarioOf('1', 10, { start: '2026-05-05', faults })
  const [all, shown] = [seesAll(scenario), seesAsTheyShow(scenario)]
  const kinds = (sight: typeof all, hours: number) =>
    sight(scenario.start + hours * hourMs)
      .faults.map(({ kind }) => kind)
      .sort()
  expect(kinds(all, 0)).toEqual(['carrier_delay', 'node_outage'])
  expect([kinds(shown, 4), kinds(shown, 5), kinds(shown, 41)]).toEqual([
    [],
    ['node_outage'],
    ['carrier_delay', 'node_outage'],
  ])
  const begins = (sight: typeof all, hours: number) => {
    const at = scenario.start + hours * hourMs
    return sight(at).world.begin(0, 'picking', scenario.start + 6 * hourMs)
  }
  expect(begins(shown, 4)).toBeLessThan(begins(shown, 5))
  expect(begins(shown, 5)).toBe(begins(all, 0))
})

test('a delay is told since the start, and of sudden faults since they show', () => {
  const faults: FaultEntry[] = [
    { kind: 'node_outage', node: 'reno', startHours: 0 },
    { kind: 'node_creep', node: 'memphis', startHours: 0 },
  ]
  const scenario = scenarioOf('1', 10, { start: '2026-05-05', faults })
  const told = ['reno', 'memphis'].map((node) => {
    const key = `node/fabrikam:${node}`
    return {
      key,
      dimension: 'node',
      openedAt: scenario.start + 6 * hourMs,
      causes: [],
    } as unknown as ToldIncident
  })
  const [outage, creep] = judgeIncidents(scenario, told).faults
  expect([outage?.delayMinutes, outage?.shownMinutes]).toEqual([360, 60])
  expect([creep?.delayMinutes, creep?.shownMinutes]).toEqual([360, null])
})
