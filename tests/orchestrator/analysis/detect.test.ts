// Proves the command `detect`: the same rows with what is said about them, each series by itself in the order of
// time, and clear answers to files that are not as they should be.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DetourError, seededRandom } from '#data/kernel'
import { judgeRows } from '#orchestrator/analysis'
import { besideHomes, type DetectArgs } from '#orchestrator/verbs'

const { detectFiles, hasUndetected, showDetect } = await besideHomes.detect()

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'detour-detect-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const write = async (name: string, rows: string[]): Promise<string> => {
  const path = join(folder, name)
  await writeFile(path, `${rows.join('\n')}\n`)
  return path
}
const run = (args: Partial<DetectArgs> & { paths: string[] }) =>
  detectFiles({ time: 'at', value: ['load'], ...args }, () => undefined)
const cellsOf = async (path: string) =>
  (await readFile(path, 'utf8'))
    .trim()
    .split('\n')
    .map((line) => line.split(','))
const timeAt = (i: number) => new Date(Date.UTC(2026, 0, 5) + i * 300_000).toISOString().slice(0, 19)
const noisy = (count: number, seed = 1) => {
  const random = seededRandom(seed)
  return Array.from({ length: count }, (_, i) => 50 + random.normal(0, 1) + (i === count - 100 ? 40 : 0))
}

describe('detour detect', () => {
  test('writes the same rows in the same order with what it found', async () => {
    const values = noisy(800)
    const rows = values.map((value, i) => `${timeAt(i)},${value},"note, ${i}"`)
    const path = await write('one.csv', ['at,load,note', ...rows])
    const out = join(folder, 'out', 'one.csv')
    const { files } = await run({ paths: [path], out })
    expect(files[0]).toMatchObject({ rows: 800, series: 1, warnings: [], out })
    const text = await readFile(out, 'utf8')
    const [header, ...lines] = text.trim().split('\n')
    expect(header).toBe('at,load,note,expected,lower,upper,score,p_value,anomaly')
    expect(lines.map((line) => line.split(',').slice(0, 2))).toEqual(
      values.map((value, i) => [timeAt(i), `${value}`]),
    )
    const last = lines.map((line) => line.split(',').slice(-6).map(Number))
    expect(last.flat().every(Number.isFinite)).toBe(true)
    const scores = last.map(([, , , score]) => score as number)
    expect(scores.indexOf(Math.max(...scores))).toBe(700)
    expect(last[700]?.[5]).toBe(1)
    expect(showDetect({ files })).toContain('higher than ever')
    const [file] = files
    const told = file !== undefined && 'columns' in file ? file.columns[0] : undefined
    expect(told?.score).toEqual(scores)
    expect(told?.expected).toEqual(last.map(([expected]) => expected))
  })

  test('gives the same for the same rows, whatever their order, and for a prefix the prefix', async () => {
    const rows = noisy(600).map((value, i) => `${timeAt(i)},${value}`)
    const order = rows.map((_, i) => (i * 7) % rows.length)
    const [sorted, mixed, early] = await Promise.all([
      write('sorted.csv', ['at,load', ...rows]),
      write('mixed.csv', ['at,load', ...order.map((i) => rows[i] as string)]),
      write('early.csv', ['at,load', ...rows.slice(0, 400)]),
    ])
    const out = join(folder, 'ordered')
    const { files } = await run({ paths: [sorted, mixed, early], out })
    const [a, b, c] = await Promise.all(
      ['sorted', 'mixed', 'early'].map((name) => cellsOf(join(out, `${name}.csv`))),
    )
    expect(b?.slice(1)).toEqual(order.map((i) => a?.[i + 1]))
    expect(c).toEqual(a?.slice(0, 401))
    const codes = files.map((file) => ('warnings' in file ? file.warnings.map(({ code }) => code) : []))
    expect(codes).toEqual([[], ['TIMES_UNORDERED'], []])
  })

  test('judges each id and each column by itself', async () => {
    const [a, b] = [noisy(500, 1), noisy(500, 2)]
    const rows = a.flatMap((value, i) => [
      `${timeAt(i)},x,${value},${b[i]}`,
      `${timeAt(i)},y,${b[i]},${(b[i] as number) * 1000}`,
    ])
    const path = await write('ids.csv', ['at,who,load,other', ...rows])
    const alone = await write('alone.csv', ['at,load', ...a.map((value, i) => `${timeAt(i)},${value}`)])
    const [both, one] = [join(folder, 'both.csv'), join(folder, 'one-alone.csv')]
    const { files } = await run({ paths: [path], id: 'who', value: ['load', 'other'], out: both })
    await run({ paths: [alone], out: one })
    expect(files[0]).toMatchObject({ series: 4 })
    const [head, ...cells] = await cellsOf(both)
    expect(head?.slice(4)).toEqual([
      ...['load', 'other'].flatMap((name) =>
        ['expected', 'lower', 'upper', 'score', 'p_value', 'anomaly'].map((what) => `${name}_${what}`),
      ),
      ...['score', 'p_value', 'anomaly'],
    ])
    const ofX = cells.filter(([, who]) => who === 'x').map((row) => row.slice(4, 10))
    expect(ofX).toEqual((await cellsOf(one)).slice(1).map((row) => row.slice(2)))
    for (const row of cells) {
      expect(Number(row[16])).toBe(Math.max(Number(row[7]), Number(row[13])))
      expect(Number(row[17])).toBeGreaterThan(0)
    }
  })

  test('says what is odd about the file, and leaves no cell without a number', async () => {
    const cells = noisy(300).map(String)
    Object.assign(cells, {
      3: '',
      5: 'broken',
      7: 'inf',
      9: '-Infinity',
      11: '1e308',
      13: '1000000000000',
      15: 'NaN',
    })
    const rows = cells.map(
      (cell, i) => `${i === 20 ? 'yesterday' : timeAt(i === 31 ? 30 : i < 200 ? i : i + 500)},${cell}`,
    )
    const path = await write('odd.csv', ['at,load', ...rows])
    const out = join(folder, 'odd-out.csv')
    const { files } = await run({ paths: [path], out })
    const warnings = files[0] !== undefined && 'warnings' in files[0] ? files[0].warnings : []
    expect(warnings.map(({ code, count }) => [code, count])).toEqual([
      ['TIMES_UNREADABLE', 1],
      ['TIMES_REPEATED', 1],
      ['GAPS_IN_TIME', 1],
      ['VALUES_MISSING', 3],
      ['VALUES_INFINITE', 3],
    ])
    for (const row of (await cellsOf(out)).slice(1)) {
      expect(row.slice(5).every((cell) => cell !== '' && Number.isFinite(Number(cell)))).toBe(true)
      expect(row.slice(2, 5).some((cell) => /nan|inf/i.test(cell))).toBe(false)
    }
  })

  test.each<[string, string[], string]>([
    ['no number', ['at,load', `${timeAt(0)},high`, `${timeAt(1)},low`], 'ANALYSIS_COLUMN_UNUSABLE'],
    ['no time', ['at,load', 'early,1', 'late,2'], 'ANALYSIS_COLUMN_UNUSABLE'],
    ['another column', ['at,cpu', `${timeAt(0)},1`], 'ANALYSIS_COLUMN_UNKNOWN'],
    ['no rows', ['at,load'], 'ANALYSIS_FILE_EMPTY'],
  ])('refuses a file with %s by a code, and goes on with the others', async (name, rows, code) => {
    const bad = await write(`bad ${name}.csv`, rows)
    const good = await write('good.csv', ['at,load', `${timeAt(0)},1`])
    await expect(run({ paths: [bad] })).rejects.toSatisfy(
      (error) => error instanceof DetourError && error.code === code,
    )
    const result = await run({ paths: [bad, good] })
    expect(result.files).toMatchObject([{ error: { code } }, { rows: 1, anomalies: 0 }])
    expect(hasUndetected(result)).toBe(true)
    expect(showDetect(result)).toContain(code)
  })

  test('takes seconds, milliseconds and steps as times', async () => {
    const values = noisy(300)
    const first = Date.UTC(2026, 0, 5)
    const times: ((i: number) => number | string)[] = [
      timeAt,
      (i) => first + i * 300_000,
      (i) => first / 1000 + i * 300,
    ]
    const paths = await Promise.all(
      times.map((at, k) =>
        write(`times-${k}.csv`, ['at,load', ...values.map((value, i) => `${at(i)},${value}`)]),
      ),
    )
    const out = join(folder, 'times')
    await run({ paths, out })
    const said = await Promise.all(paths.map((_, k) => cellsOf(join(out, `times-${k}.csv`))))
    const [a, b, c] = said.map((rows) => rows.map((row) => row.slice(2)))
    expect(b).toEqual(a)
    expect(c).toEqual(a)
    const steps = await write('steps.csv', ['at,load', ...values.map((value, i) => `${i},${value}`)])
    expect((await run({ paths: [steps] })).files[0]).toMatchObject({
      anomalies: expect.any(Number),
      warnings: [],
    })
  })

  test('tells of short and of constant series', async () => {
    const times = Float64Array.from({ length: 50 }, (_, i) => i)
    const ids = Array.from({ length: 50 }, (_, i) => (i < 10 ? 'short' : 'long'))
    const { warnings, columns } = await judgeRows({
      times,
      ids,
      columns: [{ name: 'load', values: times.map(() => 3) }],
    })
    expect(warnings.map(({ code, count }) => [code, count])).toEqual([
      ['SERIES_SHORT', 1],
      ['SERIES_CONSTANT', 2],
    ])
    expect(columns[0]?.score.every((score) => score === 0)).toBe(true)
  })
})
