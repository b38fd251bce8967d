// Finds which of the given files and folders play which part of a mapping.

import { readdir, stat } from 'node:fs/promises'
import { basename, join, matchesGlob, resolve } from 'node:path'
import { fail, reasonOf } from '#data/kernel'
import type { Mapping } from '../mapping/read.ts'
import type { SourceFile } from './landing.ts'

/** Files that play a part, and files nobody asked for. */
export interface MatchedFiles {
  files: SourceFile[]
  /** Files in given folders that the mapping does not name. */
  ignored: string[]
}

/**
 * The files of the paths by their part in the mapping; folders are read one level deep, names in natural order.
 * Capitals make no difference to patterns.
 * A file given by itself must match; with a mapping of one file it plays that part whatever its name.
 * @throws INGEST_PATH_UNREADABLE, INGEST_NO_FILES
 */
export async function matchFiles(paths: string[], mapping: Mapping): Promise<MatchedFiles> {
  const files: SourceFile[] = []
  const ignored: string[] = []
  const roles = Object.entries(mapping.file.files)
  for (const path of paths.map((each) => resolve(each))) {
    const isFolder = await stat(path)
      .then((entry) => entry.isDirectory())
      .catch((error: unknown) => {
        throw fail('INGEST_PATH_UNREADABLE', { path, reason: reasonOf(error) }, { cause: error })
      })
    const names = isFolder ? await listFolder(path) : [path]
    for (const name of names) {
      const role = roleOf(name, mapping) ?? (isFolder || roles.length !== 1 ? null : roles[0]?.[0])
      const spec = role === null || role === undefined ? undefined : mapping.file.files[role]
      if (role != null && spec !== undefined) files.push({ path: name, role, spec })
      else if (isFolder) ignored.push(name)
      else throw noFiles(`${basename(path)} matches none of them`, mapping)
    }
  }
  if (files.length === 0) throw noFiles('nothing in the folder matches', mapping)
  return { files, ignored }
}

async function listFolder(path: string): Promise<string[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true })
    const names = entries.filter((entry) => entry.isFile()).map((entry) => entry.name)
    return names.sort(new Intl.Collator('en', { numeric: true }).compare).map((name) => join(path, name))
  } catch (error) {
    throw fail('INGEST_PATH_UNREADABLE', { path, reason: reasonOf(error) }, { cause: error })
  }
}

function roleOf(path: string, mapping: Mapping): string | null {
  const name = basename(path).toLowerCase()
  for (const [role, spec] of Object.entries(mapping.file.files)) {
    const patterns = typeof spec.match === 'string' ? [spec.match] : spec.match
    if (patterns.some((pattern) => matchesGlob(name, pattern.toLowerCase()))) return role
  }
  return null
}

function noFiles(reason: string, mapping: Mapping): Error {
  const patterns = Object.values(mapping.file.files).flatMap((spec) => spec.match)
  return fail('INGEST_NO_FILES', { reason, mapping: mapping.name, patterns: patterns.join(', ') })
}
