// Proves that the three commands have a clear answer to every file that is not as it should be: a code, a warning or a
// note, and never a number that is none.

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asDetourError, errorTable, realEffects, seededRandom } from '#data/kernel'
import {
  detectFiles,
  explainFiles,
  scoreFiles,
  showDetect,
  showExplain,
  showScore,
} from '#orchestrator/verbs'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'detour-bad-input-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const effects = realEffects()
const nothing = () => undefined
type Out = { out?: string }
/** Each command as a person would call it, and what it then says. */
const commands = {
  detect: async (paths: string[], column: string, more: Out = {}) => {
    const result = await detectFiles({ paths, time: 'at', value: [column], ...more }, nothing)
    return { result, text: showDetect(result) }
  },
  score: async (paths: string[], column: string, more: Out = {}) => {
    const ignore = column === 'load' ? [] : [column]
    const result = await scoreFiles({ paths, ignore, ...more }, effects, nothing)
    return { result, text: showScore(result) }
  },
  explain: async (paths: string[], column: string) => {
    const asked = { paths, actual: column, expected: 'hoped', dimensions: ['node', 'way'] }
    const result = await explainFiles(asked, nothing)
    return { result, text: showExplain(result) }
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

describe.each(Object.entries(cases))('a file with %s', (name, [lines, said, column = 'load']) => {
  test.each(Object.entries(said) as [Command, string][])('is answered by %s', async (command, words) => {
    const path = join(folder, `${name.replaceAll(/\W+/g, ' ')} ${command}.csv`)
    await writeFile(path, lines.map((line) => `${line}\n`).join(''))
    const answer = commands[command]([path], column)
    if (Object.hasOwn(errorTable, words)) {
      const error = asDetourError(await answer.catch((reason: unknown) => reason))
      expect(error.code).toBe(words)
      expect(error.message).toContain(path)
    } else {
      const { result, text } = await answer
      expect(text).toContain(words)
      expect(text).not.toMatch(/NaN|Infinity|undefined/)
      expectSound(result)
    }
  })
})

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
  for (const [name, command] of Object.entries(commands)) {
    const out = join(folder, `any-${name}`)
    const { result } = await command([place], 'load', { out })
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
