// The far end of tasks, in a thread or a process of its own: chooses a backend, then runs what it is told. It keeps
// nothing between tasks but what the module of the tasks keeps.

import { DetourError, reasonOf } from '#data/kernel'
import { type Backend, chooseBackend } from './backend.ts'
import { knownOrder } from './order.ts'
import type { Answer, Tasks, Told, WorkerSettings } from './protocol.ts'

/** The line to whoever asks. */
export interface Line {
  tell(answer: Answer): void
  onTold(listener: (told: Told) => void): void
}

/** Serves the tasks of a module over a line. */
export function serveTasks(line: Line, settings: WorkerSettings): void {
  const chosen = ready(settings)
  const running = new Map<number, AbortController>()
  const run = async ({ id, task, input }: Extract<Told, { kind: 'run' }>): Promise<unknown> => {
    const controller = new AbortController()
    running.set(id, controller)
    const { backend, tasks } = await chosen
    const work = Object.hasOwn(tasks, task) ? tasks[task] : undefined
    if (work === undefined) throw new Error(`there is no task ${task}`)
    const progress = (value: unknown) => line.tell({ kind: 'progress', id, value })
    return work(input as never, { backend, progress, signal: controller.signal })
  }
  line.onTold((told) => {
    if (told.kind === 'cancel') {
      running.get(told.id)?.abort()
      return
    }
    run(told)
      .then((value) => line.tell({ kind: 'done', id: told.id, value }))
      .catch((error: unknown) => line.tell({ kind: 'failed', id: told.id, ...failureOf(error) }))
      .finally(() => running.delete(told.id))
  })
}

async function ready(settings: WorkerSettings): Promise<{ backend: Backend; tasks: Tasks }> {
  const { module, folder } = settings
  const known = settings.backends ?? (folder === undefined ? null : await knownOrder(folder))?.learn
  const { backend } = await chooseBackend(known)
  const { tasks } = (await import(module)) as { tasks: Tasks }
  return { backend, tasks }
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
