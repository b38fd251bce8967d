// `detour network` by itself and forwarded to the process that serves the home.

import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { detour } from '../commands.ts'
import { openPlace, type Place } from '../http-place.ts'
import { newFolder } from '../places.ts'
import { sampleYaml } from './sample.ts'

let folder: Awaited<ReturnType<typeof newFolder>>
beforeAll(async () => {
  folder = await newFolder()
  await writeFile(join(folder.path, 'net.yaml'), sampleYaml)
})
afterAll(() => folder.remove())

describe('detour network', () => {
  test('takes a file in and writes a folder out', async () => {
    const home = ['--home', join(folder.path, 'home'), '--json']
    const taken = await detour(['network', 'import', join(folder.path, 'net.yaml'), ...home])
    expect([taken.code, JSON.parse(taken.out)]).toMatchObject([0, { version: 1, faultCount: 0 }])
    const out = join(folder.path, 'out')
    expect((await detour(['network', 'export', out, ...home])).code).toBe(0)
    expect(await readFile(join(out, 'groups.csv'), 'utf8')).toBe('group_id,name\r\nwest,West\r\n')
  }, 60_000)
})

describe('the same where the home is served', () => {
  let place: Place
  beforeAll(async () => {
    place = await openPlace()
  })
  afterAll(() => place.close())

  /** The last line of what a verb says. */
  const run = async (name: string, body: object) => {
    const { text } = await place.call('POST', `/api/v1/verbs/network-${name}`, { body })
    return JSON.parse(text.trimEnd().split('\n').at(-1) ?? '') as { result?: never; error?: { code: string } }
  }

  test('checks, takes and writes, and a second check finds nothing new', async () => {
    const path = join(folder.path, 'net.yaml')
    const checked = await run('check', { path })
    expect(checked.result).toMatchObject({ version: 1, faultCount: 0 })
    expect(place.engine.core.state().network.version).toBe(0)
    expect((await run('import', { path })).result).toMatchObject({ version: 1 })
    const out = join(folder.path, 'served')
    expect((await run('export', { path: out })).result).toMatchObject({ version: 1 })
    expect((await run('check', { path: out, mode: 'replace' })).result).toMatchObject({ differences: [] })
  })

  test('names every fault and changes nothing', async () => {
    const path = join(folder.path, 'bad')
    await mkdir(path)
    await writeFile(join(path, 'nodes.csv'), 'node_id,cut_off\nA,25:00\nB,noon\n')
    const { result } = await run('import', { path })
    expect(result).toMatchObject({ faultCount: 2, faults: [{ file: 'nodes.csv', row: 2 }, { row: 3 }] })
    expect(place.engine.core.state().network.version).toBe(1)
    expect((await run('import', { path: join(folder.path, 'none') })).error?.code).toBe(
      'SOURCING_FILE_INVALID',
    )
  })
})
