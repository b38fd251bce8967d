// A small network that a test can read at a glance: two nodes, one calendar, one carrier with a rate card.

import { emptyNetwork } from '#orchestrator/core'
import { type NetworkSource, readSource } from '#orchestrator/sourcing'

/** As a person would write it. */
export const sampleYaml = `
groups:
  - { groupId: west, name: West }
calendars:
  - calendarId: weekdays
    name: Weekdays
    hours: [{ day: 1, opens: '08:00', closes: '17:00' }]
    holidays: ['2026-12-25']
carriers:
  - { carrierId: SwiftPost, name: SwiftPost }
services:
  - { serviceId: ground, carrierId: SwiftPost, name: Ground, dimDivisor: 5000 }
nodes:
  - nodeId: fab:A
    calendarId: weekdays
    groupIds: [west]
    cutOff: '15:00'
    capacity: { ordersPerDay: 50 }
    pickups: [{ carrierId: SwiftPost, days: [1, 2, 3], time: '16:30' }]
  - { nodeId: own:P, name: Pop-up, type: store, latitude: 39.5, longitude: -119.8 }
lanes:
  - { laneId: l1, serviceId: ground, destination: US, transit: { medianHours: 48, p90Hours: 72 } }
rateCards:
  - rateCardId: r1
    serviceId: ground
    bands:
      - { weightToG: 1000, baseCents: 500 }
      - { weightFromG: 1000, baseCents: 500, perKgCents: 20 }
`

/** The same as a source. */
export const sample: NetworkSource = { yaml: sampleYaml, name: 'network.yaml' }

/** The same, read. */
export const samplePut = readSource(sample, emptyNetwork).put
