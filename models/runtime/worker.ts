// Entry file of a thread of models: its tasks over the port to its parent. It does nothing where there is none.

import { parentPort, workerData } from 'node:worker_threads'
import { lowerThisThread } from '#data/kernel'
import type { Told, WorkerSettings } from './protocol.ts'
import { serveTasks } from './serve-tasks.ts'

const port = parentPort
if (port !== null) {
  // requests come first
  lowerThisThread(5)
  const line = {
    tell: (answer: object) => port.postMessage(answer),
    onTold: (listener: (told: Told) => void) => {
      port.on('message', listener)
    },
  }
  serveTasks(line, workerData as WorkerSettings)
}
