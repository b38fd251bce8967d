// The PostgreSQL log whose connections break and whose server is killed or stands still: nothing acknowledged is lost,
// nothing is doubled, and work goes on by itself.

import { afterAll, afterEach, describe, expect, onTestFinished, test } from 'vitest'
import { systemClock } from '#data/kernel'
import { openPostgresLog } from '#data/log'
import { type PostgresServer, password, startPostgres } from '../../postgres/server.ts'
import { type Counter, move, openCounter } from './counter.ts'
import { codeOf, effects, eventsFor } from './folder.ts'
import { commandEvents, disturb, insist, messageOf, openLog, single, untilItWaits } from './postgres-place.ts'

const started = await startPostgres()
afterAll(() => started?.stop())
/** Used only where there is one. */
const server = started as PostgresServer

/** A world whose timers can be told to hurry: at 1 they take their time. */
function hastyWorld() {
  const haste = { factor: 1 }
  const after = (ms: number, run: () => void) => systemClock.after(ms / haste.factor, run)
  return { haste, world: { ...effects, clock: { ...systemClock, after } } }
}

describe.skipIf(started === null)('a connection that breaks', () => {
  test.each(['terminate', 'cancel'] as const)(
    'while an append waits for its standby (%s) leaves the outcome open, and the barrier settles it',
    async (how) => {
      const url = await server.newDatabase()
      const log = await openLog(url)
      const actor = await openCounter(log)
      await actor.execute(move('c1', 5))
      await server.set('synchronous_standby_names', 'elsewhere')
      onTestFinished(() => server.set('synchronous_standby_names', ''))
      const direct = codeOf(log.append('other', 0, eventsFor('x')))
      await untilItWaits(server)
      const moved = actor.execute(move('c2', 1))
      await disturb(server, url, how)
      expect(await direct).toBe('LOG_UNAVAILABLE')
      await server.set('synchronous_standby_names', '')
      expect((await moved).answer).toEqual({ balance: 6 })
      const ids = await commandEvents(log)
      expect(ids).toEqual(['c1/0', 'c2/0'])
      expect(actor.state()).toEqual({ a: 6 })
    },
  )

  test('again and again under load loses nothing and doubles nothing', async () => {
    const url = await server.newDatabase()
    const actor = await openCounter(await openLog(url))
    let isOver = false
    const disturbing = (async () => {
      while (!isOver) {
        await disturb(server, url, 'terminate')
        await effects.clock.sleep(40)
      }
    })()
    const work = async (worker: number): Promise<void> => {
      for (let i = 0; i < 40; i++) await insist(actor, `w${worker}-${i}`)
    }
    await Promise.all(Array.from({ length: 16 }, (_, worker) => work(worker)))
    isOver = true
    await disturbing
    const log = await openLog(url)
    const ids = await commandEvents(log)
    expect(new Set(ids).size).toBe(640)
    expect(ids).toHaveLength(640)
    expect(actor.state()).toEqual({ a: 640 })
    expect((await openCounter(log)).state()).toEqual({ a: 640 })
  })

  test('for good while an append waits for its standby lets the log be closed all the same', async () => {
    const url = await server.newDatabase()
    const { haste, world } = hastyWorld()
    const log = await openPostgresLog(url, world, single)
    await server.set('synchronous_standby_names', 'elsewhere')
    onTestFinished(() => server.set('synchronous_standby_names', ''))
    const appends = [codeOf(log.append('main', 0, eventsFor('a')))]
    await untilItWaits(server)
    appends.push(
      codeOf(log.append('main', 1, eventsFor('b'))),
      codeOf(log.append('other', 0, eventsFor('c'))),
    )
    haste.factor = 20
    await log.close()
    expect(await Promise.all(appends)).toEqual(Array(3).fill('LOG_UNAVAILABLE'))
  })

  test('never shows the password', async () => {
    const url = await server.newDatabase()
    const log = await openLog(url)
    await disturb(server, url, 'terminate')
    await server.kill()
    const said: unknown[] = []
    const hear = (promise: Promise<unknown>) => promise.catch((error: unknown) => said.push(error))
    await hear(log.append('main', 0, eventsFor('a')))
    await hear(log.tail('main'))
    await hear(openPostgresLog(url, effects))
    await server.start()
    await hear(openPostgresLog(url, effects))
    await hear(openPostgresLog(`${url}_gone`, effects))
    expect(said.length).toBeGreaterThan(3)
    for (const error of said) {
      const { message, stack, cause, details } = error as Error & { details: unknown }
      expect(
        JSON.stringify([message, stack, details, { ...(cause as object) }, String(cause)]),
      ).not.toContain(password)
    }
  })
})

describe.skipIf(started === null)('a server that is killed', () => {
  afterEach(() => server.start())

  test('loses and doubles no acknowledged command, and commands go on by themselves once it is back', async () => {
    const url = await server.newDatabase()
    const log = await openLog(url)
    const actors = await Promise.all(['north', 'south'].map((stream) => openCounter(log, 100, stream)))
    const acknowledged = actors.map(() => new Set<string>())
    let isOver = false
    const work = async (worker: number): Promise<void> => {
      const at = worker % actors.length
      for (let i = 0; !isOver; i++) {
        const commandId = `w${worker}-${i}`
        await insist(actors[at] as Counter, commandId)
        acknowledged[at]?.add(`${commandId}/0`)
      }
    }
    const working = Promise.all(Array.from({ length: 8 }, (_, worker) => work(worker)))
    for (let kill = 0; kill < 4; kill++) {
      const before = acknowledged.map((ids) => ids.size)
      await until(() => acknowledged.every((ids, i) => ids.size > (before[i] as number) + 20))
      await server.kill()
      await server.start()
    }
    const before = acknowledged.map((ids) => ids.size)
    await until(() => acknowledged.every((ids, i) => ids.size > (before[i] as number)))
    isOver = true
    await working
    const again = await openLog(url)
    for (const [i, stream] of ['north', 'south'].entries()) {
      const ids = await commandEvents(again, stream)
      expect(new Set(ids).size).toBe(ids.length)
      expect(ids.toSorted()).toEqual([...(acknowledged[i] as Set<string>)].toSorted())
      expect(actors[i]?.state()).toEqual({ a: ids.length })
    }
  })

  test('is an error at once while it is away', async () => {
    const log = await openLog(await server.newDatabase())
    await server.kill()
    expect(await codeOf(log.append('main', 0, eventsFor('a')))).toBe('LOG_UNAVAILABLE')
    expect(await codeOf(log.read('main', 0, 1))).toBe('LOG_UNAVAILABLE')
  })

  async function until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await effects.clock.sleep(5)
  }
})

test.skipIf(started === null)(
  'A server that stands still is given up, and what it did is settled later',
  async () => {
    const { haste, world } = hastyWorld()
    const log = await openLog(await server.newDatabase(), world)
    const actor = await openCounter(log)
    await actor.execute(move('c1', 5))
    haste.factor = 20
    server.freeze()
    const given = messageOf(log.append('other', 0, eventsFor('a')))
    const moved = codeOf(actor.execute(move('c2', 1)))
    expect(await given).toContain('stopped answering')
    server.thaw()
    haste.factor = 1
    expect(await moved).toMatch(/none|LOG_UNAVAILABLE/)
    expect(await insist(actor, 'c2')).toEqual({ balance: 6 })
    const ids = await commandEvents(log)
    expect(ids).toEqual(['c1/0', 'c2/0'])
  },
)
