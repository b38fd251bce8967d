// How well the streaming detector finds labelled windows: in a made collection of many kinds, and in series that
// others measured and labelled. Labels are only held against its scores.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Effects } from '#data/kernel'
import { StreamDetector } from '#models'
import { csvFiles, openCsv } from '#orchestrator/analysis'
import type { BenchOptions, BenchRow } from '../row.ts'
import { envelopeScores } from './envelope.ts'
import { madeCollection } from './made/collection.ts'
import { type LabelledSeries, scoreWindows, type WindowScore } from './windows.ts'

/** Several values measured at the same times, with one list of windows. */
interface Measured extends LabelledSeries {
  signals: Float64Array[]
}

type Detect = (times: Float64Array, values: Float64Array) => Float64Array

const seeds = ['bench 1', 'bench 2', 'bench 3']
/** From this score on the detector alarms by itself. */
const ownThreshold = 0.5
const goal = 65
/** Columns of the measured series that are no signal. */
const [timeColumn, labelColumn, otherColumns] = ['datetime', 'anomaly', ['changepoint']]

/** Rows about series. */
export async function seriesQuality(_: Effects, { data }: BenchOptions): Promise<BenchRow[]> {
  const collections = seeds.map((seed) =>
    madeCollection(seed).map((each) => ({ ...each, signals: [each.values] })),
  )
  const rows = rowsOf(`${seeds.length} times 58 made series`, collections, goal)
  const folder = data === null ? null : join(data, 'series')
  if (folder === null || !existsSync(folder)) return rows
  const measured = await readMeasured(folder)
  return [...rows, ...rowsOf(`${measured.length} measured series of several signals`, [measured], null)]
}

function rowsOf(name: string, collections: Measured[][], bound: number | null): BenchRow[] {
  const stream = collections.map((collection) => scoresBy(streamScores, collection))
  const plain = collections.map((collection) => scoresBy((_, values) => envelopeScores(values), collection))
  const [best, own, envelope] = [
    stream.map((each) => scoreWindows(each)),
    stream.map((each) => scoreWindows(each, ownThreshold)),
    plain.map((each) => scoreWindows(each)),
  ]
  const base = mean(envelope)
  const row = (what: string, found: WindowScore[], least: number | null): BenchRow => ({
    group: 'quality',
    name: `${name}, ${what}: ${showFound(found)}`,
    value: mean(found),
    unit: 'of 100',
    baseline: `running envelope: ${base.toFixed(1)}`,
    ratio: base === 0 ? null : mean(found) / base,
    goal: least,
    pass: least === null ? null : mean(found) >= least,
  })
  return [row('best threshold', best, bound), row(`threshold ${ownThreshold}`, own, null)]
}

function streamScores(times: Float64Array, values: Float64Array): Float64Array {
  const detector = new StreamDetector()
  return values.map((value, i) => detector.update(times[i] as number, value).score)
}

/** The highest score over the signals of each point. */
function scoresBy(detect: Detect, collection: Measured[]) {
  return collection.map((series) => {
    const bySignal = series.signals.map((values) => detect(series.times, values))
    const scores = series.times.map((_, i) => Math.max(...bySignal.map((each) => each[i] as number)))
    return { series, scores }
  })
}

function showFound(found: WindowScore[]): string {
  const total = (pick: (score: WindowScore) => number) => found.reduce((sum, each) => sum + pick(each), 0)
  const [hits, windows, wrong] = [
    total((score) => score.hits),
    total((score) => score.windows),
    total((score) => score.falseAlarms),
  ]
  return `${hits} of ${windows} windows, ${wrong} alarms outside`
}

function mean(found: WindowScore[]): number {
  return found.reduce((sum, { score }) => sum + score, 0) / Math.max(1, found.length)
}

async function readMeasured(folder: string): Promise<Measured[]> {
  const found: Measured[] = []
  for (const path of await csvFiles([folder])) {
    const table = await openCsv(path)
    try {
      const names = table.header.filter((name) => ![timeColumn, labelColumn, ...otherColumns].includes(name))
      const [times] = (await table.instants([timeColumn])) as [Float64Array]
      const [labels] = (await table.numbers([labelColumn])) as [Float64Array]
      const signals = await table.numbers(names)
      const values = signals[0] ?? new Float64Array(table.rows)
      found.push({ name: table.name, kind: 'measured', times, values, signals, windows: windowsOf(labels) })
    } finally {
      table.close()
    }
  }
  return found
}

/** Runs of labelled points. */
function windowsOf(labels: Float64Array): [number, number][] {
  const windows: [number, number][] = []
  for (const [i, label] of labels.entries()) {
    if (label !== 1) continue
    const last = windows.at(-1)
    if (last?.[1] === i - 1) last[1] = i
    else windows.push([i, i])
  }
  return windows
}
