// The thread that owns the SQLite connection of a log: every append that waits joins one transaction, synced
// once. It never acknowledges before the commit returned.

import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { type DetourError, fail } from '#data/kernel'
import { type AppendView, EventTable } from './event-table.ts'
import type { AppendBatch, Failure, Outcome, Question, Reply, Request } from './sqlite-protocol.ts'
import { openLogDatabase, sqliteFailure } from './sqlite-schema.ts'

/** A transaction takes no further append once it holds this many events. */
const groupEvents = 5000

class LogWorker {
  readonly #path: string
  readonly #port: MessagePort
  readonly #db: ReturnType<typeof openLogDatabase>
  readonly #table: EventTable
  readonly #batches: AppendBatch[] = []
  /** Place in the oldest batch: its next append, and the first cell of that. */
  #append = 0
  #cell = 0
  readonly #questions: Question[] = []
  #closing: number | null = null
  #damage: DetourError | null = null

  constructor(path: string, port: MessagePort) {
    this.#path = path
    this.#port = port
    this.#db = openLogDatabase(path)
    this.#table = new EventTable(this.#db, path)
  }

  work(request: Request): void {
    this.#take(request)
    for (let isBusy = true; isBusy; ) {
      const append = this.#nextAppend()
      if (append !== null) this.#commitGroup(append)
      const question = this.#questions.shift()
      if (question !== undefined) this.#answer(question)
      isBusy = append !== null || question !== undefined
    }
    if (this.#closing === null) return
    this.#db.close()
    this.#send({ kind: 'answer', id: this.#closing, value: null })
    this.#port.close()
  }

  #send(reply: Reply): void {
    this.#port.postMessage(reply)
  }

  #take(request: Request): void {
    if (request.kind === 'appends') this.#batches.push(request)
    else if (request.kind === 'close') this.#closing = request.id
    else this.#questions.push(request)
  }

  /** The oldest append not yet taken; looks at what arrived since when there is none. */
  #nextAppend(): AppendView | null {
    if (this.#batches.length === 0) {
      for (let more = receiveMessageOnPort(this.#port); more; more = receiveMessageOnPort(this.#port)) {
        this.#take(more.message as Request)
      }
    }
    const batch = this.#batches[0]
    if (batch === undefined) return null
    const i = this.#append
    const from = this.#cell
    const to = from + (batch.counts[i] as number) * 3
    const isLast = i + 1 === batch.streams.length
    if (isLast) this.#batches.shift()
    this.#append = isLast ? 0 : i + 1
    this.#cell = isLast ? 0 : to
    return {
      stream: batch.streams[i] as string,
      expectedSeq: batch.expectedSeqs[i] as number,
      recordedAt: batch.recordedAt[i] as number,
      cells: batch.cells,
      from,
      to,
    }
  }

  #commitGroup(first: AppendView): void {
    const outcomes: Outcome[] = []
    let events = 0
    let taken = 0
    try {
      if (this.#damage !== null) throw this.#damage
      this.#table.begin()
      for (let append: AppendView | null = first; append !== null; ) {
        taken++
        const outcome = this.#table.insert(append)
        if (typeof outcome === 'number') events += (append.to - append.from) / 3
        outcomes.push(outcome)
        append = events < groupEvents ? this.#nextAppend() : null
      }
      this.#table.commit()
      this.#send({ kind: 'committed', events, outcomes })
    } catch (error) {
      const failure = this.#failure(error)
      this.#rollback()
      const failures = new Array<Outcome>(Math.max(1, taken)).fill(failure)
      this.#send({ kind: 'committed', events: 0, outcomes: failures })
    }
  }

  #rollback(): void {
    try {
      this.#table.rollback()
    } catch (error) {
      this.#failure(error)
    }
  }

  #failure(error: unknown): Failure {
    const { code, details } = sqliteFailure(error, this.#path)
    if (code === 'LOG_DAMAGED') this.#damage ??= fail(code, details)
    return { code, details }
  }

  #answer(question: Question): void {
    try {
      this.#send({ kind: 'answer', id: question.id, value: this.#valueOf(question) })
    } catch (error) {
      this.#send({ kind: 'failed', id: question.id, failure: this.#failure(error) })
    }
  }

  #valueOf(question: Question): unknown {
    switch (question.kind) {
      case 'tail':
        return this.#table.tail(question.stream)
      case 'streams':
        return this.#table.streams()
      case 'command':
        return this.#table.command(question.stream, question.commandId)
      case 'read':
        return this.#table.read(question)
    }
  }
}

function start(port: MessagePort, path: string): void {
  try {
    const worker = new LogWorker(path, port)
    port.on('message', (request: Request) => worker.work(request))
  } catch (error) {
    const { code, details } = sqliteFailure(error, path)
    port.postMessage({ kind: 'broken', failure: { code, details } } satisfies Reply)
    port.close()
  }
}

if (parentPort !== null) start(parentPort, String(workerData.path))
