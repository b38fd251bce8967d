// The SQLite log: what it keeps, who wins a race, what it does with a broken file or thread.

import { createHash } from 'node:crypto'
import { closeSync, existsSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { Worker } from 'node:worker_threads'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { type EventLog, openSqliteLog, type SqliteLogOptions } from '#data/log'
import { codeOf, effects, eventsFor, idsOf, newLogPath } from './folder.ts'

async function open(path = newLogPath(), options: SqliteLogOptions = {}): Promise<EventLog> {
  const log = await openSqliteLog(path, effects, options)
  onTestFinished(() => log.close())
  return log
}

function checksum(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}

describe('what was appended', () => {
  test('is read back in order, with its stream, seq and time', async () => {
    const log = await open()
    const before = effects.clock.now()
    const first = await log.append('main', 0, eventsFor('a', 2))
    await log.append('main', 2, eventsFor('b'))
    expect(first.lastSeq).toBe(2)
    const [event] = await log.read('main', 0, 1)
    expect(event).toEqual({
      stream: 'main',
      seq: 1,
      eventId: 'a/0',
      type: 'Counted',
      data: { commandId: 'a', i: 0 },
      recordedAt: first.recordedAt,
    })
    expect(first.recordedAt).toBeGreaterThanOrEqual(before)
    expect((await log.read('main', 1, 10)).map((one) => one.eventId)).toEqual(['a/1', 'b/0'])
  })

  test('survives closing and opening again', async () => {
    const path = newLogPath()
    const log = await openSqliteLog(path, effects)
    await log.append('main', 0, eventsFor('a', 3))
    await log.close()
    const again = await open(path)
    expect(await again.tail('main')).toBe(3)
    expect(await idsOf(again, 'main')).toEqual(['a/0', 'a/1', 'a/2'])
  })

  test('is any JSON value under any name', async () => {
    const log = await open()
    const name = fc.string({ unit: 'grapheme', minLength: 1 })
    const events = fc.array(fc.record({ type: name, data: fc.jsonValue() }), { minLength: 1 })
    let seq = 0
    await fc.assert(
      fc.asyncProperty(events, async (some) => {
        const named = some.map((event, i) => ({ ...event, eventId: `c${seq}/${i}` }))
        const from = seq
        seq = (await log.append('any', seq, named)).lastSeq
        const read = await log.read('any', from, some.length)
        expect(read.map(({ eventId, type, data }) => ({ eventId, type, data }))).toEqual(
          JSON.parse(JSON.stringify(named)),
        )
      }),
      { numRuns: 50 },
    )
  })

  test('is read whole when it is longer than one message between threads', async () => {
    const log = await open()
    await log.append('main', 0, eventsFor('a', 5001))
    expect(await idsOf(log, 'main')).toHaveLength(5001)
    expect(await log.read('main', 0, 4000)).toHaveLength(4000)
    expect(await log.read('main', 4500, 4000)).toHaveLength(501)
    expect(await log.read('main', 5001, 10)).toEqual([])
  })

  test('is found by its command, whose id may contain slashes', async () => {
    const log = await open()
    await log.append('main', 0, [
      ...eventsFor('a', 2),
      ...eventsFor('a/b'),
      ...eventsFor('a/1', 1),
      ...eventsFor('aa'),
    ])
    const ids = async (commandId: string): Promise<string[]> =>
      (await log.eventsOfCommand('main', commandId)).map((event) => event.eventId)
    expect(await ids('a')).toEqual(['a/0', 'a/1'])
    expect(await ids('a/1')).toEqual(['a/1/0'])
    expect(await ids('a/b')).toEqual(['a/b/0'])
    expect(await ids('b')).toEqual([])
  })

  test('counts per stream, and all streams are named', async () => {
    const log = await open()
    await Promise.all(['north', 'south', 'east'].map((stream) => log.append(stream, 0, eventsFor('a'))))
    expect(await log.streams()).toEqual(['east', 'north', 'south'])
    expect(await log.tail('west')).toBe(0)
  })
})

describe('the fence', () => {
  test('lets exactly one of two writers with connections of their own win each race', async () => {
    const path = newLogPath()
    const logs = [await open(path), await open(path)] as const
    let seq = 0
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }), async (one, other) => {
        const outcomes = await Promise.all([
          codeOf(logs[0].append('main', seq, eventsFor(`one-${seq}`, one))),
          codeOf(logs[1].append('main', seq, eventsFor(`other-${seq}`, other))),
        ])
        expect(outcomes.toSorted()).toEqual(['LOG_FENCED', 'none'])
        seq += outcomes[0] === 'none' ? one : other
        expect(await logs[0].tail('main')).toBe(seq)
      }),
      { numRuns: 150 },
    )
    expect(await idsOf(logs[1], 'main')).toHaveLength(seq)
  })

  test('refuses a writer that is behind and one that is ahead', async () => {
    const log = await open()
    await log.append('main', 0, eventsFor('a', 2))
    expect(await codeOf(log.append('main', 1, eventsFor('b')))).toBe('LOG_FENCED')
    expect(await codeOf(log.append('main', 3, eventsFor('c')))).toBe('LOG_FENCED')
    expect(await codeOf(log.append('main', 1, []))).toBe('LOG_FENCED')
    expect(await idsOf(log, 'main')).toEqual(['a/0', 'a/1'])
  })

  test('keeps event ids unique within their stream', async () => {
    const log = await open()
    await log.append('main', 0, eventsFor('a'))
    const again = log.append('main', 1, [...eventsFor('b'), ...eventsFor('a')])
    expect(await codeOf(again)).toBe('LOG_EVENT_EXISTS')
    expect(await idsOf(log, 'main')).toEqual(['a/0'])
    expect((await log.append('other', 0, eventsFor('a'))).lastSeq).toBe(1)
  })
})

describe('a group', () => {
  test('shares transactions and leaves out only the append that was fenced', async () => {
    const sizes: number[] = []
    const log = await open(newLogPath(), { onCommit: (events) => sizes.push(events) })
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        codeOf(log.append(`stream-${i}`, i % 10 === 3 ? 7 : 0, eventsFor(`c${i}`, 3))),
      ),
    )
    expect(outcomes.filter((code) => code === 'LOG_FENCED')).toHaveLength(10)
    expect(outcomes.filter((code) => code === 'none')).toHaveLength(90)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(270)
    expect(sizes.length).toBeLessThan(90)
    expect(await log.streams()).toHaveLength(90)
  })

  test('takes appends to one stream in the order of their calls', async () => {
    const log = await open()
    const appends = Array.from({ length: 500 }, (_, i) => log.append('main', i, eventsFor(`c${i}`)))
    expect((await Promise.all(appends)).map(({ lastSeq }) => lastSeq)).toEqual(appends.map((_, i) => i + 1))
  })

  test('is all or nothing for each append whatever the neighbours do', async () => {
    const log = await open()
    const append = fc.record({
      stream: fc.constantFrom('a', 'b'),
      ahead: fc.nat(1),
      size: fc.integer({ min: 1, max: 3 }),
    })
    let command = 0
    await fc.assert(
      fc.asyncProperty(fc.array(append, { minLength: 1, maxLength: 20 }), async (appends) => {
        const tails = { a: await log.tail('a'), b: await log.tail('b') } as Record<string, number>
        const calls = appends.map(({ stream, ahead, size }) => {
          const tail = tails[stream] ?? 0
          if (ahead === 0) tails[stream] = tail + size
          return { ahead, done: codeOf(log.append(stream, tail + ahead, eventsFor(`c${++command}`, size))) }
        })
        for (const { ahead, done } of calls) expect(await done).toBe(ahead === 0 ? 'none' : 'LOG_FENCED')
        expect({ a: await log.tail('a'), b: await log.tail('b') }).toEqual(tails)
      }),
      { numRuns: 50 },
    )
    await idsOf(log, 'a')
    await idsOf(log, 'b')
  })
})

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

  test('stops all writing when the damage is met later', async () => {
    const path = await filled()
    const log = await open(path)
    const db = new DatabaseSync(path)
    db.exec(`delete from events where seq = 100`)
    db.close()
    expect(await codeOf(log.read('main', 0, 1000))).toBe('LOG_DAMAGED')
    expect(await codeOf(log.append('main', 1000, eventsFor('later')))).toBe('LOG_DAMAGED')
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

  test('says so after it was closed, and closing twice does nothing', async () => {
    const log = await open()
    await log.append('main', 0, eventsFor('a'))
    await log.close()
    await log.close()
    expect(await codeOf(log.append('main', 1, eventsFor('b')))).toBe('LOG_UNAVAILABLE')
    expect(await codeOf(log.tail('main'))).toBe('LOG_UNAVAILABLE')
  })

  test('finishes what was asked before it was closed', async () => {
    const path = newLogPath()
    const log = await openSqliteLog(path, effects)
    const appended = log.append('main', 0, eventsFor('a', 100))
    await log.close()
    expect((await appended).lastSeq).toBe(100)
  })

  test('rejects every call under way when its thread dies, and works again with the next call', async () => {
    let worker: Worker | undefined
    process.once('worker', (started: Worker) => {
      worker = started
    })
    const log = await open()
    await log.append('main', 0, eventsFor('a'))
    const calls = [
      ...Array.from({ length: 50 }, (_, i) => log.append('main', 1 + i, eventsFor(`b${i}`))),
      log.read('main', 0, 10),
      log.tail('main'),
    ].map(codeOf)
    await worker?.terminate()
    for (const code of await Promise.all(calls)) expect(['LOG_UNAVAILABLE', 'none']).toContain(code)
    expect(await Promise.all(calls)).toContain('LOG_UNAVAILABLE')
    const tail = await log.tail('main')
    expect((await log.append('main', tail, eventsFor('c'))).lastSeq).toBe(tail + 1)
    expect(await idsOf(log, 'main')).toHaveLength(tail + 1)
  })
})
