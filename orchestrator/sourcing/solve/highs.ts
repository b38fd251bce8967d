// HiGHS in a thread of its own: models go there as plain arrays, so that the caller's thread stays free, and a model
// that takes too long is ended with its thread. It knows no orders.

import { Worker } from 'node:worker_threads'
import type {
  HighsAnswer,
  HighsGrowth,
  HighsLimits,
  HighsModel,
  HighsReply,
  HighsRequest,
} from './highs-protocol.ts'

const nothing: HighsAnswer = {
  status: 'stopped',
  values: null,
  bound: Number.NEGATIVE_INFINITY,
  rowDual: null,
  inverse: null,
}
/** How often a running model is asked whether it is still wanted, ms. */
const lookMs = 20

/** A thread of HiGHS; started when first asked. One model at a time. */
export class HighsWorker {
  #worker: Worker | null = null
  #asked = 0

  /**
   * Solves a model, or goes on with the one that was kept open.
   * @param isOver asked now and then; true ends the thread and the answer is empty
   * @returns an empty answer also where HiGHS failed: whoever asks must have a solution of its own
   */
  async solve(
    model: HighsModel | HighsGrowth,
    limits: HighsLimits,
    isOver: () => boolean,
  ): Promise<HighsAnswer> {
    const worker = this.#worker ?? this.#start()
    const id = ++this.#asked
    worker.ref()
    const answer = new Promise<HighsAnswer>((done) => {
      const onMessage = (reply: HighsReply) => {
        if (reply.id === id) end('answer' in reply ? reply.answer : nothing)
      }
      const onEnd = () => end(nothing)
      const end = (result: HighsAnswer) => {
        worker.off('message', onMessage)
        worker.off('exit', onEnd)
        done(result)
      }
      worker.on('message', onMessage)
      worker.on('exit', onEnd)
    })
    worker.postMessage({ id, model, limits } satisfies HighsRequest)
    const found = await untilOver(answer, isOver)
    if (found === null) {
      this.end()
      return nothing
    }
    worker.unref()
    return found
  }

  /** Ends the thread; a next model starts another. */
  end(): void {
    void this.#worker?.terminate()
    this.#worker = null
  }

  #start(): Worker {
    const worker = new Worker(new URL('./highs-worker.ts', import.meta.url))
    // a thread that breaks, by memory for example, gives an empty answer, and the next model a new thread
    worker.on('error', () => undefined)
    worker.on('exit', () => {
      if (this.#worker === worker) this.#worker = null
    })
    this.#worker = worker
    return worker
  }
}

/** The answer, or null when it is no longer wanted. */
async function untilOver(answer: Promise<HighsAnswer>, isOver: () => boolean): Promise<HighsAnswer | null> {
  const cell = new Int32Array(new SharedArrayBuffer(4))
  while (!isOver()) {
    const look = Atomics.waitAsync(cell, 0, 0, lookMs)
    const found = await Promise.race([answer, look.value])
    if (typeof found === 'object') return found
  }
  return null
}

const idle: HighsWorker[] = []

/** A thread for one batch; give it back by `returnHighs`. Starting one takes a tenth of a second, so one is kept. */
export function borrowHighs(): HighsWorker {
  return idle.pop() ?? new HighsWorker()
}

/** Gives a thread back. */
export function returnHighs(worker: HighsWorker): void {
  if (idle.length === 0) idle.push(worker)
  else worker.end()
}
