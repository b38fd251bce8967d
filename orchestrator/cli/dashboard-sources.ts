// What the built dashboard is made of: the files it depends on and one hash over all of them. It builds nothing.

import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const folders = ['dashboard', join('data', 'contracts')]
const files = ['svelte.config.js', 'vite.config.js', 'package-lock.json']
const made = new Set(['build', '.svelte-kit', 'node_modules'])

/**
 * Hash over names and contents of everything that goes into the build.
 * @param root folder of the repository
 */
export function dashboardStamp(root: string): string {
  const hash = createHash('sha256')
  const paths = [...folders.flatMap((folder) => walk(root, folder)), ...files]
  for (const path of paths.sort()) {
    const full = join(root, path)
    if (!existsSync(full)) continue
    const content = readFileSync(full)
    hash.update(`${path}\0${content.length}\0`).update(content)
  }
  return hash.digest('hex')
}

function walk(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return made.has(entry.name) ? [] : walk(root, path)
    return entry.isFile() ? [path] : []
  })
}
