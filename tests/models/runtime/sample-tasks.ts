// Tasks for the tests of threads and processes.

import { setTimeout as sleep } from 'node:timers/promises'
import { fail } from '#data/kernel'
import type { TaskContext } from '../../../models/runtime/index.ts'

export const tasks = {
  add: async ({ a, b }: { a: number; b: number }, { backend }: TaskContext) => ({ sum: a + b, backend }),
  double: async (values: Float32Array) => values.map((value) => value * 2),
  refuse: async () => {
    throw fail('MODELS_VERSION_UNKNOWN', { model: 'm', version: 'v' })
  },
  break: async () => {
    throw new Error('broken\nby itself')
  },
  exit: async () => process.exit(3),
  wait: async (_: null, { progress, signal }: TaskContext) => {
    for (let step = 0; !signal.aborted; step++) {
      progress(step)
      await sleep(5)
    }
    throw fail('MODELS_CANCELED')
  },
  deaf: async (_: null, { progress }: TaskContext) => {
    progress(0)
    await sleep(60_000)
  },
}
