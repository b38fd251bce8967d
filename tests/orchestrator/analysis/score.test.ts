// `detour score` on files: rows come back as they were with three columns more, and bad files are answered.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { realEffects, seededRandom } from '#data/kernel'
import { besideHomes, type ScoreArgs, type ScoredFile } from '#orchestrator/verbs'

const { hasUnscored, scoreFiles, showScore } = await besideHomes.score()

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'detour-score-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const score = (args: Omit<ScoreArgs, 'paths'> & { paths: string[] }) =>
  scoreFiles(args, realEffects(), () => undefined)

async function file(name: string, lines: readonly string[]): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, `${lines.join('\n')}\n`)
  return path
}

/** Parcels whose price follows their weight; the given rows are wrong. */
function parcels(seed: string, rows: number, wrong: readonly number[]): string[] {
  const random = seededRandom(seed)
  const lines = Array.from({ length: rows }, (_, row) => {
    const weight = 1 + random.next() * 20
    const price = wrong.includes(row) ? 400 - weight * 10 : weight * 10 + random.normal(0, 2)
    const label = wrong.includes(row) ? 1 : 0
    return `P-${row * 13},${weight.toFixed(2)},${price.toFixed(2)},${random.pick(['UPS', 'DHL'])},${label}`
  })
  return ['parcel,weight,price,carrier,label', ...lines]
}

describe('the verb score', () => {
  test('writes the same rows with score, p-value and reasons, the same each time', async () => {
    const lines = parcels('a', 300, [12])
    const path = await file('parcels.csv', lines)
    const out = join(folder, 'out.csv')
    const { files } = await score({ paths: [path], ignore: ['label'], out })
    const written = (await readFile(out, 'utf8')).trimEnd().split('\n')
    expect(written[0]).toBe(`${lines[0]},score,p_value,reasons`)
    expect(written.length).toBe(lines.length)
    for (const [i, line] of written.entries()) expect(line.startsWith(lines[i] ?? 'none')).toBe(true)
    const [first] = files as ScoredFile[]
    expect(first?.columns).toEqual(['weight', 'price', 'carrier'])
    expect(first?.odd[0]).toMatchObject({ row: 13, reasons: [{ column: 'price' }] })
    expect(written[13]).toMatch(/,0\.\d+,0\.003\d*,"?(price|weight) \d.*, expected about/)
    expect(written.join()).not.toMatch(/nan|infinity/i)
    const again = join(folder, 'again.csv')
    await score({ paths: [path], ignore: ['label'], out: again })
    expect(await readFile(again, 'utf8')).toBe(await readFile(out, 'utf8'))
    expect(showScore({ files })).toContain('300 rows scored by 3 columns')
  })

  test('learns from a file of clean rows', async () => {
    const clean = await file('clean.csv', parcels('b', 300, []))
    const wrong = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20]
    const path = await file('mixed.csv', parcels('c', 60, wrong))
    const { files } = await score({ paths: [path], fit: clean, ignore: ['label'] })
    const [{ scores }] = files as [ScoredFile]
    const least = Math.min(...wrong.map((row) => scores[row] ?? 0))
    const usual = scores.filter((_, row) => !wrong.includes(row))
    expect(usual.filter((each) => each >= least).length).toBeLessThan(6)
    const narrow = await file('narrow.csv', ['weight,price', '1,2'])
    await expect(score({ paths: [narrow], fit: clean })).rejects.toMatchObject({
      code: 'MODELS_TABLE_COLUMN_MISSING',
    })
  })

  test('takes a folder, and a file that cannot be used does not keep the others from it', async () => {
    const place = join(folder, 'many')
    const { mkdir } = await import('node:fs/promises')
    await mkdir(place)
    await writeFile(join(place, 'a.csv'), `${parcels('d', 40, []).join('\n')}\n`)
    await writeFile(join(place, 'b.csv'), 'a,b\n1,2,3\n')
    await writeFile(join(place, 'c.csv'), 'a\n')
    const result = await score({ paths: [place], out: join(folder, 'results') })
    expect(result.files.map((each) => ('error' in each ? each.error.code : each.rows))).toEqual([
      40,
      'ANALYSIS_FILE_UNREADABLE',
      'ANALYSIS_FILE_EMPTY',
    ])
    expect(hasUnscored(result)).toBe(true)
    expect(showScore(result)).toContain('error ANALYSIS_FILE_EMPTY')
  })

  test('answers odd files with a code or a note, never with NaN', async () => {
    await expect(score({ paths: [await file('empty.csv', [''])] })).rejects.toMatchObject({
      code: 'ANALYSIS_FILE_EMPTY',
    })
    const few = await file('few.csv', ['a,b', '1,x', '2,y'])
    await expect(score({ paths: [few], ignore: ['c'] })).rejects.toMatchObject({
      code: 'ANALYSIS_COLUMN_UNKNOWN',
    })
    const strange = await file('strange.csv', [
      'n,constant,gone,word,copy,huge',
      ...Array.from(
        { length: 30 },
        (_, i) => `${i % 7},5,,w,1,${i === 3 ? 'inf' : i === 4 ? '1e12' : i * i}`,
      ),
      'oops,5,,w,1,-inf',
    ])
    const { files } = await score({ paths: [few, strange] })
    const [small, other] = files as [ScoredFile, ScoredFile]
    expect(small.notes.join()).toContain('2 rows are too few')
    const notes = other.notes.join('\n')
    expect(notes).toMatch(/constant is left out.*\n.*gone is left out/)
    expect(notes).toContain('n has 1 cell without a number, taken as missing; the first is "oops" in row 31')
    expect(notes).toContain('huge has 2 cells that are infinite')
    for (const each of [small, other]) {
      expect([...each.scores, ...each.pValues].every(Number.isFinite)).toBe(true)
    }
    expect(other.odd[0]?.row).toBe(31)
  })
})
