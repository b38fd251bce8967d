// A core without a disk for tests of alerting: commands are decided, events kept, and a kill folds them anew.

import { expect } from 'vitest'
import type { api } from '#data/contracts'
import { giveNotices } from '#orchestrator/alerting'
import {
  type CommandData,
  type CommandType,
  type Core,
  type CoreCommand,
  type CoreEvent,
  type CoreState,
  decide,
  defaultRouting,
  emptyState,
  evolve,
  type Finding,
  type Incident,
  type Notice,
} from '#orchestrator/core'
import { node, start } from '../core/setting.ts'

export const minute = 60_000

/** What detection says of a channel: what it holds is not counted anew. */
export function finding(name: string, more: Partial<Finding> = {}): Finding {
  return {
    key: `channel/fab:${name}`,
    metric: 'backlog',
    dimension: 'channel',
    dimensionValue: `fab:${name}`,
    severity: 0.5,
    title: `${name} is falling behind`,
    beganAt: start,
    value: 300,
    expected: 100,
    expectedLow: 80,
    expectedHigh: 120,
    pValue: 0.001,
    model: 'test',
    causes: [
      { dimension: 'carrier', value: 'SwiftPost', share: 0.7 },
      { dimension: 'method', value: 'pickup', share: 0.2 },
    ],
    ...more,
  }
}

export const impact = (ordersAtRisk = 10) => ({ ordersAtRisk, centsAtRisk: 100, currency: 'USD' })

/** A place with a market in memory. */
export class Place {
  readonly events: CoreEvent[] = []
  now = start
  /** Commands until one fails: before its events are kept, or after. */
  killIn: { commands: number; isAfter: boolean } | null = null
  #state: CoreState = emptyState('main')

  constructor() {
    this.run('DefineNodes', { nodes: ['A', 'B', 'C'].map((id) => node(id)) })
  }

  get state(): CoreState {
    return this.#state
  }

  /** What alerting needs of a core. */
  readonly core = {
    market: 'main',
    state: () => this.#state,
    onChange: () => () => undefined,
    execute: async <T extends CommandType>(type: T, data: CommandData[T]) => {
      const kill = this.killIn
      const isNow = kill !== null && kill.commands-- <= 0
      if (isNow && !kill.isAfter) throw new Error('killed')
      const status = this.run(type, data)
      if (isNow) throw new Error('killed')
      return { status, reason: null, answer: { orderId: null, status: null } }
    },
  } as unknown as Core

  /** Carries a command out. @returns how it ended */
  run<T extends CommandType>(type: T, data: CommandData[T]): 'done' | 'noop' | 'refused' {
    const command = { type, data, at: this.now, commandId: `c${this.events.length}` }
    const verdict = decide(this.#state, command as unknown as CoreCommand)
    if ('refused' in verdict) return 'refused'
    for (const event of verdict.events) {
      this.events.push(JSON.parse(JSON.stringify(event)))
      this.#state = evolve(this.#state, event)
    }
    return verdict.events.length === 0 ? 'noop' : 'done'
  }

  /** Everything in memory is gone: the state comes from the events again. */
  restart(): void {
    this.killIn = null
    this.#state = this.events.reduce(evolve, emptyState('main'))
  }

  open(name: string, more: Partial<Finding> = {}): string {
    const incidentId = `inc-${name}-${this.events.length}`
    this.run('OpenIncident', { incidentId, finding: finding(name, more), impact: impact(), isNoticed: true })
    return this.state.openIncidents.get(`channel/fab:${name}`) ?? incidentId
  }

  worse(incidentId: string, more: Partial<Finding>, orders = 10): void {
    const name = this.incident(incidentId).dimensionValue.slice(4)
    this.run('UpdateIncident', { incidentId, finding: finding(name, more), impact: impact(orders) })
  }

  recover(incidentId: string): void {
    this.run('ResolveIncident', { incidentId, reason: 'values are back' })
  }

  incident(incidentId: string): Incident {
    const incident = this.state.incidents.get(incidentId)
    if (incident === undefined) throw new Error(`no incident ${incidentId}`)
    return incident
  }

  /** All notices so far. */
  notices(): Notice[] {
    return this.events.flatMap((event) => (event.type === 'NoticeGiven' ? [event.data.notice] : []))
  }

  /** Kind, incidents and receivers of each notice, in words. */
  said(): string[] {
    return this.notices().map(({ kind, incidents, receivers }) => {
      const names = incidents.map(({ dimensionValue }) => dimensionValue.slice(4))
      return `${kind} ${names.join('+')} to ${receivers.join('+')}`
    })
  }
}

/** Gives the notices that are due. @param receivers ids of those that can be told */
export const sweep = (place: Place, receivers: readonly string[] = ['a']) =>
  giveNotices({
    core: place.core,
    effects: null as never,
    now: () => place.now,
    receivers: async () => receivers,
  })

const route = (more: Partial<api.AlertRoute>): api.AlertRoute => ({
  ...(defaultRouting.routes[0] as api.AlertRoute),
  ...more,
})

/** Sets the rules of who is told, each with the values of the default where nothing is said. */
export function routed(place: Place, ...routes: Partial<api.AlertRoute>[]): void {
  const routing = { ...defaultRouting, routes: routes.map(route) }
  expect(place.run('SetAlertRouting', { routing, by: 'x' })).toBe('done')
}
