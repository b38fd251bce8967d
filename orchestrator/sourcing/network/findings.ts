// Collects what is odd about a network, so many of a kind and no more. It judges nothing.

import type { api } from '#data/contracts'

/** Findings of one code that are named one by one. */
const namedEach = 100

/** Findings as they come up. */
export class Findings {
  readonly #named: api.NetworkFinding[] = []
  readonly #counts = new Map<string, { kind: string; count: number }>()

  /** Notes a finding; beyond 100 of a code they are only counted. */
  add(code: string, kind: keyof api.NetworkDocument, id: string, text: string): void {
    const seen = this.#counts.get(code) ?? { kind, count: 0 }
    seen.count += 1
    this.#counts.set(code, seen)
    if (seen.count <= namedEach) this.#named.push({ code, kind, id, text })
  }

  /** All of them, with one more for each code that has too many to name. */
  list(): api.NetworkFinding[] {
    const more = [...this.#counts].filter(([, { count }]) => count > namedEach)
    return [
      ...this.#named,
      ...more.map(([code, { kind, count }]) => ({
        code,
        kind,
        id: '',
        text: `${count - namedEach} more are as the ${namedEach} named with this code.`,
      })),
    ]
  }
}
