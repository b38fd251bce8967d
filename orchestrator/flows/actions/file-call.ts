// Custom actions that are files in the folder `actions` of the home. Each call runs in a thread of its own with
// bounded memory, which is ended when its time is over.

import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import { reasonOf } from '#data/kernel'
import type { ActionAnswer, ActionRequest } from './action.ts'
import { answerBytesMost, saidIn, tooLong } from './http-call.ts'

const endings = ['.js', '.ts', '.mjs'] as const
/** What each thread may hold, MB. */
const threadMb = 128

/** Names of the files that can be called. */
export function actionFiles(folder: string): ReadonlySet<string> {
  if (!existsSync(folder)) return new Set()
  const names = readdirSync(folder).flatMap((name) => {
    const ending = endings.find((each) => name.endsWith(each))
    return ending === undefined ? [] : [name.slice(0, -ending.length)]
  })
  return new Set(names.toSorted())
}

/** Calls files. */
export class FileCaller {
  readonly #folder: string

  /** @param folder of the files */
  constructor(folder: string) {
    this.#folder = folder
  }

  /** Names of the files that are there. */
  get names(): ReadonlySet<string> {
    return actionFiles(this.#folder)
  }

  /**
   * What the function `run` of the file says of a request (or `undo`, where it is taken back).
   * @param signal ends when the time of the try is over: the thread is ended then, whatever it does
   */
  async call(
    file: string,
    request: ActionRequest,
    what: 'run' | 'undo',
    signal: AbortSignal,
  ): Promise<ActionAnswer> {
    const path = endings
      .map((ending) => join(this.#folder, `${file}${ending}`))
      .find((each) => existsSync(each))
    if (path === undefined)
      return { isDone: false, reason: `there is no file ${file} in the folder actions`, isFinal: true }
    return callIn(path, request, what, signal)
  }
}

function callIn(
  path: string,
  request: ActionRequest,
  what: 'run' | 'undo',
  signal: AbortSignal,
): Promise<ActionAnswer> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve({ isDone: false, reason: reasonOf(signal.reason) })
    const worker = new Worker(new URL('./file-action-worker.ts', import.meta.url), {
      workerData: { path, request, what, answerBytesMost },
      env: {},
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: threadMb, maxYoungGenerationSizeMb: 16 },
    })
    let isOver = false
    const end = (answer: ActionAnswer) => {
      if (isOver) return
      isOver = true
      signal.removeEventListener('abort', stop)
      void worker.terminate()
      resolve(answer)
    }
    const stop = () => end({ isDone: false, reason: reasonOf(signal.reason), isUnknown: true })
    signal.addEventListener('abort', stop)
    worker.on('message', (message: unknown) => end(answerIn(message)))
    // What cannot be read says so by a message: what breaks the thread was at work.
    worker.on('error', (error) =>
      end({ isDone: false, reason: `it failed: ${reasonOf(error)}`, isUnknown: true }),
    )
    worker.on('exit', () => end({ isDone: false, reason: 'it ended without an answer', isUnknown: true }))
  })
}

/** What the thread said; it may be anything, since the file runs in the same thread. */
function answerIn(message: unknown): ActionAnswer {
  const { text, error, isUnknown, unreadable } = (
    typeof message === 'object' && message !== null ? message : {}
  ) as { text?: unknown; error?: unknown; isUnknown?: unknown; unreadable?: unknown }
  if (typeof unreadable === 'string')
    return { isDone: false, reason: unreadable.slice(0, 500), isFinal: true, isUnknown: true }
  if (typeof error === 'string') {
    return { isDone: false, reason: error.slice(0, 500), ...(isUnknown === true ? { isUnknown } : {}) }
  }
  if (typeof text !== 'string') return { isDone: false, reason: 'it gave no answer', isUnknown: true }
  if (text.length > answerBytesMost) return tooLong
  return saidIn(text)
}
