// The thread in which a custom action runs: loads the file, calls its function once, and says what came of it.

import { pathToFileURL } from 'node:url'
import { parentPort, workerData } from 'node:worker_threads'

interface Given {
  path: string
  request: unknown
  what: 'run' | 'undo'
  answerBytesMost: number
}

const { path, request, what, answerBytesMost } = workerData as Given

/** What is posted of an answer; one that cannot be read comes of work that was done. */
function said(answer: unknown): { text: string } | { unreadable: string } {
  try {
    const text = JSON.stringify(answer ?? {}) ?? '{}'
    if (text.length <= answerBytesMost) return { text }
    return { unreadable: `it answered with more than ${answerBytesMost} bytes` }
  } catch (error) {
    return { unreadable: `its answer is no JSON: ${error instanceof Error ? error.message : String(error)}` }
  }
}

let isCalled = false
try {
  const loaded = (await import(pathToFileURL(path).href)) as Record<string, unknown>
  const call = loaded[what]
  if (typeof call !== 'function') {
    // What cannot be taken back is not asked to be.
    if (what === 'undo') parentPort?.postMessage({ text: '{}' })
    else parentPort?.postMessage({ error: 'the file exports no function run' })
  } else {
    isCalled = true
    parentPort?.postMessage(said(await call(request)))
  }
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error)
  // What breaks down in the middle may have done its work before.
  parentPort?.postMessage({ error: `it failed: ${reason.split('\n')[0]}`, isUnknown: isCalled })
}
