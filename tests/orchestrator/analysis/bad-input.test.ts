// Proves that the three commands have a clear answer to every file that is not as it should be: a code, a warning or a
// note, and never a number that is none.

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { errorTable, realEffects, seededRandom } from '#data/kernel'
import { besideHomes } from '#orchestrator/verbs'

const { detectFiles, showDetect } = await besideHomes.detect()
const { explainFiles, showExplain } = await besideHomes.explain()
const { scoreFiles, showScore } = await besideHomes.score()

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'detour-bad-input-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const effects = realEffects()
const nothing = () => undefined
/** Each command as a person would call it, and how it tells a person of one file. */
const commands = {
  detect: {
    ask: (paths: string[], column: string, more: { out?: string } = {}) =>
      detectFiles({ paths, time: 'at', value: [column], ...more }, nothing),
    show: (file: unknown) => showDetect({ files: [file] } as Parameters<typeof showDetect>[0]),
  },
  score: {
    ask: (paths: string[], column: string, more: { out?: string } = {}) =>
      scoreFiles({ paths, ignore: column === 'load' ? [] : [column], ...more }, effects, nothing),
    show: (file: unknown) => showScore({ files: [file] } as Parameters<typeof showScore>[0]),
  },
  explain: {
    ask: (paths: string[], column: string) =>
      explainFiles({ paths, actual: column, expected: 'hoped', dimensions: ['node', 'way'] }, nothing),
    show: (file: unknown) => showExplain({ files: [file] } as Parameters<typeof showExplain>[0]),
  },
}
type Command = keyof typeof commands

/** Every number in a result is one. */
function expectSound(value: unknown, place = 'result'): void {
  if (typeof value === 'number') expect(Number.isFinite(value), place).toBe(true)
  else if (typeof value === 'object' && value !== null) {
    for (const [key, part] of Object.entries(value)) expectSound(part, `${place}.${key}`)
  }
}

const header = 'at,load,hoped,node,way'
const timeAt = (i: number) => new Date(Date.UTC(2026, 0, 5) + i * 300_000).toISOString().slice(0, 19)
interface Row {
  at: string
  load: string
}
function rows(count: number, change: (row: Row, i: number) => Partial<Row> = () => ({})): string[] {
  const random = seededRandom('bad input')
  return Array.from({ length: count }, (_, i) => {
    const usual = { at: timeAt(i), load: (50 + random.normal(0, 1)).toFixed(3) }
    const { at, load } = { ...usual, ...change(usual, i) }
    return `${at},${load},50,n${i % 5},w${Math.floor(i / 5) % 12}`
  })
}
const swapped = (list: string[]) => list.map((_, i) => list[(i * 7) % list.length] as string)
const wide = Array.from({ length: 2_000 }, (_, j) => `c${j}`)

/** What each command says: a code, or words among its answer. */
type Said = Record<Command, string>
const noCause = 'No cause: nothing stands out'
const cases: Record<string, [lines: string[], said: Said, column?: string]> = {
  'a constant column': [
    [header, ...rows(60, () => ({ load: '7' }))],
    { detect: 'SERIES_CONSTANT', score: 'load is left out: every cell is 7', explain: noCause },
  ],
  'a column of which all is missing': [
    [header, ...rows(60, () => ({ load: '' }))],
    {
      detect: 'ANALYSIS_COLUMN_UNUSABLE',
      score: 'load is left out: it has no values',
      explain: 'ANALYSIS_COLUMN_UNUSABLE',
    },
  ],
  'one row': [
    [header, ...rows(1)],
    { detect: 'SERIES_SHORT', score: '1 row is too few to compare', explain: noCause },
  ],
  'two rows': [
    [header, ...rows(2)],
    { detect: 'SERIES_SHORT', score: '2 rows are too few to compare', explain: noCause },
  ],
  'a time that comes twice': [
    [header, ...rows(60, ({ at }, i) => ({ at: i === 9 ? timeAt(8) : at }))],
    { detect: 'TIMES_REPEATED', score: '60 rows scored', explain: noCause },
  ],
  'times out of order': [
    [header, ...swapped(rows(60))],
    { detect: 'TIMES_UNORDERED', score: '60 rows scored', explain: noCause },
  ],
  'gaps in time': [
    [header, ...rows(60, (_, i) => ({ at: timeAt(i < 40 ? i : i + 300) }))],
    { detect: 'GAPS_IN_TIME', score: '60 rows scored', explain: noCause },
  ],
  infinities: [
    [header, ...rows(60, ({ load }, i) => ({ load: i === 3 ? 'inf' : i === 4 ? '-Infinity' : load }))],
    {
      detect: 'VALUES_INFINITE',
      score: 'load has 2 cells that are infinite',
      explain: '2 rows without a number',
    },
  ],
  'values of 10^12 and more': [
    [
      header,
      ...rows(60, ({ load }, i) => ({ load: i === 30 ? '1000000000000' : i === 31 ? '-1e15' : load })),
    ],
    { detect: '60 rows of 1 series', score: '60 rows scored', explain: '60 leaves' },
  ],
  'the largest numbers there are': [
    [header, ...rows(60, ({ load }, i) => ({ load: i % 9 === 3 ? '1.7e308' : load }))],
    { detect: 'VALUES_INFINITE', score: '60 rows scored', explain: '7 rows without a number' },
  ],
  'text in a column of numbers': [
    [header, ...rows(60, ({ load }, i) => ({ load: i === 5 ? 'many' : load }))],
    {
      detect: 'VALUES_MISSING',
      score: 'load has 1 cell without a number',
      explain: '1 row without a number',
    },
  ],
  '2,000 columns': [
    [
      `${header},${wide.join(',')}`,
      ...rows(40).map((row, i) => `${row},${wide.map((_, j) => (i * j) % 17).join(',')}`),
    ],
    { detect: '40 rows of 1 series', score: '40 rows scored', explain: '40 leaves' },
  ],
  'a label that was not left out': [
    [`${header},label`, ...rows(60).map((row, i) => `${row},${i % 20 === 3 ? 1 : 0}`)],
    { detect: '60 rows of 1 series', score: 'leave it out with --ignore label', explain: noCause },
  ],
  'a column that it does not have': [
    [header, ...rows(60)],
    {
      detect: 'ANALYSIS_COLUMN_UNKNOWN',
      score: 'ANALYSIS_COLUMN_UNKNOWN',
      explain: 'ANALYSIS_COLUMN_UNKNOWN',
    },
    'weight',
  ],
  'a header and no rows': [
    [header],
    { detect: 'ANALYSIS_FILE_EMPTY', score: 'ANALYSIS_FILE_EMPTY', explain: 'ANALYSIS_FILE_EMPTY' },
  ],
  nothing: [
    [],
    { detect: 'ANALYSIS_FILE_EMPTY', score: 'ANALYSIS_FILE_EMPTY', explain: 'ANALYSIS_FILE_EMPTY' },
  ],
}

const pathOf = (name: string) => join(folder, `${name.replaceAll(/\W+/g, ' ')}.csv`)

describe.each(Object.entries(commands) as [Command, (typeof commands)[Command]][])(
  '%s',
  (command, { ask, show }) => {
    const told = new Map<string, { file: string; error?: { code: string; message: string } }>()
    beforeAll(async () => {
      for (const [name, [lines]] of Object.entries(cases)) {
        await writeFile(pathOf(name), lines.map((line) => `${line}\n`).join(''))
      }
      const columns = new Set(Object.values(cases).map(([, , column = 'load']) => column))
      for (const column of columns) {
        const names = Object.keys(cases).filter((name) => (cases[name]?.[2] ?? 'load') === column)
        // Beside a sound file, so that errors are told in their place.
        const paths = [...names, 'gaps in time'].map(pathOf)
        const { files } = await ask([...new Set(paths)], column)
        for (const name of names) {
          const found = files.find(({ file }) => file === pathOf(name))
          if (found !== undefined) told.set(name, found)
        }
      }
    }, 120_000)

    test.each(Object.entries(cases))('has an answer to a file with %s', (name, [, said]) => {
      const file = told.get(name)
      const text = show(file)
      expect(text).toContain(said[command])
      expect(text).toContain(pathOf(name))
      expect(text).not.toMatch(/NaN|Infinity|undefined/)
      expect(file?.error?.code ?? null).toBe(Object.hasOwn(errorTable, said[command]) ? said[command] : null)
      expectSound(file)
    })

    test('throws where the only file cannot be used', async () => {
      await expect(ask([pathOf('nothing')], 'load')).rejects.toMatchObject({ code: 'ANALYSIS_FILE_EMPTY' })
    })
  },
)

test('whatever the cells are, no result and no written file has a number that is none', async () => {
  const cell = fc.oneof(
    fc.constantFrom(
      '',
      '0',
      '1',
      '-1',
      '1e12',
      '1e300',
      '-1e300',
      '1e308',
      'inf',
      '-inf',
      'NaN',
      'null',
      'x',
      '5e-324',
    ),
    fc.double({ noNaN: true }).map(String),
  )
  const time = fc.oneof(fc.nat(40).map(timeAt), fc.constantFrom('', 'soon', '2026-13-45'))
  const word = fc.constantFrom('', 'a', 'b', 'c')
  const row = fc.tuple(time, cell, cell, word, word).map((cells) => cells.join(','))
  const files = fc.sample(fc.array(row, { minLength: 1, maxLength: 40 }), { numRuns: 40, seed: 6 })
  const place = join(folder, 'any')
  await mkdir(place)
  for (const [i, lines] of files.entries()) {
    await writeFile(join(place, `${i}.csv`), `${[header, ...lines].join('\n')}\n`)
  }
  for (const [name, { ask }] of Object.entries(commands)) {
    const out = join(folder, `any-${name}`)
    const result = await ask([place], 'load', { out })
    expect(result.files.length).toBe(files.length)
    expectSound(result)
    for (const file of result.files) {
      if ('error' in file) expect(file.error.code).toMatch(/^(ANALYSIS|MODELS)_/)
    }
    for (const written of await readdir(out).catch(() => [])) {
      const [head = '', ...lines] = (await readFile(join(out, written), 'utf8')).trimEnd().split('\n')
      expect(head.startsWith(`${header},`)).toBe(true)
      for (const line of lines) {
        const added = line.split(',').slice(5, name === 'score' ? 7 : undefined)
        expect(
          added.every((each) => !/nan|inf/i.test(each)),
          line,
        ).toBe(true)
      }
    }
  }
})
