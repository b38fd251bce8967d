// Runs the folders under cases/: raw rows in, the rows of the models named by the expected files out.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { columnsOf, marts, type TableContract } from '#data/contracts'
import { quoteName, quoteText } from '#data/kernel'
import type { Warehouse } from '#data/warehouse'
import { runCycle } from '#pipeline'
import { emptyWarehouse, type RawTable, testEffects, upsert } from './raw.ts'

const root = join(import.meta.dirname, 'cases')

describe('the SQL models', () => {
  for (const name of readdirSync(root)) {
    it(`give what is expected of ${name.replaceAll('-', ' ')}`, async () => {
      const warehouse = await emptyWarehouse()
      try {
        const files = readdirSync(join(root, name))
        for (const file of files.filter((each) => each.startsWith('raw_'))) {
          await upsert(
            warehouse,
            file.slice(4, -4) as RawTable,
            await readRows(warehouse, join(root, name, file)),
          )
        }
        const { checks } = await runCycle(warehouse, testEffects)
        expect(checks.filter((check) => check.failures > 0 && check.severity === 'error')).toEqual([])
        for (const file of files.filter((each) => each.startsWith('expected_'))) {
          const { expected, actual } = await compared(warehouse, file.slice(9, -4), join(root, name, file))
          expect(actual, file).toEqual(expected)
        }
      } finally {
        await warehouse.close()
      }
    })
  }
})

async function readRows(warehouse: Warehouse, file: string) {
  return warehouse.all(`FROM read_csv(${quoteText(file)}, header = true, all_varchar = true, nullstr = '')`)
}

/** The columns that the file has, as the contract types them; of metric points only the series it names. */
async function compared(warehouse: Warehouse, model: string, file: string) {
  const contract = Object.values(marts).find((mart) => mart.name === model) as TableContract
  const types = new Map(columnsOf(contract).map((column) => [column.name, column.type]))
  const header = readFileSync(file, 'utf8').split('\n', 1)[0]?.split(',') ?? []
  const typed = header.map((name) => `${quoteName(name)}::${types.get(name)} AS ${quoteName(name)}`)
  const source = `read_csv(${quoteText(file)}, header = true, all_varchar = true, nullstr = '')`
  const expected = await warehouse.all(`SELECT ${typed.join(', ')} FROM ${source} ORDER BY ALL`)
  const named =
    model === 'metric_points'
      ? `WHERE (metric, dimension, grain) IN (SELECT (metric, dimension, grain) FROM ${source})`
      : ''
  const actual = await warehouse.all(
    `SELECT ${header.map(quoteName).join(', ')} FROM ${model} ${named} ORDER BY ALL`,
  )
  return { expected, actual }
}
