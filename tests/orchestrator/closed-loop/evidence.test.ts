// What an incident is evidence of: which fault it tells of where several go on, and what it says nothing of.

import { describe, expect, it } from 'vitest'
import { checkScenario } from '#orchestrator/closed-loop'
import { scenarioOf } from '../../../orchestrator/closed-loop/draw.ts'
import { judgeIncidents } from '../../../orchestrator/closed-loop/judge-incidents.ts'
import type { ToldIncident } from '../../../orchestrator/closed-loop/tellings.ts'

const hour = 3_600_000
// 08:00 UTC on a Tuesday.
const start = '2026-05-05'

interface Telling {
  at: number
  key: string
  metric: string
  cause?: [key: string, share: number]
}

/** What is made of tellings, at so many hours after the start. */
function judged(faults: object[], ...tellings: Telling[]) {
  const scenario = scenarioOf('1', 30, checkScenario({ start, faults }))
  const told = tellings.map(({ at, key, metric, cause: [of, share] = ['', 0] }): ToldIncident => {
    const [dimension = '', dimensionValue = ''] = key.split('/')
    const [by = '', value = ''] = of.split('/')
    return {
      ...{ incidentId: `${key} ${at}`, key, dimension, dimensionValue, metric, severity: 0.5, title: key },
      causes: of === '' ? [] : [{ dimension: by, value, share }],
      openedAt: scenario.start + at * hour,
    }
  })
  const { faults: found, incidents, wrong } = judgeIncidents(scenario, told)
  return {
    found: found.map(({ delayMinutes, causeRight }) => [(delayMinutes ?? -60) / 60, causeRight]),
    of: incidents.map(({ fault }) => fault),
    wrong: wrong.map(({ key }) => key),
  }
}

const outage = { kind: 'carrier_outage', carrier: 'Bluebird Post', startHours: 10, hours: 40 }
const slow = { kind: 'node_slowdown', node: 'reno', startHours: 10, hours: 40 }

describe('an incident that accuses something else', () => {
  it('shows nothing of a carrier that does not come: neither another carrier nor a cause there', () => {
    const coastline = { at: 20, key: 'carrier/Coastline', metric: 'delivered_orders' }
    const region = { ...coastline, key: 'region/CA', cause: ['carrier/Coastline', 0.8] as [string, number] }
    expect(judged([outage], coastline, region)).toEqual({
      ...{ found: [[-1, null]], of: [null, null] },
      wrong: ['carrier/Coastline', 'region/CA'],
    })
    // What says little of another one accuses nobody.
    const slight = { ...region, cause: ['carrier/Coastline', 0.2] as [string, number] }
    expect(judged([outage], slight)).toMatchObject({ found: [[10, false]], wrong: [] })
  })

  it('at another node shows nothing of late goods', () => {
    const late = { kind: 'late_inbound', node: 'reno', startHours: 10 }
    const dallas = { at: 90, key: 'node/fabrikam:dallas', metric: 'short_pick_share' }
    expect(judged([late], dallas)).toMatchObject({ found: [[-1, null]], wrong: [dallas.key] })
    const reno = { ...dallas, key: 'node/fabrikam:reno' }
    expect(judged([late], reno)).toMatchObject({ found: [[80, true]], wrong: [] })
    const supply = { ...dallas, key: 'supply/fabrikam:reno', metric: 'hours_without_goods' }
    expect(judged([late], { ...supply, cause: ['node/fabrikam:reno', 1] })).toMatchObject({
      found: [[80, true]],
    })
  })

  it('on another lane shows nothing of a delay on some', () => {
    const delay = { kind: 'carrier_delay', carrier: 'Coastline', lanes: ['TX>CA'], startHours: 10 }
    const on = (key: string) => judged([delay], { at: 60, key, metric: 'delivered_orders' }).found
    expect([on('lane/OH>NY'), on('region/NY'), on('region/CA'), on('lane/TX>CA')]).toEqual([
      [[-1, null]],
      [[-1, null]],
      [[50, false]],
      [[50, true]],
    ])
  })
})

describe('at a node', () => {
  it('a carrier that does not come shows in what is sent, not in what is packed', () => {
    const at = (metric: string) => judged([outage], { at: 20, key: 'node/fabrikam:portland', metric }).wrong
    expect(at('work_packed')).toEqual(['node/fabrikam:portland'])
    expect(at('fulfillment_orders_shipped')).toEqual([])
  })

  it('a dear carrier shows in prices', () => {
    const dear = { kind: 'cost_spike', carrier: 'Coastline', startHours: 10 }
    const at = (metric: string) => judged([dear], { at: 20, key: 'node/fabrikam:reno', metric }).wrong
    expect(at('work_packed')).toEqual(['node/fabrikam:reno'])
    expect(at('freight_per_parcel')).toEqual([])
  })
})

it('hands that are missing on Thursdays are told of from Thursday to 36 hours after it', () => {
  const shortage = { kind: 'labour_shortage', node: 'reno', weekday: 4, startHours: 0, hours: 240 }
  const at = (hours: number) =>
    judged([shortage], { at: hours, key: 'node/fabrikam:reno', metric: 'work_packed' }).wrong.length
  // The days begin 48 and 216 hours after the start; the node opens five hours later.
  expect([40, 52, 54, 100, 109, 150, 219, 222].map(at)).toEqual([1, 1, 0, 0, 1, 1, 1, 0])
})

describe('of several faults', () => {
  const stock = { kind: 'stock_error', node: 'reno', startHours: 12, hours: 40 }
  const reno = { key: 'node/fabrikam:reno', metric: 'work_packed' }

  it('one telling counts for the one whose kind fits its metric', () => {
    const packed = judged([slow, stock], { at: 20, ...reno })
    expect(packed.found).toEqual([
      [10, true],
      [-1, null],
    ])
    const missing = judged([slow, stock], { at: 20, ...reno, metric: 'short_pick_share' })
    expect(missing.found).toEqual([
      [-1, null],
      [8, true],
    ])
  })

  it('of the same sort it counts for the one that began last, and the next one for the other', () => {
    const second = { ...slow, kind: 'node_outage', startHours: 15 }
    const once = { at: 20, ...reno }
    expect(judged([slow, second], once).found).toEqual([
      [-1, null],
      [5, true],
    ])
    const twice = judged([slow, second], once, { at: 22, ...reno })
    expect(twice.found).toEqual([
      [12, true],
      [5, true],
    ])
    // What is over is not noticed by what is told of its successor.
    const over = { ...slow, hours: 4 }
    expect(judged([over, second], once, { at: 22, ...reno }).found[0]).toEqual([-1, null])
  })

  it('a surge is not named by what is said of packed work in all, and does not take it from a node', () => {
    const surge = { kind: 'demand_surge', startHours: 8, hours: 30 }
    const all = { at: 20, key: 'all/all', metric: 'work_packed' }
    expect(judged([surge], all).found).toEqual([[12, false]])
    expect(judged([surge, slow], all).of).toEqual(['node_slowdown node/fabrikam:reno'])
    expect(judged([slow, surge], { ...all, metric: 'orders' }).of).toEqual(['demand_surge all/all'])
  })
})
