// Reads the first record of a CSV file: its delimiter and the names of its columns. It reads no rows.

import { open } from 'node:fs/promises'
import { fail, reasonOf } from '#data/kernel'

/** What the first record tells. */
export interface Header {
  delimiter: string
  /** Names of the columns: trimmed, unnamed ones `column_3`, repeated ones `name_2`. */
  names: string[]
}

const delimiters = [',', ';', '\t', '|'] as const
/** Bytes of the longest first record. */
const longest = 4 * 2 ** 20

/**
 * The first record of a file in UTF-8.
 * @throws ANALYSIS_FILE_UNREADABLE, ANALYSIS_FILE_EMPTY
 */
export async function readHeader(path: string): Promise<Header> {
  const text = await readStart(path)
  const delimiter = delimiterOf(text)
  const record = firstRecord(text, delimiter)
  if (record.every((cell) => cell.trim() === '')) {
    throw fail('ANALYSIS_FILE_EMPTY', { path, reason: 'it has no header' })
  }
  return { delimiter, names: distinct(record) }
}

async function readStart(path: string): Promise<string> {
  try {
    const file = await open(path)
    try {
      const { size } = await file.stat()
      const bytes = Buffer.alloc(Math.min(size, longest))
      const { bytesRead } = await file.read(bytes, 0, bytes.length, 0)
      const start = bytes.subarray(0, bytesRead)
      if (start.includes(0)) throw new Error('it is not a text file in UTF-8')
      return start.toString('utf8').replace(/^\uFEFF/, '')
    } finally {
      await file.close()
    }
  } catch (error) {
    throw fail('ANALYSIS_FILE_UNREADABLE', { path, reason: reasonOf(error) }, { cause: error })
  }
}

/** The delimiter that stands most often in the first line, outside of quotes. */
function delimiterOf(text: string): string {
  const counts = new Map<string, number>(delimiters.map((each) => [each, 0]))
  let isQuoted = false
  for (const letter of text) {
    if (letter === '"') isQuoted = !isQuoted
    if (isQuoted) continue
    if (letter === '\n' || letter === '\r') break
    const count = counts.get(letter)
    if (count !== undefined) counts.set(letter, count + 1)
  }
  return [...counts].reduce((best, each) => (each[1] > best[1] ? each : best))[0]
}

function firstRecord(text: string, delimiter: string): string[] {
  const cells: string[] = []
  let cell = ''
  let isQuoted = false
  for (let i = 0; i < text.length; i++) {
    const letter = text.charAt(i)
    if (letter === '"') {
      const isEscaped = isQuoted && text.charAt(i + 1) === '"'
      if (isEscaped) {
        cell += letter
        i++
      } else isQuoted = !isQuoted
    } else if (!isQuoted && letter === delimiter) {
      cells.push(cell)
      cell = ''
    } else if (!isQuoted && (letter === '\n' || letter === '\r')) break
    else cell += letter
  }
  return [...cells, cell]
}

function distinct(record: string[]): string[] {
  const taken = new Set<string>()
  return record.map((cell, i) => {
    const name = cell.trim() || `column_${i + 1}`
    let free = name
    for (let n = 2; taken.has(free); n++) free = `${name}_${n}`
    taken.add(free)
    return free
  })
}
