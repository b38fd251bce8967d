// Conditions: CEL texts, checked before they are used and bounded in what they can cost. A condition that fails at work
// does not hold; it never throws.

import type { ASTNode, Environment, ParseResult } from '@marcbachmann/cel-js'

/** What is wrong with a condition. */
export interface ConditionFault {
  /** Character, the first is 0; null = the condition as a whole. */
  position: number | null
  reason: string
}

/** A condition ready to be asked. */
export interface Condition {
  readonly text: string
  /** Its tree. */
  readonly tree: ASTNode
  /** Subjects that it asks about, such as `order`. */
  readonly subjects: ReadonlySet<string>
  /** Whether it holds; false where it fails at work. */
  holds(facts: object): boolean
  /** Whether it holds, or why that cannot be said. */
  outcome(facts: object): boolean | { reason: string }
}

/** Characters of a condition at most. */
export const charactersMost = 2_000

/** Words that are not understood here, with what to do instead. */
const refused: Readonly<Record<string, string>> = {
  matches: 'patterns can take too long: use startsWith, endsWith or contains',
  has: 'every fact is always there: compare it with "" or 0',
  dyn: 'types are known here: leave dyn out',
  timestamp: 'use now.hour, now.weekday, now.day and now.month',
}
/** Words that go over a list. */
const loops: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'filter', 'map'])

/** The condition of a text, or what is wrong with it. */
export function conditionOf(text: string, environment: Environment): Condition | ConditionFault {
  if (text.length > charactersMost)
    return { position: null, reason: `is longer than ${charactersMost} characters` }
  let parsed: ParseResult
  try {
    parsed = environment.parse(text)
  } catch (error) {
    return faultOf(error)
  }
  const word = refusedWord(parsed.ast, false)
  if (word !== null) return word
  const checked = parsed.check()
  if (!checked.valid) return faultOf(checked.error)
  if (checked.type !== 'bool') {
    return { position: null, reason: `says ${checked.type ?? 'nothing'}, and must say true or false` }
  }
  return ready(text, parsed, environment)
}

function ready(text: string, parsed: ParseResult, environment: Environment): Condition {
  const subjects = new Set([...namesIn(parsed.ast)].filter((name) => environment.hasVariable(name)))
  return {
    text,
    subjects,
    tree: parsed.ast,
    holds: (facts) => {
      try {
        return parsed(facts) === true
      } catch {
        return false
      }
    },
    outcome: (facts) => {
      try {
        return parsed(facts) === true
      } catch (error) {
        return { reason: faultOf(error).reason }
      }
    },
  }
}

/** Whether the text made a condition. */
export function isCondition(made: Condition | ConditionFault): made is Condition {
  return 'holds' in made
}

function faultOf(error: unknown): ConditionFault {
  const { summary, message, range } = error as {
    summary?: string
    message?: string
    range?: { start: number }
  }
  const reason = summary ?? message?.split('\n')[0] ?? 'cannot be read'
  const plain = reason.replaceAll('$', '')
  const isMixed = reason.includes('double') && reason.includes('int')
  return { position: range?.start ?? null, reason: isMixed ? `${plain}; write 10.0 instead of 10` : plain }
}

/** The first word that is not understood here, or a list inside of a list. */
function refusedWord(node: ASTNode, isInLoop: boolean): ConditionFault | null {
  const { op, args, range } = node
  const name = op === 'call' || op === 'rcall' ? String((args as readonly unknown[])[0]) : null
  const instead = name !== null && Object.hasOwn(refused, name) ? refused[name] : undefined
  if (instead !== undefined) return { position: range.start, reason: `${name} is not known here: ${instead}` }
  const isLoop = op === 'rcall' && name !== null && loops.has(name)
  if (isLoop && isInLoop) {
    return { position: range.start, reason: `${name} cannot stand inside of another list` }
  }
  for (const inner of innerNodes(args)) {
    const found = refusedWord(inner, isInLoop || isLoop)
    if (found !== null) return found
  }
  return null
}

/** Names that stand by themselves in a tree. */
function* namesIn(node: ASTNode): Generator<string> {
  if (node.op === 'id') yield node.args
  for (const inner of innerNodes(node.args)) yield* namesIn(inner)
}

function* innerNodes(args: unknown): Generator<ASTNode> {
  if (Array.isArray(args)) for (const each of args) yield* innerNodes(each)
  else if (typeof args === 'object' && args !== null && 'op' in args) yield args as ASTNode
}
