// How fast nodes work while work waits: a small node with hands to spare is told when it slows down, one that gets less
// work is not.

import { expect, test } from 'vitest'
import { seededRandom } from '#data/kernel'
import { StepBook } from '../../../models/steps/book.ts'
import type { StepName, StepRow } from '../../../models/steps/leaves.ts'
import type { Slice } from '../../../models/steps/slices.ts'
import { noteTold, rootsNow } from './roots-now.ts'

const firstHour = Date.UTC(2026, 2, 1) / 3_600_000
const quietHours = 21 * 24
const begin = quietHours + 24
const place = { timeZone: 'UTC', peers: 'warehouse', country: 'US' }
const nodes = ['n0', 'n1', 'n2', 'n3']
const minutesOpen = (minute: number) => minute % 1440 >= 360 && minute % 1440 < 1320

interface Happening {
  /** Part of its pace that a node has. */
  left?: (node: string, hour: number) => number
  /** Part of the work that comes. */
  comes?: (hour: number) => number
  /** Minutes that each piece takes without waiting for another: nobody is ever busy. */
  eachAlone?: number
  /** Minutes in which nobody works or orders, beside the nights. */
  closed?: (minute: number) => boolean
  /** Pieces that come at closing time on top. */
  leftOver?: (node: string, hour: number) => number
}

const nameOf = (step: string, node: string): StepName => {
  const none = { carrier: 'none', service: 'none', lane: 'none', sku_class: 'none', channel: 'none' }
  return { ...none, step, node, provider: 'shop', region: 'none', key: `${step}|${node}` }
}

/** Minutes in which pieces came to a node and left it: two or three an hour, and it can do six. */
function piecesOf(node: string, hours: number, happens: Happening) {
  const { left, comes, eachAlone, closed, leftOver } = happens
  const isOpen = (minute: number) => minutesOpen(minute) && closed?.(minute) !== true
  const random = seededRandom(`pace ${node}`)
  const pieces: { from: number; to: number }[] = []
  let free = 0
  for (let hour = 0; hour < hours; hour++) {
    const came = isOpen(hour * 60) ? random.poisson(2.5 * (comes?.(hour) ?? 1)) : 0
    const minutes = Array.from({ length: came }, () => hour * 60 + random.int(0, 59)).sort((a, b) => a - b)
    for (let i = 0; i < (leftOver?.(node, hour) ?? 0); i++) minutes.push(hour * 60 + 59)
    for (const from of minutes) {
      const effort = (eachAlone ?? 10) * (0.6 + 0.8 * random.next())
      let at = eachAlone === undefined ? Math.max(free, from) : from
      for (let todo = effort; todo > 0; at++) if (isOpen(at)) todo -= left?.(node, Math.floor(at / 60)) ?? 1
      pieces.push({ from, to: at })
      if (eachAlone === undefined) free = at
    }
  }
  return pieces
}

function rowsOf(node: string, hours: number, happens: Happening): Map<number, StepRow[]> {
  const pieces = piecesOf(node, hours, happens)
  const cells = new Map<string, { hour: number; row: { atRisk: number; done: number } & StepRow }>()
  const add = (step: string, hour: number, stratum: number, atRisk: number, done: number) => {
    const key = `${step}/${hour}/${stratum}`
    const cell = cells.get(key) ?? { hour, row: { name: nameOf(step, node), stratum, atRisk: 0, done: 0 } }
    cell.row = { ...cell.row, atRisk: cell.row.atRisk + atRisk, done: cell.row.done + done }
    cells.set(key, cell)
  }
  const levels = new Int32Array(hours * 60 + 2000)
  for (const { from, to } of pieces) {
    for (let minute = from; minute < to; minute++) levels[minute] = (levels[minute] ?? 0) + 1
    for (let hour = Math.floor(from / 60); hour <= Math.floor(to / 60); hour++)
      add('pack', hour, hour - Math.floor(from / 60), 1, hour === Math.floor(to / 60) ? 1 : 0)
  }
  const stratum = (minute: number) => Math.floor(Math.log2(Math.max(1, levels[minute] ?? 1)))
  for (let minute = 0; minute < hours * 60; minute++)
    if ((levels[minute] ?? 0) > 0) add('pace', Math.floor(minute / 60), stratum(minute), 60, 0)
  for (const { to } of pieces) add('pace', Math.floor(to / 60), stratum(to - 1), 0, 1)
  const found = new Map<number, StepRow[]>()
  for (const { hour, row } of cells.values()) found.set(hour, [...(found.get(hour) ?? []), row])
  return found
}

/** First hour in which a slice is told, by key. */
function toldBy(hours: number, happens: Happening): Map<string, number> {
  const book = new StepBook(new Map(nodes.map((node) => [node, place])), place)
  const limits = ({ kin, kind }: Slice) => {
    const { leastShare, leastChange, restHours } = kind
    const alarm = Math.log(168 * 0.75 * 24 * kin.slices.length)
    return { alarm, leastShare, leastChange, restHours, settleHours: 120 }
  }
  const rows = nodes.map((node) => rowsOf(node, hours, happens))
  const told = new Map<string, number>()
  for (let hour = 0; hour < hours; hour++) {
    book.take(
      firstHour + hour,
      rows.flatMap((own) => own.get(hour) ?? []),
      limits,
    )
    noteTold(told, rootsNow(book, limits), hour)
  }
  return told
}

test('a node with hands to spare that slows down is told, though its work is done within the hour', () => {
  const told = toldBy(begin + 60, { left: (node, hour) => (node === 'n2' && hour >= begin ? 0.5 : 1) })
  expect([...told.keys()]).toEqual(['node/n2'])
  expect((told.get('node/n2') ?? 0) - begin).toBeLessThan(48)
})

test('a node that loses its hands little by little is told before most of them are gone', () => {
  const lost = (hour: number) => Math.min(0.7, Math.max(0, (hour - begin) / 145))
  const told = toldBy(begin + 102, { left: (node, hour) => (node === 'n1' ? 1 - lost(hour) : 1) })
  expect([...told.keys()]).toEqual(['node/n1'])
})

test('less or more work is no slower work, whether pieces wait for each other or not', () => {
  for (const eachAlone of [undefined, 25, 150]) {
    for (const times of [0.4, 1.5]) {
      const comes = (hour: number) => (hour >= begin ? times : 1)
      const told = toldBy(begin + 96, { comes, ...(eachAlone === undefined ? {} : { eachAlone }) })
      expect([...told]).toEqual([])
    }
  }
})

test('a node that is closed on Sundays does not stand still when more than ever waits on one', () => {
  const day = (minute: number) => Math.floor(minute / 1440)
  // Of most Saturdays a piece is left, of the last one three.
  const told = toldBy(begin, {
    closed: (minute) => day(minute) % 7 === 0,
    leftOver: (_, hour) => (hour % 168 !== 6 * 24 + 22 ? 0 : hour < quietHours - 24 ? 1 : 3),
  })
  expect([...told]).toEqual([])
})
