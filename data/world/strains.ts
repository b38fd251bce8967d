// What is to go wrong, or to be different, after the end of a history where a script says so and chance does not. It
// turns a script into what the world suffers; it draws nothing.

import { fail } from '#data/kernel'
import { type Calendar, daySeconds, hourSeconds } from './calendar.ts'
import { carriers, serviceIdOf, services } from './carriers.ts'
import { type Catalogue, skuClasses } from './catalogue.ts'
import { channels } from './channels.ts'
import type { Promotion } from './demand.ts'
import type { TimedFault } from './faults.ts'
import type { Holiday } from './holidays.ts'
import type { Network } from './network.ts'
import type { Trouble } from './trouble.ts'

/**
 * What a strain does, and what its amount is: `capacity` share of hands left, `standstill` nothing, `transit` days
 * more, `no_pickup` nothing, `short` share of lines not found, `no_inbound` nothing, `demand` times wanted, `late_feed`
 * nothing, `double_feed` share of orders sent twice, `cancellations` share of orders canceled, `freight` times the
 * price, `promotion` times wanted, `holiday` demand relative to an ordinary day.
 */
export const strainKinds = [
  'capacity',
  'standstill',
  'transit',
  'no_pickup',
  'short',
  'no_inbound',
  'demand',
  'late_feed',
  'double_feed',
  'cancellations',
  'freight',
  'promotion',
  'holiday',
] as const

/** Something that is different for a while. */
export interface Strain {
  id: string
  kind: (typeof strainKinds)[number]
  /** Epoch ms. */
  from: number
  to: number
  /** External id of the node. */
  nodeId?: string
  carrier?: string
  /** "origin region>destination region"; none = everywhere. */
  lanes?: readonly string[]
  channel?: string
  skuClass?: string
  amount: number
  /** Whether it grows evenly from nothing to all of it. */
  isCreeping?: boolean
  /** Only on this day of the week where the node is, 0 = Sunday. */
  weekday?: number
}

/** What the world can be strained at. */
export interface Strained {
  network: Network
  catalogue: Catalogue
}

/** Names that a strain may use, by what they name. */
export const strainNames = {
  carriers,
  channels: channels.map(({ name }) => name),
  skuClasses: skuClasses.map(({ name }) => name),
}

/** Services by carrier, with their ids in the network document. */
export const sendingServices: readonly { carrier: string; serviceId: string }[] = services.map((each) => {
  return { carrier: each.carrier, serviceId: serviceIdOf(each) }
})

/** Length of a step in which what creeps stays the same, seconds. */
const creepSeconds = 2 * hourSeconds
const nothing = { node: -1, carrier: '', sku: -1, lane: '', channel: -1, skuClass: -1 }

/**
 * The strains as faults of the world; those that only the feed, the supply or the prices suffer are left out.
 * @param calendar covers the time of the strains
 * @throws WORLD_OPTIONS_INVALID where one names what the world does not have
 */
export function troublesOf(strains: readonly Strain[], at: Strained, calendar: Calendar): Trouble[] {
  return strains.flatMap((strain) => piecesOf(strain, at, calendar)).sort((a, b) => a.start - b.start)
}

function piecesOf(strain: Strain, { network }: Strained, calendar: Calendar): Trouble[] {
  const { id, kind, amount, lanes = [], channel, skuClass } = strain
  const [start, stop] = [Math.round(strain.from / 1000), Math.round(strain.to / 1000)]
  const node = nodeOf(strain, network)
  const piece = (fault: TimedFault['kind'], what: Partial<typeof nothing>): Trouble => {
    return { id, kind: fault, start, stop, factor: amount, ...nothing, ...what }
  }
  switch (kind) {
    case 'capacity':
      return weekdays(creeping(piece('node_slowdown', { node }), strain), strain, network, calendar)
    case 'standstill':
      return [{ ...piece('node_outage', { node }), factor: 0 }]
    case 'transit': {
      const carrier = known(strain, 'carrier', strain.carrier, strainNames.carriers)
      if (lanes.length === 0) return [piece('carrier_slowdown', { carrier })]
      return lanes.map((lane) => piece('lane_slowdown', { carrier, lane }))
    }
    case 'short':
      return [piece('short_pick_spike', { node })]
    case 'demand': {
      const classes = skuClass === undefined ? strainNames.skuClasses : [skuClass]
      return classes.map((name) => piece('demand_spike', { skuClass: classOf(strain, name) }))
    }
    case 'cancellations': {
      const name = known(strain, 'channel', channel, strainNames.channels)
      return [piece('cancellation_spike', { channel: strainNames.channels.indexOf(name) })]
    }
    default:
      return []
  }
}

/** Index of the node of a strain. @throws WORLD_OPTIONS_INVALID */
export function nodeOf(strain: Strain, { nodes }: Network): number {
  if (strain.nodeId === undefined) return -1
  const names = nodes.map(({ id }) => id)
  return names.indexOf(known(strain, 'node', strain.nodeId, names))
}

function classOf(strain: Strain, name: string): number {
  return strainNames.skuClasses.indexOf(known(strain, 'class', name, strainNames.skuClasses))
}

/** @throws WORLD_OPTIONS_INVALID */
function known({ id }: Strain, what: string, name: string | undefined, names: readonly string[]): string {
  if (name !== undefined && names.includes(name)) return name
  const reason = name === undefined ? `names no ${what}` : `names the ${what} "${name}", which is not there`
  throw fail('WORLD_OPTIONS_INVALID', { name: id, reason })
}

/** What grows is many short pieces, each a little worse than the one before. */
function creeping(whole: Trouble, { isCreeping = false }: Strain): Trouble[] {
  if (!isCreeping) return [whole]
  const pieces: Trouble[] = []
  const { start, stop, factor } = whole
  for (let at = start; at < stop; at += creepSeconds) {
    const grown = Math.min(1, (at + creepSeconds - start) / (stop - start))
    pieces.push({
      ...whole,
      start: at,
      stop: Math.min(stop, at + creepSeconds),
      factor: 1 - (1 - factor) * grown,
    })
  }
  return pieces
}

/** Only what falls on the weekday. */
function weekdays(pieces: Trouble[], { weekday }: Strain, { nodes }: Network, calendar: Calendar): Trouble[] {
  if (weekday === undefined) return pieces
  return pieces.flatMap((piece) => {
    const zone = nodes[piece.node]?.zone ?? 0
    const found: Trouble[] = []
    const last = calendar.localDay(zone, piece.stop)
    for (let day = calendar.localDay(zone, piece.start); day <= last; day++) {
      if ((day + 4) % 7 !== weekday) continue
      const start = Math.max(piece.start, calendar.instantOf(zone, day, 0))
      const stop = Math.min(piece.stop, calendar.instantOf(zone, day + 1, 0))
      if (start < stop) found.push({ ...piece, start, stop })
    }
    return found
  })
}

/** Promotions of a script. */
export function promotionsIn(strains: readonly Strain[]): Promotion[] {
  return strains.flatMap((strain) => {
    if (strain.kind !== 'promotion') return []
    const [start, stop] = [Math.round(strain.from / 1000), Math.round(strain.to / 1000)]
    const skuClass = classOf(strain, strain.skuClass ?? '')
    return [{ skuClass, start, stop, uplift: strain.amount, discount: 0.15 }]
  })
}

/** Days of a script on which docks and carriers stand still. */
export function holidaysIn(strains: readonly Strain[]): Holiday[] {
  return strains.flatMap(({ kind, id, from, to, amount }) => {
    const first = Math.floor(from / 1000 / daySeconds)
    const days = kind === 'holiday' ? Math.max(1, Math.round((to - from) / 1000 / daySeconds)) : 0
    return Array.from({ length: days }, (_, i) => ({
      name: id,
      day: first + i,
      demand: amount,
      closed: true,
    }))
  })
}
