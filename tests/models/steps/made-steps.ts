// Rows of steps of a made-up market, hour by hour: nodes that pick what waits, orders by channel, lines by class. They
// assert nothing.

import { type Random, seededRandom } from '#data/kernel'
import { StepBook } from '../../../models/steps/book.ts'
import type { StepName, StepRow } from '../../../models/steps/leaves.ts'
import type { Alarm, Root } from '../../../models/steps/sums.ts'
import { rootsNow } from './roots-now.ts'

/** Weeks before anything happens, in hours; the first hour of the market is a Sunday at midnight, UTC. */
export const quietHours = 21 * 24
const firstHour = Date.UTC(2026, 2, 1) / 3_600_000
const place = { timeZone: 'UTC', peers: 'warehouse', country: 'US' }
const empty = { provider: 'shop', node: 'none', carrier: 'none', service: 'none', lane: 'none' }
const none = { ...empty, sku_class: 'none', channel: 'none', region: 'none' }

/** What happens in an hour of the market, counted from its first one. */
export interface Happening {
  /** Part of its work that a node gets done. */
  left?: (node: string, hour: number) => number
  /** Times that a class is wanted, and whether at a reduced price. */
  wanted?: (skuClass: string, hour: number) => { times: number; isReduced: boolean }
  /** Part of the orders of a channel that arrive. */
  arrives?: (channel: string, hour: number) => number
  /** Times the usual price of parcels; without it no parcels are priced. */
  priced?: (carrier: string, node: string, hour: number) => number
  /** Part of what a node looks for that is not there; without it nobody looks. */
  lacks?: (node: string, hour: number) => number
  /** Size of everything. */
  scale?: number
}

const name = (step: string, more: Partial<StepName>): StepName => {
  const all = { ...none, ...more }
  return { ...all, step, key: [step, ...Object.values(all)].join('|') }
}

/** The nodes, channels and classes. */
export const nodes = ['n0', 'n1', 'n2', 'n3', 'n4', 'n5']
const channels = ['web', 'app', 'shop']
const carriers = ['dear', 'near', 'far']
const classes = ['toys', 'home', 'food', 'wear']
const names = {
  pick: nodes.map((node) => name('pick', { node })),
  short: nodes.map((node) => name('short', { node })),
  freight: carriers.flatMap((carrier) =>
    nodes.map((node) => name('freight', { node, carrier, service: 'ground' })),
  ),
  order: channels.map((channel) => name('order', { channel })),
  line: classes.map((skuClass) => name('line', { sku_class: skuClass })),
}

/** The rows of each hour of a market. */
export function rowsOfMarket(seed: string, hours: number, happens: Happening): StepRow[][] {
  const random = seededRandom(seed)
  const queues = nodes.map((): number[] => [])
  return Array.from({ length: hours }, (_, hour) => [
    ...picks(random, queues, hour, happens),
    ...bought(random, hour, happens),
    ...parcels(random, hour, happens),
    ...shorts(random, hour, happens),
  ])
}

/** Runs a market and tells its roots after each hour. */
export function runMarket(
  seed: string,
  hours: number,
  happens: Happening,
  onHour: (hour: number, roots: readonly Root[], book: StepBook) => void,
): StepBook {
  const rows = rowsOfMarket(seed, hours, happens)
  const book = new StepBook(new Map(nodes.map((node) => [node, place])), place)
  const limits = (slice: {
    kin: { slices: unknown[] }
    kind: Pick<Alarm['slice']['kind'], 'leastShare'>
  }) => ({
    alarm: Math.log(168 * 1.5 * 22 * slice.kin.slices.length),
    leastShare: slice.kind.leastShare,
    leastChange: 4,
    settleHours: 120,
    restHours: 2,
  })
  for (let hour = 0; hour < hours; hour++) {
    book.take(firstHour + hour, rows[hour] ?? [], limits)
    onHour(hour, rootsNow(book, limits), book)
  }
  return book
}

/** Nodes pick from 6 to 22 o'clock nearly all that waits. */
function picks(random: Random, queues: number[][], hour: number, { left, scale = 1 }: Happening): StepRow[] {
  const isOpen = hour % 24 >= 6 && hour % 24 < 22
  return queues.flatMap((queue, i) => {
    const node = nodes[i] ?? ''
    const came = random.poisson((isOpen ? 8 : 2) * scale)
    queue.unshift(came)
    const part = isOpen ? 0.85 * (left?.(node, hour) ?? 1) : 0
    return queue.flatMap((atRisk, age) => {
      if (atRisk === 0 || age > 40) return []
      let done = 0
      for (let piece = 0; piece < atRisk; piece++) if (random.next() < part) done++
      queue[age] = atRisk - done
      return [{ name: names.pick[i] as StepName, stratum: age, atRisk, done }]
    })
  })
}

function bought(random: Random, hour: number, { wanted, arrives, scale = 1 }: Happening): StepRow[] {
  const usual = (4 + 3 * Math.sin(((hour % 24) / 24) * 2 * Math.PI)) * scale
  const orders = names.order.map((one) => {
    const done = random.poisson(3 * usual * (arrives?.(one.channel, hour) ?? 1))
    return { name: one, stratum: 0, atRisk: done, done }
  })
  const lines = names.line.map((one) => {
    const { times, isReduced } = wanted?.(one.sku_class, hour) ?? { times: 1, isReduced: false }
    const done = random.poisson(3 * usual * times)
    return { name: one, stratum: isReduced ? 1 : 0, atRisk: done, done }
  })
  return [...orders, ...lines].filter(({ done }) => done > 0)
}

/** Parcels by node and carrier; one carrier is dearer than the others and takes few of them, mostly of one node. */
function parcels(random: Random, hour: number, { priced, scale = 1 }: Happening): StepRow[] {
  if (priced === undefined || hour % 24 < 8) return []
  return names.freight.flatMap((one) => {
    const isDear = one.carrier === 'dear'
    const atRisk = random.poisson(isDear ? (one.node === 'n1' ? 0.6 : 0.15) * scale : scale)
    const usual = (isDear ? 1500 : 700) * priced(one.carrier, one.node, hour)
    let done = 0
    for (let piece = 0; piece < atRisk; piece++) done += Math.round(usual * (0.7 + 0.6 * random.next()))
    return atRisk === 0 ? [] : [{ name: one, stratum: 0, atRisk, done }]
  })
}

function shorts(random: Random, hour: number, { lacks, scale = 1 }: Happening): StepRow[] {
  if (lacks === undefined || hour % 24 < 8) return []
  return names.short.flatMap((one) => {
    const atRisk = random.poisson(8 * scale)
    let done = 0
    for (let piece = 0; piece < atRisk; piece++) if (random.next() < lacks(one.node, hour)) done++
    return atRisk === 0 ? [] : [{ name: one, stratum: 0, atRisk, done }]
  })
}
