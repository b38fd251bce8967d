// A map of nodes: land, lines, marks by shape, names. Pure; the outlines of the land are given to it.

import type { TopLevelSpec } from 'vega-lite'
import { chartConfig } from './config.ts'
import { type Side, type Spot, sides, sidesOf } from './labels.ts'
import type { Palette } from './palette.ts'
import { type MapView, type Place, spotOf } from './projection.ts'

/** What a mark stands for; each has a shape of its own. */
export const markKinds = ['out', 'other', 'runnerUp', 'chosen', 'destination'] as const
export type MarkKind = (typeof markKinds)[number]

/** A mark on a map. */
export interface MapPoint extends Place {
  id: string
  name: string
  kind: MarkKind
  /** Whether its name is written beside it where there is room. */
  isNamed: boolean
}

/** A way on a map. */
export interface MapLine {
  from: Place
  to: Place
  isDashed?: boolean
}

/** Outlines of land as TopoJSON, and the name of the object in it that is drawn. */
export interface BaseMap {
  topology: object
  feature: string
}

/** What the map draws. */
export interface MapChart {
  view: MapView
  base: BaseMap | null
  points: readonly MapPoint[]
  lines: readonly MapLine[]
  palette: Palette
}

/** Outlines of the marks in a square from -1 to 1; the pin stands on its place. */
export const markPaths: Record<MarkKind, string> = {
  out: 'M-.75,-.75L.75,.75M.75,-.75L-.75,.75',
  other: 'M0,-.9A.9,.9 0 1 1 0,.9A.9,.9 0 1 1 0,-.9Z',
  runnerUp: 'M-.85,-.85H.85V.85H-.85Z',
  chosen: 'M0,-1A1,1 0 1 1 0,1A1,1 0 1 1 0,-1Z',
  destination: 'M0,0C-.3,-.55 -.85,-.85 -.85,-1.35A.85,.85 0 1 1 .85,-1.35C.85,-.85 .3,-.55 0,0Z',
}

/** The Vega-Lite spec of a map of exactly the view's size. */
export function mapSpec({ view, base, points, lines, palette }: MapChart): TopLevelSpec {
  const layers = [
    ...(base === null ? [] : [landLayer(base, palette)]),
    ...lineLayers(lines, palette),
    ...markKinds.flatMap((kind) => markLayer(kind, points, palette)),
    ...nameLayers(points, lines, view, palette),
  ]
  return {
    $schema: 'https://vega.github.io/schema/vega-lite/v6.json',
    width: view.width,
    height: view.height,
    autosize: 'none',
    config: { ...chartConfig(palette), padding: 0 },
    projection: projectionOf(view),
    layer: layers,
  } as unknown as TopLevelSpec
}

function projectionOf({ type, meridian, parallels, scale, translate }: MapView) {
  return {
    type,
    rotate: [-meridian, 0, 0],
    center: [0, 0],
    ...(type === 'conicEqualArea' ? { parallels } : {}),
    scale,
    translate,
  }
}

function landLayer({ topology, feature }: BaseMap, palette: Palette) {
  return {
    data: { values: topology, format: { type: 'topojson', feature } },
    mark: {
      type: 'geoshape',
      fill: palette.land,
      stroke: palette.ghost,
      strokeOpacity: 0.4,
      strokeWidth: 0.75,
    },
  }
}

function lineLayers(lines: readonly MapLine[], palette: Palette) {
  const layer = (some: readonly MapLine[], strokeDash: number[] | null) => ({
    data: {
      values: some.map(({ from, to }) => ({
        latitude: from.latitude,
        longitude: from.longitude,
        latitude2: to.latitude,
        longitude2: to.longitude,
      })),
    },
    mark: {
      type: 'rule',
      color: palette.line,
      strokeWidth: 1.75,
      strokeCap: 'round',
      ...(strokeDash === null ? {} : { strokeDash }),
    },
    encoding: { ...lonLat, longitude2: { field: 'longitude2' }, latitude2: { field: 'latitude2' } },
  })
  const dashed = lines.filter(({ isDashed }) => isDashed === true)
  const solid = lines.filter(({ isDashed }) => isDashed !== true)
  return [
    ...(solid.length === 0 ? [] : [layer(solid, null)]),
    ...(dashed.length === 0 ? [] : [layer(dashed, [4, 4])]),
  ]
}

const lonLat = {
  longitude: { field: 'longitude', type: 'quantitative' },
  latitude: { field: 'latitude', type: 'quantitative' },
} as const

function markLayer(kind: MarkKind, points: readonly MapPoint[], palette: Palette) {
  const values = points
    .filter((point) => point.kind === kind)
    .map(({ id, latitude, longitude }) => ({ id, latitude, longitude }))
  if (values.length === 0) return []
  const looks = {
    out: { size: 70, filled: false, stroke: palette.ghost, strokeWidth: 1.5 },
    other: { size: 70, filled: true, fill: palette.panel, stroke: palette.line, strokeWidth: 1.5 },
    runnerUp: { size: 110, filled: true, fill: palette.panel, stroke: palette.line, strokeWidth: 2 },
    chosen: { size: 150, filled: true, fill: palette.line, stroke: palette.panel, strokeWidth: 1.5 },
    destination: { size: 190, filled: true, fill: palette.ink, stroke: palette.panel, strokeWidth: 1 },
  } as const
  return [
    {
      data: { values },
      mark: { type: 'point', shape: markPaths[kind], opacity: 1, ...looks[kind] },
      encoding: lonLat,
    },
  ]
}

const offsets: Record<Side, object> = {
  right: { align: 'left', baseline: 'middle', dx: 10 },
  left: { align: 'right', baseline: 'middle', dx: -10 },
  above: { align: 'center', baseline: 'bottom', dy: -9 },
  below: { align: 'center', baseline: 'top', dy: 9 },
}

/** Names by their side of the mark, the most important first. */
function nameLayers(points: readonly MapPoint[], lines: readonly MapLine[], view: MapView, palette: Palette) {
  const spots = points.map((point) => ({ ...point, ...spot(view, point) }))
  const rank = (point: MapPoint) => markKinds.indexOf(point.kind)
  const named = spots.filter(({ isNamed }) => isNamed).sort((a, b) => rank(b) - rank(a))
  const ways = lines.flatMap((line) => along(line, view))
  const placed = sidesOf(named, spots, ways, view)
  return sides.flatMap((side) => {
    const values = named
      .filter((_, i) => placed[i] === side)
      .map(({ name, latitude, longitude }) => ({ name, latitude, longitude }))
    if (values.length === 0) return []
    return [
      {
        data: { values },
        mark: { type: 'text', color: palette.ink, fontSize: 11.5, ...offsets[side] },
        encoding: { ...lonLat, text: { field: 'name', type: 'nominal' } },
      },
    ]
  })
}

function spot(view: MapView, place: Place): Spot {
  const [x, y] = spotOf(view, place)
  return { x, y }
}

const step = 10

/** Spots on a line that names had better not hide, without those at its ends. */
function along({ from, to }: MapLine, view: MapView): Spot[] {
  const [a, b] = [spot(view, from), spot(view, to)]
  const count = Math.floor(Math.hypot(b.x - a.x, b.y - a.y) / step)
  return Array.from({ length: Math.max(0, count - 1) }, (_, i) => {
    const share = (i + 1) / count
    return { x: a.x + (b.x - a.x) * share, y: a.y + (b.y - a.y) * share }
  })
}
