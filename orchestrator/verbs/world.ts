// `detour world`: the made-up retailer as CSV files, to look at or to load elsewhere. It needs no home.

import { readdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { generateWorld } from '#data/world'
import { showNumber } from './table.ts'
import type { Progress } from './verb.ts'

/** What was written. */
export interface WorldSummary {
  folder: string
  files: string[]
}

/**
 * Writes the world's CSV files.
 * @param args `out` folder; seed, days and orders as in the demo
 * @throws WORLD_OPTIONS_INVALID
 */
export async function writeWorld(
  args: { out: string; seed?: string; days?: number; orders?: number },
  onProgress: (progress: Progress) => void,
): Promise<WorldSummary> {
  const { out, ...options } = args
  const folder = resolve(out)
  await generateWorld(folder, options, ({ day, days }) =>
    onProgress({ step: 'making orders', done: day, total: days }),
  )
  return { folder, files: (await readdir(folder)).toSorted() }
}

/** What was written, for people. */
export function showWorld({ folder, files }: WorldSummary): string {
  return (
    `${showNumber(files.length, 'file')} in ${folder}: ${files.join(', ')}.\n` +
    `Load them with "detour ingest --provider detour ${folder}".`
  )
}
