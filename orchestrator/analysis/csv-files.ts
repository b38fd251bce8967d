// Which CSV files a command means, and where their results go. It reads none of them.

import { readdir, stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { fail, reasonOf } from '#data/kernel'

/**
 * The files that are named, and the .csv and .tsv files of folders that are named, by name.
 * @throws ANALYSIS_FILE_UNREADABLE where there is none
 */
export async function csvFiles(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(paths.map(filesAt))
  const files = [...new Set(found.flat())]
  if (files.length > 0) return files
  throw fail('ANALYSIS_FILE_UNREADABLE', { path: paths.join(', '), reason: 'there is no .csv file in it' })
}

async function filesAt(path: string): Promise<string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [resolve(path)]
    const names = (await readdir(path)).filter((name) => /\.(csv|tsv)$/i.test(name))
    return names.sort().map((name) => resolve(path, name))
  } catch (error) {
    throw fail('ANALYSIS_FILE_UNREADABLE', { path, reason: reasonOf(error) }, { cause: error })
  }
}

/**
 * Where the result of each file goes: `out` itself for one file, else files of the same names in the folder `out`.
 * @throws ANALYSIS_OUTPUT_FAILED where a result would fall on a file that is read, or on another result
 */
export async function outputsFor(files: readonly string[], out: string): Promise<string[]> {
  const target = resolve(out)
  const isFolder = files.length > 1 || (await stat(target).catch(() => null))?.isDirectory() === true
  const outputs = isFolder ? files.map((file) => join(target, basename(file))) : [target]
  for (const [i, path] of outputs.entries()) {
    if (files.includes(path)) {
      throw fail('ANALYSIS_OUTPUT_FAILED', { path, reason: 'it is one of the files that are read' })
    }
    if (outputs.indexOf(path) !== i) {
      throw fail('ANALYSIS_OUTPUT_FAILED', { path, reason: 'two of the files have this name' })
    }
  }
  return outputs
}
