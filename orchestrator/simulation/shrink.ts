// Makes the script of a failed simulation as short as it gets while it breaks the same promise. What to leave out is
// found by trying, in a fixed order, never by chance.

import type { Act, Script, Step } from './script.ts'
import { type Outcome, playScript } from './simulate.ts'
import type { Parts } from './system.ts'

/** Scripts tried before what was reached is taken. */
const triesAtMost = 500

/**
 * A shorter script with the same breach, and what comes of it. Cost: up to 500 simulations, each shorter than the last.
 * @param failed with at least one breach
 */
export async function shrunk(failed: Outcome, parts: Parts): Promise<Outcome> {
  const promise = failed.breaches[0]?.promise
  // That something ends cannot be seen in a script that was cut.
  if (promise === undefined || promise === 'everything_ends') return failed
  const search = new Search(failed, promise, parts)
  await search.withoutFaults()
  await search.withFewerSteps()
  await search.withoutFaults()
  return search.best
}

const isTrouble = ({ do: act }: Act): boolean => act !== 'submit' && act !== 'start'

class Search {
  best: Outcome
  readonly #promise: string
  readonly #parts: Parts
  #tries = 0

  constructor(failed: Outcome, promise: string, parts: Parts) {
    this.best = failed
    this.#promise = promise
    this.#parts = parts
  }

  /** All faults of the log left out, those of each process, and all trouble with processes. */
  async withoutFaults(): Promise<void> {
    const { steps } = this.best.script
    await this.#try({ steps: steps.filter((step) => !isTrouble(step)), fates: {} })
    await this.#try({ fates: {} })
    for (const process of Object.keys(this.best.script.fates)) {
      const { [Number(process)]: _, ...fates } = this.best.script.fates
      await this.#try({ fates })
    }
  }

  /** Runs of steps left out, first long ones, at last each by itself. */
  async withFewerSteps(): Promise<void> {
    let length = Math.ceil(this.best.script.steps.length / 2)
    while (length >= 1) {
      const before = this.best.script.steps.length
      for (let from = 0; from < this.best.script.steps.length && this.#tries < triesAtMost; ) {
        const { steps } = this.best.script
        const fewer: Step[] = [...steps.slice(0, from), ...steps.slice(from + length)]
        if (!(await this.#try({ steps: fewer }))) from += length
      }
      const isDone = length === 1 && this.best.script.steps.length === before
      if (isDone || this.#tries >= triesAtMost) return
      length = Math.max(1, Math.floor(length / 2))
    }
  }

  /** Takes the changed script where it breaks the same promise. */
  async #try(change: Partial<Script>): Promise<boolean> {
    if (this.#tries >= triesAtMost) return false
    this.#tries++
    const outcome = await playScript({ ...this.best.script, ...change }, this.#parts)
    const isSame = outcome.breaches[0]?.promise === this.#promise
    if (isSame) this.best = outcome
    return isSame
  }
}
