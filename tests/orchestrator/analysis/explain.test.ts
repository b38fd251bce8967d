// Proves the command `explain`: causes of each file of leaf rows, the same for every order of rows, and clear answers
// to files that are not as they should be.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { besideHomes, type ExplainArgs } from '#orchestrator/verbs'

const { explainFiles, hasUnexplained, showExplain } = await besideHomes.explain()

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'detour-explain-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const write = async (name: string, rows: readonly string[]): Promise<string> => {
  const path = join(folder, name)
  await writeFile(path, `${rows.join('\n')}\n`)
  return path
}
const run = (paths: string[], args: Partial<ExplainArgs> = {}) =>
  explainFiles(
    { paths, actual: 'real', expected: 'predict', dimensions: ['node', 'method'], ...args },
    () => undefined,
  )

const header = 'node,method,real,predict'
const leaf = (n: number, m: number): string => {
  const predict = 100 + ((n * 7 + m * 13) % 40)
  const isStruck = n === 3 && m < 9
  const real = predict * (isStruck ? 0.4 : 1) * (1 + ((n * 5 + m * 3) % 7) / 200)
  return `n${n},m${m},${real},${predict}`
}
const rows = Array.from({ length: 10 }, (_, n) => Array.from({ length: 12 }, (__, m) => leaf(n, m))).flat()
const struck = Array.from({ length: 10 }, (_, n) =>
  Array.from({ length: 12 }, (__, m) => {
    const among = 60 + ((n * 11 + m * 17) % 90)
    const wrong = Math.round(among * (n === 4 ? 0.4 : 0.04 + ((n + m) % 3) / 100))
    return `n${n},m${m},${1 - wrong / among},0.95,${among}`
  }),
).flat()

describe('detour explain', () => {
  test('names the slices of each file, with shares, whatever the order of rows', async () => {
    await mkdir(join(folder, 'both'))
    const paths = [
      await write('both/a.csv', [header, ...rows]),
      await write('both/b.csv', [header, ...rows.toReversed()]),
    ]
    const [one, other] = (await run([join(folder, 'both')])).files
    expect(one).toMatchObject({
      file: paths[0],
      rows: 120,
      leaves: 120,
      measure: 'change',
      reason: null,
      notes: [],
    })
    expect({ ...other, file: '' }).toEqual({ ...one, file: '' })
    const causes = one !== undefined && 'causes' in one ? one.causes : []
    expect(causes.length).toBeGreaterThan(0)
    for (const { slice, share, confidence } of causes) {
      expect(slice.node).toBe('n3')
      expect(share).toBeGreaterThan(0)
      expect(share).toBeLessThanOrEqual(1)
      expect(confidence).toBeGreaterThan(0.5)
      expect(confidence).toBeLessThan(1)
    }
  })

  test('takes ratios by another column that says what they are among, or by themselves', async () => {
    const path = await write('ratio.csv', ['node,method,real,predict,orders', ...struck])
    const found = await run([path])
    expect(found.files[0]).toMatchObject({ measure: 'ratio', causes: [{ slice: { node: 'n4' } }] })
    expect(showExplain(found)).toContain('ratios are taken to be among orders')
    const bare = await write('bare.csv', [
      header,
      ...struck.map((row) => row.split(',').slice(0, 4).join(',')),
    ])
    expect((await run([bare])).files[0]).toMatchObject({
      measure: 'ratio',
      causes: [{ slice: { node: 'n4' } }],
    })
    const weighed = await run([path], { weight: 'orders' })
    expect(weighed.files[0]).toMatchObject({ causes: [{ slice: { node: 'n4' } }], notes: [] })
  })

  test('says what it did with rows that have no numbers, repeat or lack a value', async () => {
    const odd = ['n1,m1,many,100', 'n1,m1,,100', 'n1,m1,inf,100', 'n1,m1,0,0', ',m1,105,104', ' n2 ,m2,0,0']
    const found = await run([await write('odd.csv', [header, ...rows, ...odd])])
    const text = showExplain(found)
    expect(found.files[0]).toMatchObject({ rows: 126, leaves: 121 })
    expect(text).toContain('3 rows without a number left out')
    expect(text).toContain('2 rows added to others of the same leaf')
    expect(text).toContain('node=n3')
  })

  test('finds no cause in one leaf, in zeros and where all is as expected', async () => {
    const reasonOf = async (name: string, lines: string[]) =>
      (await run([await write(name, [header, ...lines])])).files[0]
    expect(await reasonOf('one.csv', ['n1,m1,4.5,9'])).toMatchObject({
      causes: [],
      reason: 'NOTHING_STANDS_OUT',
    })
    expect(await reasonOf('zero.csv', ['n1,m1,0,0', 'n2,m1,0,0'])).toMatchObject({
      causes: [],
      reason: 'NO_DEVIATION',
    })
    expect(await reasonOf('same.csv', ['n1,m1,7,7', 'n2,m1,8,8'])).toMatchObject({
      causes: [],
      reason: 'NO_DEVIATION',
    })
  })

  test('refuses unknown and unusable columns with a code, and goes on where there are several files', async () => {
    const path = await write('plain.csv', [header, ...rows])
    await expect(run([path], { actual: 'reel' })).rejects.toMatchObject({ code: 'ANALYSIS_COLUMN_UNKNOWN' })
    await expect(run([path], { actual: 'node', dimensions: ['method'] })).rejects.toMatchObject({
      code: 'ANALYSIS_COLUMN_UNUSABLE',
    })
    await expect(run([path], { dimensions: ['node', 'real'] })).rejects.toMatchObject({ code: 'CLI_USAGE' })
    await expect(run([join(folder, 'none.csv')])).rejects.toMatchObject({ code: 'ANALYSIS_FILE_UNREADABLE' })
    const several = await run([path, await write('empty.csv', [header])])
    expect(hasUnexplained(several)).toBe(true)
    expect(several.files).toMatchObject([{ reason: null }, { error: { code: 'ANALYSIS_FILE_EMPTY' } }])
  })
})
