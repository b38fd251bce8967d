// The vault: keys that can be checked but not read back, receivers with secrets, versions, file mode.

import { statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, onTestFinished, test } from 'vitest'
import { SimulatedClock } from '#data/kernel'
import { openSqliteLog } from '#data/log'
import { openVault, type Vault } from '#data/vault'
import { codeOf, effects, eventsFor, newLogPath } from '../log/folder.ts'

function open(path = newLogPath(), clock = effects.clock): Vault {
  const vault = openVault(path, { clock })
  onTestFinished(() => vault.close())
  return vault
}

const receiver = { market: 'main', url: 'http://127.0.0.1:1/x', description: 'd', events: [] }

describe('the keys of a vault', () => {
  test('are shown once and then known by their hash alone', () => {
    const path = newLogPath()
    const vault = open(path)
    const { keyId, key } = vault.createKey({ name: 'shop', role: 'operator' })
    expect(key).toMatch(/^dtr_[A-Za-z0-9_-]{43}$/)
    expect(vault.verifyKey(key)).toEqual({ keyId, name: 'shop', role: 'operator' })
    expect(JSON.stringify(vault.listKeys())).not.toContain(key.slice(10))
    const rows = new DatabaseSync(path).prepare('select * from vault_keys').all()
    expect(JSON.stringify(rows)).not.toContain(key.slice(10))
  })

  test.each(['', 'dtr_', 'whsec_x', `dtr_${'A'.repeat(43)}`, `dtr_${'A'.repeat(100_000)}`, "dtr_' or 1=1"])(
    'refuse what is no key (%#)',
    (key) => {
      const vault = open()
      vault.createKey({ name: 'a', role: 'admin' })
      expect(vault.verifyKey(key)).toBeNull()
    },
  )

  test('stop working once they are revoked, and an admin key counts until then', () => {
    const vault = open()
    expect(vault.hasAdminKey()).toBe(false)
    vault.createKey({ name: 'look', role: 'reader' })
    expect(vault.hasAdminKey()).toBe(false)
    const { keyId, key } = vault.createKey({ name: 'boss', role: 'admin' })
    expect(vault.hasAdminKey()).toBe(true)
    expect(vault.revokeKey(keyId)).toBe(true)
    expect(vault.revokeKey(keyId)).toBe(false)
    expect(vault.verifyKey(key)).toBeNull()
    expect(vault.hasAdminKey()).toBe(false)
    expect(vault.listKeys().map((each) => each.revokedAt !== null)).toEqual([false, true])
  })
})

describe('the receivers of a vault', () => {
  test('are made, read, changed and removed', async () => {
    const vault = open()
    const { receiver: made, secret } = vault.createWebhook(receiver)
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(made).toMatchObject({ ...receiver, status: 'enabled', disabledReason: null })
    expect(vault.listWebhooks('other')).toEqual([])
    expect(vault.listWebhooks('main')).toEqual([made])
    const id = made.webhookId
    const off = vault.updateWebhook(id, { status: 'disabled', disabledReason: 'gone', events: ['a'] })
    expect(off).toEqual({ ...made, status: 'disabled', disabledReason: 'gone', events: ['a'] })
    expect(vault.updateWebhook(id, { status: 'enabled' }).disabledReason).toBeNull()
    expect(vault.deleteWebhook(id)).toBe(true)
    expect(vault.getWebhook(id)).toBeNull()
    expect(await codeOf((async () => vault.updateWebhook(id, {}))())).toBe('WEBHOOK_UNKNOWN')
    expect(await codeOf((async () => vault.rotateWebhook(id))())).toBe('WEBHOOK_UNKNOWN')
  })

  test('sign with both secrets for a day after a rotation', async () => {
    const clock = new SimulatedClock(1_000)
    const vault = open(newLogPath(), clock)
    const { receiver: made, secret } = vault.createWebhook(receiver)
    const next = vault.rotateWebhook(made.webhookId)
    expect(vault.webhookSecrets(made.webhookId)).toEqual([next, secret])
    await clock.advance(24 * 3_600_000)
    expect(vault.webhookSecrets(made.webhookId)).toEqual([next])
  })
})

test('A vault lies beside the events of a log that is being written, readable by its owner alone', async () => {
  const path = newLogPath()
  const vault = open(path)
  const log = await openSqliteLog(path, effects)
  onTestFinished(() => log.close())
  for (let i = 0; i < 50; i++) {
    await Promise.all([log.append('main', i, eventsFor(`c${i}`)), vault.createWebhook(receiver)])
  }
  expect(vault.listWebhooks()).toHaveLength(50)
  expect(await log.tail('main')).toBe(50)
  for (const end of ['', '-wal', '-shm']) expect(statSync(`${path}${end}`).mode & 0o777).toBe(0o600)
  const again = open(path)
  expect(again.listWebhooks()).toEqual(vault.listWebhooks())
})

test('A vault of a newer program is left alone', () => {
  const path = newLogPath()
  open(path).close()
  const db = new DatabaseSync(path)
  db.exec('insert into vault_versions (version) values (99)')
  db.close()
  expect(() => openVault(path, effects)).toThrow('version 99')
})

test('A vault that cannot be written says so with a code', () => {
  const vault = open()
  vault.close()
  const codes = [() => vault.listKeys(), () => vault.createWebhook(receiver)].map((call) => {
    try {
      call()
    } catch (error) {
      return (error as { code: string }).code
    }
    return 'none'
  })
  expect(codes).toEqual(['VAULT_UNAVAILABLE', 'VAULT_UNAVAILABLE'])
})

describe('the requests of a vault', () => {
  test('are noted once, keep what they were answered, and refuse another question', () => {
    const path = newLogPath()
    const vault = open(path)
    expect(vault.claimRequest('a', 'hash')).toBeNull()
    expect(vault.claimRequest('a', 'hash')).toBeNull()
    vault.answerRequest('a', '{"x":1}')
    expect(open(path).claimRequest('a', 'hash')).toBe('{"x":1}')
    expect(() => vault.claimRequest('a', 'other')).toThrow('different body')
    expect(vault.claimRequest('b', 'other')).toBeNull()
  })

  test('are forgotten after seven days', async () => {
    const clock = new SimulatedClock(0)
    const vault = open(newLogPath(), clock)
    vault.claimRequest('a', 'hash')
    vault.answerRequest('a', 'yes')
    await clock.advance(7 * 86_400_000)
    expect(vault.claimRequest('a', 'hash')).toBe('yes')
    await clock.advance(1)
    expect(vault.claimRequest('a', 'other')).toBeNull()
  })
})
