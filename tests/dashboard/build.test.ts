// When the dashboard is built: for each state of its sources once, and for nothing else.

import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { dashboardStamp } from '../../orchestrator/cli/dashboard-sources.ts'

const root = join(import.meta.dirname, '..', '..')
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'detour-build-'))
  const isSource = (path: string) => !/[\\/](build|\.svelte-kit|node_modules)$/.test(path)
  await cp(join(root, 'dashboard'), join(folder, 'dashboard'), { recursive: true, filter: isSource })
  await cp(join(root, 'data', 'contracts'), join(folder, 'data', 'contracts'), { recursive: true })
  for (const file of ['svelte.config.js', 'vite.config.js', 'package-lock.json']) {
    await cp(join(root, file), join(folder, file))
  }
})
afterEach(() => rm(folder, { recursive: true, force: true }))

describe('the stamp of the sources', () => {
  test('is the same for the same sources, wherever they lie', () => {
    expect(dashboardStamp(folder)).toBe(dashboardStamp(root))
  })

  test.each([
    'dashboard/app.css',
    'dashboard/routes/+page.svelte',
    'data/contracts/api/orders.ts',
    'vite.config.js',
    'package-lock.json',
  ])('changes with %s', async (path) => {
    const before = dashboardStamp(folder)
    await writeFile(join(folder, path), '// changed')
    expect(dashboardStamp(folder)).not.toBe(before)
  })

  test('changes with a new file and not with what a build leaves behind', async () => {
    const before = dashboardStamp(folder)
    for (const made of ['build', '.svelte-kit', 'node_modules']) {
      await mkdir(join(folder, 'dashboard', made), { recursive: true })
      await writeFile(join(folder, 'dashboard', made, 'x.js'), '1')
    }
    expect(dashboardStamp(folder)).toBe(before)
    await writeFile(join(folder, 'dashboard', 'lib', 'new.ts'), '')
    expect(dashboardStamp(folder)).not.toBe(before)
  })
})
