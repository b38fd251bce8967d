// A process that appends to a log until it is killed, and prints each command that was acknowledged.

import { writeSync } from 'node:fs'
import { openSqliteLog } from '#data/log'
import { effects, eventsFor } from './folder.ts'

const [path, run] = process.argv.slice(2) as [string, string]
const streams = ['north', 'south', 'east', 'west']

async function append(log: Awaited<ReturnType<typeof openSqliteLog>>, stream: string): Promise<never> {
  let seq = await log.tail(stream)
  for (let i = 0; ; i++) {
    const commandId = `${run}-${stream}-${i}`
    seq = (await log.append(stream, seq, eventsFor(commandId, 1 + (i % 5)))).lastSeq
    writeSync(1, `${stream} ${commandId} ${1 + (i % 5)}\n`)
  }
}

const log = await openSqliteLog(path, effects)
try {
  await Promise.all(streams.map((stream) => append(log, stream)))
} catch (error) {
  writeSync(1, `failed ${(error as { code?: string }).code}\n`)
  process.exit(1)
}
