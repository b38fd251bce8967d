// Writes one CSV file byte by byte through a fixed buffer: the disk sets the pace. It never quotes: values
// are plain.

import { closeSync, openSync, writeSync } from 'node:fs'
import { never } from './calendar.ts'

const bufferBytes = 1 << 19
const rowBytes = 1 << 13
const comma = 44
const zero = 48

/** Calendar days as ready-made text, so that writing an instant is copying. Days count from 1970-01-01. */
export class DateTexts {
  readonly first: number
  readonly last: number
  readonly bytes: Uint8Array

  constructor(first: number, last: number) {
    this.first = first
    this.last = last
    const days = Array.from({ length: last - first + 1 }, (_, i) => dateText(first + i))
    this.bytes = new Uint8Array(Buffer.from(days.join(''), 'latin1'))
  }
}

const dateText = (day: number): string => new Date(day * 86_400_000).toISOString().slice(0, 10)

/** A CSV file being written: call one method per column in order, then `end`. Bounded memory. */
export class CsvFile {
  rows = 0
  #file: number
  #bytes = Buffer.allocUnsafe(bufferBytes)
  #at = 0
  #dates: DateTexts
  #horizon: number

  /**
   * Creates the file with its header.
   * @param horizon epoch seconds; instants from here on are not known yet and stay empty
   */
  constructor(path: string, header: readonly string[], dates: DateTexts, horizon: number) {
    this.#file = openSync(path, 'w')
    this.#dates = dates
    this.#horizon = horizon
    this.#put(header.join(','))
    this.#bytes[this.#at++] = 10
  }

  /** ASCII text without comma, quote or line break. */
  text(value: string): void {
    this.#put(value)
    this.#bytes[this.#at++] = comma
  }

  /** Nothing: null. */
  empty(): void {
    this.#bytes[this.#at++] = comma
  }

  /** `true` or `false`. */
  truth(value: boolean): void {
    this.text(value ? 'true' : 'false')
  }

  /** Whole number. */
  integer(value: number): void {
    this.#digits(value)
    this.#bytes[this.#at++] = comma
  }

  /** Text, a number padded with zeros, text: an id such as `FB-00000017-S1`. */
  id(prefix: string, value: number, width: number, suffix = ''): void {
    this.#put(prefix)
    const bytes = this.#bytes
    const start = this.#at
    for (let i = start + width - 1; i >= start; i--) {
      const rest = Math.floor(value / 10)
      bytes[i] = zero + value - rest * 10
      value = rest
    }
    this.#at = start + width
    this.#put(suffix)
    this.#bytes[this.#at++] = comma
  }

  /** Cents as major units: 1999 -> 19.99. */
  money(cents: number): void {
    const bytes = this.#bytes
    if (cents < 0) {
      bytes[this.#at++] = 45
      cents = -cents
    }
    const major = Math.floor(cents / 100)
    const minor = cents - major * 100
    this.#digits(major)
    bytes[this.#at++] = 46
    this.#pair(minor)
    bytes[this.#at++] = comma
  }

  /** Epoch seconds as ISO 8601 UTC; empty where the horizon has not been passed. */
  instant(second: number): void {
    if (second < this.#horizon) this.#stamp(second)
    this.#bytes[this.#at++] = comma
  }

  /** Epoch seconds as ISO 8601 UTC, also in the future; empty where it never comes. */
  deadline(second: number): void {
    if (second < never) this.#stamp(second)
    this.#bytes[this.#at++] = comma
  }

  /** Ends the row, and hands the buffer to the disk when it is nearly full. */
  end(): void {
    this.#bytes[this.#at - 1] = 10
    this.rows++
    if (this.#at > bufferBytes - rowBytes) this.#flush()
  }

  /** Writes what is left and closes the file. */
  close(): void {
    this.#flush()
    closeSync(this.#file)
  }

  #flush(): void {
    for (let from = 0; from < this.#at; ) from += writeSync(this.#file, this.#bytes, from, this.#at - from)
    this.#at = 0
  }

  #put(value: string): void {
    const bytes = this.#bytes
    let at = this.#at
    for (let i = 0; i < value.length; i++) bytes[at++] = value.charCodeAt(i)
    this.#at = at
  }

  #digits(value: number): void {
    const bytes = this.#bytes
    if (value < 0) {
      bytes[this.#at++] = 45
      value = -value
    }
    let width = 1
    for (let limit = 10; value >= limit; limit *= 10) width++
    for (let i = this.#at + width - 1; i >= this.#at; i--) {
      const rest = Math.floor(value / 10)
      bytes[i] = zero + value - rest * 10
      value = rest
    }
    this.#at += width
  }

  #pair(value: number): void {
    const tens = (value / 10) | 0
    this.#bytes[this.#at++] = zero + tens
    this.#bytes[this.#at++] = zero + value - tens * 10
  }

  #stamp(second: number): void {
    const day = Math.floor(second / 86_400)
    const rest = second - day * 86_400
    const hour = (rest / 3600) | 0
    const minute = ((rest - hour * 3600) / 60) | 0
    this.#date(day)
    this.#bytes[this.#at++] = 84
    this.#pair(hour)
    this.#bytes[this.#at++] = 58
    this.#pair(minute)
    this.#bytes[this.#at++] = 58
    this.#pair(rest - hour * 3600 - minute * 60)
    this.#bytes[this.#at++] = 90
  }

  #date(day: number): void {
    const { first, last, bytes: dates } = this.#dates
    if (day < first || day > last) {
      this.#put(dateText(day))
      return
    }
    const bytes = this.#bytes
    let at = this.#at
    const from = (day - first) * 10
    for (let i = from; i < from + 10; i++) bytes[at++] = dates[i] as number
    this.#at = at
  }
}
