// One owner per home, across processes, whatever way the owner ends.

import { spawn } from 'node:child_process'
import { chmod, mkdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { homePaths, lockHome } from '#data/home'
import { effectsWith, newFolder } from '../../orchestrator/places.ts'

let folder: Awaited<ReturnType<typeof newFolder>>
beforeAll(async () => {
  folder = await newFolder()
})
afterAll(() => folder.remove())

const effects = effectsWith()

/** Another process that owns the home until it is killed. */
async function otherOwner(home: string) {
  const source = `
    import { lockHome } from '#data/home'
    import { realEffects } from '#data/kernel'
    await lockHome(${JSON.stringify(home)}, 'ingest', realEffects())
    console.log('owned')
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', source], { cwd: process.cwd() })
  await new Promise((done) => child.stdout.once('data', done))
  return child
}

test('a home is made with its folders, and can be owned again once given back', async () => {
  const home = join(folder.path, 'deep', 'home')
  const lock = await lockHome(home, 'cycle', effects)
  expect((await stat(lock.paths.temporary)).isDirectory()).toBe(true)
  expect(lock.paths).toEqual(homePaths(home))
  await lock.release()
  const again = await lockHome(home, 'cycle', effects)
  await again.release()
})

test('a home may have its landed files elsewhere, where others find them too', async () => {
  const home = join(folder.path, 'alone')
  const lake = join(folder.path, 'shared')
  const lock = await lockHome(home, 'cycle', { ...effects, config: { ...effects.config, lake } })
  expect(lock.paths).toEqual({ ...homePaths(home), lake })
  await lock.release()
})

test('a home owned by another process is refused with who owns it, until that process is gone in any way', async () => {
  const home = join(folder.path, 'busy')
  const child = await otherOwner(home)
  await expect(lockHome(home, 'cycle', effects)).rejects.toMatchObject({
    code: 'HOME_BUSY',
    details: { pid: child.pid, verb: 'ingest' },
  })
  const gone = new Promise((done) => child.once('exit', done))
  child.kill('SIGKILL')
  await gone
  const lock = await lockHome(home, 'cycle', effects)
  await lock.release()
})

test('what a former owner left in the temporary folder is gone', async () => {
  const home = join(folder.path, 'leftovers')
  await mkdir(homePaths(home).temporary, { recursive: true })
  await writeFile(join(homePaths(home).temporary, 'left'), 'x')
  const lock = await lockHome(home, 'cycle', effects)
  await expect(stat(join(lock.paths.temporary, 'left'))).rejects.toThrow()
  await lock.release()
})

test('a home that is a file, or in a folder that cannot be written, is refused in words', async () => {
  const file = join(folder.path, 'file')
  await writeFile(file, '')
  await expect(lockHome(file, 'cycle', effects)).rejects.toMatchObject({ code: 'HOME_UNWRITABLE' })
  if (process.getuid?.() === 0) return
  const shut = join(folder.path, 'shut')
  await mkdir(shut)
  await chmod(shut, 0o500)
  await expect(lockHome(join(shut, 'home'), 'cycle', effects)).rejects.toMatchObject({
    code: 'HOME_UNWRITABLE',
  })
})
