// Counts the records of a delimited text file and finds those whose structure is broken, in one streaming pass.
// It knows quotes and newlines only: what the columns mean is not its business.

import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { BlankWatch } from './blanks.ts'
import type { Dialect } from './dialect.ts'
import { countNewlines, endOfRecord } from './quoting.ts'

/** A record that cannot be read, with where it stands. */
export interface BrokenRecord {
  /** Number of the record, from 1, the header not counted. */
  record: number
  /** Physical line, from 1. */
  line: number
  code: 'record_too_long' | 'quote_broken' | 'structure_broken'
  reason: string
  /** The physical line; a long one is cut, 2,000 bytes at most, and ends in `cutMark`. */
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
  /** Where physical lines run ahead of records: after `record`, `extra` lines more than records have gone by. */
  shifts: { record: number; extra: number }[]
  /** Whether DuckDB's reader can take the file as it is: nothing broken, no blank lines, one kind of newline. */
  isClean: boolean
  /** Whether no cell begins or ends with a blank. */
  isTrimmed: boolean
  /** What ends its lines. */
  newline: '\n' | '\r\n'
  /** First record's text, without its newline. */
  header: string
  /** Why the header cannot be read, else null. */
  headerFault: string | null
}

/** Where records go while the file streams by. */
export interface RecordSink {
  /** Gets the bytes of every readable record, the header included, without newline and byte order mark. */
  readable?(bytes: Buffer): void | Promise<void>
  /** Gets every broken record. */
  broken?(record: BrokenRecord): void | Promise<void>
}

/** Ends the text of a record that was cut: such a text is not the record. */
export const cutMark = '…'

/** What a UTF-8 file may begin with. */
export const byteOrderMark = Buffer.from('\uFEFF')

const newline = 10
const carriageReturn = 13
const rawLimit = 2_000
const chunkDefault = 4 << 20
const headBytes = 64 << 10

/**
 * One pass over a UTF-8 file of delimited records (memory: one chunk and one record).
 * A quote that never closes, or is followed by text, breaks its physical line alone: the next line starts afresh.
 * @param path file to read
 * @param dialect quoting; `maxRecordBytes` bounds a record
 * @param sink gets the readable and the broken records, in order each
 * @param chunkBytes bytes read at a time; the result does not depend on it
 */
export async function scanRecords(
  path: string,
  dialect: Dialect,
  sink: RecordSink = {},
  chunkBytes: number = chunkDefault,
): Promise<ScanResult> {
  const hash = createHash('sha256')
  const scanner = new Scanner(dialect, sink)
  const blanks = new BlankWatch(dialect)
  let carry: Buffer = Buffer.alloc(0)
  for await (const chunk of createReadStream(path, { highWaterMark: chunkBytes }) as AsyncIterable<Buffer>) {
    hash.update(chunk)
    scanner.bytes += chunk.length
    const buffer = carry.length === 0 ? chunk : Buffer.concat([carry, chunk])
    const used = scanner.bytes < 3 ? 0 : scanner.consume(buffer, false)
    blanks.look(buffer.subarray(0, used))
    carry = Buffer.from(buffer.subarray(used))
    await scanner.flush()
  }
  scanner.consume(carry, true)
  blanks.look(carry)
  blanks.end()
  await scanner.flush()
  return { ...scanner.result(), checksum: hash.digest('hex'), isTrimmed: blanks.isTrimmed }
}

/**
 * How a file begins, from its first 64 kB: its header and what ends its lines.
 * @returns null when that does not show there, or something is broken there already
 */
export async function scanHead(
  path: string,
  dialect: Dialect,
): Promise<Pick<ScanResult, 'header' | 'newline'> | null> {
  const handle = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0)
    const scanner = new Scanner(dialect, {})
    scanner.consume(buffer.subarray(0, bytesRead), false)
    const { isClean, headerFault, header, newline } = scanner.result()
    return isClean && headerFault === null ? { header, newline } : null
  } finally {
    await handle.close()
  }
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
  #shifts: { record: number; extra: number }[] = []
  #extra = 0
  #blank = 0
  /** Records that end in a newline, in a return and a newline, in something else. */
  #endings = { plain: 0, windows: 0, odd: 0 }
  #isStart = true
  #header = ''
  #headerFault: string | null = null
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
    let at = this.#isStart && buffer.subarray(0, 3).equals(byteOrderMark) ? byteOrderMark.length : 0
    this.#isStart = false
    let nextQuote = quoteByte === null ? -1 : buffer.indexOf(quoteByte, 0)
    let nextReturn = buffer.indexOf(carriageReturn, 0)
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
      if (nextReturn >= 0 && nextReturn < at) nextReturn = buffer.indexOf(carriageReturn, at)
      const hasQuote = nextQuote >= 0 && nextQuote < end
      const hasReturn = nextReturn >= 0 && nextReturn < end - 1
      if (end - at > maxRecordBytes) {
        this.#break(buffer, at, end, 'record_too_long')
      } else if (!hasQuote && !hasReturn) {
        this.#take(buffer, at, end, 1)
      } else {
        // What lies beyond the longest record does not count, whether it has been read yet or not.
        const near = buffer.subarray(0, at + maxRecordBytes + 1)
        const close = endOfRecord(near, at, this.#dialect, isLast && near.length === buffer.length)
        if (close === 'more' && buffer.length - at <= maxRecordBytes) return at
        if (typeof close === 'number' && close - at <= maxRecordBytes) {
          this.#take(buffer, at, close, close > end ? countNewlines(buffer, at, close) + 1 : 1)
          end = close
        } else {
          this.#break(buffer, at, end, close === 'return' ? 'structure_broken' : 'quote_broken')
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

  result(): Omit<ScanResult, 'checksum' | 'isTrimmed'> {
    const { plain, windows, odd } = this.#endings
    return {
      bytes: this.bytes,
      records: Math.max(0, this.#records),
      broken: this.#brokenCount,
      shifts: this.#shifts,
      isClean: this.#brokenCount + this.#blank + odd === 0 && (plain === 0 || windows === 0),
      newline: windows > 0 ? '\r\n' : '\n',
      header: this.#header,
      headerFault: this.#headerFault ?? (this.#records < 0 ? 'it has blank lines only' : null),
    }
  }

  #take(buffer: Buffer, start: number, end: number, lines: number): void {
    let stop = end
    while (stop > start && buffer[stop - 1] === carriageReturn) stop--
    if (stop === start) {
      this.#blank++
      this.#line++
      this.#shift(1)
      return
    }
    if (end - stop > 1 || (end === buffer.length && stop < end)) this.#endings.odd++
    else if (stop < end) this.#endings.windows++
    else if (end < buffer.length) this.#endings.plain++
    this.#records++
    if (this.#records === 0) this.#header = buffer.toString('utf8', start, stop)
    if (this.#sink.readable !== undefined) this.#pending.push(buffer.subarray(start, stop))
    this.#line += lines
    if (lines > 1) this.#shift(lines - 1)
  }

  #shift(lines: number): void {
    this.#extra += lines
    const record = Math.max(0, this.#records)
    const last = this.#shifts.at(-1)
    if (last?.record === record) last.extra = this.#extra
    else this.#shifts.push({ record, extra: this.#extra })
  }

  #break(buffer: Buffer, start: number, end: number, code: BrokenRecord['code']): void {
    this.#records++
    const reason = this.#reason(code)
    if (this.#records === 0) this.#headerFault = `its header cannot be read: ${reason}`
    else this.#brokenCount++
    const limit = code === 'record_too_long' ? Math.min(rawLimit, this.#dialect.maxRecordBytes) : rawLimit
    const text = buffer.toString('utf8', start, Math.min(end, start + limit))
    const raw = end - start > limit ? text + cutMark : text.replace(/\r+$/, '')
    this.#broken.push({ record: this.#records, line: this.#line, code, raw, reason })
    this.#line++
  }

  #reason(code: BrokenRecord['code']): string {
    if (code === 'record_too_long') return `the line is longer than ${this.#dialect.maxRecordBytes} bytes`
    return code === 'quote_broken'
      ? 'a quote is not closed, or text follows a closing quote'
      : 'a carriage return stands outside quotes and ends no line'
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
