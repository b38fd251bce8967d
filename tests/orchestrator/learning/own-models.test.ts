// Own models over a real home, log, warehouse and HTTP: made of a query, trained in a process, scored into a table,
// put in use, taken back, killed in the middle, canceled, deleted.

import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Value } from 'typebox/value'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { api } from '#data/contracts'
import { Registry } from '#models'
import { ModelBook } from '#orchestrator/learning'
import { openPlace, type Place } from '../http-place.ts'

const query = `SELECT 'o' || i AS order_id, TIMESTAMPTZ '2026-01-01' + to_hours(i * 3) AS placed_at,
    load, carrier, CASE WHEN i < 540 THEN load + (carrier = 'south')::INT * 0.5 + noise > 0.9 END AS is_late
  FROM (
    SELECT i, hash(i, 1) % 1000 / 1000.0 AS load, ['north', 'south', 'air'][1 + (hash(i, 2) % 3)::INT] AS carrier,
      hash(i, 3) % 1000 / 4000.0 AS noise
    FROM range(600) AS t (i))`
const draft: api.OwnModelDraft = {
  model: 'late_orders',
  name: 'Late orders',
  query,
  target: 'is_late',
  keyColumn: 'order_id',
  timeColumn: 'placed_at',
  ignored: [],
  outcomeDays: 0,
  schedule: '0 3 * * 1',
  scoreSchedule: null,
}

let place: Place
const told: string[] = []
beforeAll(async () => {
  place = await openPlace()
  place.engine.core.onChange(({ kind, ids }) => (kind === 'model' ? told.push(...ids) : undefined))
}, 60_000)
afterAll(() => place.close())

const call = (method: string, path: string, body?: unknown) =>
  place.call(method, `/api/v1${path}`, body === undefined ? {} : { body })
const detail = async (): Promise<api.ModelDetail> => {
  const { body } = await call('GET', '/models/late_orders')
  return body as unknown as api.ModelDetail
}
const settled = async (): Promise<api.ModelDetail> => {
  for (;;) {
    const found = await detail()
    if (found.training === null) return found
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
const scores = () =>
  place.engine.workspace.warehouse.all<{ key: string; score: number; version: string; prediction: string }>(
    "SELECT key, score, version, prediction FROM model_scores WHERE model = 'late_orders' ORDER BY key",
  )
const versionOf = async () => (await detail()).current?.version

describe('own models', { timeout: 180_000 }, () => {
  test('a draft that cannot be a model is refused with what is wrong', async () => {
    const asked = { ...draft, keyColumn: 'id', timeColumn: 'load', schedule: '99 3 * * 1' }
    const { body } = await call('POST', '/models/check', asked)
    expect(body.faults).toEqual([
      '"99 3 * * 1" is no schedule; write cron of five fields, as "0 3 * * 1"',
      'the query gives no column id',
      expect.stringMatching(/^load is .*, and no time or date$/),
    ])
    const refused = await call('POST', '/models', asked)
    expect([refused.status, refused.body.code]).toEqual([422, 'MODELS_DEFINITION_INVALID'])
    const own = await call('POST', '/models', { ...draft, model: 'orders' })
    expect(own.body.code).toBe('MODELS_DEFINITION_INVALID')
    const files = await call('POST', '/models', { ...draft, query: "SELECT * FROM read_csv('/etc/passwd')" })
    expect(String(files.body.code)).toMatch(/^SQL_/)
    expect((await call('GET', '/models/late_orders')).body.code).toBe('MODELS_UNKNOWN')
    expect((await call('POST', '/models', { ...draft, extra: 1 })).status).toBe(400)
  })

  test('a good one is trained, tested on the past, put in use and scored into a table', async () => {
    const made = await call('POST', '/models', draft)
    expect(made.status).toBe(200)
    expect(made.body).toMatchObject({ isOwn: true, state: 'training', definition: draft })
    expect((await call('POST', '/models', draft)).body.code).toBe('MODELS_EXISTS')
    const found = await settled()
    expect(Value.Errors(api.modelDetail, found)).toEqual([])
    expect(found).toMatchObject({ state: 'ready', note: '', scores: { rows: 60 } })
    expect(found.current?.verdict).toMatchObject({ isPromoted: true, code: 'first' })
    expect(found.current?.backTest?.folds.length).toBeGreaterThan(0)
    expect(Date.parse(found.nextTrainingAt ?? '')).toBeGreaterThan(place.effects.clock.now())
    expect(found.decisions).toHaveLength(1)
    const rows = await scores()
    expect(rows).toHaveLength(60)
    for (const { score, version, prediction } of rows) {
      expect(score >= 0 && score <= 1 && version === found.current?.version).toBe(true)
      expect(['true', 'false']).toContain(prediction)
    }
    expect(told.length).toBeGreaterThan(2)
    const list = (await call('GET', '/models')).body as unknown as api.ModelsAnswer
    expect(list.models.map(({ model }) => model)).toEqual(['orders', 'late', 'forecast', 'late_orders'])
    const seen = await call('POST', '/sql', { query: 'SELECT count(*) AS n FROM model_scores' })
    expect(seen.body.rows).toEqual([{ n: 60 }])
  })

  test('the same data gives no better version; another one is put in use by hand and taken back', async () => {
    const first = await versionOf()
    await call('POST', '/models/late_orders/train')
    const found = await settled()
    expect(found.note).toContain('the new version is not in use')
    expect(found.versions.map(({ status, verdict }) => [status, verdict.code])).toEqual([
      ['kept', 'nothing_new'],
      ['in_use', 'first'],
    ])
    const second = found.versions[0]?.version
    const unknown = await call('POST', '/models/late_orders/promote', { version: 'none' })
    expect(unknown.body.code).toBe('MODELS_VERSION_UNKNOWN')
    await call('POST', '/models/late_orders/promote', { version: second })
    await settled()
    expect(await versionOf()).toBe(second)
    expect((await scores()).every(({ version }) => version === second)).toBe(true)
    await call('POST', '/models/late_orders/rollback')
    await settled()
    expect(await versionOf()).toBe(first)
    expect((await call('POST', '/models/late_orders/rollback')).body.code).toBe('MODELS_NOTHING_BEFORE')
    const { registry, log, paths } = {
      registry: await Registry.open(place.effects, place.engine.workspace.paths.models),
      ...place.engine.workspace,
    }
    registry.attach('main', (await ModelBook.open(log, 'main')).journal)
    expect(registry.current({ market: 'main', model: 'late_orders' })?.version).toBe(first)
    expect(existsSync(join(paths.lake, 'scores', 'main', 'late_orders'))).toBe(true)
  })

  test.skipIf(process.platform !== 'linux')(
    'a process killed in the middle leaves all as it was',
    async () => {
      const before = [await versionOf(), await scores()]
      await call('POST', '/models/late_orders/train')
      const children = () => {
        try {
          const found = execFileSync('pgrep', ['-P', String(process.pid), '-f', 'process-worker'])
          return String(found).trim().split('\n')
        } catch {
          return []
        }
      }
      while (children().length === 0) await new Promise((resolve) => setTimeout(resolve, 20))
      for (const pid of children()) process.kill(Number(pid), 'SIGKILL')
      const found = await settled()
      expect(found).toMatchObject({ state: 'failed' })
      expect(found.note).toContain('SIGKILL')
      expect([await versionOf(), await scores()]).toEqual(before)
      expect(found.versions).toHaveLength(2)
    },
  )

  test('a training is canceled; one that is not under way cannot be', async () => {
    await call('POST', '/models/late_orders/train')
    const canceled = await call('POST', '/models/late_orders/cancel')
    expect(canceled.status).toBe(200)
    const found = await settled()
    expect(found).toMatchObject({ state: 'ready', note: expect.stringContaining('canceled') })
    expect((await call('POST', '/models/late_orders/cancel')).body.code).toBe('MODELS_NOT_TRAINING')
  })

  test('one that is deleted is gone, with its versions, files and scores', async () => {
    expect((await call('DELETE', '/models/late_orders')).status).toBe(204)
    expect((await call('GET', '/models/late_orders')).status).toBe(404)
    expect(await scores()).toEqual([])
    const { paths } = place.engine.workspace
    expect(existsSync(join(paths.models, 'main', 'late_orders'))).toBe(false)
    expect(existsSync(join(paths.lake, 'scores', 'main', 'late_orders'))).toBe(false)
    expect((await call('DELETE', '/models/orders')).body.code).toBe('MODELS_UNKNOWN')
  })
})
