// The vault in either store: keys that can be checked but not read back, receivers with secrets, versions, file mode.

import { statSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { SimulatedClock } from '#data/kernel'
import { openSqliteLog } from '#data/log'
import { openVault, type Vault } from '#data/vault'
import { startPostgres } from '../../postgres/server.ts'
import { codeOf, effects, eventsFor, newLogPath } from '../log/folder.ts'

const server = await startPostgres()
afterAll(() => server?.stop())

/** Where a vault lies. */
interface Place {
  path: string
  logUrl: string | null
}

const sqlite = {
  name: 'SQLite',
  newPlace: async (): Promise<Place> => ({ path: newLogPath(), logUrl: null }),
}
const postgres = {
  name: 'PostgreSQL',
  newPlace: async (): Promise<Place> => ({ path: '', logUrl: (await server?.newDatabase()) ?? '' }),
}
const kinds = server === null ? [sqlite] : [sqlite, postgres]

async function open(place: Place, clock = effects.clock): Promise<Vault> {
  const config = { ...effects.config, logUrl: place.logUrl, isLogSingleNode: true }
  const vault = await openVault({ log: place.path }, { ...effects, config, clock })
  onTestFinished(() => vault.close())
  return vault
}

/** A clock whose time is set, and whose timers are real. */
function setClock() {
  const time = new SimulatedClock(1_000)
  return { time, clock: { ...effects.clock, now: () => time.now() } }
}

/** Everything in a table, as text. */
async function contents({ path, logUrl }: Place, table: string): Promise<string> {
  if (logUrl === null) return JSON.stringify(new DatabaseSync(path).prepare(`select * from ${table}`).all())
  return JSON.stringify(await server?.query(`select * from detour.${table}`, logUrl))
}

const receiver = { market: 'main', url: 'http://127.0.0.1:1/x', description: 'd', events: [] }

describe.each(kinds)('the keys of a vault in $name', ({ newPlace }) => {
  test('are shown once and then known by their hash alone', async () => {
    const place = await newPlace()
    const vault = await open(place)
    const { keyId, key } = await vault.createKey({ name: 'shop', role: 'operator' })
    expect(key).toMatch(/^dtr_[A-Za-z0-9_-]{43}$/)
    const holder = { keyId, name: 'shop', role: 'operator' }
    expect(await vault.verifyKey(key)).toEqual(holder)
    expect(await vault.verifyKey(key)).toEqual(holder)
    expect(await vault.findKey(keyId)).toEqual(holder)
    expect(JSON.stringify(await vault.listKeys())).not.toContain(key.slice(10))
    expect(await contents(place, 'vault_keys')).toContain('operator')
    expect(await contents(place, 'vault_keys')).not.toContain(key.slice(10))
  })

  test('refuse what is no key', async () => {
    const vault = await open(await newPlace())
    await vault.createKey({ name: 'a', role: 'admin' })
    const others = [
      '',
      'dtr_',
      'whsec_x',
      `dtr_${'A'.repeat(43)}`,
      `dtr_${'A'.repeat(100_000)}`,
      "dtr_' or 1=1",
    ]
    for (const key of others) expect(await vault.verifyKey(key)).toBeNull()
  })

  test('stop working once they are revoked, and an admin key counts until then', async () => {
    const vault = await open(await newPlace())
    expect(await vault.hasAdminKey()).toBe(false)
    await vault.createKey({ name: 'look', role: 'reader' })
    expect(await vault.hasAdminKey()).toBe(false)
    const { keyId, key } = await vault.createKey({ name: 'boss', role: 'admin' })
    expect(await vault.hasAdminKey()).toBe(true)
    expect(await vault.verifyKey(key)).not.toBeNull()
    expect(await vault.revokeKey(keyId)).toBe(true)
    expect(await vault.revokeKey(keyId)).toBe(false)
    expect(await vault.verifyKey(key)).toBeNull()
    expect(await vault.findKey(keyId)).toBeNull()
    expect(await vault.hasAdminKey()).toBe(false)
    expect((await vault.listKeys()).map(({ revokedAt }) => revokedAt !== null)).toEqual([false, true])
  })

  test('that another process revoked stop working within three seconds', async () => {
    const place = await newPlace()
    const { time, clock } = setClock()
    const [here, there] = [await open(place, clock), await open(place, clock)]
    const { keyId, key } = await here.createKey({ name: 'boss', role: 'admin' })
    expect(await here.verifyKey(key)).not.toBeNull()
    await there.revokeKey(keyId)
    await time.advance(3_000)
    expect(await here.verifyKey(key)).toBeNull()
    expect(await here.findKey(keyId)).toBeNull()
  })
})

describe.each(kinds)('the receivers of a vault in $name', ({ newPlace }) => {
  test('are made, read, changed and removed', async () => {
    const vault = await open(await newPlace())
    const { receiver: made, secret } = await vault.createWebhook(receiver)
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/)
    expect(made).toMatchObject({ ...receiver, status: 'enabled', disabledReason: null })
    expect(await vault.listWebhooks('other')).toEqual([])
    expect(await vault.listWebhooks('main')).toEqual([made])
    const id = made.webhookId
    const off = await vault.updateWebhook(id, { status: 'disabled', disabledReason: 'gone', events: ['a'] })
    expect(off).toEqual({ ...made, status: 'disabled', disabledReason: 'gone', events: ['a'] })
    expect((await vault.updateWebhook(id, { status: 'enabled' })).disabledReason).toBeNull()
    expect(await vault.deleteWebhook(id)).toBe(true)
    expect(await vault.getWebhook(id)).toBeNull()
    expect(await codeOf(vault.updateWebhook(id, {}))).toBe('WEBHOOK_UNKNOWN')
    expect(await codeOf(vault.rotateWebhook(id))).toBe('WEBHOOK_UNKNOWN')
    expect(await codeOf(vault.webhookSecrets(id))).toBe('WEBHOOK_UNKNOWN')
  })

  test('keep their format, labels and key, and show the key to nobody', async () => {
    const vault = await open(await newPlace())
    const labels = [{ label: 'severity', is: 'one_of' as const, values: ['high'] }]
    const pagerduty = { format: 'pagerduty', labels, concurrency: 7, credential: 'R0UT1NG' }
    const settings = { ...pagerduty, carriesLinks: true }
    const { receiver: plain } = await vault.createWebhook(receiver)
    expect(plain).toMatchObject({
      ...{ format: 'detour', labels: [], concurrency: 4, hasCredential: false, carriesLinks: false },
    })
    const { receiver: made } = await vault.createWebhook({ ...receiver, ...settings })
    expect(made).toMatchObject({
      format: 'pagerduty',
      labels,
      concurrency: 7,
      hasCredential: true,
      carriesLinks: true,
    })
    expect(JSON.stringify(await vault.listWebhooks())).not.toContain('R0UT1NG')
    expect(await vault.webhookCredential(made.webhookId)).toBe('R0UT1NG')
    const changed = await vault.updateWebhook(made.webhookId, { description: 'other', labels: [] })
    expect(changed).toMatchObject({
      labels: [],
      hasCredential: true,
      carriesLinks: true,
      previousSecretUntil: null,
    })
    await vault.updateWebhook(made.webhookId, { format: 'detour', credential: null, carriesLinks: false })
    expect(await vault.getWebhook(made.webhookId)).toMatchObject({ carriesLinks: false, concurrency: 7 })
    expect(await vault.webhookCredential(made.webhookId)).toBeNull()
    await vault.rotateWebhook(made.webhookId)
    expect((await vault.getWebhook(made.webhookId))?.previousSecretUntil).toBeGreaterThan(0)
  })

  test('come in the order in which they were made', async () => {
    const { clock } = setClock()
    const vault = await open(await newPlace(), clock)
    const made: string[] = []
    for (let i = 0; i < 10; i++) made.push((await vault.createWebhook(receiver)).receiver.webhookId)
    expect((await vault.listWebhooks()).map(({ webhookId }) => webhookId)).toEqual(made)
  })

  test('sign with both secrets for a day after a rotation', async () => {
    const { time, clock } = setClock()
    const vault = await open(await newPlace(), clock)
    const { receiver: made, secret } = await vault.createWebhook(receiver)
    const next = await vault.rotateWebhook(made.webhookId)
    expect(await vault.webhookSecrets(made.webhookId)).toEqual([next, secret])
    await time.advance(24 * 3_600_000)
    expect(await vault.webhookSecrets(made.webhookId)).toEqual([next])
  })
})

describe.each(kinds)('the requests of a vault in $name', ({ newPlace }) => {
  test('are noted once, keep what they were answered, and refuse another question', async () => {
    const place = await newPlace()
    const vault = await open(place)
    expect(await vault.claimRequest('a', 'hash')).toBeNull()
    expect(await vault.claimRequest('a', 'hash')).toBeNull()
    await vault.answerRequest('a', '{"x":1}')
    expect(await (await open(place)).claimRequest('a', 'hash')).toBe('{"x":1}')
    expect(await codeOf(vault.claimRequest('a', 'other'))).toBe('LOG_COMMAND_CONFLICT')
    expect(await vault.claimRequest('b', 'other')).toBeNull()
  })

  test('are forgotten after seven days', async () => {
    const { time, clock } = setClock()
    const vault = await open(await newPlace(), clock)
    await vault.claimRequest('a', 'hash')
    await vault.answerRequest('a', 'yes')
    await time.advance(7 * 86_400_000)
    expect(await vault.claimRequest('a', 'hash')).toBe('yes')
    await time.advance(1)
    expect(await vault.claimRequest('a', 'other')).toBeNull()
  })
})

describe.each(kinds)('a vault in $name', ({ newPlace }) => {
  test('that is closed says so with a code', async () => {
    const vault = await open(await newPlace())
    await vault.close()
    expect(await codeOf(vault.listKeys())).toBe('VAULT_UNAVAILABLE')
    expect(await codeOf(vault.createWebhook(receiver))).toBe('VAULT_UNAVAILABLE')
  })

  test('can be opened by several at the same time when it is new', async () => {
    const place = await newPlace()
    const vaults = await Promise.all([open(place), open(place), open(place)])
    await Promise.all(vaults.map((vault) => vault.createKey({ name: 'x', role: 'reader' })))
    expect(await vaults[0]?.listKeys()).toHaveLength(3)
  })

  test('of a newer program is left alone', async () => {
    const place = await newPlace()
    await (await open(place)).close()
    if (place.logUrl === null) {
      const db = new DatabaseSync(place.path)
      db.exec('insert into vault_versions (version) values (99)')
      db.close()
    } else await server?.query(`insert into detour.versions values ('vault', 99)`, place.logUrl)
    await expect(open(place)).rejects.toThrow('version 99')
  })
})

test('A vault lies beside the events of a log that is being written, readable by its owner alone', async () => {
  const place = await sqlite.newPlace()
  const vault = await open(place)
  const log = await openSqliteLog(place.path, effects)
  onTestFinished(() => log.close())
  for (let i = 0; i < 50; i++) {
    await Promise.all([log.append('main', i, eventsFor(`c${i}`)), vault.createWebhook(receiver)])
  }
  expect(await vault.listWebhooks()).toHaveLength(50)
  expect(await log.tail('main')).toBe(50)
  for (const end of ['', '-wal', '-shm']) expect(statSync(`${place.path}${end}`).mode & 0o777).toBe(0o600)
  expect(await (await open(place)).listWebhooks()).toEqual(await vault.listWebhooks())
})

test.skipIf(server === null)(
  'A vault whose server is away says so, and works again once it is back',
  async () => {
    const place = await postgres.newPlace()
    const vault = await open(place)
    const { key } = await vault.createKey({ name: 'x', role: 'reader' })
    await server?.kill()
    expect(await codeOf(vault.listKeys())).toBe('VAULT_UNAVAILABLE')
    expect(await codeOf(vault.createWebhook(receiver))).toBe('VAULT_UNAVAILABLE')
    await server?.start()
    while ((await codeOf(vault.listKeys())) === 'VAULT_UNAVAILABLE') await effects.clock.sleep(20)
    expect((await vault.verifyKey(key))?.role).toBe('reader')
  },
)
