// Lets threads of this process wait for others where the system can tell threads apart (Linux). It decides nothing
// about what they do, and does nothing where priorities cannot be set.

import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { getPriority, setPriority } from 'node:os'
import { basename } from 'node:path'

const tasks = '/proc/self/task'

/**
 * The threads of the pool, DuckDB's among them, get the processor after those that answer requests.
 * @param niceness added to what they have; 5 leaves about a quarter of a contended core
 * @returns threads that now wait for others
 */
export function lowerPool(niceness: number): number {
  try {
    return readdirSync(tasks).filter((id) => isOfPool(id) && lower(id, niceness)).length
  } catch {
    return 0
  }
}

/** The calling thread gets the processor after others. @returns whether it could be set */
export function lowerThisThread(niceness: number): boolean {
  try {
    return lower(basename(readlinkSync('/proc/thread-self')), niceness)
  } catch {
    return false
  }
}

function isOfPool(id: string): boolean {
  try {
    return readFileSync(`${tasks}/${id}/comm`, 'utf8').trim() === 'libuv-worker'
  } catch {
    return false
  }
}

function lower(id: string, niceness: number): boolean {
  try {
    setPriority(Number(id), Math.min(19, getPriority(Number(id)) + niceness))
    return true
  } catch {
    return false
  }
}
