// The ways that work may go from here on, and what work on each of them usually looks like. It foresees nothing.

import { isCarried, type Passage } from './passage.ts'

const dayMs = 86_400_000
/** Only what was used in so much time is told of, and so many ways at most. */
const usedMs = 60 * dayMs
const waysAtMost = 20_000

/** A way; undefined = whatever its node uses most, null = not known. */
export interface Way {
  node: string
  carrier: string | null | undefined
  region: string | null | undefined
}

const sizes = ['lines', 'units', 'value', 'freight', 'weightG', 'volumeCm3', 'distanceKm'] as const

/** Every node with every carrier it has used, or any, to every region: the busiest nodes first. */
export function waysOf(works: readonly Passage[], now: number): Way[] {
  const recent = works.filter((work) => work.releasedAt > now - usedMs && isCarried(work))
  const carriers = new Map<string, Map<string, number>>()
  const regions = new Map<string, number>()
  for (const { node, carrier, region } of recent) {
    const own = carriers.get(node) ?? new Map<string, number>()
    carriers.set(node, own)
    if (carrier !== null) own.set(carrier, (own.get(carrier) ?? 0) + 1)
    if (region !== null) regions.set(region, (regions.get(region) ?? 0) + 1)
  }
  const counts = countBy(recent, ({ node }) => node)
  const places = [...byCount(regions), null]
  const ways: Way[] = []
  for (const node of byCount(counts)) {
    for (const carrier of [...byCount(carriers.get(node) ?? new Map()), null]) {
      for (const region of places) {
        if (ways.length >= waysAtMost) return ways
        ways.push({ node, carrier, region })
      }
    }
  }
  return ways
}

/** Makes up work of the usual size for a way: as its node usually sends it, as far as it is known. */
export function typicalWork(
  works: readonly Passage[],
  now: number,
): (way: Way, releasedAt: number) => Passage {
  const recent = works.filter((work) => work.releasedAt > now - usedMs && isCarried(work))
  const byNode = Map.groupBy(recent, ({ node }) => node)
  const kept = new Map<string, Passage>()
  const usual = (node: string): Passage => {
    const known = kept.get(node)
    if (known !== undefined) return known
    const some = byNode.get(node) ?? []
    const word = (of: (work: Passage) => string | null) => byCount(countBy(some, of))[0] ?? null
    const means = Object.fromEntries(sizes.map((size) => [size, meanOf(some, size)]))
    const made = {
      ...means,
      orderId: '',
      workId: '',
      node,
      carrier: word(({ carrier }) => carrier),
      origin: word(({ origin }) => origin),
      region: word(({ region }) => region),
      method: word(({ method }) => method) ?? 'delivery',
      skuClass: word(({ skuClass }) => skuClass),
      releasedAt: now,
      shippedAt: null,
      deliveredAt: null,
      endedAt: null,
      promisedAt: null,
    } as unknown as Passage
    kept.set(node, made)
    return made
  }
  return ({ node, carrier, region }, releasedAt) => {
    const own = usual(node)
    return {
      ...own,
      releasedAt,
      carrier: carrier === undefined ? own.carrier : carrier,
      region: region === undefined ? own.region : region,
    }
  }
}

function meanOf(works: readonly Passage[], size: (typeof sizes)[number]): number | null {
  const values = works.flatMap((work) => (work[size] === null ? [] : [work[size]]))
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length
}

function countBy(works: readonly Passage[], of: (work: Passage) => string | null): Map<string, number> {
  const counts = new Map<string, number>()
  for (const work of works) {
    const word = of(work)
    if (word !== null) counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  return counts
}

function byCount(counts: ReadonlyMap<string, number>): string[] {
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([word]) => word)
}
