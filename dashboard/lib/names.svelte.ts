// Names of nodes and of receivers of webhooks by their id, asked for once when something names one by its id alone.

import { server } from './api.ts'
import { namedNodes } from './network/names.ts'
import { hookName } from './webhooks/names.ts'
import { methodWord } from './words.ts'

const ways: Readonly<Record<string, () => Promise<readonly (readonly [string, string])[]>>> = {
  node: async () => (await namedNodes()).map(({ value, title }) => [value, title] as const),
  receiver: async () => (await server.webhooks()).map((hook) => [hook.webhookId, hookName(hook)] as const),
}
let found = $state.raw<Readonly<Record<string, ReadonlyMap<string, string>>>>({})
const asked = new Set<string>()

/**
 * Name of a value of a dimension for people: nodes, receivers and methods have one, lanes an arrow; others are as
 * they are.
 */
export function nameOf(dimension: string, value: string): string {
  if (dimension === 'lane') return value.replace('>', ' → ')
  if (dimension === 'method') return methodWord(value).toLowerCase()
  const way = ways[dimension]
  if (way === undefined) return value
  if (!asked.has(dimension)) {
    asked.add(dimension)
    void ask(dimension, way)
  }
  return found[dimension]?.get(value) ?? value
}

async function ask(dimension: string, way: (typeof ways)[string]): Promise<void> {
  try {
    const names = new Map(await way())
    // Others may have come meanwhile.
    found = { ...found, [dimension]: names }
  } catch {
    asked.delete(dimension)
  }
}
