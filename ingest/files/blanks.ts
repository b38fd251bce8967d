// Tells whether any cell of a file begins or ends with a blank. Where none does, nothing has to be trimmed later.

import type { Dialect } from './dialect.ts'

const blank = 32
const newline = 10
const carriageReturn = 13

/** Watches the bytes of a file go by; says "blank" rather once too often than once too seldom. */
export class BlankWatch {
  isTrimmed = true
  readonly #edges: ReadonlySet<number>

  constructor(dialect: Dialect) {
    const quotes = dialect.quoteByte === null ? [] : [dialect.quoteByte]
    this.#edges = new Set([newline, carriageReturn, dialect.delimiterByte, ...quotes])
  }

  /** @param bytes whole records */
  look(bytes: Buffer): void {
    if (!this.isTrimmed) return
    for (let at = bytes.indexOf(blank); at >= 0; at = bytes.indexOf(blank, at + 1)) {
      const before = bytes[at - 1] ?? newline
      const after = bytes[at + 1] ?? newline
      if (!this.#edges.has(before) && !this.#edges.has(after)) continue
      this.isTrimmed = false
      return
    }
  }
}
