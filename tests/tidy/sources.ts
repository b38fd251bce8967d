// The files of the project as the tidy rules see them: path, text, and for code its syntax tree.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

/** A file of the project. */
export interface Source {
  /** From the repository, with `/`. */
  path: string
  text: string
}

/** Folders whose files are code of the project. */
export const rooms = ['data', 'ingest', 'pipeline', 'models', 'orchestrator', 'dashboard', 'tests', 'bin']

const root = join(import.meta.dirname, '..', '..')
const skipped = new Set(['node_modules', '.svelte-kit', 'build', 'fixtures', 'cases', 'golden', 'coverage'])

/** Every code file of every room that exists. */
export function readSources(): Source[] {
  return rooms.flatMap((room) => walk(room))
}

/** A file by its path from the repository, null where it is not there. */
export function readSource(path: string): Source | null {
  try {
    return { path, text: readFileSync(join(root, path), 'utf8') }
  } catch {
    return null
  }
}

function walk(folder: string): Source[] {
  let entries: ReturnType<typeof list>
  try {
    entries = list(folder)
  } catch {
    return []
  }
  return entries.flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    if (entry.isDirectory()) return skipped.has(entry.name) ? [] : walk(path)
    if (!/\.(ts|js|sql|svelte)$/.test(entry.name)) return []
    return [{ path, text: readFileSync(join(root, path), 'utf8') }]
  })
}

function list(folder: string) {
  return readdirSync(join(root, folder), { withFileTypes: true })
}

/** Whether the file is TypeScript, JavaScript or a component with a script. */
export function isCode(source: Source): boolean {
  return /\.(ts|js|svelte)$/.test(source.path)
}

/** Syntax tree of a code file; of a component, of its scripts, with the lines where they are. */
export function treeOf(source: Source): ts.SourceFile {
  const text = source.path.endsWith('.svelte') ? scriptsOf(source.text) : source.text
  return ts.createSourceFile(`${source.path}.ts`, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS)
}

function scriptsOf(text: string): string {
  let out = ''
  let at = 0
  for (const match of text.matchAll(/(<script[^>]*>)([\s\S]*?)<\/script>/g)) {
    const start = match.index + (match[1] ?? '').length
    const script = match[2] ?? ''
    out += text.slice(at, start).replace(/[^\n]/g, ' ') + script
    at = start + script.length
  }
  return out
}

/** Calls `see` for every node of the tree. */
export function visit(tree: ts.Node, see: (node: ts.Node) => void): void {
  see(tree)
  ts.forEachChild(tree, (child) => visit(child, see))
}

/** `path:line` of a node. */
export function placeOf(source: Source, tree: ts.SourceFile, node: ts.Node): string {
  return `${source.path}:${tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1}`
}
