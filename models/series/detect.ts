// Finds what holds work up in a market: reads its hourly series, scores the newest hours, and tells anomalies and
// constraints with their causes. It keeps nothing between calls and writes nothing.

import type { Queries } from '#data/warehouse'
import { type Examples, Forward } from '../forecast/index.ts'
import type { NetState } from '../runtime/index.ts'
import { StepWatch } from '../steps/index.ts'
import { SeriesBook } from './book.ts'
import { type Found, type Told, toldBySteps } from './by-steps.ts'
import { Calibration } from './calibration.ts'
import { causesOf, type Excess, sharesBy } from './causes.ts'
import { constraintOf } from './constraints.ts'
import type { Constraint, Detection, DetectOptions } from './detection.ts'
import { type Look, readGround } from './ground.ts'
import { dayMs, hourMs } from './kept.ts'
import { type PreviewedAlert, type PreviewOptions, preview } from './preview.ts'
import { type Finding, findings } from './score.ts'
import { Judgement } from './settings.ts'
import { type Suspect, suspectsOf } from './suspects.ts'
import { anomaliesOf, unknown } from './told.ts'
import { watchedMetric } from './watched.ts'

/** A slice or the whole is no constraint of its own where breaching nodes or carriers hold this part of it. */
const explainedShare = 0.5
/** Newest days that are scored. */
const daysScored = 3
const weekMs = 7 * dayMs

/** Series of one length of bucket, with what calibrates them. */
interface Side {
  stepMs: number
  book: SeriesBook
  calibration: Calibration
}

const sideOf = (market: string, stepMs: number): Side => ({
  stepMs,
  book: new SeriesBook(market, stepMs),
  calibration: new Calibration(stepMs),
})

/** Detects in one market again and again; what it knows of the series is kept between the calls. */
export class SeriesWatch {
  readonly #market: string
  readonly #hours: Side
  readonly #days: Side
  readonly #steps: StepWatch
  /** What the series said last; nothing before the first detection. */
  #both: readonly Found[] = []
  #isReady = false

  constructor(market: string) {
    this.#market = market
    this.#hours = sideOf(market, hourMs)
    this.#days = sideOf(market, dayMs)
    this.#steps = new StepWatch(market)
  }

  /**
   * Anomalies of the newest hours and the constraints they make. It reads what is new or changed since the call before;
   * everything where `now` is earlier than then.
   * @param queries reads `step_hours`, `metric_points`, `metric_leaves`, `fulfillment_orders`, `nodes`, `market_clock`
   * @returns empty lists where the market has no data yet
   * @throws WAREHOUSE_QUERY
   */
  async detect(queries: Queries, options: Omit<DetectOptions, 'market'>): Promise<Detection> {
    const { now, windowHours = 6, openKeys = [] } = options
    const market = this.#market
    const judgement = judgementOf(options)
    const buckets = Math.min(48, Math.max(1, Math.floor(windowHours)))
    const ground = await readGround(queries, market)
    const look = { ground, now, judgement }
    const isLight = options.isLight === true && this.tellsBySteps && this.#both.length > 0
    const both = isLight ? this.#both : await this.#findAll(queries, buckets, look)
    if (both.length === 0) {
      const constraints = unknown(openKeys, now)
      return { anomalies: [], constraints, series: 0, tested: 0, heldBack: 0 }
    }
    this.#both = both
    const open = new Set(openKeys)
    const steps = await this.#steps.look(queries, look, open)
    this.#isReady = steps.isReady
    const told = steps.isReady
      ? toldBySteps(steps, both, open, judgement)
      : await this.#toldBySeries(queries, both, open, judgement)
    const { kept, heldBack } = withinBudget(told, options, judgement)
    const constraints = kept.map(({ constraint }) => constraint)
    for (const { end, stepMs, constraint } of kept) {
      if (!constraint.isBreaching || constraint.causes.length > 0 || stepMs === 0) continue
      constraint.causes = await causesOf(queries, excessOf(market, { end, stepMs }, constraint))
    }
    const known = new Set(constraints.map(({ key }) => key))
    const gone = openKeys.filter((key) => !known.has(key))
    constraints.push(...unknown(gone, now, steps.newLevels))
    constraints.sort((a, b) => b.severity - a.severity || (a.key < b.key ? -1 : 1))
    return {
      anomalies: (isLight ? [] : both).flatMap(({ found }) => anomaliesOf(market, now, found)),
      constraints,
      series: this.#hours.book.series.length + this.#days.book.series.length + steps.slices,
      tested: both.reduce((sum, { found }) => sum + found.length, 0),
      heldBack,
    }
  }

  /** Whether the detection before told constraints by the steps of work: enough was known of them. */
  get tellsBySteps(): boolean {
    return this.#isReady
  }

  /** While too little is known of the steps of work, what the series of metrics say is told. */
  async #toldBySeries(
    queries: Queries,
    both: readonly Found[],
    open: ReadonlySet<string>,
    judgement: Judgement,
  ): Promise<Told[]> {
    return onePerKey(await withoutExplained(queries, this.#market, both))
      .map(({ end, stepMs, suspect }) => ({ end, stepMs, constraint: constraintOf(end, suspect, judgement) }))
      .filter(({ constraint }) => constraint.isBreaching || open.has(constraint.key))
  }

  /** Days of the hourly series to learn from; none before the first detection. */
  examples(most: number): Promise<Examples> {
    return this.#hours.book.examples(most)
  }

  /** From the next day of each series on the forecaster has a say; null = no more. */
  use(net: NetState | null): void {
    this.#hours.book.forecaster = net === null ? null : new Forward(net)
  }

  /**
   * What the last days would have shown with each judgement: of what steps of work told, else of what series would
   * have. Empty before the first detection.
   */
  async preview(judgements: readonly Judgement[], options: PreviewOptions): Promise<PreviewedAlert[][]> {
    return this.#steps.alerts(judgements, options.days) ?? (await this.previewSeries(judgements, options))
  }

  /** The same of the series of metrics alone, by the residuals and the calibration of now; without causes. */
  previewSeries(judgements: readonly Judgement[], options: PreviewOptions): Promise<PreviewedAlert[][]> {
    return preview([this.#hours, this.#days], judgements, options)
  }

  /** By the hour and by the day; none where the market has no data yet. */
  async #findAll(queries: Queries, buckets: number, look: Look): Promise<Found[]> {
    const hours = await this.#find(queries, this.#hours, buckets, look)
    if (hours === null) return []
    const days = await this.#find(queries, this.#days, daysScored, look)
    return days === null ? [hours] : [hours, days]
  }

  async #find(
    queries: Queries,
    { stepMs, book, calibration }: Side,
    buckets: number,
    look: Look,
  ): Promise<Found | null> {
    const { judgement } = look
    const caught = await book.catchUp(queries, look)
    if (caught === null) return null
    const { end } = caught
    calibration.update(book.series, caught)
    const from = Math.max(caught.start, end - buckets)
    const found = findings(book.series, calibration, { from, end, judgement })
    const suspects = suspectsOf(end, book.series, found, judgement)
    // What confirms a slice counts, whatever it is among single buckets.
    for (const { flagged } of suspects.filter(({ isConfirmed }) => isConfirmed)) {
      for (const one of flagged) one.isFlagged = true
    }
    return { stepMs, end, found, suspects }
  }
}

/** A slice that is watched by the hour and by the day is told once: by what is breaching, the hour first. */
function onePerKey<T extends { suspect: Suspect }>(all: readonly T[]): T[] {
  const kept = new Map<string, T>()
  for (const one of all) {
    const known = kept.get(one.suspect.key)
    if (known === undefined || (one.suspect.isConfirmed && !known.suspect.isConfirmed)) {
      kept.set(one.suspect.key, one)
    }
  }
  return [...kept.values()]
}

function judgementOf({ judgement, fdr }: Pick<DetectOptions, 'judgement' | 'fdr'>): Judgement {
  const given = judgement ?? new Judgement()
  if (fdr === undefined) return given
  return given.withFdr(Math.min(0.5, Math.max(1e-6, fdr)))
}

/**
 * One detection by itself: it reads all it needs.
 * @throws WAREHOUSE_QUERY
 */
export function detectSeries(queries: Queries, { market, ...options }: DetectOptions): Promise<Detection> {
  return new SeriesWatch(market).detect(queries, options)
}

/** New constraints beyond the week's budget are held back, unless they are worse than all but so many of the week. */
function withinBudget(
  all: readonly Told[],
  { now, openKeys = [], recent = [] }: Omit<DetectOptions, 'market'>,
  { settings }: Judgement,
) {
  const budget = settings.alertsPerWeek
  if (budget === null) return { kept: all, heldBack: 0 }
  const open = new Set(openKeys)
  const severities = recent.filter(({ at }) => at > now - weekMs && at <= now).map(({ severity }) => severity)
  const kept: Told[] = []
  let heldBack = 0
  for (const one of all.toSorted((a, b) => b.constraint.severity - a.constraint.severity)) {
    const { key, severity } = one.constraint
    const worse = severities.filter((other) => other >= severity).length
    if (!open.has(key) && worse >= budget) heldBack++
    else kept.push(one)
    if (!open.has(key) && worse < budget) severities.push(severity)
  }
  return { kept, heldBack }
}

/** A suspect with the end and the length of its buckets. */
interface Placed {
  end: number
  stepMs: number
  suspect: Suspect
}

/** Metrics of slices and of the whole are dropped where constraints of single nodes or carriers explain them. */
async function withoutExplained(queries: Queries, market: string, both: readonly Found[]): Promise<Placed[]> {
  const all = both.flatMap(({ end, stepMs, suspects }) =>
    suspects.map((suspect) => ({ end, stepMs, suspect })),
  )
  const confirmed = all.filter(({ suspect }) => suspect.isConfirmed).map(({ suspect }) => suspect)
  const kept: Placed[] = []
  for (const { end, stepMs, suspect } of all) {
    if (!suspect.isConfirmed || suspect.dimension === 'node' || confirmed.length === 1) {
      kept.push({ end, stepMs, suspect })
      continue
    }
    const flagged: Finding[] = []
    for (const [metric, group] of Map.groupBy(suspect.flagged, ({ series }) => series.watched.metric)) {
      const constraint = constraintOf(end, { ...suspect, flagged: group }, new Judgement())
      const excess = excessOf(market, { end, stepMs }, { ...constraint, metric })
      if (!(await isExplained(queries, excess, confirmed))) flagged.push(...group)
    }
    kept.push({ end, stepMs, suspect: { ...suspect, flagged, isConfirmed: flagged.length > 0 } })
  }
  return kept
}

async function isExplained(
  queries: Queries,
  excess: Excess,
  confirmed: readonly Suspect[],
): Promise<boolean> {
  for (const dimension of ['node', 'carrier'] as const) {
    const values = confirmed.filter((suspect) => suspect.dimension === dimension)
    if (dimension === excess.dimension || values.length === 0) continue
    const shares = await sharesBy(queries, excess, dimension)
    const held = values.reduce((sum, { dimensionValue }) => sum + (shares.get(dimensionValue) ?? 0), 0)
    if (held >= explainedShare) return true
  }
  return false
}

function excessOf(
  market: string,
  { end, stepMs }: { end: number; stepMs: number },
  constraint: Constraint,
): Excess {
  const { metric, dimension, dimensionValue, beganAt, metrics } = constraint
  const watched = watchedMetric(metric, stepMs)
  if (watched === undefined) throw new Error(`${metric} is not watched`)
  const last = metrics.find((one) => one.metric === metric)?.bucketStart
  // The last hour of the bucket.
  const to = (last ?? (end - 1) * stepMs) + stepMs - hourMs
  return { market, watched, dimension, dimensionValue, from: Math.min(beganAt, to), to }
}
