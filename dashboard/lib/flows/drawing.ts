// A flow as a drawing: its tiles in layers from the start down, and the ways between them. It draws nothing itself.

import type { api } from '#data/contracts'
import { tileWords } from './words.ts'

type Tile = api.FlowTile

/** A way out of a tile. */
export interface Way {
  label: string
  to: string
}

/** A box of the drawing. Lengths are px of the drawing. */
export interface Box {
  id: string
  title: string
  kind: string
  tone: 'plain' | 'act' | 'wait' | 'end'
  x: number
  y: number
}

/** A line of the drawing. */
export interface Line {
  from: string
  to: string
  label: string
  path: string
  /** Where its label stands. */
  at: { x: number; y: number }
  isBack: boolean
}

/** A drawing. */
export interface Drawing {
  width: number
  height: number
  boxes: Box[]
  lines: Line[]
}

/** Size of a box, and the room between boxes. */
export const boxSize = { width: 176, height: 44 }
const gap = { x: 28, y: 44 }
const margin = 12

/** Ways out of a tile, as they are written. */
export function waysOf(tile: Tile): Way[] {
  const way = (label: string, to: string | undefined): Way[] => (to === undefined ? [] : [{ label, to }])
  switch (tile.type) {
    case 'exit':
      return []
    case 'condition':
      return [...way('yes', tile.yes), ...way('no', tile.no)]
    case 'splitter':
      return [
        ...tile.branches.map(({ when, next }, i) => ({ label: when === '' ? 'rest' : `${i + 1}`, to: next })),
        ...way('rest', tile.rest),
      ]
    case 'approval':
      return [
        ...way('approved', tile.approved),
        ...way('rejected', tile.rejected),
        ...way('timed out', tile.timedOut),
      ]
    case 'wait':
      return [...way('', tile.next), ...way('timed out', tile.timedOut)]
    default:
      return [...way('', tile.next), ...('failed' in tile ? way('failed', tile.failed) : [])]
  }
}

/** Layers of the tiles, and the ways that lead back. */
function layersOf(tiles: ReadonlyMap<string, Tile>, start: string) {
  const back = new Set<string>()
  const order: string[] = []
  const onPath = new Set<string>()
  const seen = new Set<string>()
  const visit = (id: string) => {
    seen.add(id)
    onPath.add(id)
    const tile = tiles.get(id)
    for (const { to } of tile === undefined ? [] : waysOf(tile)) {
      if (onPath.has(to)) back.add(`${id} ${to}`)
      else if (!seen.has(to) && tiles.has(to)) visit(to)
    }
    onPath.delete(id)
    order.unshift(id)
  }
  visit(start)
  for (const id of tiles.keys()) if (!seen.has(id)) visit(id)
  const layer = new Map<string, number>(order.map((id) => [id, 0]))
  for (const id of order) {
    const tile = tiles.get(id)
    for (const { to } of tile === undefined ? [] : waysOf(tile)) {
      if (back.has(`${id} ${to}`) || !tiles.has(to)) continue
      layer.set(to, Math.max(layer.get(to) ?? 0, (layer.get(id) ?? 0) + 1))
    }
  }
  return { layer, back, order }
}

/** What stands in a row: a tile, or the place where a way passes by. */
interface Spot {
  id: string
  width: number
  /** Middle, px. */
  x: number
  row: number
}

/** A way with the spots that it passes. */
interface Course {
  from: string
  to: string
  label: string
  through: string[]
}

/** Room that a way takes which passes a row. */
const passing = 14

/** The drawing of a flow. Cost: what it takes to walk over its tiles. */
export function drawFlow({ tiles: list }: Pick<api.FlowDocument, 'tiles'>): Drawing {
  const tiles = new Map(list.map((tile) => [tile.id, tile]))
  const start = list.find(({ type }) => type === 'start')?.id ?? list[0]?.id ?? ''
  const { layer, back, order } = layersOf(tiles, start)
  const rows: Spot[][] = []
  const put = (id: string, row: number, width: number) => {
    rows[row] = [...(rows[row] ?? []), { id, width, x: 0, row }]
  }
  for (const id of order) put(id, layer.get(id) ?? 0, boxSize.width)
  const courses: Course[] = []
  const backs: Course[] = []
  for (const id of order) {
    for (const { label, to } of joined(waysOf(tiles.get(id) as Tile))) {
      if (!tiles.has(to)) continue
      const course: Course = { from: id, to, label, through: [] }
      if (back.has(`${id} ${to}`)) {
        backs.push(course)
        continue
      }
      for (let row = (layer.get(id) ?? 0) + 1; row < (layer.get(to) ?? 0); row++) {
        const passed = `${id} ${to} ${row}`
        course.through.push(passed)
        put(passed, row, passing)
      }
      courses.push(course)
    }
  }
  const width = placed(rows, courses) + 2 * margin + (backs.length > 0 ? 40 : 0)
  const spots = new Map(rows.flat().map((spot) => [spot.id, spot]))
  const boxes = list.flatMap((tile) => {
    const spot = spots.get(tile.id)
    return spot === undefined
      ? []
      : [
          {
            ...boxOf(tile),
            x: margin + spot.x - boxSize.width / 2,
            y: margin + spot.row * (boxSize.height + gap.y),
          },
        ]
  })
  const byId = new Map(boxes.map((box) => [box.id, box]))
  const lines = [...courses, ...backs].flatMap((course) => {
    const [a, b] = [byId.get(course.from), byId.get(course.to)]
    if (a === undefined || b === undefined) return []
    const { label } = course
    if (backs.includes(course)) return [backLine(a, b, label)]
    const points = course.through.flatMap((id) => {
      const spot = spots.get(id)
      return spot === undefined
        ? []
        : [{ x: margin + spot.x, y: margin + spot.row * (boxSize.height + gap.y) }]
    })
    return [lineOf(a, b, label, points)]
  })
  const height = rows.length * (boxSize.height + gap.y) - gap.y + 2 * margin
  return { width, height, boxes, lines }
}

/** Ways to the same tile as one. */
function joined(ways: readonly Way[]): Way[] {
  const found = new Map<string, string>()
  for (const { label, to } of ways) found.set(to, found.has(to) ? `${found.get(to)}, ${label}` : label)
  return [...found].map(([to, label]) => ({ to, label }))
}

/** Gives each spot its place: those in a row side by side, in the order of what leads to them. @returns the width */
function placed(rows: readonly Spot[][], courses: readonly Course[]): number {
  const before = new Map<string, string[]>()
  for (const { from, to, through } of courses) {
    const way = [from, ...through, to]
    for (const [i, id] of way.entries()) {
      const last = way[i - 1]
      if (last !== undefined) before.set(id, [...(before.get(id) ?? []), last])
    }
  }
  const roomOf = (row: readonly Spot[]) =>
    row.reduce((sum, { width }) => sum + width, 0) + (row.length - 1) * gap.x
  const width = Math.max(boxSize.width, ...rows.map(roomOf))
  const at = new Map<string, number>()
  for (const row of rows) {
    const wish = (id: string) => {
      const own = (before.get(id) ?? []).flatMap((each) => at.get(each) ?? [])
      return own.length === 0 ? width / 2 : own.reduce((sum, x) => sum + x, 0) / own.length
    }
    const wishes = new Map(row.map(({ id }) => [id, wish(id)]))
    row.sort((a, b) => (wishes.get(a.id) ?? 0) - (wishes.get(b.id) ?? 0))
    let x = (width - roomOf(row)) / 2
    for (const spot of row) {
      spot.x = x + spot.width / 2
      at.set(spot.id, spot.x)
      x += spot.width + gap.x
    }
  }
  return width
}

const waits: ReadonlySet<string> = new Set(['timer', 'wait', 'approval'])
const ends: ReadonlySet<string> = new Set(['start', 'exit'])
const plain: ReadonlySet<string> = new Set(['condition', 'splitter', 'condition_merge', 'splitter_merge'])

function boxOf(tile: Tile): Omit<Box, 'x' | 'y'> {
  const { type, id, title } = tile
  const tone = ends.has(type) ? 'end' : waits.has(type) ? 'wait' : plain.has(type) ? 'plain' : 'act'
  return { id, title: title ?? tileWords[type], kind: tileWords[type], tone }
}

interface Point {
  x: number
  y: number
}

/** A way down, past the rows between. @param points where it enters each of those rows */
function lineOf(a: Box, b: Box, label: string, points: readonly Point[]): Line {
  const half = boxSize.width / 2
  const from = { x: a.x + half, y: a.y + boxSize.height }
  const end = { x: b.x + half, y: b.y }
  const parts = [`M${from.x} ${from.y}`]
  let last = from
  const curve = ({ x, y }: Point) => {
    const middle = (last.y + y) / 2
    parts.push(`C${last.x} ${middle} ${x} ${middle} ${x} ${y}`)
    last = { x, y }
  }
  for (const point of points) {
    curve(point)
    last = { x: point.x, y: point.y + boxSize.height }
    parts.push(`L${last.x} ${last.y}`)
  }
  curve(end)
  const first = points[0] ?? end
  // Near where it arrives first: ways out of one box have parted there.
  const at = { x: first.x + 6, y: first.y - 6 }
  return { from: a.id, to: b.id, label, isBack: false, path: parts.join(''), at }
}

function backLine(a: Box, b: Box, label: string): Line {
  const [x1, y1] = [a.x + boxSize.width, a.y + boxSize.height / 2]
  const [x2, y2] = [b.x + boxSize.width, b.y + boxSize.height / 2]
  const out = Math.max(x1, x2) + 30
  const path = `M${x1} ${y1}C${out} ${y1} ${out} ${y2} ${x2} ${y2}`
  return { from: a.id, to: b.id, label, isBack: true, path, at: { x: out - 6, y: (y1 + y2) / 2 } }
}
