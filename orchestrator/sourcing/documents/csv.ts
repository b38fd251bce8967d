// Reads and writes text of comma-separated values, strictly: what is not clear is a fault with its row, never a guess.
// It knows no table.

/** Fault of a text: the first that cannot be read; what comes after it is not looked at. */
export interface CsvFault {
  /** Counted as spreadsheets do, the line of names is row 1. */
  row: number
  reason: string
}

/** A row with its number. */
export interface CsvRow {
  row: number
  cells: string[]
}

/** What a text holds. */
export interface CsvText {
  rows: CsvRow[]
  fault: CsvFault | null
}

/** Cells of a row at most. */
const cellsMost = 1_000

const quote = 34
const comma = 44
const semicolon = 59
const lineFeed = 10
const carriageReturn = 13

/**
 * Rows of a text; blanks around cells without quotes are left out, as are rows of nothing. Lines end as on any system;
 * where the names stand apart by semicolons only, so does all.
 */
export function parseCsv(text: string): CsvText {
  const start = text.charCodeAt(0) === 0xfeff ? 1 : 0
  if (text.includes('\0')) return { rows: [], fault: { row: 1, reason: 'it holds bytes that are no text' } }
  return new Reader(text, start, separatorOf(text)).read()
}

function separatorOf(text: string): number {
  const end = text.search(/[\r\n]/)
  const head = end < 0 ? text : text.slice(0, end)
  return head.includes(';') && !head.includes(',') ? semicolon : comma
}

class Reader {
  readonly #text: string
  readonly #separator: number
  #at: number
  #row = 1

  constructor(text: string, start: number, separator: number) {
    this.#text = text
    this.#at = start
    this.#separator = separator
  }

  read(): CsvText {
    const rows: CsvRow[] = []
    while (this.#at < this.#text.length) {
      const cells = this.#cells()
      if (typeof cells === 'string') return { rows, fault: { row: this.#row, reason: cells } }
      if (cells.length > 1 || cells[0] !== '') rows.push({ row: this.#row, cells })
      this.#row++
    }
    return { rows, fault: null }
  }

  /** Cells up to the end of the row, or what is wrong with them. */
  #cells(): string[] | string {
    const cells: string[] = []
    for (;;) {
      const cell = this.#skipBlanks() === quote ? this.#quoted() : this.#plain()
      if (cell === null) return 'a quote is opened and not closed, or followed by other text'
      if (cell.isOdd) return 'a quote stands inside a value that does not begin with one'
      cells.push(cell.text)
      if (cells.length > cellsMost) return `it has more than ${cellsMost} values`
      const next = this.#text.charCodeAt(this.#at)
      if (next === this.#separator) {
        this.#at++
        continue
      }
      if (next === carriageReturn) this.#at++
      if (this.#text.charCodeAt(this.#at) === lineFeed) this.#at++
      return cells
    }
  }

  /** Code of the first character that is no blank. */
  #skipBlanks(): number {
    let code = this.#text.charCodeAt(this.#at)
    while (code === 32 || code === 9) code = this.#text.charCodeAt(++this.#at)
    return code
  }

  #plain(): { text: string; isOdd: boolean } {
    const from = this.#at
    let isOdd = false
    let code = this.#text.charCodeAt(this.#at)
    while (code !== this.#separator && code !== lineFeed && code !== carriageReturn && !Number.isNaN(code)) {
      if (code === quote) isOdd = true
      code = this.#text.charCodeAt(++this.#at)
    }
    return { text: this.#text.slice(from, this.#at).trim(), isOdd }
  }

  /** null where it does not end as it must. */
  #quoted(): { text: string; isOdd: boolean } | null {
    let text = ''
    let from = this.#at + 1
    for (;;) {
      const end = this.#text.indexOf('"', from)
      if (end < 0) return null
      text += this.#text.slice(from, end)
      this.#at = end + 1
      if (this.#text.charCodeAt(this.#at) !== quote) break
      text += '"'
      from = this.#at + 1
    }
    const next = this.#skipBlanks()
    const isEnd =
      next === this.#separator || next === lineFeed || next === carriageReturn || Number.isNaN(next)
    return isEnd ? { text, isOdd: false } : null
  }
}

/** Text of rows, with a line end after each. */
export function writeCsv(rows: Iterable<readonly string[]>): string {
  const lines: string[] = []
  for (const cells of rows) lines.push(cells.map(cellText).join(','))
  return lines.map((line) => `${line}\r\n`).join('')
}

function cellText(value: string): string {
  return /["\r\n,;]|^\s|\s$/.test(value) ? `"${value.replaceAll('"', '""')}"` : value
}

/**
 * Text of bytes.
 * @returns null where they are no UTF-8
 */
export function decodeText(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}
