// Where places of the earth lie on a flat map: a projection fitted to points, and the way back. Pure; it draws nothing.

/** A place on the earth, degrees. */
export interface Place {
  latitude: number
  longitude: number
}

/** A fitted map: what Vega is told, so that places computed here and marks drawn there agree to the pixel. */
export interface MapView {
  /** Conic maps keep areas of one continent, the other one shows the whole earth. */
  type: 'conicEqualArea' | 'mercator'
  /** Meridian in the middle, degrees. */
  meridian: number
  parallels: [number, number]
  scale: number
  translate: [number, number]
  width: number
  height: number
}

const radians = Math.PI / 180
/** Beyond these the other kind of map would show little but poles. */
const poleMost = 78
/** A map shows at least this much, degrees: nearer there is nothing to see on it. */
const leastSpan = 5
const conicMost = 95
const conicFrom = 12

/** The view that shows all places with room around them; the whole earth where there are none. */
export function fitMap(
  places: readonly Place[],
  size: { width: number; height: number },
  room = 34,
): MapView {
  const shown = places.length === 0 ? wholeEarth : places
  const { west, east } = widest(shown.map(({ longitude }) => longitude))
  const meridian = turned((west + east) / 2)
  const latitudes = shown.map(({ latitude }) => Math.max(-poleMost, Math.min(poleMost, latitude)))
  let [south, north] = [Math.min(...latitudes), Math.max(...latitudes)]
  const half = Math.max(0, leastSpan - (north - south)) / 2
  south -= half
  north += half
  const halfWide = Math.max(leastSpan / Math.cos(((south + north) / 2) * radians), east - west) / 2
  const isConic = halfWide * 2 < conicMost && Math.abs(south + north) / 2 > conicFrom
  const sixth = (north - south) / 6
  const flat: MapView = {
    type: isConic ? 'conicEqualArea' : 'mercator',
    meridian,
    parallels: [rounded(south + sixth), rounded(north - sixth)],
    scale: 1,
    translate: [0, 0],
    ...size,
  }
  return fitted(flat, edgeOf(shown, meridian, halfWide, [south, north]), room)
}

/** The outline that has to be seen: the places, and the least span around their middle. */
function edgeOf(
  shown: readonly Place[],
  meridian: number,
  halfWide: number,
  [south, north]: [number, number],
): Place[] {
  const middle = (south + north) / 2
  const wide = [-halfWide, halfWide].map((by) => ({ latitude: middle, longitude: meridian + by }))
  const tall = [south, north].map((latitude) => ({ latitude, longitude: meridian }))
  return [...shown, ...wide, ...tall]
}

function fitted(flat: MapView, edge: readonly Place[], room: number): MapView {
  const spots = edge.map((place) => spotOf(flat, place))
  const [left, right] = [Math.min(...spots.map(([x]) => x)), Math.max(...spots.map(([x]) => x))]
  const [top, bottom] = [Math.min(...spots.map(([, y]) => y)), Math.max(...spots.map(([, y]) => y))]
  const [wide, tall] = [Math.max(1, flat.width - 2 * room), Math.max(1, flat.height - 2 * room)]
  const scale = rounded(Math.min(wide / Math.max(1e-6, right - left), tall / Math.max(1e-6, bottom - top)))
  const translate: [number, number] = [
    rounded(flat.width / 2 - (scale * (left + right)) / 2),
    rounded(flat.height / 2 - (scale * (top + bottom)) / 2),
  ]
  return { ...flat, scale, translate }
}

const wholeEarth: readonly Place[] = [
  { latitude: -50, longitude: -170 },
  { latitude: 70, longitude: 170 },
]

/** Where a place is seen, px from the left and from the top. */
export function spotOf(view: MapView, { latitude, longitude }: Place): [number, number] {
  const lambda = turned(longitude - view.meridian) * radians
  const phi = latitude * radians
  const [x, y] = view.type === 'mercator' ? mercator(lambda, phi) : cone(view.parallels).to(lambda, phi)
  return [view.translate[0] + view.scale * x, view.translate[1] - view.scale * y]
}

/** The place that is seen at px from the left and from the top. */
export function placeAt(view: MapView, x: number, y: number): Place {
  const [flatX, flatY] = [(x - view.translate[0]) / view.scale, (view.translate[1] - y) / view.scale]
  const [lambda, phi] =
    view.type === 'mercator'
      ? [flatX, 2 * Math.atan(Math.exp(flatY)) - Math.PI / 2]
      : cone(view.parallels).from(flatX, flatY)
  return { latitude: phi / radians, longitude: turned(lambda / radians + view.meridian) }
}

function mercator(lambda: number, phi: number): [number, number] {
  return [lambda, Math.log(Math.tan(Math.PI / 4 + phi / 2))]
}

/** Albers' equal-area cone over two parallels; as d3 computes it, with latitude 0 in the middle. */
function cone([first, second]: [number, number]) {
  const sine = Math.sin(first * radians)
  const n = (sine + Math.sin(second * radians)) / 2
  const c = 1 + sine * (2 * n - sine)
  const r0 = Math.sqrt(c) / n
  return {
    to(lambda: number, phi: number): [number, number] {
      const r = Math.sqrt(Math.max(0, c - 2 * n * Math.sin(phi))) / n
      return [r * Math.sin(lambda * n), r0 - r * Math.cos(lambda * n)]
    },
    from(x: number, y: number): [number, number] {
      const down = r0 - y
      const turn = Math.atan2(x * Math.sign(n), down * Math.sign(n))
      const sinePhi = (c - (x * x + down * down) * n * n) / (2 * n)
      return [turn / n, Math.asin(Math.max(-1, Math.min(1, sinePhi)))]
    },
  }
}

/** The smallest arc that holds all longitudes, from its west to its east end; east may be beyond 180. */
function widest(longitudes: readonly number[]): { west: number; east: number } {
  const sorted = longitudes.map(turned).sort((a, b) => a - b)
  const first = sorted[0] ?? 0
  let gap = { size: first + 360 - (sorted.at(-1) ?? 0), west: first }
  sorted.forEach((longitude, i) => {
    const next = sorted[i + 1]
    if (next !== undefined && next - longitude > gap.size) gap = { size: next - longitude, west: next }
  })
  return { west: gap.west, east: gap.west + 360 - gap.size }
}

/** Between -180 and 180. */
function turned(degrees: number): number {
  return ((((degrees + 180) % 360) + 360) % 360) - 180
}

function rounded(value: number): number {
  return Number(value.toPrecision(9))
}

/** Boxes that hold the United States with little else: the states between two oceans, Alaska, Hawaii. */
const usBoxes = [
  { south: 24.3, north: 49.4, west: -125, east: -66.8 },
  { south: 51, north: 71.5, west: -179.5, east: -129.9 },
  { south: 18.8, north: 22.4, west: -160.6, east: -154.7 },
]

/** Outlines of land that can be drawn below a map. */
export type BaseName = 'us' | 'world'

/** Corners of the land that lies between the two oceans, north and south of which it ends. */
const usCorners: readonly Place[] = [
  { latitude: 48.4, longitude: -124.7 },
  { latitude: 49, longitude: -95.2 },
  { latitude: 47.4, longitude: -67 },
  { latitude: 24.6, longitude: -81.7 },
  { latitude: 25.9, longitude: -97.3 },
  { latitude: 32.5, longitude: -117.2 },
]

/** What has to be seen where the whole country is to be: the places, and the states where everything lies in them. */
export function wholeCountry(places: readonly Place[]): readonly Place[] {
  return baseOf(places) === 'us' ? [...places, ...usCorners] : places
}

/** The states where everything lies in them, else the world. */
export function baseOf(places: readonly Place[]): BaseName {
  const isUs = ({ latitude, longitude }: Place) =>
    usBoxes.some(
      (box) =>
        latitude >= box.south && latitude <= box.north && longitude >= box.west && longitude <= box.east,
    )
  return places.length > 0 && places.every(isUs) ? 'us' : 'world'
}
