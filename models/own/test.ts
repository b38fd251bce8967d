// Figures of a learned target on rows it had not seen, and the test on the past. It promotes nothing.

import { aurocOf, type CalibrationPoint, calibrationPointsOf, eceOf } from '../measure/chances.ts'
import { type BackTest, backTest, lastStretches, type Stretch } from '../registry/index.ts'
import { sharesOf, sumsFor } from './ask.ts'
import type { Frame } from './frame.ts'
import { type LearnOptions, type Lesson, learnTarget, type Taught } from './recipe.ts'
import { unscaled } from './target.ts'

/** How the test is made. */
export interface TestOptions extends LearnOptions {
  /** Time until an outcome is known, ms: what is measured on must not have been known when it was learned. */
  gapMs: number
  current: { model: Taught; learnedTo: number } | null
}

const learnedLeast = 100
const measuredLeast = 10
const none: Told = { chances: [], came: [] }

/** A test on the past with the figures of it. */
export interface Tested {
  /** null where no stretch has enough before it. */
  test: BackTest | null
  /** Means over the stretches, weighted by rows; empty without a test. */
  figures: Record<string, number>
  /** Chances told of the outcome that counts against what came; empty for numbers. */
  calibration: CalibrationPoint[]
}

/** A chance as it was told of rows, and whether it came. */
interface Told {
  chances: number[]
  came: boolean[]
}

/** The test of a target, stretch by stretch. @throws MODELS_CANCELED, MODELS_FAILED */
export async function testTarget(lesson: Lesson, options: TestOptions): Promise<Tested> {
  const { frame, timeColumn, rows, aim } = lesson
  const times = (frame.columns.get(timeColumn)?.values ?? []) as number[]
  const timeOf = (row: number) => times[row] as number
  const inTime = (from: number, to: number) => rows.filter((row) => timeOf(row) >= from && timeOf(row) < to)
  const span = { from: timeOf(rows[0] as number), to: timeOf(rows.at(-1) as number) + 1 }
  const before = (until: number) => inTime(Number.NEGATIVE_INFINITY, until)
  const stretches = lastStretches(span, { count: 3 }).filter(({ from, to }) => {
    return before(from - options.gapMs).length >= learnedLeast && inTime(from, to).length >= measuredLeast
  })
  if (stretches.length === 0) return { test: null, figures: {}, calibration: [] }
  const found: { rows: number; figures: Record<string, number> }[] = []
  const all: Told = { chances: [], came: [] }
  let done = 0
  const share = (part: number) => options.onProgress?.((done + part) / stretches.length)
  const test = await backTest<Taught>({
    measure: aim.kind === 'class' ? 'log loss' : `mean absolute error of ${lesson.target}`,
    lowerIsBetter: true,
    stretches,
    gapMs: options.gapMs,
    teach: (until) => learnTarget({ ...lesson, rows: before(until) }, { ...options, onProgress: share }),
    measureOn: async (taught, { from, to }: Stretch) => {
      const some = inTime(from, to)
      if (some.length === 0) return null
      const { told, by: figures } = await figuresOn(taught, frame, some)
      if (taught !== options.current?.model) {
        found.push({ rows: some.length, figures })
        all.chances.push(...told.chances)
        all.came.push(...told.came)
      }
      return { value: (figures.logLoss ?? figures.meanAbsoluteError) as number, rows: some.length }
    },
    current: options.current,
    baselineOn: async ({ from, to }, until) => plainError(lesson, before(until), inTime(from, to)),
    onProgress: (count) => {
      done = count
    },
  })
  return { test, figures: weighted(found), calibration: calibrationPointsOf(all.chances, all.came) }
}

function weighted(
  found: readonly { rows: number; figures: Record<string, number> }[],
): Record<string, number> {
  const total = found.reduce((sum, { rows }) => sum + rows, 0)
  const names = Object.keys(found[0]?.figures ?? {})
  const meanOf = (name: string) =>
    found.reduce((sum, { rows, figures }) => sum + ((figures[name] ?? 0) * rows) / total, 0)
  return Object.fromEntries(names.map((name) => [name, Number(meanOf(name).toPrecision(5))]))
}

/** The same error of what takes no learning: shares of the labels before, the middle of the numbers before. */
function plainError(
  { frame, target, aim }: Lesson,
  before: readonly number[],
  rows: readonly number[],
): number {
  const values = frame.columns.get(target)?.values ?? []
  if (aim.kind === 'number') {
    const sorted = before.map((row) => Number(values[row])).sort((a, b) => a - b)
    const middle = sorted[Math.floor(sorted.length / 2)] as number
    return mean(rows.map((row) => Math.abs(Number(values[row]) - middle)))
  }
  const counts = new Map<string, number>()
  for (const row of before) counts.set(String(values[row]), (counts.get(String(values[row])) ?? 0) + 1)
  return mean(
    rows.map((row) => {
      const share = ((counts.get(String(values[row])) ?? 0) + 1) / (before.length + aim.labels.length)
      return -Math.log(share)
    }),
  )
}

/** Figures on rows that were not learned from, by name. */
export async function figuresOn(
  taught: Taught,
  frame: Frame,
  rows: readonly number[],
): Promise<{ by: Record<string, number>; told: Told }> {
  if (rows.length === 0) return { by: {}, told: none }
  const { aim, target, scale, interval } = taught.meta
  const sums = await sumsFor(taught, frame, rows)
  const values = frame.columns.get(target)?.values ?? []
  if (aim.kind === 'number') {
    const errors = rows.map((row, i) => Math.abs(Number(values[row]) - unscaled(sums[i] as number, scale)))
    const within = rows.filter((row, i) => {
      const [low, high] = interval.map((add) => unscaled((sums[i] as number) + add, scale)) as [
        number,
        number,
      ]
      return Number(values[row]) >= low && Number(values[row]) <= high
    })
    return { by: { meanAbsoluteError: mean(errors), within90: within.length / rows.length }, told: none }
  }
  const shares = sharesOf(taught, sums)
  const labels = aim.labels.length
  const came = rows.map((row) => aim.labels.indexOf(String(values[row])))
  const shareAt = (i: number, label: number) => shares[i * labels + label] as number
  const rights = rows.filter((_, i) => {
    const mine = shares.subarray(i * labels, (i + 1) * labels)
    return mine.indexOf(Math.max(...mine)) === came[i]
  })
  const about = aim.positive === null ? 0 : aim.labels.indexOf(aim.positive)
  const told = rows.map((_, i) => shares[i * labels + about] as number)
  const is = came.map((label) => label === about)
  const by = {
    logLoss: mean(came.map((label, i) => -Math.log(Math.max(1e-4, label < 0 ? 0 : shareAt(i, label))))),
    accuracy: rights.length / rows.length,
    auroc: aurocOf(told, is) ?? 0.5,
    calibrationError: eceOf(told, is),
  }
  return { by, told: { chances: told, came: is } }
}

/** Columns that say nearly everything by themselves: what is known only with the outcome, more likely than not. */
export function telltales(lesson: Lesson): string[] {
  const { frame, rows, aim, target } = lesson
  const outcomes = frame.columns.get(target)?.values ?? []
  return lesson.features.filter((name) => {
    const column = frame.columns.get(name)
    if (column === undefined || column.kind === 'word') return false
    const known = rows.filter((row) => column.values[row] !== null)
    if (known.length < rows.length / 2) return false
    const told = known.map((row) => Number(column.values[row]))
    if (aim.kind === 'class' && aim.positive !== null) {
      const came = known.map((row) => String(outcomes[row]) === aim.positive)
      return Math.abs((aurocOf(told, came) ?? 0.5) - 0.5) > 0.495
    }
    return (
      aim.kind === 'number' &&
      Math.abs(
        correlation(
          told,
          known.map((row) => Number(outcomes[row])),
        ),
      ) > 0.999
    )
  })
}

function correlation(left: readonly number[], right: readonly number[]): number {
  const [a, b] = [mean(left), mean(right)]
  let [both, one, two] = [0, 0, 0]
  for (const [i, value] of left.entries()) {
    const other = (right[i] as number) - b
    both += (value - a) * other
    one += (value - a) ** 2
    two += other ** 2
  }
  return one > 0 && two > 0 ? both / Math.sqrt(one * two) : 0
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}
