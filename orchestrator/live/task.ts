// What the live demo asks of the core, as plain records, and how it is sent: together, in order of time, without
// stopping at an expected no.

import { DetourError, type Logger } from '#data/kernel'
import type { CommandData, CommandType, Core } from '#orchestrator/core'

/** A command to be sent. */
export type Task = {
  [T in CommandType]: { type: T; data: CommandData[T]; at: number; commandId: string }
}[CommandType]

/** How many commands were sent, and how they ended. */
export interface Sent {
  done: number
  /** Orders among what was done. */
  orders: number
  refused: number
  failed: number
}

/** Sends tasks to the core. */
export class Sender {
  readonly sent: Sent = { done: 0, orders: 0, refused: 0, failed: 0 }
  #core: Core
  #logger: Logger
  /** Tries of commands that were refused: the same id would get the same answer for ever. */
  #tries = new Map<string, number>()

  constructor(core: Core, logger: Logger) {
    this.#core = core
    this.#logger = logger
  }

  /** Sends the tasks in order of time; resolves when all are durable or refused. */
  async send(tasks: readonly Task[]): Promise<void> {
    const inOrder = [...tasks].sort((a, b) => a.at - b.at)
    await Promise.all(inOrder.map((task) => this.#one(task)))
  }

  async #one(task: Task): Promise<void> {
    const { type, data, at, commandId } = task
    const tries = this.#tries.get(commandId) ?? 0
    const options = { at, commandId: tries === 0 ? commandId : `${commandId}/${tries}` }
    try {
      const result = await this.#core.execute(type as 'PackWork', data as CommandData['PackWork'], options)
      if (result.status === 'refused') {
        this.sent.refused++
        this.#refuse(commandId, tries)
        return
      }
      this.sent.done++
      if (type === 'CreateOrder' && result.status === 'done') this.sent.orders++
    } catch (error) {
      // Asked before with other data: it was done before a restart.
      if (error instanceof DetourError && error.code === 'LOG_COMMAND_CONFLICT') return
      this.sent.failed++
      this.#logger.warn({ err: error, commandId }, 'a command of the live demo failed; it is tried again')
    }
  }

  #refuse(commandId: string, tries: number): void {
    if (this.#tries.size > triesKept) this.#tries.clear()
    this.#tries.set(commandId, tries + 1)
  }
}

const triesKept = 20_000
