// Networks on disk: a folder of CSV files or one YAML file, read and written. It does not look into other files.

import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { basename, extname, join } from 'node:path'
import type { api } from '#data/contracts'
import { fail, reasonOf } from '#data/kernel'
import type { NetworkSource } from './change.ts'
import { decodeText } from './csv.ts'
import { tableNamed } from './read-files.ts'
import { writeNetworkFiles } from './write-files.ts'
import { writeNetworkYaml } from './yaml.ts'

/** Bytes of one file at most. */
const bytesMost = 64_000_000

/** Whether a path names one YAML file rather than a folder. */
export function isYamlPath(path: string): boolean {
  return ['.yaml', '.yml'].includes(extname(path).toLowerCase())
}

/**
 * The network at a path: of a folder the files that are named as those of a network, else one YAML file.
 * @throws SOURCING_FILE_INVALID where there is none, or bytes are no text
 */
export async function networkSourceAt(path: string): Promise<NetworkSource> {
  const found = await stat(path).catch((error: unknown) => {
    throw fail('SOURCING_FILE_INVALID', { file: path, reason: reasonOf(error) }, { cause: error })
  })
  if (!found.isDirectory()) {
    if (!isYamlPath(path)) {
      throw fail('SOURCING_FILE_INVALID', { file: path, reason: 'it is no folder and no .yaml file' })
    }
    return { yaml: await readText(path), name: basename(path) }
  }
  const names = (await readdir(path)).filter((name) => tableNamed(name) !== undefined).toSorted()
  if (names.length === 0) {
    throw fail('SOURCING_FILE_INVALID', { file: path, reason: 'no file of a network is in it, as nodes.csv' })
  }
  const files: Record<string, string> = {}
  for (const name of names) files[name] = await readText(join(path, name))
  return { files }
}

async function readText(path: string): Promise<string> {
  const file = basename(path)
  try {
    const { size } = await stat(path)
    if (size > bytesMost)
      throw fail('SOURCING_FILE_INVALID', { file, reason: `it is larger than ${bytesMost} bytes` })
    const text = decodeText(await readFile(path))
    if (text === null) throw fail('SOURCING_FILE_INVALID', { file, reason: 'it is no UTF-8 text' })
    return text
  } catch (error) {
    if (error instanceof Error && 'details' in error) throw error
    throw fail('SOURCING_FILE_INVALID', { file, reason: reasonOf(error) }, { cause: error })
  }
}

/**
 * Writes the network to a folder, made where it is not there, or to a .yaml file.
 * @returns names of the files
 * @throws SOURCING_FILE_INVALID where it cannot be written
 */
export async function writeNetworkAt(path: string, document: api.NetworkDocument): Promise<string[]> {
  try {
    if (isYamlPath(path)) {
      await writeFile(path, writeNetworkYaml(document))
      return [basename(path)]
    }
    await mkdir(path, { recursive: true })
    const files = Object.entries(writeNetworkFiles(document))
    for (const [name, text] of files) await writeFile(join(path, name), text)
    return files.map(([name]) => name)
  } catch (error) {
    throw fail('SOURCING_FILE_INVALID', { file: path, reason: reasonOf(error) }, { cause: error })
  }
}
