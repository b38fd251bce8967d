// A process that appends to a log until it is killed, and prints each command that was acknowledged.

import { writeSync } from 'node:fs'
import { openEventLog } from '#data/log'
import { effects, eventsFor } from './folder.ts'

const [store, run] = process.argv.slice(2) as [string, string]
const streams = ['north', 'south', 'east', 'west']

async function append(log: Awaited<ReturnType<typeof openEventLog>>, stream: string): Promise<never> {
  let seq = await log.tail(stream)
  for (let i = 0; ; i++) {
    const commandId = `${run}-${stream}-${i}`
    seq = (await log.append(stream, seq, eventsFor(commandId, 1 + (i % 5)))).lastSeq
    writeSync(1, `${stream} ${commandId} ${1 + (i % 5)}\n`)
  }
}

const logUrl = store.startsWith('postgres:') ? store : null
const config = { ...effects.config, logUrl, isLogSingleNode: true }
const log = await openEventLog({ log: store }, { ...effects, config })
try {
  await Promise.all(streams.map((stream) => append(log, stream)))
} catch (error) {
  writeSync(1, `failed ${(error as { code?: string }).code}\n`)
  process.exit(1)
}
