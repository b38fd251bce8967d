// The log in memory promises what every log does, but that it outlives its process.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { MemoryLog } from '#data/log'

const clock = { now: () => 5_000 }
const named = (commandId: string, count = 1) =>
  Array.from({ length: count }, (_, i) => ({ eventId: `${commandId}/${i}`, type: 'Counted', data: { i } }))

describe('a log in memory', () => {
  test('gives back what was appended, in order, as JSON has it', async () => {
    const log = new MemoryLog(clock)
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue(), { minLength: 1 }), async (values) => {
        const seq = await log.tail('any')
        const events = values.map((data, i) => ({ eventId: `c${seq}/${i}`, type: 'Told', data }))
        const { lastSeq } = await log.append('any', seq, events)
        expect(lastSeq).toBe(seq + events.length)
        const read = await log.read('any', seq, events.length)
        expect(read).toEqual(
          events.map((event, i) => {
            const data = JSON.parse(JSON.stringify(event.data))
            return { ...event, data, stream: 'any', seq: seq + i + 1, recordedAt: 5_000 }
          }),
        )
        expect(await log.eventsOfCommand('any', `c${seq}`)).toEqual(read)
      }),
      { numRuns: 50 },
    )
    expect(await log.streams()).toEqual(['any'])
  })

  test('lets one of several writers win, and takes no event twice', async () => {
    const log = new MemoryLog(clock)
    await log.append('a', 0, named('x', 2))
    await expect(log.append('a', 0, named('y'))).rejects.toMatchObject({ code: 'LOG_FENCED' })
    await expect(log.append('a', 2, [...named('y'), ...named('x')])).rejects.toMatchObject({
      code: 'LOG_EVENT_EXISTS',
    })
    await expect(log.append('a', 2, [...named('z'), ...named('z')])).rejects.toMatchObject({
      code: 'LOG_EVENT_EXISTS',
    })
    expect(await log.tail('a')).toBe(2)
    expect(await log.tail('b')).toBe(0)
    expect(await log.streams()).toEqual(['a'])
  })

  test('begins with the content of another and goes its own way', async () => {
    const first = new MemoryLog(clock)
    await first.append('a', 0, named('x', 3))
    const second = new MemoryLog(clock, structuredClone(first.content()))
    await second.append('a', 3, named('y'))
    expect(await first.tail('a')).toBe(3)
    expect([...second.events('a')].map(({ eventId, seq }) => `${seq} ${eventId}`)).toEqual([
      '1 x/0',
      '2 x/1',
      '3 x/2',
      '4 y/0',
    ])
    await second.close()
    await expect(second.tail('a')).rejects.toMatchObject({ code: 'LOG_UNAVAILABLE' })
  })
})
