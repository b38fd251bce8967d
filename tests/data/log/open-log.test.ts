// Where the settings say the log lies: in the home, or in a database that several processes share.

import { existsSync } from 'node:fs'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import type { Effects } from '#data/kernel'
import { logPlace, openEventLog } from '#data/log'
import { password, startPostgres } from '../../postgres/server.ts'
import { codeOf, effects, eventsFor, newLogPath } from './folder.ts'

const server = await startPostgres()
afterAll(() => server?.stop())

function worldWith(logUrl: string | null, isLogSingleNode = true): Effects {
  return { ...effects, config: { ...effects.config, logUrl, isLogSingleNode } }
}

test('Without a setting the log lies in the home', async () => {
  const log = newLogPath()
  const world = worldWith(null)
  const opened = await openEventLog({ log }, world)
  await opened.close()
  expect(existsSync(log)).toBe(true)
  expect(logPlace({ log }, world)).toBe(log)
})

test.skipIf(server === null)(
  'Processes with one address share one log, and leave no file in the home',
  async () => {
    const log = newLogPath()
    const world = worldWith((await server?.newDatabase()) ?? '')
    const logs = await Promise.all([openEventLog({ log }, world), openEventLog({ log }, world)])
    onTestFinished(async () => {
      await Promise.all(logs.map((one) => one.close()))
    })
    await logs[0].append('main', 0, eventsFor('a'))
    expect(await logs[1].tail('main')).toBe(1)
    expect(existsSync(log)).toBe(false)
    expect(logPlace({ log }, world)).toMatch(/^postgres:\/\/detour@127\.0\.0\.1:\d+\//)
    expect(logPlace({ log }, world)).not.toContain(password)
  },
)

test.skipIf(server === null)('One server alone has to be allowed', async () => {
  const world = worldWith((await server?.newDatabase()) ?? '', false)
  expect(await codeOf(openEventLog({ log: newLogPath() }, world))).toBe('LOG_UNSAFE')
})
