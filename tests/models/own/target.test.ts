// An own model with a target, on made rows through a real Parquet file and the real backend.

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openWarehouse } from '#data/warehouse'
import { aurocOf, calibrationPointsOf, eceOf } from '../../../models/measure/chances.ts'
import { conformalInterval, isotonic, stepAt } from '../../../models/own/calibrate.ts'
import type { OwnScored, OwnTrained, OwnTrainInput } from '../../../models/own/meta.ts'
import { tasks } from '../../../models/own/tasks.ts'
import { chooseBackend } from '../../../models/runtime/index.ts'
import { madeRows, writeRows } from './rows.ts'

let folder = ''
let file = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'detour-own-'))
  file = join(folder, 'rows.parquet')
  await chooseBackend(['wasm'])
  await writeRows(file, madeRows())
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const wantedOf = (target: string | null, ignored: string[]) => ({
  target,
  keyColumn: 'order_id',
  timeColumn: 'placed_at',
  ignored,
})
const outcomes = ['is_late', 'days', 'step']
const without = (target: string) => outcomes.filter((name) => name !== target)
const shares: number[] = []
const context = {
  backend: 'wasm' as const,
  progress: (told: unknown) => void shares.push((told as { share: number }).share),
  signal: new AbortController().signal,
}
const train = (target: string, more: Partial<OwnTrainInput> = {}): Promise<OwnTrained> =>
  tasks.train(
    { file, wanted: wantedOf(target, without(target)), seed: 's', gapMs: 0, current: null, ...more },
    context,
  )

async function scoreAll(model: OwnTrained, target: string) {
  const out = join(folder, `${target}.scores.parquet`)
  const scored: OwnScored = await tasks.score(
    { file, wanted: wantedOf(target, without(target)), model, out, profile: model.profile },
    context,
  )
  const warehouse = await openWarehouse(':memory:', { memoryMb: 500, threads: 1 })
  try {
    return { scored, rows: await warehouse.all(`SELECT * FROM read_parquet('${out}')`) }
  } finally {
    await warehouse.close()
  }
}

describe('a label as target', () => {
  test('is foretold better than its base rate on later rows, calibrated, and the open rows get scores', async () => {
    shares.length = 0
    const model = await train('is_late')
    expect(shares.every((share, i) => share >= (shares[i - 1] ?? 0) && share <= 1)).toBe(true)
    expect(model.features.toSorted()).toEqual(['carrier', 'load', 'ship_by', 'units'])
    expect(model.notes.join()).toContain('constant is left out')
    expect(model.metrics.auroc).toBeGreaterThan(0.85)
    expect(model.metrics.calibrationError).toBeLessThan(0.12)
    const folds = model.backTest?.folds ?? []
    expect(folds).toHaveLength(3)
    for (const { candidate, baseline, current } of folds) {
      expect(candidate).toBeLessThan(baseline as number)
      expect(current).toBeNull()
    }
    expect(model.rows.trained + model.rows.held).toBe(900)
    const { scored, rows } = await scoreAll(model, 'is_late')
    expect(scored.rows).toBe(100)
    expect(scored.counts).toHaveLength(model.profile.columns.length)
    for (const row of rows) {
      expect(row.score).toBeGreaterThanOrEqual(0)
      expect(row.score).toBeLessThanOrEqual(1)
      expect(['true', 'false']).toContain(row.prediction)
      const reasons = JSON.parse(String(row.reasons)) as { feature: string; effect: number }[]
      expect(reasons.length).toBeGreaterThan(0)
    }
    const carriers = new Map(madeRows().map(({ order_id, carrier }) => [order_id, carrier]))
    const meanOf = (carrier: string) => {
      const mine = rows
        .filter(({ key }) => carriers.get(String(key)) === carrier)
        .map(({ score }) => Number(score))
      return mine.reduce((sum, score) => sum + score, 0) / mine.length
    }
    expect(meanOf('south')).toBeGreaterThan(meanOf('north') + 0.3)
  })

  test('learns the same for a seed, and is compared with the one in use only on what that had not seen', async () => {
    const half = join(folder, 'half.parquet')
    await writeRows(half, madeRows().slice(0, 650))
    const early = await train('is_late', { file: half })
    expect((await train('is_late', { file: half })).nets).toEqual(early.nets)
    const later = await train('is_late', { current: { model: early, learnedTo: early.to } })
    const known = later.backTest?.folds.map(({ from, current }) => [
      Date.parse(from) >= early.to,
      current !== null,
    ])
    expect(known?.every(([isNew, isCompared]) => isNew === isCompared)).toBe(true)
    expect(known?.some(([isNew]) => isNew)).toBe(true)
    expect(later.fingerprint).not.toBe(early.fingerprint)
  })

  test('of several words is foretold with shares that add up', async () => {
    const model = await train('step')
    expect(model.metrics.accuracy).toBeGreaterThan(0.6)
    const { rows } = await scoreAll(model, 'step')
    expect(rows.every(({ score }) => Number(score) > 0.3)).toBe(true)
  })
})

describe('a number as target', () => {
  test('is foretold with intervals that hold nine times of ten, and a p-value where the outcome is known', async () => {
    const model = await train('days')
    expect(model.metrics.within90).toBeGreaterThan(0.8)
    expect(model.metrics.within90).toBeLessThan(0.98)
    for (const { candidate, baseline } of model.backTest?.folds ?? []) {
      expect(candidate).toBeLessThan((baseline as number) * 0.8)
    }
    const { rows } = await scoreAll(model, 'days')
    for (const row of rows) {
      expect(Number(row.lower)).toBeLessThanOrEqual(Number(row.prediction_value))
      expect(Number(row.upper)).toBeGreaterThanOrEqual(Number(row.prediction_value))
    }
    const known = join(folder, 'known.parquet')
    await writeRows(known, madeRows({ open: 0 }))
    const out = join(folder, 'known.scores.parquet')
    const wanted = wantedOf('days', without('days'))
    const scored = await tasks.score({ file: known, wanted, model, out, profile: null }, context)
    expect(scored.pValues).toHaveLength(1_000)
  })
})

describe('rows that cannot be learned from', () => {
  const refused = async (more: Partial<OwnTrainInput>, words: string) => {
    const work = train('is_late', more)
    await expect(work).rejects.toMatchObject({ code: 'MODELS_DATA_UNUSABLE' })
    await expect(work).rejects.toThrow(words)
  }

  test('are refused with a reason', async () => {
    const few = join(folder, 'few.parquet')
    await writeRows(few, madeRows({ rows: 50 }))
    await refused({ file: few }, 'at least 200')
    await writeRows(few, [])
    await refused({ file: few }, '0 rows')
    await refused({ wanted: { ...wantedOf('nothing', []) } }, 'nothing is not in the query')
    await refused({ wanted: { ...wantedOf('is_late', []), timeColumn: 'when' } }, 'when is not in the query')
    await refused({ wanted: { ...wantedOf('is_late', []), timeColumn: 'units' } }, 'units is no time')
    await refused({ wanted: { ...wantedOf('order_id', []), keyColumn: 'carrier' } }, 'more than 20 different')
    await refused({ wanted: { ...wantedOf('constant', []) } }, 'constant is 1 in every row')
    await refused(
      { wanted: wantedOf('is_late', ['carrier', 'load', 'units', 'ship_by', 'days', 'step']) },
      'no column',
    )
  })

  test('a column that knows the outcome is named', async () => {
    const model = await train('is_late', { wanted: wantedOf('is_late', ['step']) })
    expect(model.notes.join()).toContain('days says nearly all of is_late')
  })

  test('a file that is none, or a training that is canceled, ends with a code', async () => {
    const broken = join(folder, 'broken.parquet')
    await writeFile(broken, 'no parquet')
    await expect(train('is_late', { file: broken })).rejects.toMatchObject({ code: 'WAREHOUSE_QUERY' })
    const canceled = tasks.train(
      { file, wanted: wantedOf('is_late', []), seed: 's', gapMs: 0, current: null },
      { ...context, signal: AbortSignal.abort() },
    )
    await expect(canceled).rejects.toMatchObject({ code: 'MODELS_CANCELED' })
  })
})

describe('calibration', () => {
  const unit = fc.double({ min: 0, max: 1, noNaN: true })

  test('rises, stays between 0 and 1, and needs rows', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(unit, fc.boolean()), { minLength: 100, maxLength: 300 }), (rows) => {
        const steps = isotonic(
          rows.map(([told]) => told),
          rows.map(([, came]) => Number(came)),
        )
        const values = Array.from({ length: 21 }, (_, i) => stepAt(steps ?? { at: [], values: [] }, i / 20))
        return values.every((value, i) => value >= 0 && value <= 1 && value >= (values[i - 1] ?? 0) - 1e-12)
      }),
    )
    expect(isotonic([0.1, 0.9], [0, 1])).toBeNull()
  })

  test('measures: chance of the right order, gap of shares, intervals', () => {
    expect(aurocOf([0.1, 0.2, 0.8, 0.9], [false, false, true, true])).toBe(1)
    expect(aurocOf([1, 1, 1], [false, true, false])).toBe(0.5)
    expect(aurocOf([1, 2], [true, true])).toBeNull()
    expect(eceOf([0.5, 0.5], [false, true])).toBeCloseTo(0.5)
    expect(calibrationPointsOf([0.9, 0.2, 0.1, 0.8], [true, false, false, true], 2)).toEqual([
      { from: 0.1, to: 0.2, predicted: expect.closeTo(0.15), observed: 0, count: 2 },
      { from: 0.8, to: 0.9, predicted: expect.closeTo(0.85), observed: 1, count: 2 },
    ])
    const [low, high] = conformalInterval(Array.from({ length: 999 }, (_, i) => i - 499))
    expect([Math.round(low), Math.round(high)]).toEqual([-450, 450])
    expect(conformalInterval([])).toEqual([0, 0])
  })
})
