// Entry file of a process of models: the settings come first, then its tasks. It ends with whoever asked.

import type { Told, WorkerSettings } from './protocol.ts'
import { serveTasks } from './serve-tasks.ts'

process.once('message', (settings: WorkerSettings) => {
  const line = {
    tell: (answer: object) => void process.send?.(answer),
    onTold: (listener: (told: Told) => void) => {
      process.on('message', listener)
    },
  }
  serveTasks(line, settings)
})

// Whoever asked has gone: nobody waits for an answer any more.
process.once('disconnect', () => process.exit(0))
