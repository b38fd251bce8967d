// Values that a list can be filtered by, asked for when a filter is opened, so that a page needs one request to show.

import { server } from './api.ts'
import { namedNodes } from './network/names.ts'

/** A value with its name for people. */
export interface Option {
  value: string
  title: string
}

/** Values of dimensions of orders. */
export class Choices {
  #found = $state.raw<Record<string, Option[]>>({})
  #asked = new Set<string>()

  /** Values of a dimension; until they are known, those that are seen. */
  of = (dimension: string, seen: readonly (Option | null)[]): Option[] => {
    const known = this.#found[dimension]
    if (known !== undefined) return known
    const pairs = new Map(seen.flatMap((one) => (one === null ? [] : [[one.value, one]])))
    return [...pairs.values()].sort(byTitle)
  }

  ask = async (dimension: string): Promise<void> => {
    if (this.#asked.has(dimension)) return
    this.#asked.add(dimension)
    try {
      const found = dimension === 'node' ? await namedNodes() : await named(dimension)
      this.#found = { ...this.#found, [dimension]: found.sort(byTitle) }
    } catch {
      this.#asked.delete(dimension)
    }
  }
}

async function named(dimension: string): Promise<Option[]> {
  const slices = await server.slices('orders', dimension)
  return slices.map(({ dimensionValue, title }) => ({ value: dimensionValue, title }))
}

const byTitle = (a: Option, b: Option) => a.title.localeCompare(b.title)
