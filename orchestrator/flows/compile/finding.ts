// What a check says of a flow: collected, bounded, errors first.

import type { api } from '#data/contracts'

/** Findings told of one flow. */
const most = 200

/** Collects findings. */
export class Findings {
  readonly #all: api.FlowFinding[] = []

  /** @param position character of an expression, null = none is meant */
  error(code: string, tileId: string | null, text: string, position: number | null = null): void {
    if (this.#all.length < most) this.#all.push({ code, kind: 'error', tileId, position, text })
  }

  warning(code: string, tileId: string | null, text: string): void {
    if (this.#all.length < most) this.#all.push({ code, kind: 'warning', tileId, position: null, text })
  }

  /** Whether nothing stands in the way. */
  get isClean(): boolean {
    return this.#all.every(({ kind }) => kind !== 'error')
  }

  /** Errors first, else as they were found. */
  sorted(): api.FlowFinding[] {
    return this.#all.toSorted((a, b) => Number(b.kind === 'error') - Number(a.kind === 'error'))
  }
}
