// A folder of its own for each test that needs files, and what else the tests of the log share.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { type Effects, readConfig, realEffects } from '#data/kernel'
import type { EventLog, NewEvent } from '#data/log'

/** The real world with the default settings. */
export const effects: Effects = realEffects(readConfig({}))

/** Path of a log file in a new folder, which is removed when the test has ended. */
export function newLogPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'detour-log-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return join(folder, 'log.sqlite')
}

/** Events of one command. */
export function eventsFor(commandId: string, count = 1): NewEvent[] {
  return Array.from({ length: count }, (_, i) => ({
    eventId: `${commandId}/${i}`,
    type: 'Counted',
    data: { commandId, i },
  }))
}

/** Code of the error that the promise rejects with, "none" where it resolves. */
export async function codeOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
    return 'none'
  } catch (error) {
    return (error as { code?: unknown }).code ?? error
  }
}

/** All event ids of a stream; fails where seqs are not 1, 2, 3 and so on. */
export async function idsOf(log: EventLog, stream: string): Promise<string[]> {
  const events = await log.read(stream, 0, 1_000_000)
  events.forEach((event, i) => {
    if (event.seq !== i + 1) throw new Error(`event ${i + 1} has seq ${event.seq}`)
  })
  return events.map((event) => event.eventId)
}
