// Messages to one receiver by the incidents they are about: which of them goes first, and which wait for it. It knows
// nothing of time.

import type { Queued } from './waiting-line.ts'

/** All messages about one subject. */
interface Subject {
  /** By seq. */
  readonly all: Queued[]
  /** Those whose turn has come, and which wait for the first. */
  readonly held: Set<Queued>
}

/** The messages of a receiver that are about incidents. */
export class Subjects {
  readonly #subjects = new Map<string, Subject>()
  /** Names of those with several messages. */
  readonly #shared = new Set<string>()

  add(waiting: Queued): void {
    const { subject: name } = waiting
    if (name === null) return
    const subject = this.#subjects.get(name) ?? { all: [], held: new Set<Queued>() }
    this.#subjects.set(name, subject)
    const place = subject.all.findLastIndex(({ seq }) => seq < waiting.seq) + 1
    subject.all.splice(place, 0, waiting)
    if (subject.all.length > 1) this.#shared.add(name)
  }

  remove(waiting: Queued): void {
    const { subject: name } = waiting
    const subject = name === null ? undefined : this.#subjects.get(name)
    if (name === null || subject === undefined) return
    const place = subject.all.indexOf(waiting)
    if (place >= 0) subject.all.splice(place, 1)
    subject.held.delete(waiting)
    if (subject.all.length < 2) this.#shared.delete(name)
    if (subject.all.length === 0) this.#subjects.delete(name)
  }

  /** The message that goes before this one; itself where none does. */
  firstOf(waiting: Queued): Queued {
    return this.#of(waiting)?.all[0] ?? waiting
  }

  /** Notes that its turn has come, and that it waits for the first. */
  hold(waiting: Queued): void {
    this.#of(waiting)?.held.add(waiting)
  }

  /** The message that is first now that this one is gone, where any has waited for it, and whether it has itself. */
  freedBy(gone: Queued): { first: Queued; wasHeld: boolean } | null {
    const subject = this.#of(gone)
    const first = subject?.all[0]
    if (subject === undefined || first === undefined || first.seq < gone.seq) return null
    if (subject.held.size === 0) return null
    return { first, wasHeld: subject.held.delete(first) }
  }

  /** The first ones of all subjects with several messages. */
  *firsts(): Generator<Queued> {
    for (const name of this.#shared) {
      const first = this.#subjects.get(name)?.all[0]
      if (first !== undefined) yield first
    }
  }

  #of({ subject }: Queued): Subject | undefined {
    return subject === null ? undefined : this.#subjects.get(subject)
  }
}
