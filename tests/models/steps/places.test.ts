// Where a fault is named: the carrier rather than every node that waits for it, what is dear, what comes twice.

import { expect, test } from 'vitest'
import { seededRandom } from '#data/kernel'
import { StepBook } from '../../../models/steps/book.ts'
import type { StepName, StepRow } from '../../../models/steps/leaves.ts'
import type { Slice } from '../../../models/steps/slices.ts'
import { noteTold, rootsNow } from './roots-now.ts'

const quietHours = 16 * 24
const begin = quietHours + 33
const firstHour = Date.UTC(2026, 2, 1) / 3_600_000
const place = { timeZone: 'UTC', peers: 'warehouse', country: 'US' }
const none = { provider: 'shop', node: 'none', carrier: 'none', service: 'ground', lane: 'none' }
const nodes = ['n0', 'n1', 'n2', 'n3', 'n4']
const carriers = ['Ox', 'Hare', 'Snail']
const channels = ['web', 'app']

const name = (step: string, more: Partial<StepName>): StepName => {
  const all = { ...none, sku_class: 'none', channel: 'none', region: 'none', ...more }
  return { ...all, step, key: [step, ...Object.values(all)].join('|') }
}
const names = new Map(
  nodes.flatMap((node) => carriers.map((carrier) => [`${node}/${carrier}`, name('send', { node, carrier })])),
)
const dear = new Map(carriers.map((carrier) => [carrier, name('freight', { node: 'n0', carrier })]))
const twice = new Map(channels.map((channel) => [channel, name('repeat', { channel })]))

interface Happening {
  /** Part of what waits for a carrier that it takes. */
  taken?: (carrier: string, node: string, hour: number) => number
  price?: (carrier: string, hour: number) => number
  repeated?: (channel: string, hour: number) => number
}

/** First hour in which a slice is told, by key. */
function toldBy(seed: string, hours: number, { taken, price, repeated }: Happening): Map<string, number> {
  const random = seededRandom(seed)
  const book = new StepBook(new Map(nodes.map((node) => [node, place])), place)
  const limits = ({ kin, kind }: Slice) => ({
    alarm: Math.log(168 * 1.5 * 23 * kin.slices.length),
    leastShare: kind.leastShare,
    leastChange: kind.leastChange,
    settleHours: 120,
    restHours: 2,
  })
  const told = new Map<string, number>()
  for (let hour = 0; hour < hours; hour++) {
    const rows: StepRow[] = []
    for (const node of nodes) {
      for (const carrier of carriers) {
        const atRisk = hour % 24 >= 8 && hour % 24 < 20 ? random.poisson(3) : 0
        const part = 0.9 * (taken?.(carrier, node, hour) ?? 1)
        const done = Array.from({ length: atRisk }).filter(() => random.next() < part).length
        const sent = names.get(`${node}/${carrier}`)
        if (sent !== undefined && atRisk > 0) rows.push({ name: sent, stratum: 0, atRisk, done })
      }
    }
    for (const [carrier, freight] of dear) {
      const cents = 600 + random.int(0, 500)
      rows.push({ name: freight, stratum: 0, atRisk: 2, done: 2 * cents * (price?.(carrier, hour) ?? 1) })
    }
    for (const [channel, repeat] of twice) {
      const atRisk = 3 + random.poisson(5)
      const done = Math.round(atRisk * (repeated?.(channel, hour) ?? 0))
      rows.push({ name: repeat, stratum: 0, atRisk, done })
    }
    book.take(firstHour + hour, rows, limits)
    noteTold(told, rootsNow(book, limits), hour)
  }
  return told
}

const after = (hour: number) => hour >= begin

test('a carrier that takes nothing is named, not the nodes that wait for it', () => {
  const told = toldBy('away', begin + 30, {
    taken: (carrier, _, hour) => (carrier === 'Hare' && after(hour) ? 0 : 1),
  })
  expect([...told.keys()]).toEqual(['carrier/Hare'])
  expect((told.get('carrier/Hare') ?? 0) - begin).toBeLessThan(3)
})

test('a second fault is told by itself, not taken for what an earlier one of other parcels explains', () => {
  const told = toldBy('two', begin + 30, {
    taken: (carrier, _, hour) =>
      (carrier === 'Hare' && hour >= begin - 20) || (carrier === 'Ox' && after(hour)) ? 0.1 : 1,
  })
  expect([...told.keys()]).toEqual(['carrier/Hare', 'carrier/Ox'])
  expect((told.get('carrier/Ox') ?? 0) - begin).toBeLessThan(3)
})

test('a node that hands nothing over is named, not the carriers that come for it', () => {
  const told = toldBy('node', begin + 30, {
    taken: (_, node, hour) => (node === 'n3' && after(hour) ? 0 : 1),
  })
  expect([...told.keys()]).toEqual(['node/n3'])
})

test('a carrier that has become dear is told within hours', () => {
  const told = toldBy('dear', begin + 30, {
    price: (carrier, hour) => (carrier === 'Ox' && after(hour) ? 2.5 : 1),
  })
  expect([...told.keys()]).toEqual(['carrier/Ox'])
  expect((told.get('carrier/Ox') ?? 0) - begin).toBeLessThan(6)
})

test('a channel that sends its orders twice is told within an hour', () => {
  const told = toldBy('twice', begin + 3, {
    repeated: (channel, hour) => (channel === 'app' && after(hour) ? 0.8 : 0),
  })
  expect([...told]).toEqual([['channel/app', begin]])
})
