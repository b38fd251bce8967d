// A home is backed up while it is worked on, and what was acknowledged before is there when it is restored.

import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Effects } from '#data/kernel'
import { openSqliteLog } from '#data/log'
import { type BackupManifest, backUp, putBack } from '#orchestrator/backup'
import { openCore } from '#orchestrator/core'
import { openWorkspace } from '#orchestrator/workspace'
import { isRestoreFaulty, restore, showRestore } from '../../orchestrator/verbs/restore.ts'
import { codeOf, effects } from '../data/log/folder.ts'
import { detour, start as startServer, stop } from './commands.ts'
import { createOrder } from './core/running.ts'

// Real processes, one after the other.
vi.setConfig({ testTimeout: 180_000 })

const none = () => undefined
const quiet = { effects, withoutLog: false, onProgress: none }

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'detour-backup-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A home with two orders and a landed file, and a backup of it. */
async function backedUp() {
  const folder = newFolder()
  const home = join(folder, 'home')
  const out = join(folder, 'backup')
  const workspace = await openWorkspace(home, 'test', effects)
  const core = await openCore(workspace.log, 'main', effects)
  await createOrder(core, 'o1', 'x', 1)
  await createOrder(core, 'o2', 'x', 1)
  await core.close()
  mkdirSync(join(home, 'lake', 'raw', 'fab'), { recursive: true })
  writeFileSync(join(home, 'lake', 'raw', 'fab', 'orders.json'), '{}')
  const summary = await backUp({ ...quiet, paths: workspace.paths, folder: out })
  await workspace.close()
  return { folder, home, out, summary, workspace }
}

const manifestOf = (out: string) =>
  JSON.parse(readFileSync(join(out, 'backup.json'), 'utf8')) as BackupManifest

describe('a backup', () => {
  test('holds the log, the lake and a manifest of both, readable by its owner alone', async () => {
    const { out, summary } = await backedUp()
    const { files, streams } = manifestOf(out)
    expect(files.map(({ path }) => path)).toEqual(['log.sqlite', 'lake/raw/fab/orders.json'])
    expect(summary).toMatchObject({ files: 2, streams: { 'market:main': 3 } })
    expect(streams).toEqual({ 'market:main': 3 })
    expect(statSync(join(out, 'log.sqlite')).mode & 0o077).toBe(0)
    expect(readdirSync(out).toSorted()).toEqual(['backup.json', 'lake', 'log.sqlite'])
  })

  test('is restored to a home that verifies, with the same orders', async () => {
    const { folder, out } = await backedUp()
    const summary = await restore({ folder: out, home: join(folder, 'new'), isForced: false }, effects, none)
    expect(summary).toMatchObject({ events: 3, files: 2, differing: [], movedTo: null })
    expect(isRestoreFaulty(summary)).toBe(false)
    expect(showRestore(summary)).toContain('Everything is as it must be.')
    const log = await openSqliteLog(join(folder, 'new', 'log.sqlite'), effects)
    const core = await openCore(log, 'main', effects)
    expect([...core.state().orders.keys()].toSorted()).toEqual(['o1', 'o2'])
    await core.close()
    await log.close()
  })

  test('never overwrites, and moves a home aside only when it is told to', async () => {
    const { folder, home, out, workspace } = await backedUp()
    expect(await codeOf(backUp({ ...quiet, paths: workspace.paths, folder: out }))).toBe(
      'BACKUP_TARGET_NOT_EMPTY',
    )
    const again = { folder: out, home, effects, onProgress: none }
    expect(await codeOf(putBack({ ...again, isForced: false }))).toBe('RESTORE_HOME_NOT_EMPTY')
    expect(existsSync(join(home, 'log.sqlite'))).toBe(true)
    const owner = await openWorkspace(home, 'test', effects)
    expect(await codeOf(putBack({ ...again, isForced: true }))).toBe('HOME_BUSY')
    await owner.close()
    const { movedTo } = await putBack({ ...again, isForced: true })
    expect(readdirSync(folder)).toContain(movedTo?.slice(folder.length + 1))
    expect(existsSync(join(movedTo ?? '', 'log.sqlite'))).toBe(true)
  })

  test.each<[string, (out: string) => void]>([
    ['a flipped bit', (out) => flip(join(out, 'log.sqlite'))],
    ['a missing file', (out) => rmSync(join(out, 'lake', 'raw', 'fab', 'orders.json'))],
    ['a longer file', (out) => writeFileSync(join(out, 'lake', 'raw', 'fab', 'orders.json'), '{} ')],
    ['no manifest', (out) => rmSync(join(out, 'backup.json'))],
    ['a manifest that leads elsewhere', (out) => lead(out, '../../home/log.sqlite')],
    ['a manifest of nothing', (out) => writeFileSync(join(out, 'backup.json'), '{}')],
  ])('with %s is refused before anything is changed', async (_, breakIt) => {
    const { folder, out } = await backedUp()
    breakIt(out)
    const home = join(folder, 'new')
    const parts = { folder: out, home, isForced: false, effects, onProgress: none }
    expect(await codeOf(putBack(parts))).toBe('BACKUP_UNUSABLE')
    expect(existsSync(home)).toBe(false)
  })

  test('that was cut off says so', async () => {
    const { folder, workspace } = await backedUp()
    const out = join(folder, 'second')
    const onProgress = (step: string) => {
      if (step === 'lake') throw new Error('the disk is full')
    }
    expect(await codeOf(backUp({ ...quiet, paths: workspace.paths, folder: out, onProgress }))).toBe(
      'BACKUP_FAILED',
    )
    expect(readdirSync(out)).toContain('UNFINISHED')
    const parts = { folder: out, home: join(folder, 'new'), isForced: false, effects, onProgress: none }
    await expect(putBack(parts)).rejects.toThrow(/was not finished/)
  })

  test('of a home whose log is in PostgreSQL leaves the log to PostgreSQL', async () => {
    const { folder, workspace } = await backedUp()
    const config = { ...effects.config, logUrl: 'postgres://127.0.0.1:1/none' }
    const elsewhere: Effects = { ...effects, config }
    const parts = { ...quiet, effects: elsewhere, paths: workspace.paths, folder: join(folder, 'second') }
    expect(await codeOf(backUp(parts))).toBe('BACKUP_LOG_ELSEWHERE')
    const summary = await backUp({ ...parts, withoutLog: true })
    expect(summary).toMatchObject({ streams: null, files: 1 })
    const back = { folder: parts.folder, home: join(folder, 'new'), isForced: false, onProgress: none }
    expect(await codeOf(putBack({ ...back, effects }))).toBe('BACKUP_UNUSABLE')
    expect((await putBack({ ...back, effects: elsewhere })).manifest.files).toHaveLength(1)
  })
})

describe('a served home under load', () => {
  let folder: string
  let home: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'detour-backup-'))
    home = join(folder, 'home')
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('is backed up by its owner; restored, it has every order that was acknowledged before', async () => {
    const world = join(folder, 'world')
    await detour(['world', '--out', world, '--days', '3', '--orders', '60', '--seed', 'backup'])
    await detour(['ingest', '--provider', 'detour', world, '--home', home])
    const args = ['serve', '--no-demo', '--no-dashboard', '--port', '0', '--home', home]
    const { child } = await startServer(args)
    const { url, token } = JSON.parse(readFileSync(join(home, 'server.json'), 'utf8'))
    const acknowledged: string[] = []
    let isOver = false
    const client = async (number: number) => {
      for (let i = 0; !isOver; i++) {
        const externalId = `B-${number}-${i}`
        const order = {
          externalId,
          currency: 'USD',
          lines: [{ sku: 'S1', quantity: 1, unitPriceCents: 100 }],
        }
        const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` }
        const answer = await fetch(`${url}/api/v1/orders`, {
          method: 'POST',
          headers,
          body: JSON.stringify(order),
        })
        const { orderId } = (await answer.json()) as { orderId?: string }
        if (answer.ok && orderId !== undefined) acknowledged.push(orderId)
      }
    }
    const clients = Promise.all([1, 2, 3, 4].map(client))
    while (acknowledged.length < 50) await effects.clock.sleep(20)
    const before = [...acknowledged]
    const out = join(folder, 'backup')
    const backup = await detour(['backup', '--out', out, '--home', home, '--json'])
    isOver = true
    await clients
    expect(backup.code, backup.err).toBe(0)
    expect(await stop(child)).toBe(0)
    expect(acknowledged.length).toBeGreaterThan(before.length)

    const restored = join(folder, 'restored')
    const back = await detour(['restore', out, '--home', restored, '--json'])
    expect(back.code, back.err + back.out).toBe(0)
    expect(JSON.parse(back.out)).toMatchObject({ differing: [], verified: { drift: [] } })
    const log = await openSqliteLog(join(restored, 'log.sqlite'), effects)
    const core = await openCore(log, 'main', effects)
    expect(before.filter((orderId) => !core.state().orders.has(orderId))).toEqual([])
    await core.close()
    await log.close()
    expect((await detour(['restore', out, '--home', restored])).code).toBe(1)
  })
})

function flip(path: string): void {
  const bytes = readFileSync(path)
  const at = bytes.length >> 1
  bytes[at] = (bytes[at] as number) ^ 1
  writeFileSync(path, bytes)
}

function lead(out: string, path: string): void {
  const manifest = manifestOf(out)
  const files = manifest.files.map((file, i) => (i === 0 ? { ...file, path } : file))
  writeFileSync(join(out, 'backup.json'), JSON.stringify({ ...manifest, files }))
}
