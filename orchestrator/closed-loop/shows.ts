// From when on a fault can be seen at all: what strikes a node shows while the node is at work, what strikes a carrier
// at its next pick-up, and what makes parcels late on the evening on which the first of them should have come. Pure.

import { networkDocumentOf, timeZonesOf, type WorldOptions } from '#data/world'
import { type CompiledNetwork, compileNetwork, weekdayOf, zoneClock } from '#orchestrator/sourcing'
import { daysOf } from './days.ts'
import type { ScenarioFault } from './scenario.ts'

const dayMs = 86_400_000
/** Parcels of a day come until this hour, ms. */
const eveningMs = 21 * 3_600_000

/** When a fault begins: what happens on one weekday only is not there before it. Epoch ms. */
export function beginningOf({
  startAt,
  endAt,
  strain: { weekday },
}: Pick<ScenarioFault, 'startAt' | 'endAt' | 'strain'>): number {
  if (weekday === undefined) return startAt
  return daysOf(startAt, endAt).find((day) => day.weekday === weekday)?.at ?? startAt
}

/** The times in which a fault strikes: all of its time, or what falls on its weekday. Epoch ms. */
export function spellsOf({
  startAt,
  endAt,
  strain: { weekday },
}: Pick<ScenarioFault, 'startAt' | 'endAt' | 'strain'>): { from: number; to: number }[] {
  if (weekday === undefined) return [{ from: startAt, to: endAt }]
  const days = daysOf(startAt, endAt)
  return days.flatMap((day, i) =>
    day.weekday === weekday ? [{ from: day.at, to: days[i + 1]?.at ?? endAt }] : [],
  )
}

/** The first instants at which faults of a world show, epoch ms. */
export function showingIn(world: Required<WorldOptions>): (fault: Omit<ScenarioFault, 'showsAt'>) => number {
  let network: CompiledNetwork | null = null
  return (fault) => {
    const { nodeId, carrier, kind } = fault.strain
    const begins = beginningOf(fault)
    network ??= networkOf(world)
    if (nodeId !== undefined) return atWork(network, nodeId, begins)
    if (carrier !== undefined && kind !== 'transit') return pickedUp(network, carrier, begins)
    return begins
  }
}

/** The first instants at which anybody can know of faults of a world, epoch ms. */
export function knownIn(world: Required<WorldOptions>): (fault: ScenarioFault) => number {
  const network = networkOf(world)
  return (fault) => {
    const { carrier, kind } = fault.strain
    const shows = Math.max(beginningOf(fault), fault.showsAt)
    return kind === 'transit' && carrier !== undefined ? firstDue(network, carrier, shows) : shows
  }
}

/** The evening of the first day on which a parcel can be due that leaves with a carrier from an instant on. */
function firstDue(network: CompiledNetwork, carrier: string, from: number): number {
  const evenings = [...network.nodes.values()].flatMap(({ nodeId, timeZone }) => {
    const [first] = network.departures(nodeId, carrier, from, 1)
    const clock = zoneClock(timeZone ?? '')
    if (first === undefined || clock === null) return []
    let day = clock.dayAt(first.at) + 1
    while (!bringsOn(network, carrier, day)) day++
    return day * dayMs + eveningMs - clock.offsetAt(day * dayMs)
  })
  return evenings.length === 0 ? from : Math.min(...evenings)
}

function bringsOn(network: CompiledNetwork, carrier: string, day: number): boolean {
  const own = [...network.services.values()].filter(({ carrierId }) => carrierId === carrier)
  return (
    own.length === 0 ||
    own.some(({ deliveryDays: week }) => week.length === 0 || week.includes(weekdayOf(day)))
  )
}

function networkOf(world: Required<WorldOptions>): CompiledNetwork {
  const zones = timeZonesOf(world)
  const document = networkDocumentOf(world, (id) => id)
  const nodes = document.nodes.map((node) => ({ ...node, timeZone: zones.get(node.nodeId) ?? null }))
  return compileNetwork({ document: { ...document, nodes }, version: 1, nodes: [] })
}

function atWork(network: CompiledNetwork, nodeId: string, from: number): number {
  const minuteMs = 60_000
  const worked = network.addWorkingTime(nodeId, from, minuteMs / 3_600_000)
  return worked === null ? from : Math.max(from, worked - minuteMs)
}

function pickedUp(network: CompiledNetwork, carrier: string, from: number): number {
  const next = [...network.nodes.keys()].flatMap((nodeId) => network.departures(nodeId, carrier, from, 1))
  return next.length === 0 ? from : Math.min(...next.map(({ at }) => at))
}
