// What every log promises, whatever it lies in: what it keeps, who wins a race, how groups fail, how it ends.

import fc from 'fast-check'
import { afterAll, describe, expect, test } from 'vitest'
import { startPostgres } from '../../postgres/server.ts'
import { codeOf, effects, eventsFor, idsOf } from './folder.ts'
import { kindsOf } from './stores.ts'

const server = await startPostgres()
afterAll(() => server?.stop())
const kinds = kindsOf(server)

describe.each(kinds)('what was appended in $name', ({ newStore }) => {
  test('is read back in order, with its stream, seq and time', async () => {
    const log = await (await newStore()).open()
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

  test('is the same but for what the reader does not look at', async () => {
    const log = await (await newStore()).open()
    const long = {
      why: { notes: 'x'.repeat(2_000), size: 1.5, name: 'n\ud800', list: [{ a: null }] },
      at: 1e21,
    }
    const events = [long, { why: { notes: 'short' } }, { notes: 'y'.repeat(2_000) }, ['z'.repeat(2_000)]].map(
      (data, i) => ({ eventId: `c/${i}`, type: 'Noted', data }),
    )
    await log.append('main', 0, events)
    const whole = await log.read('main', 0, 10)
    const cut = await log.read('main', 0, 10, ['$.why.notes', '$.nothing'])
    expect(whole.map(({ data }) => data)).toEqual(JSON.parse(JSON.stringify(events.map(({ data }) => data))))
    const withoutNotes = (read: readonly object[]): unknown =>
      JSON.parse(JSON.stringify(read), (key, value) => (key === 'notes' ? undefined : value))
    expect(withoutNotes(cut)).toEqual(withoutNotes(whole))
    // Only the paths that were named may be missing.
    expect(cut[2]).toEqual(whole[2])
    expect(cut[3]).toEqual(whole[3])
  })

  test('survives closing and opening again', async () => {
    const store = await newStore()
    const log = await store.open()
    await log.append('main', 0, eventsFor('a', 3))
    await log.close()
    const again = await store.open()
    expect(await again.tail('main')).toBe(3)
    expect(await idsOf(again, 'main')).toEqual(['a/0', 'a/1', 'a/2'])
  })

  test('is any JSON value under any name', async () => {
    const log = await (await newStore()).open()
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

  test('is read whole when it is longer than one message', async () => {
    const log = await (await newStore()).open()
    await log.append('main', 0, eventsFor('a', 5001))
    expect(await idsOf(log, 'main')).toHaveLength(5001)
    expect(await log.read('main', 0, 4000)).toHaveLength(4000)
    expect(await log.read('main', 4500, 4000)).toHaveLength(501)
    expect(await log.read('main', 5001, 10)).toEqual([])
  })

  test('is found by its command, whose id may contain slashes', async () => {
    const log = await (await newStore()).open()
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
    const log = await (await newStore()).open()
    await Promise.all(['north', 'south', 'east'].map((stream) => log.append(stream, 0, eventsFor('a'))))
    expect(await log.streams()).toEqual(['east', 'north', 'south'])
    expect(await log.tail('west')).toBe(0)
  })
})

describe.each(kinds)('the fence of $name', ({ newStore }) => {
  test('lets exactly one of two writers with connections of their own win each race', async () => {
    const store = await newStore()
    const logs = [await store.open(), await store.open()] as const
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
    const log = await (await newStore()).open()
    await log.append('main', 0, eventsFor('a', 2))
    expect(await codeOf(log.append('main', 1, eventsFor('b')))).toBe('LOG_FENCED')
    expect(await codeOf(log.append('main', 3, eventsFor('c')))).toBe('LOG_FENCED')
    expect(await codeOf(log.append('main', 1, []))).toBe('LOG_FENCED')
    expect(await idsOf(log, 'main')).toEqual(['a/0', 'a/1'])
  })

  test('keeps event ids unique within their stream', async () => {
    const log = await (await newStore()).open()
    await log.append('main', 0, eventsFor('a'))
    const again = log.append('main', 1, [...eventsFor('b'), ...eventsFor('a')])
    expect(await codeOf(again)).toBe('LOG_EVENT_EXISTS')
    expect(await idsOf(log, 'main')).toEqual(['a/0'])
    expect((await log.append('other', 0, eventsFor('a'))).lastSeq).toBe(1)
  })
})

describe.each(kinds)('a group in $name', ({ newStore }) => {
  test('shares transactions and leaves out only the append that was fenced', async () => {
    const sizes: number[] = []
    const store = await newStore()
    const log = await store.open({ onCommit: (events) => sizes.push(events) })
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
    const log = await (await newStore()).open()
    const appends = Array.from({ length: 500 }, (_, i) => log.append('main', i, eventsFor(`c${i}`)))
    expect((await Promise.all(appends)).map(({ lastSeq }) => lastSeq)).toEqual(appends.map((_, i) => i + 1))
  })

  test('is all or nothing for each append whatever the neighbours do', async () => {
    const log = await (await newStore()).open()
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

describe.each(kinds)('a log in $name', ({ newStore }) => {
  test('says that it is closed, and closing twice does nothing', async () => {
    const log = await (await newStore()).open()
    await log.append('main', 0, eventsFor('a'))
    await log.close()
    await log.close()
    expect(await codeOf(log.append('main', 1, eventsFor('b')))).toBe('LOG_UNAVAILABLE')
    expect(await codeOf(log.tail('main'))).toBe('LOG_UNAVAILABLE')
  })

  test('finishes what was asked before it was closed', async () => {
    const log = await (await newStore()).open()
    const appended = log.append('main', 0, eventsFor('a', 100))
    await log.close()
    expect((await appended).lastSeq).toBe(100)
  })

  test('stops all writing when damage is met', async () => {
    const store = await newStore()
    const log = await store.open()
    await log.append('main', 0, eventsFor('a', 1000))
    await store.ruin(100)
    expect(await codeOf(log.read('main', 0, 1000))).toBe('LOG_DAMAGED')
    expect(await codeOf(log.read('main', 99, 1))).toBe('LOG_DAMAGED')
    expect(await codeOf(log.append('main', 1000, eventsFor('later')))).toBe('LOG_DAMAGED')
  })

  test('can be opened by two at the same time when it is new', async () => {
    const store = await newStore()
    const logs = await Promise.all(Array.from({ length: 4 }, () => store.open()))
    const appends = logs.map((log, i) => log.append(`stream-${i}`, 0, eventsFor('a')))
    expect(await Promise.all(appends)).toHaveLength(4)
    expect(await logs[0]?.streams()).toHaveLength(4)
  })
})
