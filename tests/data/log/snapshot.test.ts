// Snapshots of a writer's fold: they make a start short, and whatever is wrong with them changes nothing but that.

import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import {
  type EventLog,
  openActor,
  openSnapshotFiles,
  openSqliteLog,
  type SnapshotHeader,
  type SnapshotStore,
  type StateCodec,
} from '#data/log'
import { type Balances, definition, move } from './counter.ts'
import { effects, newLogPath } from './folder.ts'

const codec: StateCodec<Balances> = {
  format: 'balances 1',
  freeze: (state) => Object.entries(state),
  thaw: () => {
    const entries: [string, number][] = []
    return {
      take: (piece) => entries.push(piece as [string, number]),
      done: () => Object.fromEntries(entries),
    }
  },
}

/** A log that counts what is read of it. */
function counting(log: EventLog) {
  const reads = { events: 0 }
  const read: EventLog['read'] = async (stream, afterSeq, limit) => {
    const events = await log.read(stream, afterSeq, limit)
    reads.events += events.length
    return events
  }
  const counted: EventLog = {
    append: (...args) => log.append(...args),
    read,
    tail: (stream) => log.tail(stream),
    eventsOfCommand: (...args) => log.eventsOfCommand(...args),
    streams: () => log.streams(),
    close: () => log.close(),
  }
  return { log: counted, reads }
}

/** Warnings of a store, in words. */
function listening(folder: string) {
  const warnings: string[] = []
  const logger = {
    ...effects.logger,
    warn: (fields: { reason?: string }) => warnings.push(fields.reason ?? ''),
  }
  const store = openSnapshotFiles(folder, { logger: logger as never })
  return { store, warnings }
}

const open = (
  log: EventLog,
  store: SnapshotStore | null,
  more: { every?: number; codec?: typeof codec } = {},
) =>
  openActor({
    log,
    stream: 'main',
    definition: { ...definition, codec: more.codec ?? codec },
    effects,
    answersKept: 50,
    ...(store === null ? {} : { snapshots: { store, every: more.every ?? 1_000_000, atClose: 1 } }),
  })

/** A log with 300 commands, and a snapshot of all of them. */
async function withSnapshot() {
  const path = newLogPath()
  const folder = join(dirname(path), 'snapshots')
  const log = await openSqliteLog(path, effects)
  const actor = await open(log, openSnapshotFiles(folder, effects))
  await Promise.all(
    Array.from({ length: 300 }, (_, i) => actor.execute(move(`c${i}`, i + 1, `a${i % 7}`, 'Split'))),
  )
  await actor.close()
  const file = join(folder, 'main', `${actor.lastSeq}.snap`)
  return { path, folder, log, file, state: actor.state(), lastSeq: actor.lastSeq }
}

describe('a writer with snapshots', () => {
  test('starts from the newest and reads only what follows', async () => {
    const { folder, log, state, lastSeq } = await withSnapshot()
    const { log: counted, reads } = counting(log)
    const actor = await open(counted, openSnapshotFiles(folder, effects))
    expect(actor.state()).toEqual(state)
    expect(actor.lastSeq).toBe(lastSeq + 1)
    expect(reads.events).toBeLessThan(5)
    await actor.close()
    await log.close()
  })

  test('starts the same without, only by reading everything', async () => {
    const { folder, log, state, lastSeq } = await withSnapshot()
    rmSync(folder, { recursive: true })
    const { log: counted, reads } = counting(log)
    const actor = await open(counted, openSnapshotFiles(folder, effects))
    expect(actor.state()).toEqual(state)
    expect(reads.events).toBeGreaterThanOrEqual(lastSeq)
    await actor.close()
    await log.close()
  })

  test('gives commands of before the same answers, kept or looked up, and refuses other bodies', async () => {
    const { folder, log } = await withSnapshot()
    const actor = await open(log, openSnapshotFiles(folder, effects))
    const before = actor.lastSeq
    for (const i of [0, 150, 299]) {
      const result = await actor.execute(move(`c${i}`, i + 1, `a${i % 7}`, 'Split'))
      expect(result).toMatchObject({ status: 'done', seq: expect.any(Number) })
      expect(result.seq).toBeLessThanOrEqual(before)
      await expect(actor.execute(move(`c${i}`, 9_999, 'other'))).rejects.toMatchObject({
        code: 'LOG_COMMAND_CONFLICT',
      })
    }
    expect(actor.lastSeq).toBe(before)
    expect((await actor.execute(move('new', 1))).seq).toBe(before + 1)
    await actor.close()
    await log.close()
  })

  test('takes one every so many events, keeps the last two and tidies what was left behind', async () => {
    const path = newLogPath()
    const folder = join(dirname(path), 'snapshots')
    const log = await openSqliteLog(path, effects)
    const actor = await open(log, openSnapshotFiles(folder, effects), { every: 50 })
    for (let round = 0; round < 6; round++) {
      await Promise.all(Array.from({ length: 60 }, (_, i) => actor.execute(move(`c${round}/${i}`, 1))))
      await effects.clock.sleep(30)
    }
    writeFileSync(join(folder, 'main', '99.snap.tmp'), 'half')
    await actor.execute(move('last', 0))
    await actor.close()
    const names = readdirSync(join(folder, 'main'))
    expect(names).toHaveLength(2)
    expect(names).toContain(`${actor.lastSeq}.snap`)
    const again = await open(log, openSnapshotFiles(folder, effects))
    expect(again.state()).toEqual({ a: 360 })
    await again.close()
    await log.close()
  })

  test('goes back to the older where the newest is broken', async () => {
    const { folder, log, file, state } = await withSnapshot()
    const actor = await open(log, openSnapshotFiles(folder, effects))
    await actor.execute(move('later', 5, 'later'))
    await actor.close()
    writeFileSync(join(folder, 'main', `${actor.lastSeq}.snap`), 'nonsense')
    const { log: counted, reads } = counting(log)
    const again = await open(counted, openSnapshotFiles(folder, effects))
    expect(again.state()).toEqual({ ...state, later: 5 })
    expect(reads.events).toBeLessThan(10)
    expect(existsSync(file)).toBe(true)
    await again.close()
    await log.close()
  })
})

describe('a snapshot that is not used', () => {
  const broken: [string, (bytes: Buffer) => Buffer][] = [
    ['is empty', () => Buffer.alloc(0)],
    ['is cut off in the middle', (bytes) => bytes.subarray(0, bytes.length >> 1)],
    ['lacks its last byte', (bytes) => bytes.subarray(0, -1)],
    ['has one more byte', (bytes) => Buffer.concat([bytes, Buffer.from('x')])],
    ['says another layout', (bytes) => changed(bytes, 'detour snapshot 1', 'detour snapshot 9')],
    ['says another stream', (bytes) => changed(bytes, '"stream":"main"', '"stream":"mail"')],
    ['says another event', (bytes) => changed(bytes, '"seq":', '"sex":')],
    ['is of another format', (bytes) => changed(bytes, 'balances 1', 'balances 2')],
  ]
  test.each(broken)('%s: the start is the same, and says so', async (_, breakIt) => {
    const { folder, log, file, state } = await withSnapshot()
    writeFileSync(file, breakIt(readFileSync(file)))
    const { store, warnings } = listening(folder)
    const actor = await open(log, store)
    expect(actor.state()).toEqual(state)
    expect(warnings).toHaveLength(1)
    await actor.close()
    await log.close()
  })

  test('has one flipped bit anywhere: the start is the same', async () => {
    const { folder, log, file, state } = await withSnapshot()
    const whole = readFileSync(file)
    for (let at = 0; at < whole.length; at += Math.ceil(whole.length / 40)) {
      const bytes = Buffer.from(whole)
      bytes[at] = (bytes[at] as number) ^ (1 << (at % 8))
      writeFileSync(file, bytes)
      const { store } = listening(folder)
      const read = await store.load({ stream: 'main', format: codec.format, lastSeq: 1e9 }, async () => ({
        take: () => undefined,
        done: () => 'used',
      }))
      expect(read, `bit ${at % 8} of byte ${at} of ${whole.length}`).toBeNull()
    }
    const actor = await open(log, openSnapshotFiles(folder, effects))
    expect(actor.state()).toEqual(state)
    await actor.close()
    await log.close()
  })

  test('is ahead of a log that was restored, or of another log that grew as long', async () => {
    const { folder, log, lastSeq } = await withSnapshot()
    await log.close()
    const older = await openSqliteLog(newLogPath(), effects)
    const { store, warnings } = listening(folder)
    const actor = await open(older, store)
    expect(actor.state()).toEqual({})
    expect(warnings).toEqual(['the log ends at 0: was an older log restored?'])
    await Promise.all(Array.from({ length: lastSeq + 2 }, (_, i) => actor.execute(move(`d${i}`, 1))))
    const grown = actor.state()
    rmSync(folder, { recursive: true, force: true })
    await actor.close()
    const { folder: others, log: other } = await withSnapshot()
    await other.close()
    const second = listening(others)
    const again = await open(older, second.store)
    expect(again.state()).toEqual(grown)
    expect(second.warnings).toEqual(['it is of another log: was one restored?'])
    await older.close()
  })

  test('cannot be written: the writer goes on, and the old ones stay', async () => {
    const { folder, log } = await withSnapshot()
    const refusing = {
      ...codec,
      freeze: () => {
        throw new Error('no')
      },
    }
    const { store, warnings } = listening(folder)
    const actor = await open(log, store, { codec: refusing, every: 2 })
    await actor.execute(move('x', 1))
    await actor.execute(move('y', 1))
    await actor.close()
    expect(warnings.length).toBeGreaterThan(0)
    expect(readdirSync(join(folder, 'main'))).toHaveLength(1)
    await log.close()
  })
})

test('the store lists what it keeps, apart for each stream, and clears it', async () => {
  const folder = join(dirname(newLogPath()), 'snapshots')
  const store = openSnapshotFiles(folder, effects)
  const header = (stream: string, seq: number): SnapshotHeader => ({
    stream,
    seq,
    eventId: 'e/0',
    format: 'f',
    takenAt: 5,
  })
  for (const stream of ['market:main', 'market/../x', 'm']) {
    expect(await store.save(header(stream, 3), [['state', { stream }]])).toBe(true)
  }
  expect(await store.list('market/../x')).toMatchObject([
    { stream: 'market/../x', seq: 3, bytes: expect.any(Number) },
  ])
  expect(readdirSync(folder).toSorted()).toEqual(['m', 'market%2F..%2Fx', 'market%3Amain'])
  await store.clear()
  expect(await store.list('m')).toEqual([])
})

function changed(bytes: Buffer, from: string, to: string): Buffer {
  const at = bytes.indexOf(from)
  if (at < 0) throw new Error(`no ${from}`)
  const copy = Buffer.from(bytes)
  copy.write(to, at)
  return copy
}
