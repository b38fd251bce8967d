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

try {
  const loaded = (await import(pathToFileURL(path).href)) as Record<string, unknown>
  const call = loaded[what]
  if (typeof call !== 'function') {
    // What cannot be taken back is not asked to be.
    if (what === 'undo') parentPort?.postMessage({ text: '{}' })
    else parentPort?.postMessage({ error: 'the file exports no function run' })
  } else {
    const answer: unknown = await call(request)
    const text = JSON.stringify(answer ?? {}) ?? '{}'
    const isTooLong = text.length > answerBytesMost
    parentPort?.postMessage(
      isTooLong ? { error: `it answered with more than ${answerBytesMost} bytes` } : { text },
    )
  }
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error)
  parentPort?.postMessage({ error: `it failed: ${reason.split('\n')[0]}` })
}
