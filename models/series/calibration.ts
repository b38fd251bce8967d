// Which residuals calibrate: those of the last weeks that were not part of an incident, family by family. They enter a
// while after their bucket, once it is known what became of it.

import { hourMs } from './kept.ts'
import { Tail } from './tails.ts'
import { sliceOf, type Tracked } from './tracked.ts'

/** Hours that are for learning only, until every hour of the week was seen; of a short history a third. */
const warmUp = 192
/** From here on a residual may belong to an earlier incident, where two aspects of a slice show it at once. */
const incidentZ = 4
/** Ticks around such a one that do not calibrate. */
const incidentTicks = 6
/** Ticks in a row in which a flow or ratio strayed far: those too were something, not chance. */
const runTicks = 3

/** Series whose residuals are alike, so that they calibrate each other. */
export const familyOf = ({ watched, stepMs }: Tracked): string =>
  `${watched.kind === 'ratio' ? `ratio of ${watched.unit}` : watched.kind}/${stepMs}`

/** The residuals that calibrate, of series with buckets of one length. */
export class Calibration {
  readonly #tails = new Map<string, Tail>()
  readonly #block: number
  readonly #blocksKept: number
  /** First tick that did not enter yet. */
  #next = Number.NEGATIVE_INFINITY

  /** @param stepMs an hour or a day */
  constructor(stepMs: number) {
    this.#block = stepMs === hourMs ? 24 : 1
    this.#blocksKept = stepMs === hourMs ? 28 : 112
  }

  /** How rare a residual is among those of its family. */
  pValue(series: Tracked, z: number): number {
    return this.#tails.get(familyOf(series))?.pValue(z) ?? 1
  }

  /** Residuals that calibrate a series. */
  size(series: Tracked): number {
    return this.#tails.get(familyOf(series))?.size ?? 0
  }

  /**
   * Takes in whole blocks that ended a while before `end`.
   * @param start where history begins; @param isNew whether everything is read anew
   */
  update(all: readonly Tracked[], span: { start: number; end: number; isNew: boolean }): void {
    const { start, end, isNew } = span
    const block = this.#block
    if (isNew) {
      this.#tails.clear()
      const first = Math.max(start, end - this.#blocksKept * block)
      this.#next = Math.ceil(first / block) * block
    }
    const lag = Math.ceil(block / 2)
    if (this.#next + block + lag > end) return
    const slices = [...Map.groupBy(all, sliceOf).values()]
    while (this.#next + block + lag <= end) {
      const warm = start + Math.min(warmUp, Math.floor((end - start) / 3))
      this.#enter(slices, Math.max(this.#next, warm), this.#next + block)
      this.#next += block
    }
  }

  #enter(slices: readonly (readonly Tracked[])[], from: number, to: number): void {
    const begun = new Set<Tail>()
    for (const slice of slices) {
      const together = incidentsIn(slice, from, to)
      for (const series of slice) {
        const tail = this.#tailOf(series)
        if (!begun.has(tail)) {
          tail.begin()
          begun.add(tail)
        }
        const runs = series.watched.kind === 'state' ? null : runsIn(series, from, to)
        for (let tick = from; tick < to; tick++) {
          const z = series.z(tick)
          if (Number.isNaN(z) || !series.canTell(tick)) continue
          tail.add(z, together[tick - from] === 1 || runs?.[tick - from] === 1)
        }
      }
    }
  }

  #tailOf(series: Tracked): Tail {
    const family = familyOf(series)
    const known = this.#tails.get(family) ?? new Tail(this.#blocksKept)
    this.#tails.set(family, known)
    return known
  }
}

/** Ticks near one in which two aspects of a slice strayed far at once. */
function incidentsIn(slice: readonly Tracked[], from: number, to: number): Uint8Array {
  const marked = new Uint8Array(Math.max(0, to - from))
  for (let tick = from - incidentTicks; tick < to + incidentTicks; tick++) {
    let first: string | null = null
    let isJoint = false
    for (const series of slice) {
      if (!(series.z(tick) >= incidentZ)) continue
      first ??= series.watched.aspect
      isJoint ||= series.watched.aspect !== first
    }
    if (!isJoint) continue
    const low = Math.max(0, tick - incidentTicks - from)
    marked.fill(1, low, Math.max(low, tick + incidentTicks + 1 - from))
  }
  return marked
}

/** Ticks of runs of telling ticks in which a series strayed far. */
function runsIn(series: Tracked, from: number, to: number): Uint8Array {
  const marked = new Uint8Array(Math.max(0, to - from))
  let run: number[] = []
  const endRun = (): void => {
    if (run.length >= runTicks) for (const tick of run) if (tick >= from && tick < to) marked[tick - from] = 1
    run = []
  }
  for (let tick = from - 4 * incidentTicks; tick < to + 2 * incidentTicks; tick++) {
    const z = series.z(tick)
    if (Number.isNaN(z) || !series.canTell(tick)) continue
    if (z >= incidentZ) run.push(tick)
    else endRun()
  }
  endRun()
  return marked
}
