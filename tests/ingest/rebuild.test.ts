// The warehouse is made of log and lake alone: after any history it can be deleted and made again, row by row the same.

import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { exportQuarantine, ingest, replayQuarantine } from '#ingest'
import { linesCsv, openTestHome, ordersCsv, type TestHome } from './home.ts'
import { salesCsv, shopMapping, snapshot } from './tables.ts'

const id = fc.constantFrom('A', 'B', 'C', 'D')
const date = fc.constantFrom('2026-01-05T10:00:00Z', '2026-01-06T10:00:00Z', '2026-01-07', 'nonsense')
const status = fc.constantFrom('created', 'shipped', 'delivered', 'lost')
const broken = fc.constantFrom('A', '"open,x,y', 'A,"b"c,d', 'a,b,c,d,e,f,g,h,i,j,k', '')
const units = fc.constantFrom('1', '2', '3', 'none')
const sku = fc.constantFrom('S1', 'S2', 'S3')

const records = (record: fc.Arbitrary<string>) =>
  fc.array(fc.oneof({ arbitrary: record, weight: 9 }, { arbitrary: broken, weight: 1 }), { maxLength: 8 })
const orders = fc.tuple(id, date, status).map((cells) => [...cells, 'USD'].join(','))
const lines = fc.tuple(id, fc.constantFrom('1', '2'), sku, units).map((cells) => [...cells, '9.5'].join(','))
const parcel = fc.constantFrom('P1,ups', 'P1,dhl', 'P2,ups', ',')
const sales = fc
  .tuple(id, date, fc.constantFrom('sent', 'new', 'lost'), fc.constantFrom('1', '2', '3'), sku, units, parcel)
  .map(([order, placed, state, line, item, count, box]) =>
    [order, placed, state, line, item, count, count, box].join(','),
  )

/** One thing a person can do. */
type Step =
  | { load: 'detour' | 'shop'; files: [name: string, text: string][] }
  | { replay: 'as it is' | 'mended' | 'with a new word' }

const load = (name: string, csv: (...rows: string[]) => string, record: fc.Arbitrary<string>) =>
  records(record).map((rows): [string, string] => [name, csv(...rows)])
const step: fc.Arbitrary<Step> = fc.oneof(
  fc
    .subarray(['orders.csv', 'orders-2.csv', 'order_lines.csv'], { minLength: 1 })
    .chain((names) =>
      fc.tuple(
        ...names.map((name) =>
          name === 'order_lines.csv' ? load(name, linesCsv, lines) : load(name, ordersCsv, orders),
        ),
      ),
    )
    .map((files) => ({ load: 'detour' as const, files })),
  load('sales.csv', salesCsv, sales).map((file) => ({ load: 'shop' as const, files: [file] })),
  fc.constantFrom('S1', 'S1\nS2').map((skus) => ({
    load: 'shop' as const,
    files: [['catalogue.csv', `sku\n${skus}\n`] as [string, string]],
  })),
  fc
    .constantFrom('as it is' as const, 'mended' as const, 'with a new word' as const)
    .map((replay) => ({ replay })),
)

async function take(home: TestHome, one: Step): Promise<void> {
  if ('load' in one) {
    const provider = one.load === 'shop' ? join(home.files, 'shop.yaml') : one.load
    const paths: string[] = []
    for (const [name, text] of one.files) paths.push(await home.write(name, text))
    const summary = await ingest({ provider, paths }, home)
    expect(summary.accepted + summary.quarantined).toBe(summary.records)
    return
  }
  const file = join(home.files, 'mend.csv')
  if (one.replay === 'mended') {
    const { files } = await exportQuarantine({ file }, home)
    for (const part of files) {
      const text = await readFile(part.file, 'utf8')
      await writeFile(
        part.file,
        text.replace(',nonsense,', ',2026-02-02,').replace(',none,', ',7,').replace('""open', 'open'),
      )
      await replayQuarantine({ file: part.file }, home).catch(tolerate)
    }
  } else {
    const mapping = join(home.files, 'learned.yaml')
    await replayQuarantine(one.replay === 'as it is' ? {} : { provider: 'shop', mapping }, home)
  }
}

/** Nothing to do is no failure of a history. */
function tolerate(error: unknown): void {
  expect(error).toMatchObject({ code: 'INGEST_QUARANTINE_EMPTY' })
}

test('a rebuild gives every table again, whatever was loaded, set aside, mended and replayed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 9 }), async (steps) => {
      const home = await openTestHome()
      try {
        await home.write('shop.yaml', shopMapping)
        await home.write('learned.yaml', shopMapping.replace('new: created', 'new: created, lost: cancelled'))
        for (const one of steps) await take(home, one).catch(tolerate)
        const before = await snapshot(home.warehouse)
        await home.rebuild()
        expect(await snapshot(home.warehouse)).toEqual(before)
      } finally {
        await home.close()
      }
    }),
    { numRuns: 4, endOnFailure: true },
  )
}, 180_000)
