// What the log still holds after its process was killed in the middle of appends, or ran out of disk.

import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { type EventLog, openPostgresLog, openSqliteLog } from '#data/log'
import { startPostgres } from '../../postgres/server.ts'
import { effects, newLogPath } from './folder.ts'

const server = await startPostgres()
afterAll(() => server?.stop())

const child = join(import.meta.dirname, 'appending-child.ts')

interface Acknowledged {
  stream: string
  eventIds: string[]
}

/** Runs the appending process; kills it after `lines` acknowledgements, where given. */
function appendUntil(command: string, args: string[], lines: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const process = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    let text = ''
    process.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      if (text.split('\n').length > lines) process.kill('SIGKILL')
    })
    process.once('error', reject)
    process.once('close', () => resolve(text.split('\n').slice(0, -1)))
  })
}

function parse(lines: string[]): Acknowledged[] {
  return lines.map((line) => {
    const [stream = '', commandId, count] = line.split(' ')
    return { stream, eventIds: Array.from({ length: Number(count) }, (_, i) => `${commandId}/${i}`) }
  })
}

/** Every acknowledged event is there exactly once, commands are whole, and seqs have no gaps. */
async function verify(log: EventLog, acknowledged: Acknowledged[]): Promise<void> {
  const held = new Map<string, Set<string>>()
  for (const stream of await log.streams()) {
    const events = await log.read(stream, 0, 1_000_000)
    expect(events.map((event) => event.seq)).toEqual(events.map((_, i) => i + 1))
    const ids = new Set(events.map((event) => event.eventId))
    expect(ids.size).toBe(events.length)
    held.set(stream, ids)
  }
  await log.close()
  const lost = acknowledged.filter(
    ({ stream, eventIds }) => !eventIds.every((id) => held.get(stream)?.has(id)),
  )
  expect(lost).toEqual([])
}

test('Every acknowledged event is there exactly once after each of 20 kills', async () => {
  const path = newLogPath()
  const acknowledged: Acknowledged[] = []
  for (let run = 0; run < 20; run++) {
    const lines = await appendUntil(process.execPath, [child, path, `run${run}`], 5 + run * 7)
    expect(lines.length).toBeGreaterThan(0)
    acknowledged.push(...parse(lines))
    await verify(await openSqliteLog(path, effects), acknowledged)
  }
}, 180_000)

test.skipIf(server === null)(
  'Every acknowledged event is in PostgreSQL exactly once after each of 5 kills',
  async () => {
    const url = (await server?.newDatabase()) ?? ''
    const acknowledged: Acknowledged[] = []
    for (let run = 0; run < 5; run++) {
      const lines = await appendUntil(process.execPath, [child, url, `run${run}`], 5 + run * 29)
      expect(lines.length).toBeGreaterThan(0)
      acknowledged.push(...parse(lines))
      await verify(await openPostgresLog(url, effects, { isSingleNode: true }), acknowledged)
    }
  },
)

test('A full disk is LOG_UNAVAILABLE, and what was acknowledged before is there', async () => {
  const path = newLogPath()
  const limited = `ulimit -f 300; exec "$0" "$@"`
  const lines = await appendUntil('bash', ['-c', limited, process.execPath, child, path, 'full'], 1_000_000)
  expect(lines.pop()).toBe('failed LOG_UNAVAILABLE')
  expect(lines.length).toBeGreaterThan(0)
  await verify(await openSqliteLog(path, effects), parse(lines))
})
