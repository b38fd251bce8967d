// What could be known at an instant: how long work usually takes, how that has been of late, what lies at a node now.
// Everything in it happened before; the same words serve history and now. It learns no net.

import { Fading, FadingBy, Shrunk } from './fading.ts'
import { isCarried, type Passage, processingHours, transitHours, wasLate } from './passage.ts'

const hourMs = 3_600_000
/** Values that a recent mean needs to be believed by half. */
const few = 4

/** What was expected of work when it was released, logarithms of hours + 1. */
interface Told {
  processing: number
  transit: number
}

/** What counts what lies somewhere: pieces, and the sums of when they came and of what was expected. */
class Heap {
  count = 0
  #since = 0
  #expected = 0

  put(at: number, expected: number, sign: 1 | -1): void {
    this.count += sign
    this.#since += sign * (at / hourMs)
    this.#expected += sign * expected
  }

  /** How much older what lies here is than what usually lies, as a logarithm; 0 where nothing lies. */
  age(at: number): number {
    if (this.count <= 0) return 0
    const hours = Math.max(0, at / hourMs - this.#since / this.count)
    return Math.log1p(hours) - this.#expected / this.count
  }
}

class Heaps {
  readonly #heaps = new Map<string, Heap>()

  of(key: string): Heap {
    let heap = this.#heaps.get(key)
    if (heap === undefined) {
      heap = new Heap()
      this.#heaps.set(key, heap)
    }
    return heap
  }
}

/** Names of what `Past.seen` tells, in its order. */
export const seenNames = [
  'processing_expected',
  'processing_evidence',
  'transit_expected',
  'transit_evidence',
  'node_recent_fast',
  'node_recent_slow',
  'processing_recent_all',
  'region_recent',
  'lane_recent',
  'carrier_recent',
  'transit_recent_all',
  'transit_recent_slow',
  'node_open',
  'node_wait',
  'node_age',
  'node_rush',
  'all_rush',
  'carrier_moving_age',
  'region_moving_age',
  'all_moving_age',
  'late_expected',
  'node_late_recent',
  'lane_late_recent',
  'all_late_recent',
] as const

/** Where each of them stands. */
export const seenAt = Object.fromEntries(seenNames.map((name, i) => [name, i])) as Record<
  (typeof seenNames)[number],
  number
>

const laneOf = ({ origin, region }: Passage) => `${origin ?? ''}>${region ?? ''}`
const nodeLaneOf = (work: Passage) => `${work.node}|${work.region ?? ''}`
const carrierOf = ({ carrier }: Passage) => carrier ?? ''
const processingKeys = (work: Passage) => [work.method, work.node, `${work.node}|${work.skuClass ?? ''}`]
const transitKeys = (work: Passage) => [
  carrierOf(work),
  work.region ?? '',
  laneOf(work),
  `${carrierOf(work)}|${laneOf(work)}`,
  nodeLaneOf(work),
]
const lateKeys = (work: Passage) => [carrierOf(work), laneOf(work), work.node, nodeLaneOf(work)]

const slow = { days: 90, strength: 8 }

/** The past as it is at the latest instant that it was told of. */
export class Past {
  readonly #processing = new Shrunk(3, { ...slow, first: Math.log1p(24) })
  readonly #transit = new Shrunk(5, { ...slow, first: Math.log1p(72) })
  readonly #late = new Shrunk(4, { days: 180, strength: 20, first: 0.08, isRobust: false })
  readonly #told = new WeakMap<Passage, Told>()
  readonly #nodeFast = new FadingBy(1.5)
  readonly #nodeSlow = new FadingBy(10)
  readonly #processingAll = new Fading(4)
  readonly #region = new FadingBy(8)
  readonly #lane = new FadingBy(8)
  readonly #carrier = new FadingBy(5)
  readonly #transitAll = new Fading(4)
  readonly #transitSlow = new Fading(20)
  readonly #came = new FadingBy(1)
  readonly #cameUsually = new FadingBy(14)
  readonly #left = new FadingBy(5)
  readonly #nodeLate = new FadingBy(25)
  readonly #laneLate = new FadingBy(25)
  readonly #allLate = new Fading(12)
  readonly #open = new Heaps()
  readonly #moving = new Heaps()

  released(work: Passage): void {
    const at = work.releasedAt
    const processing = this.#processing.expect(processingKeys(work), at).value
    const told = { processing, transit: this.#transit.expect(transitKeys(work), at).value }
    this.#told.set(work, told)
    this.#open.of(work.node).put(at, processing, 1)
    for (const key of [work.node, '']) {
      this.#came.add(key, at, 1)
      this.#cameUsually.add(key, at, 1)
    }
  }

  /** It is not at its node any more. @param isShipped it went on to the customer */
  left(work: Passage, at: number, isShipped: boolean): void {
    const told = this.#toldOf(work)
    this.#open.of(work.node).put(work.releasedAt, told.processing, -1)
    if (isShipped) this.#move(work, 1)
    const hours = processingHours(work)
    if (!isShipped || hours === null) return
    this.#left.add(work.node, at, 1)
    const taken = Math.log1p(hours)
    const over = taken - told.processing
    this.#nodeFast.add(work.node, at, over)
    this.#nodeSlow.add(work.node, at, over)
    this.#processingAll.add(at, over)
    this.#processing.add(processingKeys(work), at, taken)
  }

  /** It came to the customer, or nobody waits for that any more. */
  arrived(work: Passage, at: number): void {
    this.#move(work, -1)
    const hours = transitHours(work)
    if (hours === null || work.deliveredAt !== at) return
    const taken = Math.log1p(hours)
    const over = taken - this.#toldOf(work).transit
    this.#region.add(work.region ?? '', at, over)
    this.#lane.add(laneOf(work), at, over)
    this.#carrier.add(carrierOf(work), at, over)
    this.#transitAll.add(at, over)
    this.#transitSlow.add(at, over)
    this.#transit.add(transitKeys(work), at, taken)
  }

  /** It is known now whether it kept its promise. */
  judged(work: Passage, at: number): void {
    const isLate = wasLate(work, at)
    if (isLate === null) return
    const value = isLate ? 1 : 0
    this.#late.add(lateKeys(work), at, value)
    this.#nodeLate.add(work.node, at, value)
    this.#laneLate.add(laneOf(work), at, value)
    this.#allLate.add(at, value)
  }

  #move(work: Passage, sign: 1 | -1): void {
    if (!isCarried(work)) return
    const { transit } = this.#toldOf(work)
    const shippedAt = work.shippedAt ?? work.releasedAt
    for (const key of [`carrier ${carrierOf(work)}`, `region ${work.region ?? ''}`, ''])
      this.#moving.of(key).put(shippedAt, transit, sign)
  }

  #toldOf(work: Passage): Told {
    return this.#told.get(work) ?? { processing: Math.log1p(24), transit: Math.log1p(72) }
  }

  /** Late share that is expected of such work, by what is known of carrier, lane, node, and node x lane. */
  lateShare(work: Passage, at: number): number {
    return Math.min(0.99, Math.max(0.001, this.#late.expect(lateKeys(work), at).value))
  }

  /** What is known at an instant for such work, as `seenNames` says. Log hours are of hours + 1. */
  seen(work: Passage, at: number): Float64Array {
    const processing = this.#processing.expect(processingKeys(work), at)
    const transit = this.#transit.expect(transitKeys(work), at)
    const { node } = work
    const open = this.#open.of(node)
    const moving = (key: string) => this.#moving.of(key).age(at)
    const allProcessing = this.#processingAll.mean(at, 0, few)
    const allTransit = this.#transitAll.mean(at, 0, few)
    const late = this.lateShare(work, at)
    const allLate = this.#allLate.mean(at, this.#late.expect([], at).value, 10)
    return Float64Array.of(
      processing.value,
      Math.log1p(processing.evidence),
      transit.value,
      Math.log1p(transit.evidence),
      this.#nodeFast.mean(node, at, allProcessing, few),
      this.#nodeSlow.mean(node, at, 0, few),
      allProcessing,
      this.#region.mean(work.region ?? '', at, allTransit, few),
      this.#lane.mean(laneOf(work), at, allTransit, few),
      this.#carrier.mean(carrierOf(work), at, allTransit, few),
      allTransit,
      this.#transitSlow.mean(at, 0, few),
      Math.log1p(Math.max(0, open.count)),
      this.#wait(node, at, open.count),
      open.age(at),
      this.#rush(node, at),
      this.#rush('', at),
      moving(`carrier ${carrierOf(work)}`),
      moving(`region ${work.region ?? ''}`),
      moving(''),
      logit(late),
      logit(this.#nodeLate.mean(node, at, late, 10)),
      logit(this.#laneLate.mean(laneOf(work), at, late, 10)),
      logit(allLate),
    )
  }

  /** Days that a node needs for what lies there, at the pace of the last days, as a logarithm. */
  #wait(node: string, at: number, open: number): number {
    return Math.log1p(Math.max(0, open) / (this.#left.weight(node, at) / 5 + 0.2))
  }

  /** How much more came in the last day than usually, as a logarithm. */
  #rush(key: string, at: number): number {
    const [now, usual] = [this.#came.weight(key, at), this.#cameUsually.weight(key, at) / 14]
    return Math.log((now + 2) / (usual + 2))
  }
}

/** Log-odds, kept within reason. */
export function logit(share: number): number {
  const inside = Math.min(0.9999, Math.max(0.0001, share))
  return Math.log(inside / (1 - inside))
}
