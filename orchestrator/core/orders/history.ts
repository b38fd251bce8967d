// The steps in the life of an order, kept small: a live order has a dozen of them, and as objects they weighed as much
// as the rest of it. Times and words stand side by side in one array.

import type { History, HistoryEntry } from './order.ts'
import { shared } from './texts.ts'

/** Steps kept; older ones are dropped. */
const stepsKept = 100
/** Values of a step. */
const width = 4

/** The history with one more step, null = of an order that is new. */
export function withStep(history: History | null, { at, type, reason, nodeId }: HistoryEntry): History {
  if (history === null) return [at, type, shared(reason), shared(nodeId)]
  const since = at - firstOf(history)
  const next = history.concat(since, type, shared(reason), shared(nodeId))
  return next.length > stepsKept * width ? withoutFirst(next) : next
}

/** The steps, oldest first. */
export function historySteps(history: History): HistoryEntry[] {
  const steps: HistoryEntry[] = []
  for (let i = 0; i < history.length; i += width) {
    steps.push({
      at: timeAt(history, i),
      type: String(history[i + 1]),
      reason: (history[i + 2] ?? null) as string | null,
      nodeId: (history[i + 3] ?? null) as string | null,
    })
  }
  return steps
}

const firstOf = (history: History) => history[0] as number

function timeAt(history: History, i: number): number {
  return i === 0 ? firstOf(history) : firstOf(history) + (history[i] as number)
}

function withoutFirst(history: History): History {
  const [, ...later] = historySteps(history)
  return later.reduce<History | null>(withStep, null) ?? []
}
