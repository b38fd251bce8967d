// Weights and sizes from files reach the core: as they are told, and none where nobody told them.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ingest } from '#ingest'
import { openWorkspace } from '#orchestrator/workspace'
import { readProducts } from '../../../orchestrator/engine/import-rows.ts'
import { effectsWith, newFolder } from '../places.ts'

let folder: Awaited<ReturnType<typeof newFolder>>
beforeAll(async () => {
  folder = await newFolder()
})
afterAll(() => folder.remove())

describe('products of files', () => {
  test('have the weight and size that a file tells, and no others', async () => {
    const files = join(folder.path, 'files')
    await mkdir(files)
    const rows = [
      'sku,name,weight_g,length_mm,width_mm,height_mm',
      'a,Apple,120,80,80,90',
      'b,Bare,,,,',
      'z,Zero,0,,,',
    ]
    await writeFile(join(files, 'products.csv'), `${rows.join('\n')}\n`)
    const workspace = await openWorkspace(join(folder.path, 'home'), 'test', effectsWith())
    try {
      await ingest({ provider: 'detour', paths: [files] }, workspace)
      const products = await workspace.warehouse.reading((queries) => readProducts(queries, 'main', 0))
      expect(products).toEqual([
        { sku: 'a', name: 'Apple', skuClass: null, weightG: 120, lengthMm: 80, widthMm: 80, heightMm: 90 },
        { sku: 'b', name: 'Bare', skuClass: null },
        { sku: 'z', name: 'Zero', skuClass: null, weightG: 0 },
      ])
    } finally {
      await workspace.close()
    }
  })
})
