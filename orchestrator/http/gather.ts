// Sends the answers of one turn of the event loop one after another at its end: the first write wakes who waits for
// them, and a write that wakes nobody costs half. It changes no answer.

import type { App } from './parts.ts'

/** Answers held back at most: the first waits no longer than it takes to make these. */
const answersMost = 64

interface Ready {
  send(error: Error | null, payload?: unknown): void
  payload: unknown
}

/** Makes the application send its answers so. An answer that cannot be sent fails like one that cannot be made. */
export function gatherAnswers(app: App): void {
  let ready: Ready[] = []
  const sendAll = () => {
    const all = ready
    ready = []
    for (const each of all) sendOne(each)
  }
  app.addHook('onSend', (_request, _reply, payload, send) => {
    if (ready.length === 0) setImmediate(sendAll)
    ready.push({ send, payload })
    if (ready.length === answersMost) sendAll()
  })
}

function sendOne({ send, payload }: Ready): void {
  try {
    send(null, payload)
  } catch (error) {
    send(error as Error)
  }
}
