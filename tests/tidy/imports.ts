// Rules of imports: the direction between rooms, doors instead of deep paths, and no cycles.

import { posix } from 'node:path'
import ts from 'typescript'
import { isCode, placeOf, type Source, treeOf, visit } from './sources.ts'

/** What each room may import, as DESIGN says; a room may always import itself. */
const directions: Record<string, string[]> = {
  data: [],
  ingest: ['data'],
  pipeline: ['data'],
  models: ['data'],
  orchestrator: ['data', 'ingest', 'pipeline', 'models'],
  dashboard: ['data'],
  bin: ['orchestrator'],
  tests: ['data', 'ingest', 'pipeline', 'models', 'orchestrator', 'dashboard', 'bin'],
}

/** Rooms whose folders are rooms of their own, each with a door. */
const halls = ['data', 'orchestrator']

const doors = /^#(data\/[a-z-]+|orchestrator\/[a-z-]+|ingest|pipeline|models|lib\/[\w./-]+)$/

interface Import {
  specifier: string
  place: string
  isTypeOnly: boolean
  isDynamic: boolean
  /** Path of the file it leads to, null for packages. */
  target: string | null
}

/** Complaints about the imports of the sources. */
export function importComplaints(sources: Source[]): string[] {
  const code = sources.filter(isCode)
  const graph = new Map(code.map((source) => [source.path, importsOf(source)]))
  return [
    ...[...graph].flatMap(([path, imports]) => imports.flatMap((one) => complain(path, one))),
    ...cycles(graph),
  ]
}

function importsOf(source: Source): Import[] {
  const tree = treeOf(source)
  const found: Import[] = []
  const add = (
    node: ts.Node,
    specifier: ts.Expression | undefined,
    isTypeOnly: boolean,
    isDynamic: boolean,
  ) => {
    if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return
    const target = targetOf(source.path, specifier.text)
    found.push({
      specifier: specifier.text,
      place: placeOf(source, tree, node),
      isTypeOnly,
      isDynamic,
      target,
    })
  }
  visit(tree, (node) => {
    if (ts.isImportDeclaration(node)) add(node, node.moduleSpecifier, isTypeImport(node), false)
    if (ts.isExportDeclaration(node)) add(node, node.moduleSpecifier, node.isTypeOnly, false)
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      add(node, node.arguments[0], false, true)
    }
    if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      add(node, node.argument.literal as ts.Expression, true, false)
    }
  })
  return found
}

function isTypeImport(node: ts.ImportDeclaration): boolean {
  const clause = node.importClause
  if (clause === undefined) return false
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true
  const named = clause.namedBindings
  if (clause.name !== undefined || named === undefined || !ts.isNamedImports(named)) return false
  return named.elements.length > 0 && named.elements.every((element) => element.isTypeOnly)
}

function targetOf(from: string, specifier: string): string | null {
  if (specifier.startsWith('.')) return posix.normalize(posix.join(posix.dirname(from), specifier))
  if (specifier.startsWith('#lib/')) return `dashboard/lib/${specifier.slice(5)}`
  if (specifier.startsWith('#')) return `${specifier.slice(1)}/index.ts`
  return null
}

/** `data/kernel` of `data/kernel/errors.ts`, `ingest` of `ingest/load/x.ts`. */
function houseOf(path: string): string {
  const [room = '', part = ''] = path.split('/')
  return halls.includes(room) && path.split('/').length > 2 ? `${room}/${part}` : room
}

function complain(path: string, one: Import): string[] {
  if (one.target === null) return []
  const [from = '', to = ''] = [path.split('/')[0], one.target.split('/')[0]]
  const isHandler = one.isDynamic && path === 'orchestrator/cli/main.ts' && to === 'dashboard'
  if (isHandler) return []
  if (from !== to && !(directions[from] ?? []).includes(to)) {
    const may = directions[from]?.join(', ') || 'nothing else'
    return [`${one.place}: ${from} must not import ${to} (${one.specifier}); it may import ${may}`]
  }
  if (from === 'dashboard' && to === 'data' && !(one.isTypeOnly && one.specifier === '#data/contracts')) {
    return [
      `${one.place}: the dashboard takes only types of "#data/contracts"; write "import type", else ask /api`,
    ]
  }
  if (one.specifier.startsWith('#') && !doors.test(one.specifier)) {
    return [`${one.place}: "${one.specifier}" is not a door; import "#${houseOf(one.target)}"`]
  }
  const leaves = one.specifier.startsWith('.') && houseOf(path) !== houseOf(one.target)
  if (leaves && from !== 'tests' && from !== 'bin') {
    return [`${one.place}: "${one.specifier}" leaves its room; import "#${houseOf(one.target)}" instead`]
  }
  return []
}

/** One complaint for each group of files that import each other in a circle. */
function cycles(graph: Map<string, Import[]>): string[] {
  const state = new Map<string, 'open' | 'done'>()
  const trail: string[] = []
  const found: string[] = []
  const walk = (path: string): void => {
    if (state.get(path) === 'done') return
    if (state.get(path) === 'open') {
      const circle = [...trail.slice(trail.indexOf(path)), path]
      found.push(`${circle.join(' -> ')}: a cycle; move what both need into a third file`)
      return
    }
    state.set(path, 'open')
    trail.push(path)
    for (const one of graph.get(path) ?? [])
      if (one.target !== null && graph.has(one.target)) walk(one.target)
    trail.pop()
    state.set(path, 'done')
  }
  for (const path of graph.keys()) walk(path)
  return found
}
