// Files read as columns and written back: nothing of a row is changed or moved.

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { csvFiles, isMissing, openCsv, outputsFor } from '#orchestrator/analysis'

let folder = ''
let count = 0

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'detour-csv-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function file(text: string | Uint8Array): Promise<string> {
  const path = join(folder, `${count++}.csv`)
  await writeFile(path, text)
  return path
}

async function opened(text: string) {
  return openCsv(await file(text))
}

const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`

describe('a CSV file', () => {
  test('gives texts, numbers and instants of the columns that are asked for', async () => {
    const table = await opened(
      'at,n,word\n2026-01-02 03:04:05,1.5,"a, b"\n2026/01/02,-inf,\n1/31/2026 10:05,x," c"\n,1e12,"d\ne"\n',
    )
    expect(table.header).toEqual(['at', 'n', 'word'])
    expect(table.rows).toBe(4)
    expect(await table.texts(['word', 'n'])).toEqual([
      ['a, b', null, ' c', 'd\ne'],
      ['1.5', '-inf', 'x', '1e12'],
    ])
    expect(await table.numbers(['n'])).toEqual([Float64Array.of(1.5, -Infinity, NaN, 1e12)])
    expect(await table.instants(['at'])).toEqual([
      Float64Array.of(Date.UTC(2026, 0, 2, 3, 4, 5), Date.UTC(2026, 0, 2), Date.UTC(2026, 0, 31, 10, 5), NaN),
    ])
    table.close()
  })

  test('may have semicolons with decimal commas, tabs, a mark of its encoding, and Windows line ends', async () => {
    const semicolons = await opened('\uFEFFa;b\r\n1,5;2\r\n3;x,y\r\n')
    expect(semicolons.header).toEqual(['a', 'b'])
    expect(await semicolons.numbers(['a'])).toEqual([Float64Array.of(1.5, 3)])
    expect(await semicolons.texts(['b'])).toEqual([['2', 'x,y']])
    semicolons.close()
    const tabs = await opened('a\tb\n1\t2,3\n')
    expect(await tabs.texts(['b'])).toEqual([['2,3']])
    tabs.close()
  })

  test('has a name for every column, also where the header repeats one or has none', async () => {
    const table = await opened('a,,a\n1,2,3\n')
    expect(table.header).toEqual(['a', 'column_2', 'a_2'])
    expect(await table.numbers(['a_2'])).toEqual([Float64Array.of(3)])
    table.close()
  })

  test('is written back row by row with more columns, empty where there is no number', async () => {
    const table = await opened('id,score,"n, m"\n1,07,"x ""y"""\n2,,z\n')
    const out = join(folder, 'deep', 'out.csv')
    await table.write(out, [
      { name: 'score', values: Float64Array.of(0.25, Number.NaN) },
      { name: 'reasons', values: ['a, b', null] },
    ])
    table.close()
    expect(await readFile(out, 'utf8')).toBe(
      'id,score,"n, m",detour_score,reasons\n1,07,"x ""y""",0.25,"a, b"\n2,,z,,\n',
    )
  })

  test('keeps any cells and their order through reading and writing', async () => {
    const cell = fc.string({
      unit: fc.constantFrom('a', '1', ',', '"', '\n', ' ', ';', 'é', '0', "'"),
      maxLength: 6,
    })
    await fc.assert(
      fc.asyncProperty(
        fc
          .integer({ min: 1, max: 4 })
          .chain((width) =>
            fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 12 }),
          ),
        async (rows) => {
          const width = rows[0]?.length ?? 0
          const header = Array.from({ length: width }, (_, i) => `k${i}`)
          const lines = rows.map((row) => row.map(quoted).join(','))
          const table = await opened([header.join(','), ...lines].join('\n'))
          const out = join(folder, 'again.csv')
          await table.write(out, [{ name: 'row', values: Float64Array.from(rows.keys()) }])
          table.close()
          const again = await openCsv(out)
          const columns = await again.texts(header)
          expect(rows.map((_, i) => columns.map((column) => column[i] ?? ''))).toEqual(rows)
          expect(await again.numbers(['row'])).toEqual([Float64Array.from(rows.keys())])
          again.close()
        },
      ),
      { numRuns: 25 },
    )
  })

  test('of many rows comes in their order', async () => {
    const rows = 20_000
    const table = await opened(`a\n${Array.from({ length: rows }, (_, i) => i).join('\n')}\n`)
    expect(await table.numbers(['a'])).toEqual([Float64Array.from({ length: rows }, (_, i) => i)])
    table.close()
  })

  test('that cannot be used says why, with a code', async () => {
    await expect(opened('')).rejects.toMatchObject({ code: 'ANALYSIS_FILE_EMPTY' })
    await expect(opened('\n')).rejects.toMatchObject({ code: 'ANALYSIS_FILE_EMPTY' })
    await expect(opened('a,b\n')).rejects.toMatchObject({ code: 'ANALYSIS_FILE_EMPTY' })
    await expect(openCsv(join(folder, 'none.csv'))).rejects.toMatchObject({
      code: 'ANALYSIS_FILE_UNREADABLE',
    })
    await expect(openCsv(await file(Buffer.from([97, 0, 98])))).rejects.toThrow(/not a text file/)
    await expect(opened('a,b\n1,2\n1,2,3\n')).rejects.toThrow(/cannot be read as CSV: .*3/)
    await expect(opened('a,b\n1,2\n1\n')).rejects.toThrow(/Line: 3/)
    const table = await opened('a,b\n1,2\n')
    await expect(async () => table.texts(['c'])).rejects.toThrow(/has no column c; its header has a, b/)
    table.close()
  })
})

describe('texts that stand for nothing', () => {
  test('are known in any case', () => {
    expect([null, '', ' ', 'NA', 'n/a', 'NaN', 'NULL', 'None', '?'].every(isMissing)).toBe(true)
    expect(['0', 'no', 'nothing', 'nan1'].some(isMissing)).toBe(false)
  })
})

describe('the files of a command', () => {
  test('are those that are named and those of named folders; results go to a file or a folder', async () => {
    const place = join(folder, 'many')
    await mkdir(place)
    for (const name of ['b.csv', 'a.CSV', 'c.txt']) await writeFile(join(place, name), 'a\n1\n')
    const files = await csvFiles([place, join(place, 'b.csv')])
    expect(files).toEqual([join(place, 'a.CSV'), join(place, 'b.csv')])
    const out = join(folder, 'results')
    expect(await outputsFor(files, out)).toEqual([join(out, 'a.CSV'), join(out, 'b.csv')])
    expect(await outputsFor(files.slice(0, 1), out)).toEqual([out])
    await expect(outputsFor(files, place)).rejects.toMatchObject({ code: 'ANALYSIS_OUTPUT_FAILED' })
    await expect(csvFiles([join(folder, 'nowhere')])).rejects.toMatchObject({
      code: 'ANALYSIS_FILE_UNREADABLE',
    })
    await mkdir(join(folder, 'bare'))
    await expect(csvFiles([join(folder, 'bare')])).rejects.toMatchObject({ code: 'ANALYSIS_FILE_UNREADABLE' })
  })
})
