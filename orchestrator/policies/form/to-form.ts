// A CEL text as a form, where it is no more than rows and groups can say. Pure; it never guesses: what does not fit is
// told with the reason.

import type { ASTNode } from '@marcbachmann/cel-js'
import { api } from '#data/contracts'
import type { NamedFact } from '#orchestrator/conditions'
import { type ComparedSign, compared, problemOfRow, type TestedSign, tested } from './rows.ts'

/** A form, or why the text is more than rows can say. */
export type ReadForm = { form: api.FormGroup } | { onlyText: string }

/** Items of a group at most. */
const itemsMost = 100

/** The form of a checked condition. @param facts of the scope, by their path */
export function formOfTree(tree: ASTNode, facts: ReadonlyMap<string, NamedFact>): ReadForm {
  try {
    const item = new Reader(facts).item(tree, 1)
    return { form: 'items' in item ? item : { join: 'and', items: [item] } }
  } catch (error) {
    if (error instanceof MoreThanRows) return { onlyText: error.message }
    throw error
  }
}

class MoreThanRows extends Error {}

function stop(reason: string): never {
  throw new MoreThanRows(reason)
}

const signOf = new Map(Object.entries(compared).map(([sign, op]) => [op as string, sign as ComparedSign]))
const testOf = new Map(Object.entries(tested).map(([sign, name]) => [name as string, sign as TestedSign]))

class Reader {
  readonly #facts: ReadonlyMap<string, NamedFact>

  constructor(facts: ReadonlyMap<string, NamedFact>) {
    this.#facts = facts
  }

  item(node: ASTNode, depth: number): api.FormRow | api.FormGroup {
    if (node.op !== '&&' && node.op !== '||') return this.#row(node)
    if (depth > api.formDepth) stop(`rows are grouped ${api.formDepth} deep at most`)
    const items = this.#joined(node, node.op).map((each) => this.item(each, depth + 1))
    if (items.length > itemsMost) stop(`a group has ${itemsMost} rows at most`)
    return { join: node.op === '&&' ? 'and' : 'or', items }
  }

  /** Parts of a chain, which grows to the left. */
  #joined(node: ASTNode, op: '&&' | '||'): ASTNode[] {
    const parts: ASTNode[] = []
    let left = node
    while (left.op === op) {
      const [before, last] = left.args as [ASTNode, ASTNode]
      parts.unshift(last)
      left = before
    }
    return [left, ...parts]
  }

  #row(node: ASTNode): api.FormRow {
    const row = this.#plainRow(node)
    const problem = problemOfRow(row, this.#facts)
    return problem === null ? row : stop(problem)
  }

  #plainRow(node: ASTNode): api.FormRow {
    if (node.op === '!_') return this.#turned(node.args)
    if (node.op === '.') return { fact: this.#fact(node), sign: 'is', isNot: false, value: true }
    if (node.op === 'in') return this.#membership(node.args, false)
    if (node.op === 'rcall') return this.#test(node.args, false)
    const sign = signOf.get(node.op)
    if (sign === undefined) return stop(`"${sourceOf(node)}" is more than a row can say`)
    const [left, right] = node.args as [ASTNode, ASTNode]
    const fact = this.#fact(left)
    if (this.#facts.get(fact)?.type === 'bool') return stop(`write ${fact} or !${fact} alone`)
    return { fact, sign, isNot: false, value: literalOf(right) }
  }

  #turned(node: ASTNode): api.FormRow {
    if (node.op === '.') return { fact: this.#fact(node), sign: 'is', isNot: false, value: false }
    if (node.op === 'in') return this.#membership(node.args, true)
    if (node.op === 'rcall') return this.#test(node.args, true)
    return stop(`"!" before "${sourceOf(node)}" is more than a row can say`)
  }

  #membership([left, right]: [ASTNode, ASTNode], isNot: boolean): api.FormRow {
    if (right.op === 'list') {
      const values = right.args.map(literalOf)
      const sign = isNot ? 'none_of' : 'one_of'
      return { fact: this.#fact(left), sign, isNot: false, value: values as string[] }
    }
    return { fact: this.#fact(right), sign: 'contains', isNot, value: literalOf(left) }
  }

  #test([name, receiver, given]: [string, ASTNode, ASTNode[]], isNot: boolean): api.FormRow {
    const sign = testOf.get(name)
    const [value, ...more] = given
    if (sign === undefined || value === undefined || more.length > 0) return stop(`${name} is no row`)
    return { fact: this.#fact(receiver), sign, isNot, value: literalOf(value) }
  }

  #fact(node: ASTNode): string {
    const path = pathOf(node)
    if (path === null || !this.#facts.has(path)) return stop(`"${sourceOf(node)}" is no fact of its own`)
    return path
  }
}

function pathOf(node: ASTNode): string | null {
  if (node.op === 'id') return node.args
  if (node.op !== '.') return null
  const before = pathOf(node.args[0])
  return before === null ? null : `${before}.${node.args[1]}`
}

function literalOf(node: ASTNode): string | number | boolean {
  if (node.op === '-_' && node.args.op === 'value') {
    const value = literalOf(node.args)
    if (typeof value === 'number') return -value
  }
  if (node.op !== 'value') return stop(`"${sourceOf(node)}" is no value of its own`)
  const { args } = node
  if (typeof args === 'bigint') {
    const value = Number(args)
    return Number.isSafeInteger(value) ? value : stop(`${args} is too large for a row`)
  }
  if (typeof args === 'string' || typeof args === 'number' || typeof args === 'boolean') return args
  return stop(`"${sourceOf(node)}" is no value of a row`)
}

function sourceOf({ input, range }: ASTNode): string {
  const text = input.slice(range.start, range.end)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}
