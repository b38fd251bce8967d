// A made-up retailer for tests of lateness: six nodes with a queue each, two carriers, four regions. Load makes work
// late: on rush days more comes in than a node can do. The same seed gives the same work.

import { seededRandom } from '#data/kernel'
import type { Passage } from '../../../models/late/passage.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** Since when work is made up: a Thursday. */
export const start = Date.UTC(2026, 0, 1)

const nodes = [0, 1, 2, 3, 4, 5] as const

const regions = [
  ['north', 30],
  ['east', 40],
  ['south', 52],
  ['west', 70],
] as const

/** What is made up. */
export interface MadeOptions {
  days?: number
  perDay?: number
  seed?: string
  /** Hours from release to promise. */
  promiseHours?: number
}

/** Work in order of its release; all of it came. */
export function madeWorks(options: MadeOptions = {}): Passage[] {
  const { days = 60, perDay = 70, seed = 'made', promiseHours = 96 } = options
  const random = seededRandom(seed)
  const freeAt = nodes.map(() => start)
  const works: Passage[] = []
  for (let day = 0; day < days; day++) {
    // every node has its own rush days
    const rush = nodes.map((node) => ((day + 2 * node) % 11 < 2 ? 2.6 : 0.8))
    const hours = nodes.map((node) =>
      Array.from(
        { length: random.poisson((perDay / nodes.length) * (rush[node] ?? 1)) },
        () => random.next() * 24,
      ),
    )
    const today = hours.flatMap((list, node) => list.map((hour) => ({ node, hour })))
    for (const { node, hour } of today.sort((a, b) => a.hour - b.hour)) {
      const releasedAt = Math.round(start + day * dayMs + hour * hourMs)
      const begins = Math.max(releasedAt, freeAt[node] ?? 0)
      const leaves = begins + (24 / ((1.25 * perDay) / nodes.length)) * hourMs * random.exponential(1)
      freeAt[node] = leaves
      const [region, transit] = random.pick(regions)
      const carrier = random.next() < 0.7 ? 'quick' : 'slow'
      const way = transit * (carrier === 'slow' ? 1.3 : 1) * Math.exp(random.normal(0, 0.18))
      const shippedAt = Math.round(leaves + hourMs)
      works.push({
        orderId: `o${String(works.length).padStart(6, '0')}`,
        workId: 'w1',
        node: `node ${node}`,
        carrier,
        origin: `home ${node}`,
        region,
        method: 'delivery',
        skuClass: random.pick(['shoes', 'books']),
        releasedAt,
        shippedAt,
        deliveredAt: Math.round(shippedAt + way * hourMs),
        endedAt: null,
        promisedAt: releasedAt + promiseHours * hourMs,
        lines: random.int(1, 4),
        units: random.int(1, 8),
        value: random.int(5, 200),
        freight: 5,
        weightG: null,
        volumeCm3: null,
        distanceKm: transit * 20,
      })
    }
  }
  return works
}

/** The work as it was known at an instant: what came later is not told. */
export function asOf(works: readonly Passage[], at: number): Passage[] {
  const known = (instant: number | null) => (instant !== null && instant < at ? instant : null)
  return works
    .filter(({ releasedAt }) => releasedAt < at)
    .map((work) => ({
      ...work,
      shippedAt: known(work.shippedAt),
      deliveredAt: known(work.deliveredAt),
      endedAt: known(work.endedAt),
    }))
}
