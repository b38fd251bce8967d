// The near end of the thread of the models: questions out, answers in. When the thread dies, what was asked fails
// with a code, and the next question starts a new one that is told the models again.

import { Worker } from 'node:worker_threads'
import { type Clock, fail, reasonOf } from '#data/kernel'
import type { Reply, Request, StoredModel, WorkerSettings } from './protocol.ts'

interface Asked {
  resolve: (value: never) => void
  reject: (error: Error) => void
  cancel: () => void
}

type Unnumbered<T> = T extends unknown ? Omit<T, 'id'> : never

/** A question without its number. */
export type Question = Unnumbered<Request>

/** Settings of the near end. */
export interface ThreadOptions extends WorkerSettings {
  clock: Clock
  /** Models the thread has to know, asked whenever a new one starts. */
  known: () => Iterable<StoredModel>
  /** Given each thread that is started. */
  onStart?: ((worker: Worker) => void) | undefined
}

/** The thread, started when something is asked. */
export class ModelThread {
  readonly #options: ThreadOptions
  readonly #asked = new Map<number, Asked>()
  #worker: Worker | null = null
  #lastId = 0
  #isClosed = false

  constructor(options: ThreadOptions) {
    this.#options = options
  }

  /**
   * The answer to a question.
   * @param limitMs longest time it may take; then the thread is stopped
   * @throws MODELS_WORKER_DIED, MODELS_FAILED
   */
  ask<T>(question: Question, limitMs: number): Promise<T> {
    if (this.#isClosed) throw fail('MODELS_WORKER_DIED', { reason: 'the models are closed' })
    const worker = this.#worker ?? this.#start()
    return this.#send<T>(worker, question, limitMs)
  }

  /** Stops the thread; what was asked fails. */
  async close(): Promise<void> {
    this.#isClosed = true
    await this.#worker?.terminate()
  }

  #send<T>(worker: Worker, question: Question, limitMs: number): Promise<T> {
    const id = ++this.#lastId
    worker.ref()
    return new Promise<T>((resolve, reject) => {
      const cancel = this.#options.clock.after(limitMs, () => {
        this.#failAll(`no answer within ${Math.round(limitMs / 1000)} s`)
        if (this.#worker === worker) this.#worker = null
        void worker.terminate()
      })
      this.#asked.set(id, { resolve: resolve as (value: never) => void, reject, cancel })
      worker.postMessage({ ...question, id } as Request)
    })
  }

  #start(): Worker {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), {
      workerData: { backends: this.#options.backends } satisfies WorkerSettings,
    })
    let cause: unknown
    worker.on('message', (reply: Reply) => this.#receive(worker, reply))
    worker.on('error', (error) => {
      cause = error
    })
    worker.on('exit', () => {
      if (this.#worker !== worker && this.#worker !== null) return
      this.#worker = null
      this.#failAll(cause === undefined ? 'it was stopped' : reasonOf(cause), cause)
    })
    this.#worker = worker
    this.#options.onStart?.(worker)
    for (const model of this.#options.known()) {
      // a model that does not load makes the question about it fail, with a reason of its own
      this.#send(worker, { kind: 'load', model }, 60_000).catch(() => undefined)
    }
    return worker
  }

  #receive(worker: Worker, reply: Reply): void {
    const asked = this.#asked.get(reply.id)
    this.#asked.delete(reply.id)
    asked?.cancel()
    if (reply.ok) asked?.resolve(reply.value as never)
    else asked?.reject(fail('MODELS_FAILED', { reason: reply.reason }))
    if (this.#asked.size === 0) worker.unref()
  }

  #failAll(reason: string, cause?: unknown): void {
    const waiting = [...this.#asked.values()]
    this.#asked.clear()
    for (const { reject, cancel } of waiting) {
      cancel()
      reject(fail('MODELS_WORKER_DIED', { reason }, { cause }))
    }
  }
}
