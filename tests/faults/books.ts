// What the log of a home tells in the end, against what its clients were told.

import { join } from 'node:path'
import { isControlEvent, knownCommand, openSqliteLog, type StoredEvent } from '#data/log'
import { type CoreState, coreEvent, emptyState, evolve, stockKey } from '#orchestrator/core'
import { violationsOf } from '#orchestrator/verify'
import { effects } from '../data/log/folder.ts'
import { nodeIds, unitsAtFirst } from './home.ts'
import type { Told } from './load.ts'

/** What is in the log of a home that nobody serves. */
export interface Books {
  events: StoredEvent[]
  state: CoreState
}

/** Reads the log of a home. */
export async function booksOf(home: string): Promise<Books> {
  const log = await openSqliteLog(join(home, 'log.sqlite'), effects)
  const events: StoredEvent[] = []
  for (;;) {
    const more = await log.read('market:main', events.length, 10_000)
    events.push(...more)
    if (more.length < 10_000) break
  }
  await log.close()
  const domain = events.filter(({ type }) => !isControlEvent(type)).map(coreEvent)
  return { events, state: domain.reduce(evolve, emptyState('main')) }
}

/** What is wrong with the books; empty where everything acknowledged is there once and nothing was promised twice. */
export function problemsOf({ events, state }: Books, told: ReadonlyMap<string, Told>): string[] {
  return [
    ...violationsOf(state).map(({ invariant, subject, found }) => `${invariant}: ${subject}: ${found}`),
    ...commandsTwice(events),
    ...ordersMissing(events, told),
    ...cartsMissing(state, told),
    ...shelvesOff(state, told),
  ]
}

function commandsTwice(events: readonly StoredEvent[]): string[] {
  const seen = new Set<string>()
  const twice: string[] = []
  for (const event of events) {
    if (knownCommand(event) === null) continue
    if (seen.has(event.eventId)) twice.push(`${event.eventId} is there twice`)
    seen.add(event.eventId)
  }
  return twice
}

function ordersMissing(events: readonly StoredEvent[], told: ReadonlyMap<string, Told>): string[] {
  const created = new Map<string, number>()
  for (const { type, data } of events) {
    if (type !== 'OrderCreated') continue
    const { externalId } = (data as { order: { externalId: string } }).order
    created.set(externalId, (created.get(externalId) ?? 0) + 1)
  }
  const asked = [...told.values()].filter(({ path, status }) => path === '/orders' && status === 201)
  const missing = asked
    .map(({ body }) => (body as { externalId: string }).externalId)
    .filter((id) => created.get(id) !== 1)
    .map((id) => `order ${id} is there ${created.get(id) ?? 0} times`)
  const twice = [...created].filter(([, times]) => times !== 1).map(([id]) => `order ${id} was made twice`)
  return [...missing, ...twice]
}

/** Every cart that was told it holds units does, unless it was told that they were let go. */
function cartsMissing(state: CoreState, told: ReadonlyMap<string, Told>): string[] {
  const gone = new Set<string>()
  const held: string[] = []
  for (const { path, status, text } of told.values()) {
    if (status !== 200 || !path.startsWith('/inventory/reservations')) continue
    const { reservationId } = JSON.parse(text) as { reservationId: string }
    if (path.endsWith('/release')) gone.add(reservationId)
    else held.push(reservationId)
  }
  return held
    .filter((id) => state.reservations.has(id) === gone.has(id))
    .map((id) => `reservation ${id} ${gone.has(id) ? 'still holds' : 'is gone'}`)
}

/** Units on the shelves of the adjusted SKU: at first, with every acknowledged change, less what was shipped. */
function shelvesOff(state: CoreState, told: ReadonlyMap<string, Told>): string[] {
  const changes = new Map<string, number>()
  for (const { path, status, body } of told.values()) {
    if (path !== '/inventory/adjustments' || status !== 200) continue
    for (const { nodeId, delta } of (body as { items: { nodeId: string; delta: number }[] }).items) {
      changes.set(nodeId, (changes.get(nodeId) ?? 0) + delta)
    }
  }
  return nodeIds.flatMap((nodeId) => {
    const expected = unitsAtFirst + (changes.get(nodeId) ?? 0) - shippedFrom(state, 'cool', nodeId)
    const found = state.stock.get(stockKey('cool', nodeId))?.onHand
    return found === expected ? [] : [`cool at ${nodeId}: ${found} on hand, ${expected} by the answers`]
  })
}

function shippedFrom(state: CoreState, sku: string, nodeId: string): number {
  let units = 0
  for (const order of state.orders.values()) {
    for (const work of order.work) {
      if (work.nodeId !== nodeId) continue
      for (const line of work.lines) if (line.sku === sku) units += line.shipped
    }
  }
  return units
}
