// The models on a generated retailer and on real orders, through the real pipeline: the fault in progress is found,
// quiet days stay quiet, the model of orders learns, survives its thread and its files.

import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { Value } from 'typebox/value'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { operations } from '#data/contracts'
import { type Fault, generateWorld } from '#data/world'
import { ingest } from '#ingest'
import {
  detectSeries,
  type Models,
  type ModelsOptions,
  type OrderScore,
  openModels,
  orderAnomalies,
  SeriesWatch,
} from '#models'
import { runCycle } from '#pipeline'
import { openTestHome, type TestHome } from '../ingest/home.ts'

const end = Date.UTC(2026, 10, 20, 15)
const hourMs = 3_600_000
const market = 'main'

let home: TestHome
let fault: Fault | undefined
beforeAll(async () => {
  home = await openTestHome()
  const folder = join(home.files, 'world')
  const world = await generateWorld(folder, { days: 30, orders: 20_000, end })
  fault = world.faults.at(-1)
  await ingest({ provider: 'detour', paths: [folder], as: 'fabrikam' }, home)
  await runCycle(home.warehouse, home.effects)
}, 120_000)
afterAll(() => home.close())

describe('detection on a retailer', () => {
  test('finds the node that slows down, with its cause and range', async () => {
    const { constraints, anomalies, series } = await detectSeries(home.warehouse, { market, now: end })
    expect(fault?.kind).toBe('node_slowdown')
    const key = `node/fabrikam:${fault?.nodeId}`
    const found = constraints.find((constraint) => constraint.key === key)
    expect(found).toMatchObject({ isBreaching: true, hasRecovered: false })
    expect(found?.severity).toBeGreaterThan(0.3)
    expect(found?.beganAt).toBeGreaterThanOrEqual(Date.parse(fault?.from ?? ''))
    const [lead] = found?.metrics ?? []
    expect(lead?.pValue).toBeLessThan(0.001)
    for (const { share } of found?.causes ?? []) {
      expect(share).toBeGreaterThan(0)
      expect(share).toBeLessThanOrEqual(1)
    }
    expect(series).toBeGreaterThan(100)
    const row = anomalies.find((one) => one.dimensionValue === `fabrikam:${fault?.nodeId}`)
    expect(row).toMatchObject({ grain: 'hour', dimension: 'node', isConfirmed: true })
    for (const one of anomalies) expect(Value.Errors(operations.anomalies.schema, one)).toEqual([])
    expect(new Set(anomalies.map(({ anomalyId }) => anomalyId)).size).toBe(anomalies.length)
  })

  test('says the same once more, with the same ids', async () => {
    const first = await detectSeries(home.warehouse, { market, now: end })
    expect(await detectSeries(home.warehouse, { market, now: end })).toEqual(first)
  })

  test('raises little in the week before', async () => {
    const raised = new Set<string>()
    const watch = new SeriesWatch(market)
    for (let now = end - 7 * 24 * hourMs; now < end - 8 * hourMs; now += 13 * hourMs) {
      const { constraints } = await watch.detect(home.warehouse, { now })
      for (const { key } of constraints) raised.add(key)
    }
    expect([...raised].length).toBeLessThanOrEqual(2)
  })
})

const scoresOf = (models: Models): Promise<OrderScore[]> =>
  home.warehouse.reading((queries) => models.scoreOrders(queries, { market, now: end }))
const teach = (models: Models, size: 'small' | 'full' = 'small') =>
  home.warehouse.reading((queries) => models.trainOrders(queries, { market, now: end, size }))

describe('the model of orders', () => {
  const open = (name: string, more: Partial<ModelsOptions> = {}) =>
    openModels(home.effects, { folder: join(home.files, name), ...more })

  test('has no scores before it was taught, and refuses to learn from too little', async () => {
    const models = await open('empty')
    try {
      expect(await scoresOf(models)).toEqual([])
      expect(models.isReady(market)).toBe(false)
      expect(models.states()).toMatchObject([
        { backend: 'statistics', state: 'ready' },
        { name: 'orders', state: 'none' },
      ])
      const state = await models.trainOrders(home.warehouse, { market: 'nowhere', now: end, size: 'small' })
      expect(state).toMatchObject({ state: 'none', trainedRows: 0 })
      expect(state.note).toContain('at least 200')
      expect(await models.scoreOrders(home.warehouse, { market: 'nowhere', now: end })).toEqual([])
    } finally {
      await models.close()
    }
  })

  test('learns, scores every open order, and keeps what it learned in its files', async () => {
    const models = await open('kept')
    const state = await teach(models)
    expect(state).toMatchObject({ name: 'orders', state: 'ready' })
    expect(['tfjs-node', 'wasm', 'cpu']).toContain(state.backend)
    expect(state.trainedRows).toBeGreaterThan(2000)
    expect(models.states()[1]).toEqual(state)
    const scores = await scoresOf(models)
    const { open: count } = await home.warehouse.one<{ open: number }>(
      'SELECT count(*) AS open FROM orders WHERE is_open',
    )
    expect(scores.length).toBe(count)
    expect(scores.map(({ pValue }) => pValue)).toEqual(
      scores.map(({ pValue }) => pValue).toSorted((a, b) => a - b),
    )
    const rare = scores.filter(({ pValue }) => pValue <= 0.1).length / scores.length
    expect(rare).toBeLessThan(0.3)
    for (const row of orderAnomalies(scores, { market, now: end })) {
      expect(row).toMatchObject({ grain: 'record', metric: 'order', dimension: 'order' })
      expect(Value.Errors(operations.anomalies.schema, row)).toEqual([])
    }
    expect(models.drifts(market)).toEqual([])
    await home.warehouse.reading((queries) => models.scoreOrders(queries, { market, now: end + 25 * hourMs }))
    const drifts = models.drifts(market)
    expect(drifts.map(({ name }) => name)).toEqual(expect.arrayContaining(['value', 'node', 'score']))
    expect(drifts.filter(({ name }) => /^(day_|is_weekend)/.test(name))).toEqual([])
    expect(drifts.find(({ name }) => name === 'value')?.text).toMatch(/^Value of the goods (looks|has)/)
    await models.close()
    await expect(scoresOf(models)).rejects.toMatchObject({ code: 'MODELS_WORKER_DIED' })

    const again = await open('kept')
    try {
      expect(again.isReady(market)).toBe(true)
      expect(again.states()[1]).toMatchObject({ version: state.version, trainedRows: state.trainedRows })
      expect(await scoresOf(again)).toEqual(scores)
    } finally {
      await again.close()
    }
  })

  test('names the feature that makes an order odd, with what it expected', async () => {
    const models = await open('kept')
    const { id } = await home.warehouse.one<{ id: string }>(
      `SELECT order_id::VARCHAR AS id FROM orders
       WHERE is_open AND line_count = 1 AND total_cents BETWEEN 3000 AND 9000 ORDER BY order_id LIMIT 1`,
    )
    const { total } = await home.warehouse.one<{ total: number }>(
      'SELECT total_cents AS total FROM orders WHERE order_id = $1::UUID',
      [id],
    )
    const setTotal = (cents: number) =>
      home.warehouse.run(`UPDATE orders SET total_cents = ${cents} WHERE order_id = $1::UUID`, [id])
    try {
      const before = (await scoresOf(models)).find(({ orderId }) => orderId === id)
      await setTotal(80_000_00)
      const after = (await scoresOf(models)).find(({ orderId }) => orderId === id)
      expect(after?.pValue).toBeLessThanOrEqual(before?.pValue ?? 0)
      expect(after?.reasons[0]).toMatchObject({ feature: 'value', value: 80_000 })
      expect(after).toMatchObject({ value: 80_000, expected: after?.reasons[0]?.expected })
      expect(after?.expectedHigh).toBeLessThan(10_000)
    } finally {
      await setTotal(total)
      await models.close()
    }
  })

  test('scores alike on WebAssembly and in plain JavaScript, and says which it used', async () => {
    const [wasm, cpu] = [
      await open('kept', { backends: ['wasm'] }),
      await open('kept', { backends: ['cpu'] }),
    ]
    try {
      const [left, right] = [await scoresOf(wasm), await scoresOf(cpu)]
      const rightOf = new Map(right.map((score) => [score.orderId, score]))
      for (const { orderId, score } of left) {
        expect(Math.abs(score - (rightOf.get(orderId)?.score ?? 9))).toBeLessThan(0.05)
      }
      const refusal = { market: 'nowhere', now: end, size: 'small' } as const
      expect((await wasm.trainOrders(home.warehouse, refusal)).backend).toBe('wasm')
      expect((await cpu.trainOrders(home.warehouse, refusal)).backend).toBe('cpu')
    } finally {
      await wasm.close()
      await cpu.close()
    }
  })

  test('does without a backend that is not there', async () => {
    const models = await open('fallback', { backends: ['tfjs-node'] })
    try {
      const { backend } = await models.trainOrders(home.warehouse, {
        market: 'nowhere',
        now: end,
        size: 'small',
      })
      expect(['tfjs-node', 'cpu']).toContain(backend)
    } finally {
      await models.close()
    }
  })

  test('survives the death of its thread: the call under way fails with a code, the next one works', async () => {
    const threads: Worker[] = []
    let isAsked = false
    const onThread = (thread: Worker): void => {
      threads.push(thread)
      const post = thread.postMessage.bind(thread)
      thread.postMessage = (message: { task?: string }) => {
        post(message)
        isAsked ||= message.task === 'train'
      }
    }
    const models = await open('kept', { onThread })
    try {
      const scores = await scoresOf(models)
      const version = models.states()[1]?.version
      const training = teach(models, 'full')
      const failed = expect(training).rejects.toMatchObject({ code: 'MODELS_WORKER_DIED', retryable: true })
      while (!isAsked) await new Promise((resolve) => setTimeout(resolve, 5))
      await threads[0]?.terminate()
      await failed
      expect(models.states()[1]).toMatchObject({ state: 'ready', version })
      expect(await scoresOf(models)).toEqual(scores)
      expect(threads.length).toBe(2)
    } finally {
      await models.close()
    }
  })

  test('leaves out files that are damaged', async () => {
    const models = await open('damaged')
    await teach(models)
    await models.close()
    const versions = join(home.files, 'damaged', market, 'orders')
    const [version = ''] = await readdir(versions)
    const path = join(versions, version)
    const weights = (await readdir(path)).find((name) => name.endsWith('.bin')) ?? ''
    await writeFile(join(path, weights), (await readFile(join(path, weights))).subarray(0, 100))
    const again = await open('damaged')
    try {
      expect(again.isReady(market)).toBe(false)
      expect(await scoresOf(again)).toEqual([])
    } finally {
      await again.close()
    }
  })
})

const data = process.env.DETOUR_TEST_DATA ?? ''
const hasData = data !== '' && existsSync(join(data, 'olist'))
if (!hasData) console.warn('DETOUR_TEST_DATA is not set: the models are not tested on real data')

describe.skipIf(!hasData)('real orders', () => {
  test('are looked at without crash or division by zero', async () => {
    const real = await openTestHome()
    const models = await openModels(real.effects, { folder: join(real.files, 'models') })
    try {
      await ingest({ provider: 'olist', paths: [join(data, 'olist')] }, real)
      await runCycle(real.warehouse, real.effects)
      const { now } = await real.warehouse.one<{ now: number }>(
        'SELECT epoch_ms(watermark)::DOUBLE AS now FROM market_clock',
      )
      for (const back of [0, 300]) {
        const found = await detectSeries(real.warehouse, {
          market,
          now: now - back * 24 * hourMs,
          openKeys: ['all/all'],
        })
        const numbers = found.anomalies.flatMap((row) => [row.value, row.expected, row.score, row.pValue])
        expect(numbers.every((value) => Number.isFinite(value))).toBe(true)
        expect(found.constraints.some(({ key }) => key === 'all/all')).toBe(true)
      }
      const state = await models.trainOrders(real.warehouse, { market, now, size: 'small' })
      expect(['ready', 'none']).toContain(state.state)
      for (const score of await models.scoreOrders(real.warehouse, { market, now })) {
        expect(Number.isFinite(score.score) && score.pValue > 0).toBe(true)
      }
    } finally {
      await models.close()
      await real.close()
    }
  })
})
