// Appends that wait for a statement, oldest first. It sends nothing.

import type { Appended } from './event-log.ts'
import type { TextAppend } from './postgres-events.ts'

/** An append and who waits for it. */
export interface PendingAppend extends TextAppend {
  resolve: (appended: Appended) => void
  reject: (error: Error) => void
}

/** A statement takes no further append once it holds this many events or characters. */
const groupEvents = 5000
const groupCharacters = 8_000_000

/** Appends in the order of their calls. */
export class AppendQueue {
  #waiting: PendingAppend[] = []
  /** Place of the oldest. */
  #next = 0

  push(append: PendingAppend): void {
    this.#waiting.push(append)
  }

  /**
   * The oldest appends, as far as they fit into one statement: those to one stream follow each other, and one without
   * events comes alone. Empty where nothing waits.
   */
  next(): PendingAppend[] {
    const group: PendingAppend[] = []
    const tails = new Map<string, number>()
    let events = 0
    let characters = 0
    for (let append = this.#oldest(); append !== undefined; append = this.#oldest()) {
      const { stream, expectedSeq } = append
      const isNext = (tails.get(stream) ?? expectedSeq) === expectedSeq
      const isAlone = append.events.length === 0
      if (group.length > 0 && (isAlone || !isNext)) break
      this.#next++
      group.push(append)
      tails.set(stream, expectedSeq + append.events.length)
      events += append.events.length
      for (const text of append.texts) characters += text.length
      if (isAlone || events >= groupEvents || characters >= groupCharacters) break
    }
    this.#forget()
    return group
  }

  #oldest(): PendingAppend | undefined {
    return this.#waiting[this.#next]
  }

  #forget(): void {
    if (this.#next * 2 < this.#waiting.length) return
    this.#waiting = this.#waiting.slice(this.#next)
    this.#next = 0
  }
}
