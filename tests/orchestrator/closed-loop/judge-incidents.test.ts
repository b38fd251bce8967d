// Incidents held against faults, and what of them is told.

import { describe, expect, it } from 'vitest'
import { checkScenario } from '#orchestrator/closed-loop'
import { scenarioOf } from '../../../orchestrator/closed-loop/draw.ts'
import { judgeIncidents } from '../../../orchestrator/closed-loop/judge-incidents.ts'
import { Tellings, type ToldIncident } from '../../../orchestrator/closed-loop/tellings.ts'

const hour = 3_600_000

describe('an incident', () => {
  const faults = [
    { kind: 'node_slowdown', node: 'reno', startHours: 10, hours: 20 },
    { kind: 'carrier_delay', carrier: 'Coastline', startHours: 200, hours: 48 },
    { kind: 'promotion', skuClass: 'toys', startHours: 400 },
  ]
  const scenario = scenarioOf('1', 30, checkScenario({ faults }))
  const told = (key: string, atHour: number, causes: ToldIncident['causes'] = []): ToldIncident => {
    const [dimension = '', ...value] = key.split('/')
    const openedAt = scenario.start + atHour * hour
    const rest = { metric: 'backlog', severity: 0.5, title: key }
    return {
      incidentId: `${key} ${atHour}`,
      key,
      dimension,
      dimensionValue: value.join('/'),
      openedAt,
      causes,
      ...rest,
    }
  }

  it('at the place of a fault finds it and names its cause', () => {
    const { faults: judged, wrong } = judgeIncidents(scenario, [told('node/fabrikam:reno', 12)])
    expect(judged[0]).toMatchObject({ delayMinutes: 120, causeRight: true })
    expect(judged[1]).toMatchObject({ detectedAt: null, delayMinutes: null, causeRight: null })
    expect(judged).toHaveLength(2)
    expect(wrong).toEqual([])
  })

  it('where effects of a fault show finds it, and names it only by its largest cause', () => {
    const cause = (value: string, share: number) => [{ dimension: 'carrier', value, share }]
    const at = (causes: ToldIncident['causes']) =>
      judgeIncidents(scenario, [told('region/CA', 230, causes)]).faults[1]?.causeRight
    expect(at(cause('Coastline', 0.7))).toBe(true)
    expect(at(cause('Coastline', 0.1))).toBe(false)
    expect(at(cause('Bluebird Post', 0.1))).toBe(false)
    expect(at(cause('Bluebird Post', 0.7))).toBeNull()
    expect(at([])).toBe(false)
  })

  it('that names one fault says nothing of another one beside it', () => {
    const two = [
      { kind: 'carrier_delay', carrier: 'Coastline', startHours: 10, hours: 48 },
      { kind: 'node_outage', node: 'reno', startHours: 12, hours: 10 },
    ]
    const beside = scenarioOf('1', 30, checkScenario({ faults: two }))
    const { faults: judged } = judgeIncidents(beside, [told('carrier/Coastline', 14)])
    expect(judged.map(({ causeRight }) => causeRight)).toEqual([true, null])
  })

  it('of a shortage on one weekday is late only by the hours since that day began', () => {
    const noon = new Date(scenario.start + 60 * hour)
    const shortage = {
      kind: 'labour_shortage',
      node: 'reno',
      startHours: 10,
      hours: 240,
      weekday: noon.getUTCDay(),
    }
    const weekly = scenarioOf('1', 30, checkScenario({ faults: [shortage] }))
    const delayOf = (hours: number) =>
      judgeIncidents(weekly, [told('node/fabrikam:reno', hours)]).faults[0]?.delayMinutes
    expect(delayOf(56)).toBe(480)
    // Before the first shift of that day there is nothing to be seen.
    expect(delayOf(52)).toBeNull()
  })

  it('is told with the fault it belongs to, that one by name before one whose effects show there', () => {
    const cause = [{ dimension: 'carrier', value: 'Coastline', share: 0.7 }]
    const all = [
      told('node/fabrikam:reno', 12),
      told('region/CA', 230, cause),
      told('node/fabrikam:dallas', 12),
    ]
    const { incidents } = judgeIncidents(scenario, all)
    expect(incidents.map(({ key, fault, cause: of }) => [key, fault, of?.key ?? null])).toEqual([
      ['node/fabrikam:reno', 'node_slowdown node/fabrikam:reno', null],
      ['node/fabrikam:dallas', null, null],
      ['region/CA', 'carrier_delay carrier/Coastline', 'carrier/Coastline'],
    ])
  })

  it('in the look that comes as a fault begins tells of something else', () => {
    const at = (ms: number) => ({
      ...told('node/fabrikam:reno', 10),
      openedAt: scenario.start + 10 * hour + ms,
    })
    expect(judgeIncidents(scenario, [at(10_000)]).faults[0]?.detectedAt).toBeNull()
    expect(judgeIncidents(scenario, [at(hour)]).faults[0]?.delayMinutes).toBe(60)
  })

  it('elsewhere, before a fault, long after it or because of a promotion is a false one', () => {
    const four = [
      told('node/fabrikam:dallas', 12),
      told('node/fabrikam:reno', 9),
      told('node/fabrikam:reno', 100),
      told('sku_class/toys', 410),
    ]
    expect(judgeIncidents(scenario, four).wrong).toHaveLength(4)
  })
})

describe('what a surge leaves behind', () => {
  const surge = { kind: 'demand_surge', startHours: 10, hours: 20, strength: 2.6 }
  const scenario = scenarioOf('1', 30, checkScenario({ faults: [surge] }))
  // 1.6 times 20 hours of work in excess, of which nodes do 0.32 an hour: 100 hours.
  const at = (key: string, atHour: number): ToldIncident => ({
    ...{ incidentId: `${key} ${atHour}`, key, metric: 'backlog', severity: 0.5, title: key, causes: [] },
    ...{ dimension: key.split('/')[0] ?? '', dimensionValue: key.split('/')[1] ?? '' },
    openedAt: scenario.start + atHour * hour,
  })
  const wrongOf = (...all: ToldIncident[]) => judgeIncidents(scenario, all).wrong.map(({ key }) => key)

  it('is no false incident at nodes while they work it off, but one elsewhere and later', () => {
    expect(wrongOf(at('node/fabrikam:reno', 125), at('all/all', 125))).toEqual([])
    expect(wrongOf(at('node/fabrikam:reno', 135))).toEqual(['node/fabrikam:reno'])
    expect(wrongOf(at('lane/TX>HI', 125))).toEqual(['lane/TX>HI'])
  })

  it('does not notice the surge', () => {
    expect(judgeIncidents(scenario, [at('node/fabrikam:reno', 125)]).faults[0]?.detectedAt).toBeNull()
  })
})

describe('what is told of an incident', () => {
  const finding = { key: 'node/a', dimension: 'node', dimensionValue: 'a', metric: 'backlog', causes: [] }
  const causes = [{ dimension: 'carrier', value: 'Coastline', share: 0.8 }]
  const events = (...all: [type: string, at: number, more?: object][]) =>
    all.map(([type, at, more = {}], i) => {
      const data = { incidentId: 'i', at, finding: { ...finding, ...more } }
      return { stream: 'market:main', seq: i + 1, eventId: `${i}/0`, type, recordedAt: 0, data }
    })
  const toldOf = (...all: Parameters<typeof events>) => {
    const tellings = new Tellings()
    const stored = events(...all)
    expect([...tellings.watching(stored)]).toEqual(stored)
    return tellings.all
  }

  it('is each opening and each return, so that a second fault at the same place is found, too', () => {
    const told = toldOf(
      ['IncidentOpened', 5],
      ['IncidentResolved', 9],
      ['IncidentReopened', 12],
      ['OrderPlaced', 13],
    )
    expect(told.map(({ openedAt }) => openedAt)).toEqual([5, 12])
  })

  it('is also what is said of another metric, so that a second fault at an open incident is found', () => {
    const told = toldOf(
      ['IncidentOpened', 5],
      ['IncidentUpdated', 8],
      ['IncidentUpdated', 12, { metric: 'freight_per_parcel' }],
    )
    expect(told.map(({ openedAt, metric }) => [openedAt, metric])).toEqual([
      [5, 'backlog'],
      [12, 'freight_per_parcel'],
    ])
  })

  it('is kept with the first move that was made for it', () => {
    const tellings = new Tellings()
    const move = (orderId: string, at: number, incidentId: string | null) => {
      const decision = { incidentId, fromNodeId: 'a', toNodeId: 'b', riskBefore: 0.9, riskAfter: 0.1 }
      return ['OrderRerouted', at, {}, { orderId, decision }] as const
    }
    const all = [['IncidentOpened', 5], move('a', 6, 'i'), move('a', 9, null), move('b', 7, null)] as const
    const stored = all.map(([type, at, , more = {}], i) => {
      const data = { incidentId: 'i', at, finding: { ...finding, key: 'node/a' }, ...more }
      return { stream: 'market:main', seq: i + 1, eventId: `${i}/0`, type, recordedAt: 0, data }
    })
    for (const _ of tellings.watching(stored));
    const incident = { key: 'node/a', metric: 'backlog' }
    const decision = { fromNodeId: 'a', toNodeId: 'b', riskBefore: 0.9, riskAfter: 0.1 }
    expect([...tellings.moves]).toEqual([
      ['a', { at: 6, incident, decision }],
      ['b', { at: 7, incident: null, decision }],
    ])
  })

  it('has the causes that were named within an hour', () => {
    expect(toldOf(['IncidentOpened', 0], ['IncidentUpdated', hour, { causes }])[0]?.causes).toEqual(causes)
    expect(toldOf(['IncidentOpened', 0], ['IncidentUpdated', hour + 1, { causes }])[0]?.causes).toEqual([])
  })
})
