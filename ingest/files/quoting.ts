// Where a record with quotes ends, and which cells it has. It reads quotes as DuckDB's reader does: at the start of
// a cell, or after one blank there.

import type { Dialect } from './dialect.ts'

const newline = 10
const carriageReturn = 13
const blank = 32

/** Where a record ends, or why that cannot be said. */
export type RecordEnd =
  /** Index of the newline, or the end of the file. */
  | number
  /** The buffer ends first. */
  | 'more'
  /** A quote never closes, or text follows it. */
  | 'quote'
  /** A carriage return stands outside quotes and ends no line. */
  | 'return'

/**
 * Where the record that starts at `start` ends, newlines within quotes passed over.
 * @param isLast whether the file ends with the buffer
 */
export function endOfRecord(buffer: Buffer, start: number, dialect: Dialect, isLast: boolean): RecordEnd {
  const { quoteByte, delimiterByte } = dialect
  let at = start
  let isCellStart = true
  while (at < buffer.length) {
    const byte = buffer[at]
    if (byte === newline) return at
    if (byte === carriageReturn) return endAfterReturns(buffer, at, isLast)
    if (isCellStart && byte === blank && at + 1 === buffer.length && !isLast) return 'more'
    if (isCellStart && byte === blank && buffer[at + 1] === quoteByte) {
      at++
      continue
    } else if (isCellStart && byte === quoteByte) {
      const close = closingQuote(buffer, at + 1, dialect)
      if (close < 0) return isLast ? 'quote' : 'more'
      const after = buffer[close + 1]
      if (after === undefined) return isLast ? buffer.length : 'more'
      if (after !== delimiterByte && after !== newline && after !== carriageReturn) return 'quote'
      at = close
      isCellStart = false
    } else {
      isCellStart = byte === delimiterByte
    }
    at++
  }
  return isLast ? buffer.length : 'more'
}

function endAfterReturns(buffer: Buffer, from: number, isLast: boolean): RecordEnd {
  let at = from
  while (buffer[at] === carriageReturn) at++
  if (at === buffer.length) return isLast ? at : 'more'
  return buffer[at] === newline ? at : 'return'
}

/** Index of the quote that closes, -1 when none does. */
function closingQuote(buffer: Buffer, from: number, dialect: Dialect): number {
  const { quoteByte: quote, escapeByte } = dialect
  if (quote === null) return -1
  let at = from
  for (;;) {
    const close: number = buffer.indexOf(quote, at)
    if (close < 0) return -1
    if (escapeByte === quote) {
      if (buffer[close + 1] !== quote) return close
      at = close + 2
    } else {
      let escapes = 0
      while (buffer[close - 1 - escapes] === escapeByte && close - 1 - escapes >= from) escapes++
      if (escapes % 2 === 0) return close
      at = close + 1
    }
  }
}

/** How many newlines stand between two places. */
export function countNewlines(buffer: Buffer, start: number, end: number): number {
  let count = 0
  for (let at = buffer.indexOf(newline, start); at >= 0 && at < end; at = buffer.indexOf(newline, at + 1)) {
    count++
  }
  return count
}
