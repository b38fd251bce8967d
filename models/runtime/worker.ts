// The thread of models: chooses a backend, then runs the tasks of the module it was given. It keeps nothing between
// tasks but what that module keeps.

import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { DetourError, reasonOf } from '#data/kernel'
import { type Backend, chooseBackend } from './backend.ts'
import type { Answer, Tasks, Told, WorkerSettings } from './protocol.ts'

async function ready({ module, backends }: WorkerSettings): Promise<{ backend: Backend; tasks: Tasks }> {
  const { backend } = await chooseBackend(backends)
  const { tasks } = (await import(module)) as { tasks: Tasks }
  return { backend, tasks }
}

function start(port: MessagePort, settings: WorkerSettings): void {
  const chosen = ready(settings)
  const running = new Map<number, AbortController>()
  const tell = (answer: Answer) => port.postMessage(answer)
  const run = async ({ id, task, input }: Extract<Told, { kind: 'run' }>): Promise<unknown> => {
    const controller = new AbortController()
    running.set(id, controller)
    const { backend, tasks } = await chosen
    const work = Object.hasOwn(tasks, task) ? tasks[task] : undefined
    if (work === undefined) throw new Error(`there is no task ${task}`)
    const progress = (value: unknown) => tell({ kind: 'progress', id, value })
    return work(input as never, { backend, progress, signal: controller.signal })
  }
  port.on('message', (told: Told) => {
    if (told.kind === 'cancel') {
      running.get(told.id)?.abort()
      return
    }
    run(told)
      .then((value) => tell({ kind: 'done', id: told.id, value }))
      .catch((error: unknown) => tell({ kind: 'failed', id: told.id, ...failureOf(error) }))
      .finally(() => running.delete(told.id))
  })
}

function failureOf(error: unknown): {
  code: string | null
  details: Record<string, unknown>
  reason: string
} {
  const reason = reasonOf(error)
  return error instanceof DetourError
    ? { code: error.code, details: error.details, reason }
    : { code: null, details: {}, reason }
}

if (parentPort !== null) start(parentPort, workerData as WorkerSettings)
