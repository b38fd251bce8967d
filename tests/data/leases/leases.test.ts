// Leases on a real PostgreSQL: one owner at a time, by the clock of the database, whatever the processes believe.

import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLogger, readConfig, seededRandom, systemClock } from '#data/kernel'
import { holdLease, type Leases, openLeases } from '#data/leases'
import { type PostgresServer, startPostgres } from '../../postgres/server.ts'

let postgres: PostgresServer | null
let leases: Leases
let url: string

const effects = (logUrl: string) => ({
  clock: systemClock,
  random: seededRandom(1),
  config: readConfig({ DETOUR_LOG: logUrl, DETOUR_LOG_SINGLE_NODE: '1' }),
  logger: createLogger('silent'),
})

beforeAll(async () => {
  postgres = await startPostgres()
  if (postgres === null) return
  url = await postgres.newDatabase()
  leases = (await openLeases(effects(url))) as Leases
}, 60_000)
afterAll(async () => {
  await leases?.close()
  await postgres?.stop()
})

const a = { owner: 'a', url: 'http://a:1' }
const b = { owner: 'b', url: 'http://b:1' }
const streamsOf = (taken: readonly { stream: string }[]) => taken.map(({ stream }) => stream)
const isSkipped = () => postgres === null

describe('a lease', () => {
  test('has one owner until its time is over, and grows its epoch with each change', async (context) => {
    if (isSkipped()) return context.skip()
    const [first] = await leases.take(a, ['market:x'], 60_000)
    expect(first).toMatchObject({ owner: 'a', url: a.url, epoch: 1 })
    expect(first?.leftMs).toBeGreaterThan(30_000)
    expect(await leases.take(b, ['market:x'], 60_000)).toEqual([])
    expect(await leases.take(a, ['market:x'], 1)).toMatchObject([{ owner: 'a', epoch: 1 }])
    await new Promise((done) => setTimeout(done, 20))
    expect(await leases.take(b, ['market:x'], 60_000)).toMatchObject([{ owner: 'b', epoch: 2 }])
    expect(await leases.take(a, ['market:x'], 60_000)).toEqual([])
  })

  test('is free at once when its owner gives it back, and nobody gives back that of another', async (context) => {
    if (isSkipped()) return context.skip()
    await leases.take(a, ['market:y', 'market:z'], 60_000)
    await leases.release('b', ['market:y'])
    expect(await leases.take(b, ['market:y'], 60_000)).toEqual([])
    await leases.release('a', ['market:y'])
    const listed = (await leases.list()).find(({ stream }) => stream === 'market:y')
    expect(listed).toMatchObject({ owner: 'a', leftMs: 0 })
    expect(await leases.take(b, ['market:y', 'market:z'], 60_000)).toMatchObject([
      { stream: 'market:y', epoch: 2 },
    ])
  })

  test('goes to one of many that ask at the same time, also for many streams in any order', async (context) => {
    if (isSkipped()) return context.skip()
    const others = await Promise.all(Array.from({ length: 6 }, () => openLeases(effects(url))))
    const all = [leases, ...others] as Leases[]
    const streams = Array.from({ length: 20 }, (_, i) => `market:race-${i}`)
    const takes = all.map((each, i) => {
      const owner = { owner: `racer-${i}`, url: '' }
      return each.take(owner, i % 2 === 0 ? streams : streams.toReversed(), 60_000)
    })
    const won = (await Promise.all(takes)).flatMap(streamsOf)
    expect(won.toSorted()).toEqual(streams.toSorted())
    await Promise.all(others.map((each) => each?.close()))
  })

  test('is never held by two, whatever they do in whatever order', async (context) => {
    if (isSkipped()) return context.skip()
    const step = fc.record({
      who: fc.constantFrom(a, b),
      what: fc.constantFrom('take', 'short', 'release'),
      stream: fc.constantFrom('market:p', 'market:q'),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        await leases.release('a', ['market:p', 'market:q'])
        await leases.release('b', ['market:p', 'market:q'])
        const holder = new Map<string, string>()
        for (const { who, what, stream } of steps) {
          if (what === 'release') {
            await leases.release(who.owner, [stream])
            if (holder.get(stream) === who.owner) holder.delete(stream)
            continue
          }
          const taken = await leases.take(who, [stream], what === 'short' ? 0 : 60_000)
          const isFree = (holder.get(stream) ?? who.owner) === who.owner
          expect(taken.length).toBe(isFree ? 1 : 0)
          if (isFree && what === 'take') holder.set(stream, who.owner)
          if (isFree && what === 'short') holder.delete(stream)
        }
      }),
      { numRuns: 40 },
    )
  })

  test('is held while a program works, and free when it is done', async (context) => {
    if (isSkipped()) return context.skip()
    const hold = await holdLease('market:held', effects(url))
    expect(await leases.take(b, ['market:held'], 60_000)).toEqual([])
    if ('release' in hold) await hold.release()
    expect(streamsOf(await leases.take(b, ['market:held'], 60_000))).toEqual(['market:held'])
    expect(await holdLease('market:held', effects(url))).toEqual({ heldBy: b.url })
  })
})

test('All processes of a log have one secret, and those of another log another', async (context) => {
  if (isSkipped() || postgres === null) return context.skip()
  const other = await openLeases(effects(url))
  const elsewhere = await openLeases(effects(await postgres.newDatabase()))
  const secret = await leases.secret()
  expect(secret.length).toBeGreaterThan(40)
  expect(await other?.secret()).toBe(secret)
  expect(await elsewhere?.secret()).not.toBe(secret)
  await other?.close()
  await elsewhere?.close()
})

test('A log in the home has no leases: its owner holds everything', async () => {
  const own = { ...effects('sqlite'), config: readConfig({}) }
  expect(await openLeases(own)).toBeNull()
  expect(await holdLease('market:x', own)).toHaveProperty('release')
})
