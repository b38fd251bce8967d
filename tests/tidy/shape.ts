// Rules of shape: how long files, functions and lines may be, what files are called and how they open.

import ts from 'typescript'
import { isCode, placeOf, type Source, treeOf, visit } from './sources.ts'

const fileLines = 300
const sqlLines = 150
const functionLines = 70
const lineCharacters = 120
const vagueNames = /(^|[/.-])(utils?|helpers?|managers?|common)(?=[/.-])/

/** Complaints about the size, names and first lines of the sources. */
export function shapeComplaints(sources: Source[]): string[] {
  return sources.flatMap((source) => [
    ...fileLength(source),
    ...lineLengths(source),
    ...functionLengths(source),
    ...nameOf(source),
    ...opening(source),
  ])
}

function linesOf(text: string): string[] {
  return text.replace(/\n$/, '').split('\n')
}

function fileLength({ path, text }: Source): string[] {
  const most = path.endsWith('.sql') ? sqlLines : fileLines
  const lines = linesOf(text).length
  return lines <= most ? [] : [`${path}: ${lines} lines, at most ${most}; split it by what its parts are for`]
}

function lineLengths({ path, text }: Source): string[] {
  if (path.endsWith('.svelte')) return []
  return linesOf(text).flatMap((line, i) =>
    line.length <= lineCharacters
      ? []
      : [`${path}:${i + 1}: ${line.length} characters, at most ${lineCharacters}; break the line`],
  )
}

function functionLengths(source: Source): string[] {
  if (!isCode(source)) return []
  const tree = treeOf(source)
  const found: string[] = []
  visit(tree, (node) => {
    if (!ts.isFunctionLike(node) || !('body' in node) || node.body === undefined || isSuite(node)) return
    const lineAt = (at: number) => tree.getLineAndCharacterOfPosition(at).line
    const lines = lineAt(node.getEnd()) - lineAt(node.getStart(tree)) + 1
    if (lines <= functionLines) return
    found.push(
      `${placeOf(source, tree, node)}: a function of ${lines} lines, at most ${functionLines}; name its steps`,
    )
  })
  return found
}

/** The function given to `describe`, which is a list of tests rather than a function. */
function isSuite(node: ts.Node): boolean {
  const call = node.parent
  return call !== undefined && ts.isCallExpression(call) && /^describe\b/.test(call.expression.getText())
}

function nameOf({ path }: Source): string[] {
  if (!vagueNames.test(path)) return []
  return [`${path}: this name says nothing; name the file after the noun it is about`]
}

function opening({ path, text }: Source): string[] {
  const first = text.replace(/^#!.*\n/, '').trimStart()
  const open = path.endsWith('.sql')
    ? ['--', '/*']
    : path.endsWith('.svelte')
      ? ['<!--', '//', '/*']
      : ['//', '/*']
  const opens = path.endsWith('.svelte') ? first.replace(/^<script[^>]*>\s*/, '') : first
  if (open.some((mark) => opens.startsWith(mark) || first.startsWith(mark))) return []
  return [`${path}: it opens without a comment; say in one sentence what it is for and what it never does`]
}
