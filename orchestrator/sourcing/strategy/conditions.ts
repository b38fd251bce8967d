// Conditions that choose a strategy: CEL over an order and the time, checked before it is used and bounded in what it
// can cost. A condition that fails at work does not hold; it never throws.

import { type ASTNode, Environment, type ParseResult } from '@marcbachmann/cel-js'
import { type factsOf, nowFacts, orderFacts } from './facts.ts'

/** What is wrong with a condition. */
export interface ConditionFault {
  /** Character, the first is 0; null = the condition as a whole. */
  position: number | null
  reason: string
}

/** A condition ready to be asked. */
export type Condition = (facts: ReturnType<typeof factsOf>) => boolean

/** Characters of a condition at most. */
const charactersMost = 2_000
const limits = { maxAstNodes: 400, maxDepth: 40, maxListElements: 200, maxMapEntries: 0, maxCallArguments: 4 }

/** Words that are not understood here, with what to do instead. */
const refused: Readonly<Record<string, string>> = {
  matches: 'patterns can take too long: use startsWith, endsWith or contains',
  has: 'every fact is always there: compare it with "" or 0',
  dyn: 'types are known here: leave dyn out',
  timestamp: 'use now.hour, now.weekday, now.day and now.month',
}
/** Words that go over a list. */
const loops: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'filter', 'map'])

const environment = makeEnvironment()

function makeEnvironment(): Environment {
  const made = new Environment({ limits })
    .registerVariable({ name: 'order', schema: { ...orderFacts } })
    .registerVariable({ name: 'now', schema: { ...nowFacts } })
  // Money and counts are whole, weights and hours are not: people write both without a thought.
  const both: Record<string, (a: number, b: number) => number> = {
    '+': (a, b) => a + b,
    '-': (a, b) => a - b,
    '*': (a, b) => a * b,
    '/': (a, b) => a / b,
  }
  for (const [sign, work] of Object.entries(both)) {
    const mixed = (a: number | bigint, b: number | bigint) => work(Number(a), Number(b))
    made.registerOperator(`int ${sign} double: double`, mixed)
    made.registerOperator(`double ${sign} int: double`, mixed)
  }
  return made
}

/** The condition of a text, or what is wrong with it. */
export function conditionOf(text: string): Condition | ConditionFault {
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
  return (facts) => {
    try {
      return parsed(facts) === true
    } catch {
      return false
    }
  }
}

/** Whether the text made a condition. */
export function isCondition(made: Condition | ConditionFault): made is Condition {
  return typeof made === 'function'
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

function* innerNodes(args: unknown): Generator<ASTNode> {
  if (Array.isArray(args)) for (const each of args) yield* innerNodes(each)
  else if (typeof args === 'object' && args !== null && 'op' in args) yield args as ASTNode
}
