// The table detector on tables made here: it finds what is odd, says why, and answers anything it is given.

import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { realEffects, seededRandom } from '#data/kernel'
import { openTableDetector, sayReasons, type Table, type TableColumn } from '#models'

const detector = openTableDetector(realEffects())
afterAll(() => detector.close())

const numbers = (name: string, values: readonly number[]): TableColumn => ({
  name,
  values: Float64Array.from(values),
})
const texts = (name: string, values: readonly (string | null)[]): TableColumn => ({ name, values })
const table = (...columns: TableColumn[]): Table => ({ rows: columns[0]?.values.length ?? 0, columns })

/** Weight follows units, price follows weight; carriers and order times as in a shop. */
function orders(rows: number, seed: string): Table {
  const random = seededRandom(seed)
  const units = Array.from({ length: rows }, () => 1 + random.poisson(3))
  const weight = units.map((unit) => unit * 2 + random.normal(0, 0.3))
  const price = weight.map((each) => each * 12 + random.normal(0, 3))
  const carrier = units.map(() => random.pick(['UPS', 'UPS', 'FedEx', 'DHL']))
  const at = units.map(
    () => `2026-03-${String(random.int(1, 28)).padStart(2, '0')} ${random.int(8, 19)}:00:00`,
  )
  return table(
    numbers('units', units),
    numbers('weight', weight),
    numbers('price', price),
    texts('carrier', carrier),
    texts('ordered_at', at),
  )
}

function withCell({ rows, columns }: Table, row: number, name: string, cell: number | string | null): Table {
  return {
    rows,
    columns: columns.map((column) => {
      if (column.name !== name) return column
      if (column.values instanceof Float64Array) {
        const values = column.values.slice()
        values[row] = cell as number
        return { name, values }
      }
      const values = [...column.values]
      values[row] = cell as string | null
      return { name, values }
    }),
  }
}

function oddest(scores: Float64Array): number {
  return scores.indexOf(Math.max(...scores))
}

/** Finite, within bounds, one for each row. */
function expectSound(found: { scores: Float64Array; pValues: Float64Array }, rows: number): void {
  expect(found.scores.length).toBe(rows)
  expect(found.scores.every((score) => score >= 0 && score <= 1)).toBe(true)
  expect(found.pValues.every((p) => p > 0 && p <= 1)).toBe(true)
}

describe('the table detector', () => {
  test('finds a row that breaks a rule between columns, and names the cell with what was expected', async () => {
    const usual = orders(600, 'a')
    const weight = Number(usual.columns[1]?.values[17])
    const found = await detector.score(withCell(usual, 17, 'price', weight * 12 + 90))
    expect(found.pValues[17]).toBeLessThan(0.01)
    const [first] = found.reasons.get(17) ?? []
    expect(first?.column).toBe('price')
    expect(Math.abs(Number(first?.expected) - weight * 12)).toBeLessThan(25)
    expect(sayReasons(found.reasons.get(17) ?? [])).toMatch(/^price .*, expected about/)
  })

  test('finds a carrier nobody else has, a missing cell where none is, and an hour nobody orders at', async () => {
    const usual = orders(600, 'b')
    const carrier = await detector.score(withCell(usual, 5, 'carrier', 'Pigeon'))
    expect(carrier.reasons.get(5)?.[0]).toMatchObject({
      column: 'carrier',
      observed: 'Pigeon',
      expected: 'UPS',
    })
    expect(carrier.pValues[5]).toBeLessThan(0.02)
    const missing = await detector.score(withCell(usual, 6, 'units', Number.NaN))
    expect(missing.reasons.get(6)?.map(({ column, observed }) => [column, observed])).toContainEqual([
      'units',
      null,
    ])
    const night = await detector.score(withCell(usual, 7, 'ordered_at', '2026-03-10 02:00:00'))
    expect(night.reasons.get(7)?.[0]).toMatchObject({ column: 'ordered_at', observed: '2026-03-10 02:00:00' })
    expect(String(night.reasons.get(7)?.[0]?.expected)).toMatch(/^hour/)
  })

  test('learned from clean rows finds a crowd of odd ones, which among themselves would be usual', async () => {
    const crowd = orders(400, 'c')
    const half = Array.from({ length: 200 }, (_, i) => i)
    const shifted = half.reduce((all, row) => withCell(all, row, 'price', 5), crowd)
    const found = await detector.score(shifted, { clean: orders(600, 'd') })
    const mean = (from: number, to: number) =>
      found.pValues.slice(from, to).reduce((sum, p) => sum + p, 0) / (to - from)
    expect(mean(0, 200)).toBeLessThan(0.02)
    expect(mean(200, 400)).toBeGreaterThan(0.35)
  })

  test('gives clean rows p-values that hold: few are small', async () => {
    const shares = [0.05, 0.2].map(() => 0)
    const seeds = ['e', 'f', 'g', 'h', 'i']
    for (const seed of seeds) {
      const { pValues } = await detector.score(orders(400, `${seed}1`), { clean: orders(400, `${seed}2`) })
      for (const [i, level] of [0.05, 0.2].entries()) {
        shares[i] = (shares[i] ?? 0) + pValues.filter((p) => p <= level).length / 400 / seeds.length
      }
    }
    expect(shares[0]).toBeLessThan(0.09)
    expect(shares[1]).toBeLessThan(0.27)
    expect(shares[1]).toBeGreaterThan(0.08)
  })

  test('gives the same scores for the same seed, and threads change nothing', async () => {
    const all = orders(20_500, 'j')
    const many = { rows: all.rows, columns: all.columns.slice(0, 2) }
    const one = openTableDetector(realEffects(), { threads: 1 })
    const [left, right] = [await detector.score(many, { seed: 'x' }), await one.score(many, { seed: 'x' })]
    await one.close()
    expect(left.scores).toEqual(right.scores)
  })

  test('leaves out ids, constants and empty columns and says so; warns of what looks like the answer', async () => {
    const usual = orders(300, 'k')
    const rows = Array.from({ length: 300 }, (_, i) => i)
    const odd = [3, 30, 200].reduce((all, row) => withCell(all, row, 'price', 5000), usual)
    const found = await detector.score({
      rows: 300,
      columns: [
        numbers(
          'order_no',
          rows.map((row) => 5000 + row),
        ),
        texts(
          'key',
          rows.map((row) => `k${row * 7919}`),
        ),
        texts(
          'empty',
          rows.map(() => null),
        ),
        numbers(
          'one',
          rows.map(() => 1),
        ),
        numbers(
          'late',
          rows.map((row) => ([3, 30, 200].includes(row) ? 1 : 0)),
        ),
        ...odd.columns,
      ],
    })
    const notes = found.notes.join('\n')
    for (const name of ['order_no', 'key', 'empty', 'one']) expect(notes).toContain(`${name} is left out`)
    expect(notes).toMatch(/late has two values and almost equals the score.*--ignore late/)
    expect(found.columns).toEqual(['late', 'units', 'weight', 'price', 'carrier', 'ordered_at'])
    const without = await detector.score(odd, { ignored: ['units', 'carrier'] })
    expect(without.columns).toEqual(['weight', 'price', 'ordered_at'])
  })

  test('says why it cannot learn or compare', async () => {
    const clean = orders(50, 'l')
    await expect(detector.score(clean, { clean: orders(3, 'm') })).rejects.toMatchObject({
      code: 'MODELS_TABLE_UNUSABLE',
    })
    const narrow = { rows: 50, columns: clean.columns.slice(1) }
    await expect(detector.score(narrow, { clean })).rejects.toMatchObject({
      code: 'MODELS_TABLE_COLUMN_MISSING',
      details: { column: 'units' },
    })
    const few = await detector.score(orders(2, 'n'))
    expect([...few.scores, ...few.pValues]).toEqual([0.5, 0.5, 1, 1])
    expect(few.notes.join()).toContain('2 rows are too few')
    const blank = await detector.score(
      table(
        numbers(
          'a',
          Array.from({ length: 30 }, () => 7),
        ),
      ),
    )
    expect(blank.notes.join()).toContain('no column is left')
    expect(blank.scores.every((score) => score === 0.5)).toBe(true)
  })

  test('answers with finite numbers whatever the cells are', async () => {
    const number = fc.oneof(
      fc.constantFrom(0, 1, -1, Number.NaN, Infinity, -Infinity, 1e12, -1e300, 1e300, 5e-324),
      fc.double({ noDefaultInfinity: true, noNaN: true }),
    )
    const text = fc.oneof(fc.constantFrom(null, '', 'a', 'b', '2026-01-01', '0'), fc.string({ maxLength: 5 }))
    const column = (rows: number) =>
      fc.oneof(
        fc.array(number, { minLength: rows, maxLength: rows }).map((values) => Float64Array.from(values)),
        fc.array(text, { minLength: rows, maxLength: rows }),
      )
    const made = fc
      .integer({ min: 1, max: 40 })
      .chain((rows) => fc.array(column(rows), { minLength: 1, maxLength: 5 }))
      .map((columns): Table => table(...columns.map((values, i) => ({ name: `c${i}`, values }))))
    await fc.assert(
      fc.asyncProperty(made, fc.boolean(), async (any, isClean) => {
        if (isClean && any.rows < 5) return
        expectSound(await detector.score(any, isClean ? { clean: any } : {}), any.rows)
      }),
      { numRuns: 60 },
    )
  })

  test('takes 2,000 columns', async () => {
    const random = seededRandom('wide')
    const columns = Array.from({ length: 2000 }, (_, j) =>
      numbers(
        `f${j}`,
        Array.from({ length: 60 }, (_, row) => random.normal(row === 9 && j % 3 === 0 ? 4 : 0, 1)),
      ),
    )
    const found = await detector.score(table(...columns))
    expectSound(found, 60)
    expect(oddest(found.scores)).toBe(9)
  })
})
