// A digest of data: the same rows give the same, any other rows another. It keeps no rows.

import { createHash } from 'node:crypto'
import type { Values } from './profile.ts'

/** SHA-256 over names and values of columns, in hex; the order of columns does not count, that of rows does. */
export function fingerprintOf(columns: ReadonlyMap<string, Values>): string {
  const hash = createHash('sha256')
  for (const name of [...columns.keys()].sort()) {
    const values = columns.get(name) as Values
    hash.update(`${JSON.stringify(name)}:${values.length}\n`)
    for (let from = 0; from < values.length; from += 4096) {
      const part = Array.from({ length: Math.min(4096, values.length - from) }, (_, i) => values[from + i])
      hash.update(JSON.stringify(part))
    }
  }
  return hash.digest('hex')
}
