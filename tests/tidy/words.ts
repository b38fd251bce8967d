// Rules of words: calls that reach the world outside, and constructs this project does without.

import ts from 'typescript'
import { isCode, placeOf, type Source, treeOf, visit } from './sources.ts'

const advice: Record<string, string> = {
  'Date.now': 'effects.clock.now()',
  'new Date()': 'new Date(effects.clock.now())',
  'Math.random': 'effects.random',
  setTimeout: 'effects.clock.after or effects.clock.sleep',
  setInterval: 'effects.clock.after',
  'process.env': 'effects.config',
  fetch: 'what effects give, or node:http on loopback',
}

const worldly = [
  /^data\/kernel\//,
  /(^|\/)main\.ts$/,
  /(^|\/)([a-z-]+-)?worker\.ts$/,
  /^dashboard\/lib\/(api|clock)\.ts$/,
  /^tests\//,
  /^bin\//,
]

const unfinished = new RegExp(['TO' + 'DO', 'FIX' + 'ME'].map((word) => `\\b${word}\\b`).join('|'))

/** Complaints about the words of the sources. */
export function wordComplaints(sources: Source[]): string[] {
  return sources.flatMap((source) => [
    ...unfinishedIn(source),
    ...(isCode(source) ? constructsIn(source) : []),
  ])
}

function unfinishedIn({ path, text }: Source): string[] {
  return text
    .split('\n')
    .flatMap((line, i) =>
      unfinished.test(line)
        ? [`${path}:${i + 1}: ${unfinished.exec(line)?.[0]}; do it now or open an issue`]
        : [],
    )
}

function constructsIn(source: Source): string[] {
  const tree = treeOf(source)
  const isWorldly = worldly.some((place) => place.test(source.path))
  const found: string[] = []
  visit(tree, (node) => {
    const place = () => placeOf(source, tree, node)
    const call = worldOf(node)
    if (call !== null && !isWorldly) found.push(`${place()}: ${call} reaches the world; use ${advice[call]}`)
    if (ts.isEnumDeclaration(node)) found.push(`${place()}: an enum; use a union of words or a const object`)
    if (node.kind === ts.SyntaxKind.AnyKeyword) found.push(`${place()}: any; use unknown and narrow it`)
    if (isDefaultExport(node) && source.path.endsWith('.ts')) {
      found.push(`${place()}: a default export; export it by its name`)
    }
  })
  return found
}

/** The banned call that this node is, by its name in the table of advice. */
function worldOf(node: ts.Node): string | null {
  if (ts.isPropertyAccessExpression(node)) {
    const text = node.getText().replace(/^globalThis\./, '')
    return ['Date.now', 'Math.random', 'process.env'].includes(text) ? text : null
  }
  if (
    ts.isNewExpression(node) &&
    node.expression.getText() === 'Date' &&
    (node.arguments?.length ?? 0) === 0
  ) {
    return 'new Date()'
  }
  if (ts.isCallExpression(node)) {
    const name = node.expression.getText().replace(/^globalThis\./, '')
    return ['setTimeout', 'setInterval', 'fetch'].includes(name) ? name : null
  }
  return null
}

function isDefaultExport(node: ts.Node): boolean {
  if (ts.isExportAssignment(node)) return true
  return ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(isDefault)
}

function isDefault(modifier: ts.Modifier): boolean {
  return modifier.kind === ts.SyntaxKind.DefaultKeyword
}
