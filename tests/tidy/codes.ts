// Rules of the error table: every code is thrown or returned somewhere and documented, and the reverse.

import ts from 'typescript'
import { isCode, type Source, treeOf, visit } from './sources.ts'

const tablePath = 'data/kernel/error-codes'
const codeShape = /^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/

/**
 * Complaints about codes.
 * @param codes code -> message template of the error table
 * @param document text of ARCHITECTURE.md, null where there is none
 */
export function codeComplaints(
  sources: Source[],
  codes: Record<string, string>,
  document: string | null,
): string[] {
  const used = new Set(sources.filter(isProduct).flatMap(codesGiven))
  const documented = codesIn(document ?? '')
  const prefixes = new Set(Object.keys(codes).map((code) => code.split('_')[0]))
  const unused = Object.keys(codes).filter((code) => !used.has(code))
  const missing = Object.keys(codes).filter((code) => !documented.has(code))
  const unknown = [...documented].filter(
    (code) => !Object.hasOwn(codes, code) && prefixes.has(code.split('_')[0]),
  )
  return [
    ...unused.map((code) => `${tablePath}: nothing throws or returns ${code}; delete its row`),
    ...missing.map((code) => `ARCHITECTURE.md: add a line to its errors: - \`${code}\`: ${codes[code]}`),
    ...unknown.map((code) => `ARCHITECTURE.md: \`${code}\` is not in ${tablePath}; delete it`),
  ]
}

function isProduct(source: Source): boolean {
  return isCode(source) && !source.path.startsWith('tests/') && !source.path.startsWith(tablePath)
}

/** Codes in string literals, except where they are only compared with. */
function codesGiven(source: Source): string[] {
  const found: string[] = []
  visit(treeOf(source), (node) => {
    if (ts.isStringLiteralLike(node) && codeShape.test(node.text) && !isCompared(node)) found.push(node.text)
  })
  return found
}

const comparisons = new Set([
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
])

function isCompared(node: ts.Node): boolean {
  const { parent } = node
  return (
    ts.isCaseClause(parent) || (ts.isBinaryExpression(parent) && comparisons.has(parent.operatorToken.kind))
  )
}

function codesIn(text: string): Set<string> {
  return new Set([...text.matchAll(/`([A-Z][A-Z0-9_]*)`/g)].map((match) => match[1] ?? ''))
}
