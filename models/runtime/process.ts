// One task in a process of its own: for what reads with DuckDB, which does not survive the end of a thread, or takes
// long. The process gets the processor after its parent and is gone when the task has ended. It reckons nothing.

import { type ChildProcess, fork } from 'node:child_process'
import { setPriority } from 'node:os'
import { join } from 'node:path'
import { fail, reasonOf } from '#data/kernel'
import { errorOf } from './answers.ts'
import type { Answer, Told, WorkerSettings } from './protocol.ts'
import { limitMsDefault, type TaskOptions, type ThreadOptions } from './thread.ts'

/** Settings of a process. */
export interface ProcessOptions extends Omit<ThreadOptions, 'onStart' | 'onEnd'>, TaskOptions {
  /** MB that its JavaScript may take. Default 2,000. */
  memoryMb?: number
  /** Given the process once it was started. */
  onStart?: ((child: ChildProcess) => void) | undefined
}

/** How far it stands back where the processor is wanted: about a quarter of a contended core. */
const niceness = 5
/** How long a task may take to stop by itself once it was told to, ms. */
const graceMs = 5_000

/**
 * Runs one task of a module in a process of its own.
 * @param input anything that can be cloned
 * @throws MODELS_WORKER_DIED, MODELS_CANCELED, and what the task threw: its own code, else MODELS_FAILED
 */
export async function runInProcess<T>(task: string, input: unknown, options: ProcessOptions): Promise<T> {
  const { module, backends, clock, signal, limitMs = limitMsDefault, memoryMb = 2_000, onStart } = options
  if (signal?.aborted === true) throw fail('MODELS_CANCELED')
  const child = fork(join(import.meta.dirname, 'process-worker.ts'), {
    execArgv: [`--max-old-space-size=${memoryMb}`, '--disable-warning=ExperimentalWarning'],
    env: {},
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  })
  yieldTo(child)
  onStart?.(child)
  const settings: WorkerSettings = { module: module.href, ...(backends === undefined ? {} : { backends }) }
  child.send(settings, () => undefined)
  child.send({ kind: 'run', id: 1, task, input } satisfies Told, () => undefined)
  let ended: 'late' | 'canceled' | null = null
  const end = (why: 'late' | 'canceled') => {
    ended = why
    child.kill('SIGKILL')
  }
  const timers = [clock.after(limitMs, () => end('late'))]
  const stop = () => {
    child.send({ kind: 'cancel', id: 1 } satisfies Told, () => undefined)
    timers.push(clock.after(graceMs, () => end('canceled')))
  }
  signal?.addEventListener('abort', stop, { once: true })
  try {
    const answer = await answerOf(child, options.onProgress)
    if (answer?.kind === 'done') return answer.value as T
    if (answer?.kind === 'failed') throw errorOf(answer)
    if (ended === 'canceled') throw fail('MODELS_CANCELED')
    const late = `no answer within ${Math.round(limitMs / 1000)} s`
    throw fail('MODELS_WORKER_DIED', { reason: ended === 'late' ? late : howItEnded(child) })
  } finally {
    for (const cancel of timers) cancel()
    signal?.removeEventListener('abort', stop)
    child.kill('SIGKILL')
  }
}

/** The last thing the child said, null where it ended without a word. */
function answerOf(child: ChildProcess, onProgress: TaskOptions['onProgress']): Promise<Answer | null> {
  return new Promise((resolve, reject) => {
    child.on('message', (message) => {
      const answer = message as Answer
      if (answer.kind === 'progress') onProgress?.(answer.value as never)
      else resolve(answer)
    })
    child.once('exit', () => resolve(null))
    child.once('error', (error) => {
      reject(fail('MODELS_WORKER_DIED', { reason: reasonOf(error) }, { cause: error }))
    })
  })
}

function howItEnded({ exitCode, signalCode }: ChildProcess): string {
  return signalCode === null ? `it ended with ${exitCode ?? 'nothing'}` : `it was ended by ${signalCode}`
}

function yieldTo(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) setPriority(child.pid, niceness)
  } catch {
    // The system does not let us: the task then shares the processor evenly.
  }
}
