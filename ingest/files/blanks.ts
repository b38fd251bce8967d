// Tells whether any cell of a file begins or ends with a blank. Where none does, nothing has to be trimmed later.

import type { Dialect } from './dialect.ts'

const blank = 32
const newline = 10
const carriageReturn = 13

/** Watches the bytes of a file go by; says "blank" rather once too often than once too seldom. */
export class BlankWatch {
  isTrimmed = true
  readonly #edges: ReadonlySet<number>
  /** The last byte that went by. */
  #before = newline
  /** Whether that is a blank of which it is not known what comes after. */
  #isOpen = false

  constructor(dialect: Dialect) {
    const quotes = dialect.quoteByte === null ? [] : [dialect.quoteByte]
    this.#edges = new Set([newline, carriageReturn, dialect.delimiterByte, ...quotes])
  }

  /** @param bytes what comes next, cut anywhere */
  look(bytes: Buffer): void {
    if (!this.isTrimmed || bytes.length === 0) return
    if (this.#isOpen && this.#edges.has(bytes[0] ?? newline)) this.isTrimmed = false
    this.#isOpen = false
    for (let at = bytes.indexOf(blank); at >= 0 && this.isTrimmed; at = bytes.indexOf(blank, at + 1)) {
      const before = at === 0 ? this.#before : (bytes[at - 1] ?? newline)
      const after = bytes[at + 1]
      if (after === undefined) this.#isOpen = true
      if (this.#edges.has(before) || (after !== undefined && this.#edges.has(after))) this.isTrimmed = false
    }
    this.#before = bytes[bytes.length - 1] ?? newline
  }

  /** Nothing comes after what was looked at. */
  end(): void {
    if (this.#isOpen) this.isTrimmed = false
  }
}
