// The PostgreSQL log alone: servers it does not trust, connections that break, a server that is killed or stands still.

import { afterAll, afterEach, describe, expect, onTestFinished, test } from 'vitest'
import { type Effects, systemClock } from '#data/kernel'
import { type EventLog, openPostgresLog } from '#data/log'
import { type PostgresServer, password, startPostgres } from '../../postgres/server.ts'
import { type Counter, type MoveAnswer, move, openCounter } from './counter.ts'
import { codeOf, effects, eventsFor, idsOf } from './folder.ts'

const started = await startPostgres()
afterAll(() => started?.stop())
/** Used only where there is one. */
const server = started as PostgresServer
const single = { isSingleNode: true }

async function open(url: string, world: Effects = effects): Promise<EventLog> {
  const log = await openPostgresLog(url, world, single)
  onTestFinished(() => log.close())
  return log
}

async function messageOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'none',
    (error: Error) => error.message,
  )
}

/** Ends every connection of the log to this database, or cancels what it does. */
function disturb(url: string, how: 'terminate' | 'cancel'): Promise<unknown> {
  const name = new URL(url).pathname.slice(1)
  return server.query(
    `select pg_${how}_backend(pid) from pg_stat_activity
     where datname = '${name}' and application_name = 'detour'`,
  )
}

/** Waits until an append waits for a standby. */
async function untilItWaits(): Promise<void> {
  for (;;) {
    const waiting = await server.query(`select 1 from pg_stat_activity where wait_event = 'SyncRep'`)
    if (waiting.length > 0) return
  }
}

/** The answer to a command, asked for again and again until there is one. */
async function insist(actor: Counter, commandId: string): Promise<MoveAnswer> {
  for (;;) {
    try {
      return (await actor.execute(move(commandId, 1))).answer
    } catch (error) {
      if ((error as { code?: string }).code !== 'LOG_UNAVAILABLE') throw error
      await effects.clock.sleep(10)
    }
  }
}

describe.skipIf(started === null)('a server that may lose events', () => {
  test('is refused without a standby, unless the operator says so, and the message says what to do', async () => {
    const url = await server.newDatabase()
    expect(await codeOf(openPostgresLog(url, effects))).toBe('LOG_UNSAFE')
    expect(await messageOf(openPostgresLog(url, effects))).toMatch(/DETOUR_LOG_SINGLE_NODE=1/)
    await open(url)
    await server.set('synchronous_standby_names', 'elsewhere')
    onTestFinished(() => server.set('synchronous_standby_names', ''))
    const log = await openPostgresLog(url, effects)
    await log.close()
  })

  test.each(['off', 'local'])('is refused where synchronous_commit is %s', async (level) => {
    const url = await server.newDatabase()
    await server.query(`alter role detour in database ${nameOf(url)} set synchronous_commit = ${level}`)
    await server.set('synchronous_standby_names', 'elsewhere')
    onTestFinished(() => server.set('synchronous_standby_names', ''))
    expect(await messageOf(openPostgresLog(url, effects))).toContain(`synchronous_commit is ${level}`)
    if (level === 'off') expect(await codeOf(openPostgresLog(url, effects, single))).toBe('LOG_UNSAFE')
  })

  test('is refused where fsync is off, even as a single node', async () => {
    const url = await server.newDatabase()
    await server.set('fsync', 'off')
    onTestFinished(() => server.set('fsync', 'on'))
    expect(await messageOf(openPostgresLog(url, effects, single))).toContain('fsync')
  })

  test('is refused where the database does not hold every character', async () => {
    const name = `latin_${process.pid}`
    await server.query(`create database ${name} encoding 'LATIN1' template template0`)
    expect(await messageOf(openPostgresLog(server.url(name), effects, single))).toContain('LATIN1')
  })

  test('that became unsafe while it was in use is used no more', async () => {
    const url = await server.newDatabase()
    const log = await open(url)
    await log.append('main', 0, eventsFor('a'))
    await server.query(`alter role detour in database ${nameOf(url)} set synchronous_commit = off`)
    await disturb(url, 'terminate')
    expect(await messageOf(insistOnAppend(log))).toContain('synchronous_commit is off')
  })

  /** Appends until something else than a lost connection comes of it. */
  async function insistOnAppend(log: EventLog): Promise<void> {
    for (let tries = 0; tries < 100; tries++) {
      const message = await messageOf(log.append('main', 1, eventsFor('b')))
      if (/synchronous_commit|none/.test(message)) throw new Error(message)
      await effects.clock.sleep(10)
    }
  }
})

describe.skipIf(started === null)('a database', () => {
  test('that a newer Detour wrote is left alone', async () => {
    const url = await server.newDatabase()
    await (await openPostgresLog(url, effects, single)).close()
    await server.query(`insert into detour.versions values ('log', 999)`, url)
    expect(await codeOf(openPostgresLog(url, effects, single))).toBe('LOG_NEWER')
  })

  test('that takes no writes, or is not there, is unavailable', async () => {
    const url = await server.newDatabase()
    await server.query(`alter database ${nameOf(url)} set default_transaction_read_only = on`)
    expect(await codeOf(openPostgresLog(url, effects, single))).toBe('LOG_UNAVAILABLE')
    expect(await codeOf(openPostgresLog(`${url}_gone`, effects, single))).toBe('LOG_UNAVAILABLE')
  })

  test('whose events are gone is damaged', async () => {
    const url = await server.newDatabase()
    const log = await open(url)
    await server.query('drop table detour.events', url)
    expect(await codeOf(log.tail('main'))).toBe('LOG_DAMAGED')
    expect(await codeOf(openPostgresLog(url, effects, single))).toBe('LOG_DAMAGED')
  })

  test('has no say in how long an append may take', async () => {
    const url = await server.newDatabase()
    const limits = ['statement_timeout', 'lock_timeout', 'transaction_timeout', 'idle_session_timeout']
    for (const name of limits) {
      await server.query(`alter database ${nameOf(url)} set ${name} = 300`).catch(() => {})
    }
    const log = await open(url)
    await server.set('synchronous_standby_names', 'elsewhere')
    const appended = log.append('main', 0, eventsFor('a'))
    await untilItWaits()
    await effects.clock.sleep(600)
    await server.set('synchronous_standby_names', '')
    expect((await appended).lastSeq).toBe(1)
  })

  test('refuses an append for its content alone, not its neighbours', async () => {
    const log = await open(await server.newDatabase())
    const long = [{ eventId: 'x'.repeat(1_000_000), type: 'Counted', data: null }]
    const codes = await Promise.all([
      codeOf(log.append('a', 0, eventsFor('a'))),
      codeOf(log.append('b', 0, [{ eventId: 'nul \u0000/0', type: 'Counted', data: '\u0000' }])),
      codeOf(log.append('c', 0, eventsFor('c'))),
    ])
    expect(codes).toEqual(['none', 'LOG_UNAVAILABLE', 'none'])
    expect(await codeOf(log.append('d', 0, long))).toMatch(/none|LOG_UNAVAILABLE/)
    expect((await log.append('a', 1, [{ eventId: 'n/0', type: 'Counted', data: '\u0000' }])).lastSeq).toBe(2)
    expect((await log.read('a', 1, 1))[0]?.data).toBe('\u0000')
  })
})

describe.skipIf(started === null)('a connection that breaks', () => {
  test.each(['terminate', 'cancel'] as const)(
    'while an append waits for its standby (%s) leaves the outcome open, and the barrier settles it',
    async (how) => {
      const url = await server.newDatabase()
      const log = await open(url)
      const actor = await openCounter(log)
      await actor.execute(move('c1', 5))
      await server.set('synchronous_standby_names', 'elsewhere')
      onTestFinished(() => server.set('synchronous_standby_names', ''))
      const direct = codeOf(log.append('other', 0, eventsFor('x')))
      await untilItWaits()
      const moved = actor.execute(move('c2', 1))
      await disturb(url, how)
      expect(await direct).toBe('LOG_UNAVAILABLE')
      await server.set('synchronous_standby_names', '')
      expect((await moved).answer).toEqual({ balance: 6 })
      const ids = (await idsOf(log, 'main')).filter((id) => !id.startsWith('writer:'))
      expect(ids).toEqual(['c1/0', 'c2/0'])
      expect(actor.state()).toEqual({ a: 6 })
    },
  )

  test('again and again under load loses nothing and doubles nothing', async () => {
    const url = await server.newDatabase()
    const actor = await openCounter(await open(url))
    let isOver = false
    const disturbing = (async () => {
      while (!isOver) {
        await disturb(url, 'terminate')
        await effects.clock.sleep(40)
      }
    })()
    const work = async (worker: number): Promise<void> => {
      for (let i = 0; i < 40; i++) await insist(actor, `w${worker}-${i}`)
    }
    await Promise.all(Array.from({ length: 16 }, (_, worker) => work(worker)))
    isOver = true
    await disturbing
    const log = await open(url)
    const ids = (await idsOf(log, 'main')).filter((id) => !id.startsWith('writer:'))
    expect(new Set(ids).size).toBe(640)
    expect(ids).toHaveLength(640)
    expect(actor.state()).toEqual({ a: 640 })
    expect((await openCounter(log)).state()).toEqual({ a: 640 })
  })

  test('never shows the password', async () => {
    const url = await server.newDatabase()
    const log = await open(url)
    await disturb(url, 'terminate')
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
    const log = await open(url)
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
    const again = await open(url)
    for (const [i, stream] of ['north', 'south'].entries()) {
      const ids = (await idsOf(again, stream)).filter((id) => !id.startsWith('writer:'))
      expect(new Set(ids).size).toBe(ids.length)
      expect(ids.toSorted()).toEqual([...(acknowledged[i] as Set<string>)].toSorted())
      expect(actors[i]?.state()).toEqual({ a: ids.length })
    }
  })

  test('is an error at once while it is away', async () => {
    const log = await open(await server.newDatabase())
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
    const after = (ms: number, run: () => void) => systemClock.after(ms / 50, run)
    const quick = { ...effects, clock: { ...systemClock, after } }
    const log = await open(await server.newDatabase(), quick)
    const actor = await openCounter(log)
    await actor.execute(move('c1', 5))
    server.freeze()
    const given = codeOf(log.append('other', 0, eventsFor('a')))
    const moved = codeOf(actor.execute(move('c2', 1)))
    expect(await given).toBe('LOG_UNAVAILABLE')
    server.thaw()
    expect(await moved).toMatch(/none|LOG_UNAVAILABLE/)
    expect(await insist(actor, 'c2')).toEqual({ balance: 6 })
    const ids = (await idsOf(log, 'main')).filter((id) => !id.startsWith('writer:'))
    expect(ids).toEqual(['c1/0', 'c2/0'])
  },
)

function nameOf(url: string): string {
  return new URL(url).pathname.slice(1)
}
