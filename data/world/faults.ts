// The answer key: what goes wrong in a world, where, and from when to when. It only plans; other files
// suffer it.

import type { Random } from '#data/kernel'
import { type Calendar, daySeconds, hourSeconds } from './calendar.ts'
import { carriers } from './carriers.ts'
import { type Catalogue, skuClasses } from './catalogue.ts'
import { channels } from './channels.ts'
import { destinations } from './destinations.ts'
import type { Network, Node } from './network.ts'

/** Kinds of fault. */
export const faultKinds = [
  'node_slowdown',
  'carrier_slowdown',
  'stock_out',
  'channel_gap',
  'short_pick_spike',
  'node_outage',
  'cancellation_spike',
  'lane_slowdown',
  'demand_spike',
] as const

/** A fault of the answer key. */
export interface Fault {
  id: string
  kind: (typeof faultKinds)[number]
  nodeId?: string
  carrier?: string
  sku?: string
  /** "origin region>destination region" */
  lane?: string
  channel?: string
  skuClass?: string
  /** ISO 8601, UTC; `to` is null while it goes on. */
  from: string
  to: string | null
  /** 0 to 1: share of capacity, intake or service lost, or of orders hit. */
  severity: number
  description: string
}

/** A fault as the world suffers it: times in epoch seconds, things by index, -1 = does not matter. */
export interface TimedFault {
  kind: Fault['kind']
  start: number
  stop: number
  node: number
  carrier: string
  sku: number
  lane: string
  channel: number
  skuClass: number
  /** What is left of capacity, days added, share hit, or times wanted: by kind. */
  factor: number
}

/** The parts of a world that faults are chosen from. */
export interface Scene {
  calendar: Calendar
  network: Network
  catalogue: Catalogue
}

const nothing = { node: -1, carrier: '', sku: -1, lane: '', channel: -1, skuClass: -1 }
const segmentDays = 6

/** The faults of a world in order of time; the last one is still going on when the history ends. */
export function planFaults(scene: Scene, random: Random): TimedFault[] {
  const { start, end } = scene.calendar
  const days = (end - start) / daySeconds
  const quiet = Math.min(5, days * 0.15)
  const usable = days - quiet - 3
  const count = Math.max(0, Math.floor(usable / segmentDays))
  const segment = (usable / count) * daySeconds
  const faults: TimedFault[] = []
  let kinds: Fault['kind'][] = []
  for (let i = 0; i < count; i++) {
    if (kinds.length === 0) kinds = shuffle([...faultKinds], random)
    const kind = kinds.pop() as Fault['kind']
    const earliest = start + quiet * daySeconds + i * segment
    const begin = earliest + random.next() * (segment - 4.5 * daySeconds)
    faults.push(plan(kind, scene, Math.ceil(begin / hourSeconds) * hourSeconds, random))
  }
  faults.push(lastSlowdown(scene))
  return faults
}

function shuffle<T>(items: T[], random: Random): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = random.int(0, i)
    const held = items[i] as T
    items[i] = items[j] as T
    items[j] = held
  }
  return items
}

function plan(kind: Fault['kind'], scene: Scene, begin: number, random: Random): TimedFault {
  const { network, catalogue, calendar } = scene
  const nodesOf = (type: Node['type']): number[] =>
    network.nodes.map((_, node) => node).filter((node) => network.nodes[node]?.type === type)
  const fault = (hours: number, factor: number, at: number, what: Partial<typeof nothing>): TimedFault => ({
    kind,
    start: at,
    stop: at + hours * hourSeconds,
    factor,
    ...nothing,
    ...what,
  })
  /** The given hour (UTC) of the day on or after `begin`. */
  const hour = (utc: number): number =>
    Math.ceil((begin - utc * hourSeconds) / daySeconds) * daySeconds + utc * hourSeconds
  switch (kind) {
    case 'node_slowdown':
      return fault(48, 0.35, begin, { node: random.pick(nodesOf('warehouse')) })
    case 'node_outage': {
      const node = random.pick(nodesOf('warehouse'))
      const local = hour(13) - calendar.offset(network.nodes[node]?.zone ?? 0, begin) - 5 * hourSeconds
      return fault(random.int(10, 12), 0, local, { node })
    }
    case 'carrier_slowdown':
      return fault(72, 2, begin, { carrier: random.pick(carriers) })
    case 'lane_slowdown': {
      const node = random.pick(nodesOf('warehouse'))
      return fault(96, 3, begin, { carrier: 'Prairie Parcel', lane: busiestLane(network, node) })
    }
    case 'stock_out':
      return fault(72, 0, begin, { node: random.pick(nodesOf('warehouse')), sku: popular(catalogue, random) })
    case 'short_pick_spike':
      return fault(36, 0.35, hour(12), { node: random.pick(nodesOf('store')) })
    case 'cancellation_spike':
      return fault(8, 0.25, hour(16), { channel: random.int(0, 2) })
    case 'channel_gap':
      return fault(5, 0, hour(17), { channel: random.int(0, 2) })
    case 'demand_spike':
      return fault(28, 4, hour(14), { skuClass: random.int(0, skuClasses.length - 1) })
  }
}

/** One of the three products that are wanted most and are stocked by Fabrikam itself. */
export function popular(catalogue: Catalogue, random: Random): number {
  const stocked = catalogue.byShare.filter((sku) => catalogue.products[sku]?.vendor === -1)
  return stocked[random.int(0, 2)] as number
}

function busiestLane(network: Network, node: number): string {
  const people = new Map<string, number>()
  destinations.forEach((to, i) => {
    if (network.ranking[i]?.[0] === node) {
      people.set(to.region, (people.get(to.region) ?? 0) + to.population)
    }
  })
  const [busiest] = [...people].sort((a, b) => b[1] - a[1])
  return `${network.nodes[node]?.region}>${busiest?.[0] ?? 'CA'}`
}

/** Hours before the end at which the last slowdown begins. */
const lastHours = 5

function lastSlowdown({ calendar, network }: Scene): TimedFault {
  const { start, end } = calendar
  const begin = Math.max(end - lastHours * hourSeconds, start + (end - start) * 0.7)
  const load = network.nodes.map((node, i) => {
    if (node.type !== 'warehouse') return 0
    let hands = 0
    for (let at = begin; at < end; at += hourSeconds) hands += node.shift(calendar.localHour(node.zone, at))
    return hands * (network.shares[i] as number)
  })
  const node = load.indexOf(Math.max(...load))
  const rest = { ...nothing, node, factor: 0.15 }
  return { kind: 'node_slowdown', start: Math.round(begin), stop: Number.POSITIVE_INFINITY, ...rest }
}

/** The faults as the answer key tells them. */
export function tellFaults(faults: readonly TimedFault[], { network, catalogue }: Scene): Fault[] {
  return faults.map((fault, i) => {
    const iso = (second: number): string => new Date(second * 1000).toISOString().replace('.000Z', 'Z')
    const node = network.nodes[fault.node]
    return {
      id: `fault-${String(i + 1).padStart(2, '0')}`,
      kind: fault.kind,
      ...(node === undefined ? {} : { nodeId: node.id }),
      ...(fault.carrier === '' ? {} : { carrier: fault.carrier }),
      ...(fault.sku < 0 ? {} : { sku: catalogue.products[fault.sku]?.sku ?? '' }),
      ...(fault.lane === '' ? {} : { lane: fault.lane }),
      ...(fault.channel < 0 ? {} : { channel: channels[fault.channel]?.name ?? '' }),
      ...(fault.skuClass < 0 ? {} : { skuClass: skuClasses[fault.skuClass]?.name ?? '' }),
      from: iso(fault.start),
      to: fault.stop === Number.POSITIVE_INFINITY ? null : iso(fault.stop),
      severity: severityOf(fault),
      description: describe(fault, node?.name ?? '', catalogue),
    }
  })
}

function severityOf({ kind, factor }: TimedFault): number {
  if (kind === 'node_slowdown') return 1 - factor
  if (kind === 'carrier_slowdown' || kind === 'lane_slowdown') return Math.min(1, factor / 4)
  if (kind === 'demand_spike') return 1 - 1 / factor
  return factor === 0 ? 1 : factor
}

function describe(fault: TimedFault, node: string, catalogue: Catalogue): string {
  const channel = channels[fault.channel]?.name
  const texts: Record<Fault['kind'], string> = {
    node_slowdown: `${node} works at ${Math.round(fault.factor * 100)} % of its capacity`,
    node_outage: `${node} stands still`,
    carrier_slowdown: `${fault.carrier} takes about ${fault.factor} days longer everywhere`,
    lane_slowdown: `${fault.carrier} takes about ${fault.factor} days longer on ${fault.lane}`,
    stock_out: `${catalogue.products[fault.sku]?.sku} is out of stock at ${node}`,
    short_pick_spike: `${node} does not find ${Math.round(fault.factor * 100)} % of the lines it picks`,
    cancellation_spike: `${Math.round(fault.factor * 100)} % of orders from channel ${channel} are cancelled`,
    channel_gap: `no orders arrive from channel ${channel}`,
    demand_spike: `class ${skuClasses[fault.skuClass]?.name} is wanted ${fault.factor} times as much`,
  }
  return texts[fault.kind]
}
