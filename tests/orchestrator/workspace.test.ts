// Opening a home: all of it or nothing.

import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { homePaths, lockHome } from '#data/home'
import { openSqliteLog } from '#data/log'
import { openWorkspace } from '#orchestrator/workspace'
import { effectsWith, newFolder } from './places.ts'

let folder: Awaited<ReturnType<typeof newFolder>>
beforeAll(async () => {
  folder = await newFolder()
})
afterAll(() => folder.remove())

const effects = effectsWith()

test('a home opens with its tables, closes, and opens again', async () => {
  const home = join(folder.path, 'home')
  for (let i = 0; i < 2; i++) {
    const workspace = await openWorkspace(home, 'test', effects)
    expect(await workspace.warehouse.all('SELECT count(*) AS n FROM orders')).toEqual([{ n: 0 }])
    expect(await workspace.log.streams()).toEqual([])
    expect(workspace.effects.config.home).toBe(home)
    await workspace.close()
    await workspace.close()
  }
})

test('events that reached the log but not the warehouse are there after opening', async () => {
  const home = join(folder.path, 'behind')
  await (await openWorkspace(home, 'test', effects)).close()
  const lock = await lockHome(home, 'test', effects)
  const log = await openSqliteLog(lock.paths.log, effects)
  await log.append('main', 0, [{ eventId: '1/0', type: 'Noted', data: { a: 1 } }])
  await log.close()
  await lock.release()
  const workspace = await openWorkspace(home, 'test', effects)
  expect(await workspace.warehouse.all('SELECT stream, seq FROM raw_log_events')).toEqual([
    { stream: 'main', seq: 1 },
  ])
  await workspace.close()
})

test('where the warehouse or the log cannot be opened, nothing stays open', async () => {
  for (const [name, part, code] of [
    ['no-warehouse', 'warehouse', 'WAREHOUSE_DAMAGED'],
    ['no-log', 'log', 'LOG_DAMAGED'],
  ] as const) {
    const home = join(folder.path, name)
    await (await openWorkspace(home, 'test', effects)).close()
    await writeFile(homePaths(home)[part], 'neither a log nor a database'.repeat(1000))
    await expect(openWorkspace(home, 'test', effects)).rejects.toMatchObject({ code })
    const lock = await lockHome(home, 'test', effects)
    await lock.release()
  }
})
