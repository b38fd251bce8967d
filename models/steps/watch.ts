// Watches the steps of a market from cycle to cycle: reads the hours that are new, and tells the slices that hold work
// up. It keeps what it learned between the calls and writes nothing.

import { setImmediate } from 'node:timers/promises'
import type { Queries } from '#data/warehouse'
import { type Look, spanOf } from '../series/ground.ts'
import { hourMs } from '../series/kept.ts'
import type { PreviewedAlert } from '../series/preview.ts'
import { Judgement } from '../series/settings.ts'
import { zoneOffsetMs } from '../series/zone.ts'
import { StepBook } from './book.ts'
import { sureChangeOf } from './constraints.ts'
import { Diary } from './diary.ts'
import type { AlarmLimits, TellingLimits } from './evidence.ts'
import { alikeMetrics, type Way } from './kinds.ts'
import { readSteps, stepPlacesOf } from './read.ts'
import { rootsOf } from './roots.ts'
import type { Slice } from './slices.ts'
import type { StepPlace } from './strata.ts'
import type { Alarm, Root } from './sums.ts'

/** Hours of history that are learned from, and hours read at once. */
const historyHours = 42 * 24
const hoursAtOnce = 96
/**
 * By chance a slice strays at most about once in so many hours over all slices; seen far more seldom. What is done is
 * told sooner than what is bought or written off: it costs promises, and of what is bought many slices sway at once, of
 * which the first to stray is seldom the one to name.
 */
const hoursBetween = { ofFlows: 126, ofOthers: 24 }
const usualFdr = 0.1

/** What the steps of a market say now. */
export interface StepNews {
  /** Whether enough was learned to judge. */
  isReady: boolean
  /** End of the newest hour taken, epoch ms. */
  until: number
  roots: Root[]
  /** Slices of which a level that lasted became the usual one lately: key -> its start, epoch ms. */
  newLevels: Map<string, number>
  slices: number
}

/** The steps of one market. */
export class StepWatch {
  readonly #market: string
  #book: StepBook | null = null
  #usual: StepPlace = { timeZone: 'UTC', peers: '', country: '' }
  #places = ''
  #judgement = new Judgement()
  #roots: Root[] = []
  #diary = new Diary()
  readonly #limits = new Map<Slice, Partial<Record<Way, TellingLimits>>>()

  constructor(market: string) {
    this.#market = market
  }

  /**
   * Takes every complete hour before `now` that was not taken yet; all of them where `now` is earlier than before.
   * @param queries reads `step_hours`
   * @param open keys of what is told already: that is told until it is over, however small people found it
   * @throws WAREHOUSE_QUERY
   */
  async look(
    queries: Queries,
    { ground, now, judgement }: Look,
    open: ReadonlySet<string>,
  ): Promise<StepNews> {
    const span = spanOf(ground, now, hourMs)
    if (span === null) return { isReady: false, until: now, roots: [], newLevels: new Map(), slices: 0 }
    const { places, usual } = stepPlacesOf(ground)
    const known = JSON.stringify([...places])
    const next = this.#book?.next ?? Number.NaN
    const isFar = !(span.end >= next && span.end - next < historyHours / 2)
    if (this.#book === null || isFar || known !== this.#places) {
      this.#book = new StepBook(places, usual)
      this.#roots = []
      this.#diary = new Diary()
    }
    this.#places = known
    this.#usual = usual
    this.#judgement = judgement
    this.#limits.clear()
    const book = this.#book
    const from = Number.isNaN(book.next) ? Math.max(span.start, span.end - historyHours) : book.next
    await this.#take(queries, book, from, span.end)
    return this.#tell(book, open)
  }

  /**
   * Alerts of the last days as each judgement would have told them; null while too little is known. A less strict one
   * shows no more than what was told.
   */
  alerts(judgements: readonly Judgement[], days: number): PreviewedAlert[][] | null {
    const book = this.#book
    if (book === null || !book.isWarm) return null
    const since = book.next - days * 24
    return judgements.map((judgement) =>
      this.#diary.alerts(since, (slice, way) => limitsOf(judgement, slice, way)),
    )
  }

  async #take(queries: Queries, book: StepBook, from: number, end: number): Promise<void> {
    for (let at = from; at < end; at += hoursAtOnce) {
      const to = Math.min(end, at + hoursAtOnce)
      const byHour = await readSteps(queries, this.#market, { from: at, end: to })
      for (let hour = at; hour < to; hour++) {
        const rows = this.#isClosed(hour) ? [] : (byHour.get(hour) ?? [])
        // Before the first row there is nothing to learn from.
        if (rows.length === 0 && Number.isNaN(book.next)) continue
        if (this.#isClosed(hour)) book.skip(hour)
        else book.take(hour, rows, this.#limitsOf)
        // What explains what is part of what is learned, so it is told hour by hour.
        if (book.isWarm) this.#findRoots(book)
      }
      await setImmediate()
    }
  }

  #findRoots(book: StepBook): void {
    const alarms = alarmsOf(book, this.#limitsOf)
    this.#roots = alarms.length === 0 ? [] : rootsOf(alarms, book.past, this.#limitsOf)
    // A root may be no alarm by itself yet.
    for (const { slice } of this.#roots) book.alarmed.add(slice)
    this.#diary.note(book.next - 1, this.#roots)
  }

  #tell(book: StepBook, open: ReadonlySet<string>): StepNews {
    const newLevels = new Map<string, number>()
    for (const slice of book.slices) {
      for (const { newLevelSince } of slice.ways) {
        if (newLevelSince !== null) newLevels.set(slice.key, newLevelSince * hourMs)
      }
    }
    const until = book.next * hourMs
    const roots = this.#roots.filter((root) => {
      const { leastTold, isMuted } = this.#limitsOf(root.slice, root.point.way)
      if (isMuted) return false
      return open.has(root.slice.key) || sureChangeOf(root, until) >= leastTold
    })
    return {
      isReady: book.isWarm,
      until,
      roots,
      newLevels,
      slices: book.size,
    }
  }

  #isClosed(hour: number): boolean {
    if (!this.#judgement.hasClosedDays) return false
    const at = hour * hourMs
    const local = new Date(at + zoneOffsetMs(this.#usual.timeZone, at))
    return this.#judgement.isClosed(local.toISOString().slice(0, 10))
  }

  readonly #limitsOf = (slice: Slice, way: Way): TellingLimits => {
    const known = this.#limits.get(slice) ?? {}
    const own = known[way]
    if (own !== undefined) return own
    const limits = limitsOf(this.#judgement, slice, way)
    this.#limits.set(slice, { ...known, [way]: limits })
    return limits
  }
}

/** Kinds of slices over all steps: each has the same part of what chance is given, and within it each slice. */
const kinds = 24

/** What makes an alarm of a slice as people judge. */
function limitsOf(judgement: Judgement, { kind, kin, dimension, value }: Slice, way: Way): TellingLimits {
  const { leastShare } = kind
  const asked = (metric: string) =>
    // What people ask for is in the unit of the metric, not in pieces.
    judgement.of({ watched: { metric, leastChange: 0, leastShare }, dimension, dimensionValue: value })
  const own = asked(kind.metric[way])
  const alike = alikeMetrics(kind.metric[way]).map(asked)
  const { fdr, newLevelHours } = judgement.settings
  const between = kind.law === 'flow' ? hoursBetween.ofFlows : hoursBetween.ofOthers
  const chance = between * kinds * kin.slices.length
  const stricter = Math.log(Math.max(1e-6, own.strictness)) + Math.log(usualFdr / Math.max(1e-9, fdr))
  return {
    alarm: Math.max(3, Math.log(chance) + stricter),
    isMuted: alike.some(({ isMuted }) => isMuted),
    leastShare: own.leastShare,
    leastChange: kind.leastChange,
    leastTold: Math.max(...alike.map(({ leastChange }) => leastChange)),
    settleHours: newLevelHours,
    restHours: kind.restHours,
  }
}

function alarmsOf(book: StepBook, limitsOf: (slice: Slice, way: Way) => AlarmLimits): Alarm[] {
  const alarms: Alarm[] = []
  for (const slice of book.alarmed) {
    for (const point of slice.ways) {
      if (point.alarmedAt === null) continue
      alarms.push({ slice, point, limit: limitsOf(slice, point.way).alarm })
    }
  }
  return alarms
}
