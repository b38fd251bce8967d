// Which states of work may follow on each other, and what of an order is never taken back, said here once more and
// apart from the rules of the core. Pure.

import { type FulfillmentOrder, isOpenWork, type Order } from '#orchestrator/core'

type WorkStatus = FulfillmentOrder['status']

/** What may follow on each state of work in one command; itself always may. */
const mayFollow: Readonly<Record<WorkStatus, readonly WorkStatus[]>> = {
  open: ['accepted', 'rejected', 'picking', 'cancelled'],
  accepted: ['rejected', 'picking', 'cancelled'],
  rejected: [],
  picking: ['packed', 'cancelled'],
  packed: ['ready_for_pickup', 'shipped', 'cancelled'],
  ready_for_pickup: ['shipped', 'delivered', 'collected', 'cancelled'],
  shipped: ['delivered', 'collected'],
  delivered: [],
  collected: [],
  cancelled: [],
}

/** What one command did to an order that it must not do. */
export function stepProblems(before: Order | undefined, after: Order | undefined): StepProblem[] {
  if (before === undefined) return []
  if (after === undefined) return [{ promise: 'never_unsaid', found: 'the order is gone' }]
  // A file may tell anything of an order that nothing was done for here.
  if (before.contentHash !== null || after.contentHash !== null) return []
  return [...workProblems(before, after), ...lineProblems(before, after)]
}

/** A promise and how it was broken. */
export interface StepProblem {
  promise: 'steps_are_legal' | 'never_unsaid'
  found: string
}

function workProblems(before: Order, after: Order): StepProblem[] {
  const now = new Map(after.work.map((work) => [work.fulfillmentOrderId, work]))
  return before.work.flatMap((was): StepProblem[] => {
    const is = now.get(was.fulfillmentOrderId)
    if (is === undefined) {
      const isTrace = was.releasedAt !== null || !isOpenWork(was)
      const found = `work ${was.fulfillmentOrderId} (${was.status}) is gone`
      return isTrace ? [{ promise: 'never_unsaid', found }] : []
    }
    if (was.status === is.status || mayFollow[was.status].includes(is.status)) return []
    const found = `work ${was.fulfillmentOrderId} went from ${was.status} to ${is.status}`
    return [{ promise: 'steps_are_legal', found }]
  })
}

/** Units that are counted upwards only; a field that is not there yet counts 0. */
const onlyUp = ['shipped', 'delivered', 'returned'] as const

function lineProblems(before: Order, after: Order): StepProblem[] {
  const now = new Map(after.lines.map((line) => [line.lineId, line]))
  return before.lines.flatMap((was): StepProblem[] => {
    const is = now.get(was.lineId)
    // A line may go to another order as long as nothing of it has left.
    if (is === undefined) {
      const found = `line ${was.lineId} is gone, of which ${was.shipped} were shipped`
      return was.shipped === 0 ? [] : [{ promise: 'never_unsaid', found }]
    }
    return onlyUp.flatMap((field): StepProblem[] => {
      const [one, two] = [unitsOf(was, field), unitsOf(is, field)]
      const found = `line ${was.lineId}: ${field} went from ${one} to ${two}`
      return two >= one ? [] : [{ promise: 'never_unsaid', found }]
    })
  })
}

function unitsOf(line: object, field: string): number {
  return (line as Record<string, number | undefined>)[field] ?? 0
}
