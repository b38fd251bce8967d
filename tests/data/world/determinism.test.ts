// The same options give the same bytes, another seed another history, unusable options an error.

import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { answerKey, generateWorld, type WorldOptions } from '#data/world'
import { withFolder } from './history.ts'

const small = { days: 12, orders: 400, seed: 'first' }

function digest(options: Partial<WorldOptions>): Promise<Record<string, string>> {
  return withFolder(async (folder) => {
    await generateWorld(folder, options)
    const files: Record<string, string> = {}
    for (const name of (await readdir(folder)).sort()) {
      files[name] = createHash('sha256')
        .update(await readFile(join(folder, name)))
        .digest('hex')
    }
    return files
  })
}

it('writes the same bytes for the same options', async () => {
  const first = await digest(small)
  expect(Object.keys(first)).toHaveLength(10)
  expect(await digest(small)).toEqual(first)
})

it('writes another history for another seed', async () => {
  const first = await digest(small)
  const second = await digest({ ...small, seed: 'second' })
  for (const name of ['orders.csv', 'order_lines.csv', 'inventory_movements.csv', 'products.csv']) {
    expect(second[name]).not.toBe(first[name])
  }
})

it('tells the same answer key before and after the generation', async () => {
  await withFolder(async (folder) => {
    const { faults } = await generateWorld(folder, small)
    const file = JSON.parse(await readFile(join(folder, 'answer-key.json'), 'utf8'))
    expect(faults).toEqual(answerKey(small))
    expect(file.faults).toEqual(answerKey(small))
  })
})

it('reports each day once, in order', async () => {
  await withFolder(async (folder) => {
    const days: number[] = []
    await generateWorld(folder, small, ({ day }) => days.push(day))
    expect(days).toEqual(Array.from({ length: small.days }, (_, i) => i + 1))
  })
})

it.each([
  { days: 0 },
  { days: 1.5 },
  { orders: 0 },
  { nodes: 2 },
  { nodes: 13 },
  { skus: 5 },
  { end: Number.NaN },
  { faults: 'some' as 'all' },
])('refuses %o', async (options) => {
  expect(() => answerKey(options)).toThrow(expect.objectContaining({ code: 'WORLD_OPTIONS_INVALID' }))
})
