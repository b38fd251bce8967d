// Names of nodes by their id, asked for once when something names a node by its id alone.

import { namedNodes } from './network/names.ts'
import { methodWord } from './words.ts'

let found = $state.raw<ReadonlyMap<string, string>>(new Map())
let isAsked = false

/** Name of a value of a dimension for people: nodes and methods have one, lanes an arrow; others are as they are. */
export function nameOf(dimension: string, value: string): string {
  if (dimension === 'lane') return value.replace('>', ' → ')
  if (dimension === 'method') return methodWord(value).toLowerCase()
  if (dimension !== 'node') return value
  if (!isAsked) {
    isAsked = true
    void ask()
  }
  return found.get(value) ?? value
}

async function ask(): Promise<void> {
  try {
    found = new Map((await namedNodes()).map(({ value, title }) => [value, title]))
  } catch {
    isAsked = false
  }
}
