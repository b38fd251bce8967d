// The SQLite log alone: what it does with a broken file or thread.

import { createHash } from 'node:crypto'
import { closeSync, existsSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { Worker } from 'node:worker_threads'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type EventLog, openSqliteLog } from '#data/log'
import { codeOf, effects, eventsFor, idsOf, newLogPath } from './folder.ts'

async function open(path = newLogPath()): Promise<EventLog> {
  const log = await openSqliteLog(path, effects)
  onTestFinished(() => log.close())
  return log
}

function checksum(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}

describe('a file that cannot be trusted', () => {
  test('is refused and left as it was when it is no database', async () => {
    const path = newLogPath()
    writeFileSync(path, 'order_id,placed_at\n1,2026-01-01\n'.repeat(500))
    const before = checksum(path)
    expect(await codeOf(openSqliteLog(path, effects))).toBe('LOG_DAMAGED')
    expect(checksum(path)).toBe(before)
    expect(existsSync(`${path}-wal`)).toBe(false)
  })

  test.each([0, 30, 6192, 20_000])(
    'is refused and left as it was when bytes at %i are overwritten',
    async (at) => {
      const path = await filled()
      const file = openSync(path, 'r+')
      writeSync(file, Buffer.alloc(2000, 0xa5), 0, 2000, at)
      closeSync(file)
      const before = checksum(path)
      expect(await codeOf(openSqliteLog(path, effects))).toBe('LOG_DAMAGED')
      expect(checksum(path)).toBe(before)
    },
  )

  test('is refused and left as it was when its end is missing', async () => {
    const path = await filled()
    writeFileSync(path, readFileSync(path).subarray(0, Math.floor(statSync(path).size / 2)))
    const before = checksum(path)
    expect(await codeOf(openSqliteLog(path, effects))).toBe('LOG_DAMAGED')
    expect(checksum(path)).toBe(before)
  })

  test('is refused when it is the database of another program', async () => {
    const path = newLogPath()
    const db = new DatabaseSync(path)
    db.exec('create table customers (name text)')
    db.close()
    const before = checksum(path)
    expect(await codeOf(openSqliteLog(path, effects))).toBe('LOG_DAMAGED')
    expect(checksum(path)).toBe(before)
  })

  test('is refused with another code when a newer Detour wrote it', async () => {
    const path = await filled()
    const db = new DatabaseSync(path)
    db.exec('pragma user_version = 999')
    db.close()
    expect(await codeOf(openSqliteLog(path, effects))).toBe('LOG_NEWER')
  })

  async function filled(): Promise<string> {
    const path = newLogPath()
    const log = await openSqliteLog(path, effects)
    await log.append('main', 0, eventsFor('a', 1000))
    await log.close()
    return path
  }
})

describe('a log that cannot be reached', () => {
  test('says so when its folder does not exist', async () => {
    expect(await codeOf(openSqliteLog(`${newLogPath()}/missing/log.sqlite`, effects))).toBe('LOG_UNAVAILABLE')
  })

  test('rejects every call under way when its thread dies, and works again with the next call', async () => {
    let worker: Worker | undefined
    process.once('worker', (started: Worker) => {
      worker = started
    })
    const log = await open()
    await log.append('main', 0, eventsFor('a'))
    const calls = (from: number) =>
      [
        ...Array.from({ length: 50 }, (_, i) => log.append('main', from + i, eventsFor(`b${from + i}`))),
        log.read('main', 0, 10),
        log.tail('main'),
      ].map(codeOf)
    const before = calls(1)
    const gone = worker?.terminate()
    const after = calls(51)
    await gone
    for (const code of await Promise.all(before)) expect(['LOG_UNAVAILABLE', 'none']).toContain(code)
    expect(new Set(await Promise.all(after))).toEqual(new Set(['LOG_UNAVAILABLE']))
    const tail = await log.tail('main')
    expect((await log.append('main', tail, eventsFor('c'))).lastSeq).toBe(tail + 1)
    expect(await idsOf(log, 'main')).toHaveLength(tail + 1)
  })
})
