// An own model that finds what is odd, on made rows through a real Parquet file.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openWarehouse } from '#data/warehouse'
import { tasks } from '../../../models/own/tasks.ts'
import { chooseBackend, loadBundle, saveBundle } from '../../../models/runtime/index.ts'
import { madeRows, writeRows } from './rows.ts'

let folder = ''
let file = ''
const odd = { row: 995, units: 500 }
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'detour-odd-'))
  file = join(folder, 'rows.parquet')
  await chooseBackend(['wasm'])
  await writeRows(
    file,
    madeRows().map((row, i) => ({
      ...row,
      load: row.load ?? 0.5,
      ...(i === odd.row ? { units: odd.units } : {}),
    })),
  )
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const wanted = {
  target: null,
  keyColumn: 'order_id',
  timeColumn: 'placed_at',
  ignored: ['is_late', 'step', 'days'],
}
const context = { backend: 'wasm' as const, progress: () => undefined, signal: new AbortController().signal }
const train = () => tasks.train({ file, wanted, seed: 's', gapMs: 0, current: null }, context)

describe('finding what is odd', () => {
  test('is as rare on later rows as it says, and keeps what it learned through its files', async () => {
    const model = await train()
    expect(model.kind).toBe('own-odd')
    const folds = model.backTest?.folds ?? []
    expect(folds.length).toBe(3)
    for (const { candidate } of folds) expect(candidate).toBeLessThan(0.35)
    const { kind, format, own, nets, numbers } = model
    await saveBundle(join(folder, 'kept'), { kind, format, meta: own, nets, numbers })
    const { bundle } = await loadBundle(join(folder, 'kept'), { kind, format })
    const out = join(folder, 'scores.parquet')
    const kept = { own: bundle.meta, nets: bundle.nets, numbers: bundle.numbers }
    const scored = await tasks.score({ file, wanted, model: kept, out, profile: model.profile }, context)
    expect(scored.rows).toBe(1_000)
    expect(scored.pValues.every((value) => value > 0 && value <= 1)).toBe(true)
    const warehouse = await openWarehouse(':memory:', { memoryMb: 500, threads: 1 })
    try {
      const rows = await warehouse.all<{ key: string; score: number; reasons: string }>(
        `SELECT key, score, reasons FROM read_parquet('${out}') ORDER BY score DESC LIMIT 3`,
      )
      expect(rows[0]?.key).toBe(`o${odd.row}`)
      const [reason] = JSON.parse(rows[0]?.reasons ?? '[]') as { feature: string; value: number }[]
      expect(reason).toMatchObject({ feature: 'units', value: odd.units })
    } finally {
      await warehouse.close()
    }
  })

  test('refuses a query that does not give its columns any more', async () => {
    const model = await train()
    const other = join(folder, 'other.parquet')
    const warehouse = await openWarehouse(':memory:', { memoryMb: 500, threads: 1 })
    await warehouse.run(
      `COPY (SELECT * EXCLUDE (units) FROM read_parquet('${file}')) TO '${other}' (FORMAT parquet)`,
    )
    await warehouse.close()
    const work = tasks.score({ file: other, wanted, model, out: join(folder, 'x'), profile: null }, context)
    await expect(work).rejects.toMatchObject({
      code: 'MODELS_DATA_UNUSABLE',
      details: { reason: 'the query does not give units any more' },
    })
  })
})
