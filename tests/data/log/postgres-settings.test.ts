// Servers and databases that the PostgreSQL log does not trust, and what a database has no say in.

import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { type EventLog, openPostgresLog } from '#data/log'
import { type PostgresServer, startPostgres } from '../../postgres/server.ts'
import { codeOf, effects, eventsFor } from './folder.ts'
import { disturb, messageOf, nameOf, openLog, single, untilItWaits } from './postgres-place.ts'

const started = await startPostgres()
afterAll(() => started?.stop())
/** Used only where there is one. */
const server = started as PostgresServer

describe.skipIf(started === null)('a server that may lose events', () => {
  test('is refused without a standby, unless the operator says so, and the message says what to do', async () => {
    const url = await server.newDatabase()
    expect(await codeOf(openPostgresLog(url, effects))).toBe('LOG_UNSAFE')
    expect(await messageOf(openPostgresLog(url, effects))).toMatch(/DETOUR_LOG_SINGLE_NODE=1/)
    await openLog(url)
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
    const log = await openLog(url)
    await log.append('main', 0, eventsFor('a'))
    await server.query(`alter role detour in database ${nameOf(url)} set synchronous_commit = off`)
    await disturb(server, url, 'terminate')
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
    const log = await openLog(url)
    await server.query('drop table detour.events', url)
    expect(await codeOf(log.tail('main'))).toBe('LOG_DAMAGED')
    expect(await codeOf(openPostgresLog(url, effects, single))).toBe('LOG_DAMAGED')
  })

  test('has no say in how long an append may take', async () => {
    const url = await server.newDatabase()
    const limits = ['statement_timeout', 'lock_timeout', 'transaction_timeout', 'idle_session_timeout']
    for (const name of limits) {
      await server.query(`alter database ${nameOf(url)} set ${name} = 800`).catch(() => {})
    }
    const log = await openLog(url)
    await server.set('synchronous_standby_names', 'elsewhere')
    const appended = log.append('main', 0, eventsFor('a'))
    await untilItWaits(server)
    await effects.clock.sleep(1200)
    await server.set('synchronous_standby_names', '')
    expect((await appended).lastSeq).toBe(1)
  })

  test('refuses an append for its content alone, not its neighbours', async () => {
    const log = await openLog(await server.newDatabase())
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
