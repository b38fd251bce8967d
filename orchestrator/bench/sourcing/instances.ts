// Made-up batches of orders on a made-up network, the same for a seed: cheap and dear places, scarce goods, days that
// are nearly full. It never looks at real data.

import { type Random, seededRandom } from '#data/kernel'
import type { Place, Problem, SolverCapacity, SolverOrder, Way } from '#orchestrator/sourcing'

/** How large and how tight. */
export interface InstanceOptions {
  seed: number | string
  orders: number
  nodes: number
  /** Default: one for ten orders, at least 50. */
  skus?: number
  /** Lines of an order are 1 to this; default 4. */
  linesMax?: number
  /** Share of SKUs of which there is less than wanted; default 0.2. */
  scarce?: number
  /** Work that a place can do, as a share of what would like to go there; default 0.7 to 1.1. */
  capacity?: readonly [number, number]
  /** Work that a central place can do beyond that, as a share of what a place gets on average; default 2. */
  room?: number
  /** Cents for a unit without a place; default 5,000. */
  unservedCost?: number
  /** Pieces of work of an order; default 3. */
  maxNodes?: number
}

interface Site {
  /** A piece of work of the place's day; shared by all ways from there. */
  uses: Way['uses']
  x: number
  y: number
  processing: number
  perLine: number
  isCentral: boolean
}

interface Wanted {
  x: number
  y: number
  lines: { sku: number; quantity: number }[]
}

/** Kilometres from one edge of the made-up country to the other. */
const width = 4000

/**
 * A batch: places near customers are cheap and full, central ones are dear and roomy; two services each.
 * @returns costs in cents
 */
export function makeInstance(options: InstanceOptions): Problem {
  const random = seededRandom(`sourcing/${options.seed}`)
  const skus = options.skus ?? Math.max(50, Math.round(options.orders / 10))
  const weights = Array.from({ length: skus }, () => 0.2 + random.exponential(1.5))
  const sites = Array.from({ length: options.nodes }, (_, i) => site(random, i, i % 5 === 0))
  const cities = Array.from({ length: 40 }, () => ({ x: random.next() * width, y: random.next() * width }))
  const wanted = Array.from({ length: options.orders }, () =>
    want(random, cities, skus, options.linesMax ?? 4),
  )
  const stock = stockOf(random, wanted, skus, options)
  const can = (node: number, sku: number) => (stock.get(node * skus + sku) ?? 0) > 0
  const orders = wanted.map((each, i) => orderOf(each, i, sites, weights, can, options))
  return {
    nodes: options.nodes,
    skus,
    orders,
    stock: (node, sku) => stock.get(node * skus + sku) ?? 0,
    capacities: capacitiesOf(random, orders, options),
  }
}

function site(random: Random, node: number, isCentral: boolean): Site {
  return {
    uses: [{ capacity: node, each: 1, perLine: 0, perUnit: 0 }],
    x: random.next() * width,
    y: random.next() * width,
    processing: (isCentral ? 60 : 120) + random.next() * 80,
    perLine: 20 + random.next() * 40,
    isCentral,
  }
}

function want(random: Random, cities: { x: number; y: number }[], skus: number, linesMax: number): Wanted {
  const city = random.pick(cities)
  const lines = new Map<number, number>()
  for (let left = random.int(1, linesMax); left > 0; left--) {
    const sku = Math.floor(skus * random.next() ** 2)
    lines.set(sku, random.next() < 0.8 ? 1 : random.int(2, 3))
  }
  return {
    x: city.x + random.normal(0, 60),
    y: city.y + random.normal(0, 60),
    lines: [...lines].map(([sku, quantity]) => ({ sku, quantity })),
  }
}

/** Units of each SKU over the places that keep it: scarce ones nearly run out, of others there is plenty. */
function stockOf(
  random: Random,
  wanted: Wanted[],
  skus: number,
  options: InstanceOptions,
): Map<number, number> {
  const demand = new Float64Array(skus)
  for (const { lines } of wanted)
    for (const { sku, quantity } of lines) demand[sku] = (demand[sku] as number) + quantity
  const stock = new Map<number, number>()
  for (let sku = 0; sku < skus; sku++) {
    const isScarce = random.next() < (options.scarce ?? 0.2)
    const total = (demand[sku] as number) * (isScarce ? 0.9 + random.next() * 0.3 : 4 + random.next() * 8)
    const keepers: number[] = []
    for (let node = 0; node < options.nodes; node++) {
      // a central place keeps everything, and more of it: it stands in the list several times
      const times = node % 5 === 0 ? 6 : random.next() < 0.35 ? 1 : 0
      for (let i = 0; i < times; i++) keepers.push(node)
    }
    const share = 1 + Math.floor(total / keepers.length)
    for (let left = Math.ceil(total); left > 0 && keepers.length > 0; left -= share) {
      const node = random.pick(keepers)
      stock.set(node * skus + sku, (stock.get(node * skus + sku) ?? 0) + Math.min(left, share))
    }
  }
  return stock
}

function orderOf(
  wanted: Wanted,
  index: number,
  sites: Site[],
  weights: number[],
  can: (node: number, sku: number) => boolean,
  options: InstanceOptions,
): SolverOrder {
  const places: Place[] = []
  const each = wanted.lines.map(({ sku }) => weights[sku] as number)
  for (const [node, at] of sites.entries()) {
    let bits = 0
    for (const [i, { sku }] of wanted.lines.entries()) if (can(node, sku)) bits |= 1 << i
    if (bits === 0) continue
    const distance = Math.hypot(at.x - wanted.x, at.y - wanted.y)
    const ways = [new Trip(at, distance, each, slow), new Trip(at, distance, each, fast)]
    places.push({ node, distance, can: bits, ways })
  }
  return {
    id: `order-${index}`,
    lines: wanted.lines,
    places,
    splitCost: 150,
    maxNodes: options.maxNodes ?? 3,
    maxNodesPerLine: 2,
    isWhole: false,
    unservedCost: options.unservedCost ?? 5000,
  }
}

/** A service: a base price, a price per kilometre, and what it saves by being fast. */
interface Service {
  base: number
  perKm: number
  saved: number
}

const slow: Service = { base: 450, perKm: 0.11, saved: 0 }
const fast: Service = { base: 900, perKm: 0.06, saved: 150 }

/** A way by a service: a kilometre costs more with the weight, in steps. There are millions, so it is small. */
class Trip implements Way {
  readonly #site: Site
  readonly #distance: number
  readonly #weights: readonly number[]
  readonly #service: Service

  constructor(site: Site, distance: number, weights: readonly number[], service: Service) {
    this.#site = site
    this.#distance = distance
    this.#weights = weights
    this.#service = service
  }

  get uses(): Way['uses'] {
    return this.#site.uses
  }

  cost(units: readonly number[]): number {
    const weights = this.#weights
    const distance = this.#distance
    const { base, perKm, saved } = this.#service
    const { processing, perLine } = this.#site
    let weight = 0
    let lines = 0
    for (let i = 0; i < units.length; i++) {
      weight += (weights[i] as number) * (units[i] as number)
      if ((units[i] as number) > 0) lines++
    }
    const steps = Math.ceil(weight / 2)
    const late = Math.max(0, distance - 1200) * 0.08
    return Math.round(
      processing + perLine * lines + base + distance * perKm * (0.6 + 0.2 * steps) + late - saved,
    )
  }
}

/** Pieces of work a day: of places near customers a share of what would go there, of central ones plenty. */
function capacitiesOf(random: Random, orders: SolverOrder[], options: InstanceOptions): SolverCapacity[] {
  const load = new Float64Array(options.nodes)
  for (const order of orders) {
    const full = 2 ** order.lines.length - 1
    const all = order.lines.map((line) => line.quantity)
    let best = Number.POSITIVE_INFINITY
    let at = -1
    for (const place of order.places) {
      if (place.can !== full) continue
      const cost = Math.min(...place.ways.map((each) => each.cost(all)))
      if (cost < best) {
        best = cost
        at = place.node
      }
    }
    if (at >= 0) load[at] = (load[at] as number) + 1
  }
  const [low, high] = options.capacity ?? [0.7, 1.1]
  const room = options.room ?? 2
  const mean = orders.length / options.nodes
  return Array.from(load, (wished, node) => {
    const share = low + random.next() * (high - low)
    return { limit: Math.max(1, Math.round(share * wished + (node % 5 === 0 ? room * mean : 0))) }
  })
}
