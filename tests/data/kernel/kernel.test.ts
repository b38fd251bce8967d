// Errors, settings, randomness, names and units of the kernel.

import { DuckDBInstance } from '@duckdb/node-api'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  asDetourError,
  camelCase,
  camelRow,
  DetourError,
  type ErrorCode,
  errorTable,
  fail,
  isCurrency,
  isTimeZone,
  minorUnitsOf,
  quoteName,
  quoteText,
  readConfig,
  reasonOf,
  seededRandom,
  showBytes,
  showMoney,
  snakeCase,
} from '#data/kernel'

describe('errors', () => {
  test('fill their template and carry status, details and cause', () => {
    const cause = new Error('low level')
    const error = fail('HOME_BUSY', { pid: 7, verb: 'serve', home: '/x' }, { cause })
    expect(error).toMatchObject({ code: 'HOME_BUSY', status: 409, retryable: true, cause })
    expect(error.message).toContain('pid 7, serve')
    expect(error.message).not.toMatch(/[{}]/)
  })

  test('say "unknown" for what was not given', () => {
    expect(fail('HOME_BUSY', { pid: null, verb: 'serve', home: '/x' }).message).toContain('pid unknown')
  })

  test('that are unknown become INTERNAL with the first line of their words', () => {
    expect(asDetourError(new Error('one\ntwo'))).toMatchObject({ code: 'INTERNAL', status: 500 })
    expect(asDetourError('text').message).toContain('text')
    expect(reasonOf(new Error('one\ntwo'))).toBe('one')
    const own = fail('INTERNAL', {})
    expect(asDetourError(own)).toBe(own)
  })

  test('have a prefix of their room, an HTTP status of an error and words in every row', () => {
    for (const [code, row] of Object.entries(errorTable)) {
      expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/)
      expect(row.status).toBeGreaterThanOrEqual(400)
      expect(row.status).toBeLessThan(600)
      expect(row.message.length).toBeGreaterThan(5)
      expect(new DetourError(code as ErrorCode, {}).message).not.toMatch(/\{\w+\}/)
    }
  })
})

describe('settings', () => {
  test('have defaults and are frozen', () => {
    const config = readConfig({})
    expect(config).toMatchObject({
      home: './var',
      port: 4380,
      cycleCron: '*/5 * * * *',
      sqlTimeoutMs: 30_000,
    })
    expect(Object.isFrozen(config)).toBe(true)
  })

  test('say where webhooks and mails may go, and never repeat a mail server with its password', () => {
    expect(readConfig({})).toMatchObject({ webhookAllow: [], smtpUrl: null, mailFrom: null, publicUrl: null })
    const given = {
      DETOUR_WEBHOOK_ALLOW: '127.0.0.0/8, ::1,Hooks.internal,*.corp.example',
      DETOUR_SMTP_URL: 'smtp://detour:hidden%20word@mail.internal:587',
      DETOUR_MAIL_FROM: 'detour@shop.example',
      DETOUR_PUBLIC_URL: 'https://detour.shop.example/',
    }
    expect(readConfig(given)).toMatchObject({
      webhookAllow: ['127.0.0.0/8', '::1', 'hooks.internal', '*.corp.example'],
      smtpUrl: given.DETOUR_SMTP_URL,
      mailFrom: 'detour@shop.example',
      publicUrl: 'https://detour.shop.example',
    })
    for (const wrong of ['10.0.0.0/33', 'http://x', 'a b', '10.0.0.1/8/9']) {
      expect(() => readConfig({ DETOUR_WEBHOOK_ALLOW: wrong })).toThrow(/DETOUR_WEBHOOK_ALLOW/)
    }
    for (const wrong of ['http://u:hidden@x', 'smtp://u:hidden word@']) {
      expect(() => readConfig({ DETOUR_SMTP_URL: wrong })).toThrow(/^(?!.*hidden).*DETOUR_SMTP_URL/)
    }
    expect(() => readConfig({ DETOUR_MAIL_FROM: 'Detour <x@y>' })).toThrow(/DETOUR_MAIL_FROM/)
    expect(() => readConfig({ DETOUR_PUBLIC_URL: 'detour.example.com' })).toThrow(/DETOUR_PUBLIC_URL/)
  })

  test('say where the log and the landed files lie, and never repeat an address that may hold a password', () => {
    expect(readConfig({})).toMatchObject({ logUrl: null, isLogSingleNode: false, lake: null })
    expect(readConfig({ DETOUR_LOG: 'sqlite', DETOUR_LAKE: '' })).toMatchObject({ logUrl: null, lake: null })
    const url = 'postgres://detour:hidden%20word@db.internal:5432/orders'
    const shared = { DETOUR_LOG: url, DETOUR_LOG_SINGLE_NODE: '1', DETOUR_LAKE: '/mnt/lake' }
    expect(readConfig(shared)).toMatchObject({ logUrl: url, isLogSingleNode: true, lake: '/mnt/lake' })
    for (const wrong of ['postgres://detour:hidden%20word@/orders', 'postgres://detour:hidden word@db:x/y']) {
      expect(() => readConfig({ DETOUR_LOG: wrong })).toThrow(/^(?!.*hidden).*DETOUR_LOG/)
    }
  })

  test('come from the environment', () => {
    expect(readConfig({ DETOUR_PORT: '0', DETOUR_HOME: '/h', DETOUR_LOG_LEVEL: 'info' })).toMatchObject({
      port: 0,
      home: '/h',
      logLevel: 'info',
    })
  })

  test.each([
    ['DETOUR_PORT', 'many'],
    ['DETOUR_PORT', '65536'],
    ['DETOUR_PORT', '1.5'],
    ['DETOUR_MEMORY_MB', '-1'],
    ['DETOUR_LOG_LEVEL', 'loud'],
    ['DETOUR_LOG', 'mysql://a:b@c/d'],
    ['DETOUR_LOG', 'postgres://host-without-database'],
    ['DETOUR_LOG_SINGLE_NODE', 'yes'],
  ])('that are not usable are refused by name: %s=%s', (name, value) => {
    expect(() => readConfig({ [name]: value })).toThrow(name)
  })
})

describe('randomness', () => {
  test('is the same for the same seed, and not disturbed by another stream', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 50 }), (seed, count) => {
        const [a, b] = [seededRandom(seed), seededRandom(seed)]
        const side = a.fork('side')
        const drawn = Array.from({ length: count }, () => {
          side.next()
          return a.next()
        })
        expect(drawn).toEqual(Array.from({ length: count }, () => b.next()))
      }),
    )
  })

  test('stays within its bounds', () => {
    const random = seededRandom('bounds')
    fc.assert(
      fc.property(fc.integer({ min: -50, max: 50 }), fc.nat(100), (low, span) => {
        const value = random.int(low, low + span)
        expect(Number.isInteger(value) && value >= low && value <= low + span).toBe(true)
        const uniform = random.next()
        expect(uniform >= 0 && uniform < 1).toBe(true)
      }),
    )
  })

  test('has the means it was asked for', () => {
    const random = seededRandom('means')
    const mean = (draw: () => number) => Array.from({ length: 20_000 }, draw).reduce((a, b) => a + b) / 20_000
    expect(mean(() => random.normal(5, 2))).toBeCloseTo(5, 0)
    expect(mean(() => random.exponential(3))).toBeCloseTo(3, 0)
    expect(mean(() => random.poisson(4))).toBeCloseTo(4, 0)
    expect(mean(() => random.poisson(100))).toBeCloseTo(100, -1)
    expect(mean(() => random.weighted([1, 0, 3]))).toBeCloseTo(1.5, 1)
  })
})

describe('names', () => {
  test('go from camelCase to snake_case and back', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]+([A-Z][a-z]+)*$/), (name) => {
        expect(camelCase(snakeCase(name))).toBe(name)
      }),
    )
    expect(camelRow({ placed_at: 1, x: 2 })).toEqual({ placedAt: 1, x: 2 })
  })

  test('and texts in quotes come back from DuckDB as they were, whatever they hold', async () => {
    const instance = await DuckDBInstance.create(':memory:')
    const connection = await instance.connect()
    const text = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .filter((value) => !value.includes('\0'))
    await fc.assert(
      fc.asyncProperty(text, text, async (name, value) => {
        const reader = await connection.runAndReadAll(`SELECT ${quoteText(value)} AS ${quoteName(name)}`)
        expect(reader.getRowObjectsJson()).toEqual([{ [name]: value }])
      }),
      { numRuns: 50 },
    )
    connection.closeSync()
    instance.closeSync()
  })
})

describe('units', () => {
  test('know currencies with other than 100 minor units', () => {
    expect([minorUnitsOf('USD'), minorUnitsOf('JPY'), minorUnitsOf('KWD')]).toEqual([100, 1, 1000])
    expect([isCurrency('BRL'), isCurrency('XXQ')]).toEqual([true, false])
  })

  test('are shown with their digits', () => {
    expect(showMoney(109_326_435, 'BRL')).toBe('1,093,264.35 BRL')
    expect(showMoney(1234, 'JPY')).toBe('1,234 JPY')
    expect([showBytes(999), showBytes(1_234_500)]).toEqual(['999 B', '1.2 MB'])
  })

  test('know time zones', () => {
    expect([isTimeZone('America/Sao_Paulo'), isTimeZone('Mars/Base')]).toEqual([true, false])
  })
})
