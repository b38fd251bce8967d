// Counts the records of a delimited text file and finds those whose structure is broken, in one streaming pass.
// It knows quotes and newlines only: what the columns mean is not its business.

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import type { Dialect } from './dialect.ts'

/** A record that cannot be read, with where it stands. */
export interface BrokenRecord {
  /** Number of the record, from 1, the header not counted. */
  record: number
  /** Physical line, from 1. */
  line: number
  code: 'record_too_long' | 'quote_broken'
  reason: string
  /** The physical line, cut to 2,000 bytes. */
  raw: string
}

/** What one pass over a file found. */
export interface ScanResult {
  bytes: number
  /** SHA-256 of the bytes, hex. */
  checksum: string
  /** Records, the header and blank lines not counted, broken ones counted. */
  records: number
  /** How many of them are broken. */
  broken: number
  /** Where physical lines run ahead of records: after record `shifts[i]`, one more line has gone by. */
  shifts: number[]
  /** Whether DuckDB's reader can take the file as it is: nothing broken, no blank lines, one kind of newline. */
  isClean: boolean
  /** First record's text, without its newline. */
  header: string
}

/** Where records go while the file streams by. */
export interface RecordSink {
  /** Gets the bytes of every readable record, the header included, without their newline. */
  readable?(bytes: Buffer): void | Promise<void>
  /** Gets every broken record. */
  broken?(record: BrokenRecord): void | Promise<void>
}

const newline = 10
const carriageReturn = 13
const rawLimit = 2_000

/**
 * One pass over a UTF-8 file of delimited records (memory: one chunk and one record).
 * A quote that never closes, or is followed by text, breaks its physical line alone: the next line starts afresh.
 * @param path file to read
 * @param dialect quoting; `maxRecordBytes` bounds a record
 * @param sink gets the readable and the broken records, in order each
 */
export async function scanRecords(
  path: string,
  dialect: Dialect,
  sink: RecordSink = {},
): Promise<ScanResult> {
  const hash = createHash('sha256')
  const scanner = new Scanner(dialect, sink)
  let carry: Buffer = Buffer.alloc(0)
  for await (const chunk of createReadStream(path, { highWaterMark: 4 << 20 }) as AsyncIterable<Buffer>) {
    hash.update(chunk)
    scanner.bytes += chunk.length
    const buffer = carry.length === 0 ? chunk : Buffer.concat([carry, chunk])
    const used = scanner.consume(buffer, false)
    carry = Buffer.from(buffer.subarray(used))
    await scanner.flush()
  }
  scanner.consume(carry, true)
  await scanner.flush()
  return scanner.result(hash.digest('hex'))
}

class Scanner {
  bytes = 0
  readonly #dialect: Dialect
  readonly #sink: RecordSink
  #pending: Buffer[] = []
  #records = -1
  #line = 1
  #broken: BrokenRecord[] = []
  #brokenCount = 0
  #shifts: number[] = []
  #blank = 0
  #withReturn = 0
  #header = ''
  /** Set while the rest of a line that is too long is skipped. */
  #isSkipping = false

  constructor(dialect: Dialect, sink: RecordSink) {
    this.#dialect = dialect
    this.#sink = sink
    if (!dialect.hasHeader) this.#records = 0
  }

  /** Takes all whole records of the buffer. @returns bytes used */
  consume(buffer: Buffer, isLast: boolean): number {
    const { quoteByte, maxRecordBytes } = this.#dialect
    let at = 0
    let nextQuote = quoteByte === null ? -1 : buffer.indexOf(quoteByte, 0)
    while (at < buffer.length) {
      let end = buffer.indexOf(newline, at)
      if (end < 0) {
        if (this.#isSkipping || buffer.length - at > maxRecordBytes) {
          this.#startSkipping(buffer, at)
          if (isLast) this.#stopSkipping()
          return buffer.length
        }
        if (!isLast) return at
        end = buffer.length
      }
      if (this.#isSkipping) {
        this.#stopSkipping()
        at = end + 1
        continue
      }
      if (nextQuote >= 0 && nextQuote < at && quoteByte !== null) nextQuote = buffer.indexOf(quoteByte, at)
      if (end - at > maxRecordBytes) {
        this.#break(buffer, at, end, 'record_too_long')
      } else if (nextQuote < 0 || nextQuote > end) {
        this.#take(buffer, at, end, 1)
      } else {
        const close = endOfQuotedRecord(buffer, at, this.#dialect, isLast)
        if (close === 'more' && buffer.length - at <= maxRecordBytes) return at
        if (typeof close === 'number' && close - at <= maxRecordBytes) {
          this.#take(buffer, at, close, close > end ? countNewlines(buffer, at, close) + 1 : 1)
          end = close
        } else {
          this.#break(buffer, at, end, 'quote_broken')
        }
      }
      at = end + 1
    }
    return Math.min(at, buffer.length)
  }

  async flush(): Promise<void> {
    for (const bytes of this.#pending) await this.#sink.readable?.(bytes)
    for (const record of this.#broken) await this.#sink.broken?.(record)
    this.#pending = []
    this.#broken = []
  }

  result(checksum: string): ScanResult {
    const records = Math.max(0, this.#records)
    const total = records + (this.#dialect.hasHeader ? 1 : 0)
    const mixed = this.#withReturn > 0 && this.#withReturn < total - this.#brokenCount - 1
    return {
      bytes: this.bytes,
      checksum,
      records,
      broken: this.#brokenCount,
      shifts: this.#shifts,
      isClean: this.#brokenCount === 0 && this.#blank === 0 && !mixed,
      header: this.#header,
    }
  }

  #take(buffer: Buffer, start: number, end: number, lines: number): void {
    const hasReturn = end > start && buffer[end - 1] === carriageReturn
    const stop = hasReturn ? end - 1 : end
    if (stop === start) {
      this.#blank++
      this.#line++
      this.#shift(1)
      return
    }
    if (hasReturn) this.#withReturn++
    this.#records++
    if (this.#records === 0) this.#header = buffer.toString('utf8', start, stop).replace(/^\uFEFF/, '')
    if (this.#sink.readable !== undefined) this.#pending.push(buffer.subarray(start, stop))
    this.#line += lines
    if (lines > 1) this.#shift(lines - 1)
  }

  #shift(extra: number): void {
    for (let i = 0; i < extra; i++) this.#shifts.push(this.#records)
  }

  #break(buffer: Buffer, start: number, end: number, code: BrokenRecord['code']): void {
    this.#records++
    this.#brokenCount++
    const raw = buffer.toString('utf8', start, Math.min(end, start + rawLimit)).replace(/\r$/, '')
    this.#broken.push({ record: this.#records, line: this.#line, code, raw, reason: this.#reason(code) })
    this.#line++
  }

  #reason(code: BrokenRecord['code']): string {
    return code === 'record_too_long'
      ? `the line is longer than ${this.#dialect.maxRecordBytes} bytes`
      : 'a quote is not closed, or text follows a closing quote'
  }

  #startSkipping(buffer: Buffer, at: number): void {
    if (this.#isSkipping) return
    this.#break(buffer, at, buffer.length, 'record_too_long')
    this.#line--
    this.#isSkipping = true
  }

  #stopSkipping(): void {
    this.#isSkipping = false
    this.#line++
  }
}

/** Index of the newline (or end) that closes the record; 'more' when the buffer ends first, 'broken' when quoting is wrong. */
function endOfQuotedRecord(
  buffer: Buffer,
  start: number,
  dialect: Dialect,
  isLast: boolean,
): number | 'more' | 'broken' {
  const { quoteByte, escapeByte, delimiterByte } = dialect
  if (quoteByte === null) return 'broken'
  let at = start
  let isFieldStart = true
  while (at < buffer.length) {
    const byte = buffer[at]
    if (byte === newline) return at
    if (isFieldStart && byte === quoteByte) {
      const close = closingQuote(buffer, at + 1, quoteByte, escapeByte)
      if (close < 0) return isLast ? 'broken' : 'more'
      const after = buffer[close + 1]
      if (after === undefined && !isLast) return 'more'
      const isReturn =
        after === carriageReturn && (buffer[close + 2] === newline || close + 2 >= buffer.length)
      if (after !== undefined && after !== delimiterByte && after !== newline && !isReturn) return 'broken'
      at = close + 1
      isFieldStart = false
      continue
    }
    isFieldStart = byte === delimiterByte
    at++
  }
  return isLast ? buffer.length : 'more'
}

function closingQuote(buffer: Buffer, from: number, quote: number, escapeByte: number): number {
  let at = from
  for (;;) {
    const close = buffer.indexOf(quote, at)
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

function countNewlines(buffer: Buffer, start: number, end: number): number {
  let count = 0
  for (let at = buffer.indexOf(newline, start); at >= 0 && at < end; at = buffer.indexOf(newline, at + 1))
    count++
  return count
}
