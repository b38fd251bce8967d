// The near end of a worker thread for models: tasks in, progress and answers out. When the thread dies, what was
// asked fails with a code and the next task starts a new one. It reckons nothing itself.

import { Worker } from 'node:worker_threads'
import { type Clock, fail, reasonOf } from '#data/kernel'
import { errorOf } from './answers.ts'
import type { Backend } from './backend.ts'
import type { Answer, Told, WorkerSettings } from './protocol.ts'

/** Settings of a thread. */
export interface ThreadOptions {
  /** Module of the tasks: it exports `tasks`, an object of functions as `Tasks` says. */
  module: URL
  clock: Clock
  /** Backends to try, the first that works is taken. Default tfjs-node, wasm, cpu. */
  backends?: readonly Backend[] | undefined
  /** Folder that may know which backend learns fastest on this machine; that one is tried first. */
  folder?: string | undefined
  /** Given each thread that is started. */
  onStart?: ((worker: Worker) => void) | undefined
  /** Told when a thread is gone, with all that its tasks kept in memory. */
  onEnd?: (() => void) | undefined
}

/** How to run one task. */
export interface TaskOptions {
  /** Longest time it may take, ms; then the thread is stopped. Default 15 minutes. */
  limitMs?: number
  /** Told what the task tells. */
  onProgress?: ((progress: never) => void) | undefined
  /** Asks the task to stop; it then fails with MODELS_CANCELED. */
  signal?: AbortSignal | undefined
}

interface Asked {
  resolve: (value: never) => void
  reject: (error: Error) => void
  onProgress: ((progress: never) => void) | undefined
  done: () => void
}

/** Longest time of a task, ms, where nothing else is said. */
export const limitMsDefault = 900_000

/** A thread of tasks, started when the first is asked for. Tasks run side by side where they wait for each other. */
export class TaskThread {
  readonly #options: ThreadOptions
  readonly #asked = new Map<number, Asked>()
  #worker: Worker | null = null
  #lastId = 0
  #isClosed = false

  constructor(options: ThreadOptions) {
    this.#options = options
  }

  /**
   * Runs a task of the module.
   * @param input anything that can be cloned
   * @throws MODELS_WORKER_DIED, MODELS_CANCELED, and what the task threw: its own code, else MODELS_FAILED
   */
  async run<T>(task: string, input: unknown, options: TaskOptions = {}): Promise<T> {
    if (this.#isClosed) throw fail('MODELS_WORKER_DIED', { reason: 'the models are closed' })
    const { signal, limitMs = limitMsDefault, onProgress } = options
    if (signal?.aborted === true) throw fail('MODELS_CANCELED')
    const worker = this.#worker ?? this.#start()
    const id = ++this.#lastId
    worker.ref()
    return await new Promise<T>((resolve, reject) => {
      const cancelTimer = this.#options.clock.after(limitMs, () => {
        this.#failAll(`no answer within ${Math.round(limitMs / 1000)} s`)
        this.#letGo(worker)
        void worker.terminate()
      })
      const stop = () => worker.postMessage({ kind: 'cancel', id } satisfies Told)
      signal?.addEventListener('abort', stop, { once: true })
      const done = () => {
        cancelTimer()
        signal?.removeEventListener('abort', stop)
      }
      this.#asked.set(id, { resolve: resolve as (value: never) => void, reject, onProgress, done })
      worker.postMessage({ kind: 'run', id, task, input } satisfies Told)
    })
  }

  /** Lets the thread go where it has nothing to do; the next task starts another one, by what is known then. */
  renew(): void {
    const worker = this.#worker
    if (worker === null || this.#asked.size > 0) return
    this.#letGo(worker)
    void worker.terminate()
  }

  /** Stops the thread; what was asked fails. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#worker?.terminate()
  }

  #start(): Worker {
    const { module, backends, folder, onStart } = this.#options
    const settings: WorkerSettings = {
      module: module.href,
      ...(backends === undefined ? {} : { backends }),
      ...(folder === undefined ? {} : { folder }),
    }
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: settings })
    let cause: unknown
    worker.on('message', (answer: Answer) => this.#receive(worker, answer))
    worker.on('error', (error) => {
      cause = error
    })
    worker.on('exit', () => {
      if (this.#worker !== worker) return
      this.#letGo(worker)
      this.#failAll(cause === undefined ? 'it was stopped' : reasonOf(cause), cause)
    })
    this.#worker = worker
    onStart?.(worker)
    return worker
  }

  #letGo(worker: Worker): void {
    if (this.#worker !== worker) return
    this.#worker = null
    this.#options.onEnd?.()
  }

  #receive(worker: Worker, answer: Answer): void {
    const asked = this.#asked.get(answer.id)
    if (answer.kind === 'progress') {
      asked?.onProgress?.(answer.value as never)
      return
    }
    this.#asked.delete(answer.id)
    asked?.done()
    if (answer.kind === 'done') asked?.resolve(answer.value as never)
    else asked?.reject(errorOf(answer))
    if (this.#asked.size === 0) worker.unref()
  }

  #failAll(reason: string, cause?: unknown): void {
    const waiting = [...this.#asked.values()]
    this.#asked.clear()
    for (const { reject, done } of waiting) {
      done()
      reject(fail('MODELS_WORKER_DIED', { reason }, { cause }))
    }
  }
}
