// The one way in which CEL is set up here: bounds, mixed numbers, and subjects with typed facts. It evaluates nothing.

import { Environment } from '@marcbachmann/cel-js'
import type { Subject } from './fact.ts'

const limits = { maxAstNodes: 400, maxDepth: 40, maxListElements: 200, maxMapEntries: 0, maxCallArguments: 4 }

// Money and counts are whole, weights and hours are not: people write both without a thought.
const both: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
}

/** An environment in which conditions may ask about the subjects. */
export function environmentOf(subjects: readonly Subject[]): Environment {
  const made = new Environment({ limits })
  for (const [sign, work] of Object.entries(both)) {
    const mixed = (a: number | bigint, b: number | bigint) => work(Number(a), Number(b))
    made.registerOperator(`int ${sign} double: double`, mixed)
    made.registerOperator(`double ${sign} int: double`, mixed)
  }
  const types = new Set<string>()
  for (const subject of subjects) made.registerVariable(subject.name, typed(made, types, subject))
  return made
}

/** Makes the type of a subject known, once. @returns its name */
function typed(environment: Environment, known: Set<string>, { name, facts, parts = [], made }: Subject) {
  const type = made?.name ?? `${name}_facts`
  if (known.has(type)) return type
  known.add(type)
  const fields: Record<string, string> = Object.fromEntries(
    Object.entries(facts).map(([fact, said]) => [fact, said.type]),
  )
  for (const part of parts) fields[part.name] = typed(environment, known, part)
  environment.registerType({ name: type, fields, ...(made === undefined ? {} : { ctor: made }) })
  return type
}
