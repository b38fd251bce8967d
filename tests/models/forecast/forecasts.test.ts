// Proves the life of the forecaster of a market: taught, kept, used again after a restart; what is in use stays in use
// when a thread dies or files are damaged; and drift of what it sees is told in words.

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Effects, realEffects, seededRandom } from '#data/kernel'
import { type Forecasts, openForecasts, Registry } from '#models'
import { ahead, type Examples, inputsOf, laidOut, targetOf } from '../../../models/forecast/index.ts'

const market = 'main'
const firstDay = 20_000
const effects: Effects = realEffects()
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'detour-forecasts-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

/** Days of 28 series that go on as the day before ended; `scatter` in standard deviations. */
function examplesOf(days: number, { seed = 'forecast', scatter = 1, from = firstDay } = {}): Examples {
  const random = seededRandom(seed)
  const made = Array.from({ length: 28 }, (_, series) => {
    const level = 20 + 2 * series
    let lean = 0
    const residuals: number[] = []
    return Array.from({ length: days }, (__, day) => {
      const expected = Float64Array.from({ length: ahead }, (___, hour) => level + 8 * Math.sin(hour / 4))
      const before = [...residuals]
      lean = 0.8 * lean + random.normal(0, 0.4 * scatter)
      const hours = Array.from({ length: ahead }, () => lean + random.normal(0, 0.4 * scatter))
      residuals.push(...hours)
      const view = {
        kind: 'flow' as const,
        weekday: day % 7,
        expected,
        sigma: 3,
        level,
        residual: (back: number) => before.at(-back) ?? Number.NaN,
        before: () => Number.NaN,
      }
      const targets = Float32Array.from(hours, (z, hour) =>
        targetOf(view, hour, (expected[hour] ?? 0) + 3 * z),
      )
      return { day: from + day, inputs: inputsOf(view), targets }
    })
  })
  return laidOut(made.flat())
}

async function withForecasts<T>(
  name: string,
  use: (forecasts: Forecasts, registry: Registry, threads: Worker[]) => Promise<T>,
): Promise<T> {
  const threads: Worker[] = []
  const registry = await Registry.open(effects, join(folder, name))
  const forecasts = openForecasts(effects, { registry, onThread: (thread) => threads.push(thread) })
  try {
    return await use(forecasts, registry, threads)
  } finally {
    await forecasts.close()
  }
}

const examples = examplesOf(70)
const now = (firstDay + 70) * 86_400_000

describe('the forecaster of a market', () => {
  test('says that there is too little to learn from, and nothing where there is none', async () => {
    await withForecasts('few', async (forecasts) => {
      expect(await forecasts.teach({ market, examples: examplesOf(5) })).toBeNull()
      expect(await forecasts.load(market)).toBeNull()
      await forecasts.watch(market, examples, now)
      expect(forecasts.drifts(market)).toEqual([])
    })
  })

  test('is better than what series remember, and the same after a restart', async () => {
    const net = await withForecasts('kept', async (forecasts) => {
      const card = await forecasts.teach({ market, examples })
      expect(card).toMatchObject({ model: 'forecast', verdict: { isPromoted: true, code: 'first' } })
      expect(card?.metrics.pinball).toBeLessThan(card?.metrics.pinballOfMemory ?? 0)
      return forecasts.load(market)
    })
    expect(net).not.toBeNull()
    await withForecasts('kept', async (forecasts) => expect(await forecasts.load(market)).toEqual(net))
  })

  test('stays in use when its thread dies in a training, and when that is canceled', async () => {
    await withForecasts('kept', async (forecasts, registry, threads) => {
      const [net, version] = [await forecasts.load(market), forecasts.current(market)?.version]
      const died = forecasts.teach({ market, examples, onProgress: () => void threads[0]?.terminate() })
      await expect(died).rejects.toMatchObject({ code: 'MODELS_WORKER_DIED' })
      const stop = new AbortController()
      const canceled = forecasts.teach({
        market,
        examples,
        signal: stop.signal,
        onProgress: () => stop.abort(),
      })
      await expect(canceled).rejects.toMatchObject({ code: 'MODELS_CANCELED' })
      expect(threads.length).toBe(2)
      expect(forecasts.current(market)?.version).toBe(version)
      expect(await forecasts.load(market)).toEqual(net)
      expect(registry.versions({ market, model: 'forecast' }).length).toBe(1)
    })
  })

  test('passes over a version whose file is damaged and one of another release', async () => {
    const home = join(folder, 'kept', market, 'forecast')
    const [good = ''] = (await readdir(home)).filter((name) => /^\d/.test(name))
    const net = await withForecasts('kept', async (forecasts, registry) => {
      const later = examplesOf(78)
      for (const change of [damage, ofAnotherRelease]) {
        const card = await forecasts.teach({ market, examples: later })
        const version = card?.version ?? ''
        await registry.promote({ market, model: 'forecast' }, version, 'a test')
        await change(join(home, version))
      }
      expect(forecasts.current(market)?.version).not.toBe(good)
      const found = await forecasts.load(market)
      expect(forecasts.current(market)?.version).toBe(good)
      return found
    })
    expect(net).not.toBeNull()
    await withForecasts('kept', async (forecasts) => expect(await forecasts.load(market)).toEqual(net))
  })

  test('tells in words whether what it sees has moved since it learned', async () => {
    await withForecasts('kept', async (forecasts) => {
      await forecasts.load(market)
      await forecasts.watch(market, examplesOf(20, { from: firstDay + 60 }), now)
      const same = forecasts.drifts(market)
      expect(same.map(({ name }) => name).sort()).toEqual([
        'kind',
        'last_day',
        'scatter',
        'score',
        'two_weeks',
      ])
      expect(same.filter(({ name, hasMoved }) => hasMoved && name !== 'two_weeks')).toEqual([])
      await forecasts.watch(market, examplesOf(20, { from: firstDay + 60, scatter: 3 }), now)
      const moved = forecasts.drifts(market).filter(({ hasMoved }) => hasMoved)
      expect(moved.map(({ name }) => name)).toEqual(expect.arrayContaining(['scatter', 'score']))
      expect(moved.find(({ name }) => name === 'scatter')?.text).toMatch(
        /^Scatter of the last two days, in standard deviations has moved/,
      )
    })
  })
})

async function damage(version: string): Promise<void> {
  const path = join(version, 'forecast.bin')
  await writeFile(path, (await readFile(path)).subarray(0, 100))
}

async function ofAnotherRelease(version: string): Promise<void> {
  const path = join(version, 'manifest.json')
  const manifest = JSON.parse(await readFile(path, 'utf8')) as { format: number }
  await writeFile(path, JSON.stringify({ ...manifest, format: manifest.format + 1 }))
}
