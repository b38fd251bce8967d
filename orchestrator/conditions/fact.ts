// What conditions may ask for: names, types and meanings of facts. Shapes only.

/** Type of a fact, as CEL names it. Whole numbers are `int` and are given as bigint. */
export type FactType = 'string' | 'int' | 'double' | 'bool' | 'list<string>'

/** A fact. */
export interface Fact {
  type: FactType
  /** A short phrase. */
  means: string
  /** The words that it can be, where those are few. */
  words?: readonly string[]
  /** Bounds of a number, both within; absent = none are known. */
  least?: number
  most?: number
}

/** Facts by their name. */
export type Facts = Readonly<Record<string, Fact>>

/** Something that conditions ask about: facts, and things that have facts of their own. */
export interface Subject {
  name: string
  facts: Facts
  parts?: readonly Subject[]
  /**
   * Class of the values, whose fields or getters bear the names of the facts; absent = plain objects, which are copied
   * at each use.
   */
  made?: new (
    ...given: never[]
  ) => object
}

/** A fact with the way to it, such as `incident.node.severity`. */
export interface NamedFact extends Fact {
  path: string
}

/** All facts of subjects with the way to them. */
export function namedFacts(subjects: readonly Subject[], before = ''): NamedFact[] {
  return subjects.flatMap(({ name, facts, parts = [] }) => {
    const way = `${before}${name}.`
    const own = Object.entries(facts).map(([fact, said]) => ({ path: `${way}${fact}`, ...said }))
    return [...own, ...namedFacts(parts, way)]
  })
}
