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

/** The drawing of a flow. Cost: what it takes to walk over its tiles. */
export function drawFlow({ tiles: list }: Pick<api.FlowDocument, 'tiles'>): Drawing {
  const tiles = new Map(list.map((tile) => [tile.id, tile]))
  const start = list.find(({ type }) => type === 'start')?.id ?? list[0]?.id ?? ''
  const { layer, back, order } = layersOf(tiles, start)
  const rows: string[][] = []
  for (const id of order) {
    const at = layer.get(id) ?? 0
    rows[at] = [...(rows[at] ?? []), id]
  }
  const widest = Math.max(1, ...rows.map((row) => row.length))
  const width = widest * (boxSize.width + gap.x) - gap.x + 2 * margin
  const places = new Map<string, Box>()
  for (const [row, ids] of rows.entries()) {
    const own = ids.length * (boxSize.width + gap.x) - gap.x
    for (const [column, id] of ids.entries()) {
      const tile = tiles.get(id)
      if (tile === undefined) continue
      const x = (width - own) / 2 + column * (boxSize.width + gap.x)
      places.set(id, { ...boxOf(tile), x, y: margin + row * (boxSize.height + gap.y) })
    }
  }
  const lines = list.flatMap((tile) =>
    waysOf(tile).flatMap(({ label, to }) => {
      const [a, b] = [places.get(tile.id), places.get(to)]
      return a === undefined || b === undefined ? [] : [lineOf(a, b, label, back.has(`${tile.id} ${to}`))]
    }),
  )
  const height = rows.length * (boxSize.height + gap.y) - gap.y + 2 * margin
  return { width, height, boxes: [...places.values()], lines }
}

const waits: ReadonlySet<string> = new Set(['timer', 'wait', 'approval'])
const ends: ReadonlySet<string> = new Set(['start', 'exit'])
const plain: ReadonlySet<string> = new Set(['condition', 'splitter', 'condition_merge', 'splitter_merge'])

function boxOf(tile: Tile): Omit<Box, 'x' | 'y'> {
  const { type, id, title } = tile
  const tone = ends.has(type) ? 'end' : waits.has(type) ? 'wait' : plain.has(type) ? 'plain' : 'act'
  return { id, title: title ?? tileWords[type], kind: tileWords[type], tone }
}

function lineOf(a: Box, b: Box, label: string, isBack: boolean): Line {
  const half = boxSize.width / 2
  const ends = { from: a.id, to: b.id, label, isBack }
  if (isBack) {
    const [x1, y1] = [a.x + boxSize.width, a.y + boxSize.height / 2]
    const [x2, y2] = [b.x + boxSize.width, b.y + boxSize.height / 2]
    const out = Math.max(x1, x2) + 24
    return {
      ...ends,
      path: `M${x1} ${y1}C${out} ${y1} ${out} ${y2} ${x2} ${y2}`,
      at: { x: out - 8, y: (y1 + y2) / 2 },
    }
  }
  const [x1, y1, x2, y2] = [a.x + half, a.y + boxSize.height, b.x + half, b.y]
  const middle = (y1 + y2) / 2
  return {
    ...ends,
    path: `M${x1} ${y1}C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}`,
    // Beside the beginning of the line, so that two ways out of one box do not write over each other.
    at: { x: x1 + (x2 - x1) * 0.25 + 4, y: y1 + 14 },
  }
}
