// A process that loads the files of a folder into a home, one after the other, and prints each that was acknowledged.
// Told to, it ends itself the moment the log has a load and the warehouse has not.

import { writeSync } from 'node:fs'
import type { EventLog } from '#data/log'
import { ingest } from '#ingest'
import { openHomeAt } from './home.ts'

const [path, folder, mode, ...names] = process.argv.slice(2) as [string, string, string, ...string[]]
const home = await openHomeAt(path, folder)
const context = mode === 'accept-only' ? { ...home, log: endingLog(home.log) } : home
writeSync(1, 'open\n')
for (const name of names) {
  const { accepted } = await ingest({ provider: 'detour', paths: [`${folder}/${name}`] }, context)
  writeSync(1, `${name} ${accepted}\n`)
}
await home.close()

function endingLog(log: EventLog): EventLog {
  return {
    append: async (stream, seq, events) => {
      const appended = await log.append(stream, seq, events)
      if (events.some((event) => event.type === 'LoadAccepted')) process.kill(process.pid, 'SIGKILL')
      return appended
    },
    read: (stream, afterSeq, limit) => log.read(stream, afterSeq, limit),
    tail: (stream) => log.tail(stream),
    eventsOfCommand: (stream, commandId) => log.eventsOfCommand(stream, commandId),
    streams: () => log.streams(),
    close: () => log.close(),
  }
}
