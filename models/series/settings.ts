// What people set and what they said of earlier findings, as thresholds for each series. Pure: it keeps nothing, and
// what is undone leaves no trace.

import type { api } from '#data/contracts'
import { discoveryThreshold } from './calibrate.ts'
import type { SeriesName } from './tracked.ts'

/** How detection judges until a person sets it otherwise. */
export const defaultDetection: api.DetectionSettings = {
  fdr: 0.1,
  confirmBy: 2,
  confirmOf: 3,
  recoveredBelow: 1.5,
  newLevelHours: 120,
  alertsPerWeek: null,
  closedDays: [],
  rules: [],
}

/** Factor by which noise makes a slice stricter, and a useful finding less strict, each time. */
const noiseFactor = 4
const usefulFactor = 0.5
const strictest = 256
const leastStrict = 0.25
/** What was too small once has to be this much larger. */
const largerBy = 1.1

/** Thresholds of one series. */
export interface Thresholds {
  leastChange: number
  leastShare: number
  /** p-values count this many times. */
  strictness: number
  isMuted: boolean
}

/** The rules that follow from feedback, one for each metric of a slice; what was undone counts no more. */
export function rulesOf(feedback: readonly api.Feedback[]): api.DetectionRule[] {
  const rules = new Map<string, api.DetectionRule>()
  for (const one of feedback) {
    if (one.isUndone) continue
    const { metric, dimension, dimensionValue } = one
    const key = `${metric}/${dimension}/${dimensionValue}`
    const before = rules.get(key) ?? { ...anything, metric, dimension, dimensionValue }
    rules.set(key, { ...before, ...moved(before, one) })
  }
  return [...rules.values()]
}

const anything: api.DetectionRule = {
  metric: null,
  dimension: null,
  dimensionValue: null,
  leastChange: null,
  leastShare: null,
  strictness: null,
  isMuted: false,
}

function moved(before: api.DetectionRule, one: api.Feedback): Partial<api.DetectionRule> {
  const strictness = before.strictness ?? 1
  if (one.verdict === 'useful') return { strictness: Math.max(leastStrict, strictness * usefulFactor) }
  switch (one.reason) {
    case 'too_small': {
      const change = Math.abs((one.value ?? 0) - (one.expected ?? 0))
      return { leastChange: Math.max(before.leastChange ?? 0, change * largerBy) }
    }
    case 'expected':
      return { isMuted: true }
    default:
      return { strictness: Math.min(strictest, strictness * noiseFactor) }
  }
}

/** Settings and feedback, ready to be asked about single series. */
export class Judgement {
  readonly settings: api.DetectionSettings
  readonly #feedback: readonly api.Feedback[]
  /** What follows from feedback. */
  readonly #said: readonly api.DetectionRule[]
  readonly #closed: ReadonlySet<string>
  #fixedP: number | null = null

  /** @param feedback oldest first */
  constructor(settings: api.DetectionSettings = defaultDetection, feedback: readonly api.Feedback[] = []) {
    this.settings = settings
    this.#feedback = feedback
    this.#said = rulesOf(feedback)
    this.#closed = new Set(settings.closedDays)
  }

  /** The same with another share of false ones. */
  withFdr(fdr: number): Judgement {
    return new Judgement({ ...this.settings, fdr }, this.#feedback)
  }

  /** The same with a fixed bound on p-values instead of one on the share of false ones: to compare with. */
  withFixedP(fixedP: number): Judgement {
    const other = new Judgement(this.settings, this.#feedback)
    other.#fixedP = fixedP
    return other
  }

  /** The bound up to which p-values stand out. */
  threshold(pValues: readonly number[]): number {
    return this.#fixedP ?? discoveryThreshold(pValues, this.settings.fdr)
  }

  /** What decides how series are taken: where it changes, they are taken anew. */
  get course(): string {
    return JSON.stringify([this.settings.newLevelHours, this.settings.closedDays])
  }

  /**
   * Thresholds of a series: each from the most particular rule that names it, later rules before earlier ones. That
   * something was too small only ever asks for more.
   */
  of({
    watched,
    dimension,
    dimensionValue,
  }: {
    dimension: string
    dimensionValue: string
    watched: Pick<SeriesName['watched'], 'metric' | 'leastChange' | 'leastShare'>
  }): Thresholds {
    const fits = (rule: api.DetectionRule) =>
      (rule.metric ?? watched.metric) === watched.metric &&
      (rule.dimension ?? dimension) === dimension &&
      (rule.dimensionValue ?? dimensionValue) === dimensionValue
    const set = this.settings.rules.filter(fits).sort((a, b) => particular(a) - particular(b))
    const said = this.#said.filter(fits)
    const fitting = [...set, ...said]
    const last = <K extends keyof api.DetectionRule>(name: K) =>
      set.findLast((rule) => rule[name] !== null)?.[name]
    return {
      leastChange: Math.max(
        last('leastChange') ?? watched.leastChange,
        ...said.map(({ leastChange }) => leastChange ?? 0),
      ),
      leastShare: last('leastShare') ?? watched.leastShare,
      strictness: fitting.reduce((product, rule) => product * (rule.strictness ?? 1), 1),
      isMuted: fitting.some(({ isMuted }) => isMuted),
    }
  }

  /** Whether there are days on which nothing is judged. */
  get hasClosedDays(): boolean {
    return this.#closed.size > 0
  }

  /** Whether nothing is judged or learned on a day of the wall clock, `YYYY-MM-DD`. */
  isClosed(day: string): boolean {
    return this.#closed.has(day)
  }
}

const particular = ({ metric, dimension, dimensionValue }: api.DetectionRule): number =>
  [metric, dimension, dimensionValue].filter((part) => part !== null).length
