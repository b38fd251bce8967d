// Measures the bulk load of order lines, landing, validation, idempotency and quarantine included, against
// DuckDB's own typed read of the same file. Each run has a process of its own, so that its peak memory is its own.

import { fork } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Effects, fail, quoteText, showBytes } from '#data/kernel'
import { openWarehouse } from '#data/warehouse'
import type { IngestJob, IngestRun } from './ingest-worker.ts'
import type { BenchRow } from './row.ts'

const lineCount = 5_000_000
const rounds = 3
const lines = '5M order lines from CSV, 0.1 % of them bad'

/** Rows of the group `ingest`. Takes about two minutes and 2 GB of disk. */
export async function benchIngest(effects: Effects): Promise<BenchRow[]> {
  const directory = await mkdtemp(join(tmpdir(), 'detour-bench-'))
  try {
    await writeFiles(directory, effects)
    const bare: IngestRun[] = []
    const full: IngestRun[] = []
    const again: IngestRun[] = []
    for (let round = 0; round < rounds; round++) {
      bare.push(await run({ kind: 'bare', directory }))
      full.push(await run({ kind: 'ingest', directory }))
      if (round === 0) again.push(await run({ kind: 'changed', directory }))
    }
    return rows(bare, full, again)
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

function rows(bare: IngestRun[], full: IngestRun[], again: IngestRun[]): BenchRow[] {
  const perSecond = (runs: IngestRun[]) => Math.round(lineCount / median(runs.map((each) => each.seconds)))
  const ratio = perSecond(full) / perSecond(bare)
  const peak = Math.max(...full.map((each) => each.peakBytes))
  const baseline = `bare typed read_csv insert, ${perSecond(bare)} rows/s`
  const compared = { group: 'ingest', unit: 'rows/s', baseline }
  return [
    {
      ...compared,
      name: `bulk load of ${lines}`,
      value: perSecond(full),
      ratio: round(ratio),
      goal: Math.round(0.45 * perSecond(bare)),
      pass: ratio >= 0.45,
    },
    {
      ...compared,
      name: 'the same rows again in another file, 1,000 of them changed',
      value: perSecond(again),
      ratio: round(perSecond(again) / perSecond(bare)),
      goal: null,
      pass: null,
    },
    {
      group: 'ingest',
      name: 'peak memory of the bulk load',
      value: Math.round(peak / 1e6),
      unit: 'MB',
      baseline: `bare typed read_csv insert, ${showBytes(Math.max(...bare.map((each) => each.peakBytes)))}`,
      ratio: round(peak / Math.max(...bare.map((each) => each.peakBytes))),
      goal: 4000,
      pass: peak < 4e9,
    },
  ]
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

/** Orders, their lines with every thousandth bad in turn (text, sign, quote, unknown order), and a changed copy. */
async function writeFiles(directory: string, effects: Effects): Promise<void> {
  const warehouse = await openWarehouse(join(directory, 'maker.duckdb'), effects.config)
  const file = (name: string) => quoteText(join(directory, name))
  await warehouse.run(
    `COPY (SELECT 'ORD-' || (10000000 + i) AS order_external_id,
       '2026-01-01T00:00:00Z'::TIMESTAMP + to_seconds(i * 5) AS placed_at, 'shipped' AS status, 'USD' AS currency
     FROM range(${Math.ceil(lineCount / 3)}) t(i)) TO ${file('orders.csv')} (HEADER)`,
  )
  const select = (price: string) => `SELECT
      CASE WHEN i % 4000 = 3999 THEN 'NONE-' || i ELSE 'ORD-' || (10000000 + i // 3) END AS order_external_id,
      i % 3 + 1 AS line_external_id, 'SKU-' || (i * 7919 % 400) AS sku,
      CASE WHEN i % 4000 = 999 THEN 'many' WHEN i % 4000 = 1999 THEN '-1' ELSE (1 + i % 5)::VARCHAR END AS quantity,
      ${price} AS unit_price, 0.00 AS discount, round(i % 900 / 100, 2) AS tax, 'NODE-' || i % 12 AS node_external_id,
      CASE WHEN i % 4000 = 2999 THEN 'lost"' ELSE 'shipped' END AS status
    FROM range(${lineCount}) t(i)`
  const price = 'round(10 + i % 9000 / 100, 2)'
  await warehouse.run(`COPY (${select(price)}) TO ${file('order_lines.csv')} (HEADER)`)
  const other = `CASE WHEN i % 5000 = 17 THEN 1.23 ELSE ${price} END`
  await warehouse.run(`COPY (${select(other)}) TO ${file('order_lines-changed.csv')} (HEADER)`)
  await warehouse.close()
}

function run(job: IngestJob): Promise<IngestRun> {
  const child = fork(join(import.meta.dirname, 'ingest-worker.ts'), [JSON.stringify(job)], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  return new Promise((done, broken) => {
    child.once('message', (message) => done(message as IngestRun))
    child.once('error', broken)
    child.once('exit', (code) =>
      broken(fail('BENCH_FAILED', { group: 'ingest', reason: `a run ended with ${code}` })),
    )
  })
}
