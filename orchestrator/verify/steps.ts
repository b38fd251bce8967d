// What commands did, judged by their events from a state before them. It keeps nothing.

import { isControlEvent, type StoredEvent } from '#data/log'
import { type CoreState, coreDefinition, coreEvent, partsOfKey } from '#orchestrator/core'
import type { Violation } from './shapes.ts'
import { positionName } from './stock-invariants.ts'
import { namesIn } from './touched.ts'
import { violationsOfStep } from './violations.ts'

/**
 * Positions that commands among the events changed, and the rules that these broke.
 * @param isCut whether more events of the last command may follow: it is left out then
 */
export function stepsOf(
  market: string,
  start: CoreState,
  events: readonly StoredEvent[],
  isCut: boolean,
): { subjects: string[]; found: Violation[] } {
  const { evolve } = coreDefinition(market)
  const subjects = new Set<string>()
  const found: Violation[] = []
  let before = start
  for (const command of commandsIn(events).slice(0, isCut ? -1 : undefined)) {
    const own = command.filter(({ type }) => !isControlEvent(type))
    const after = own.reduce((state, event) => evolve(state, coreEvent(event)), before)
    const { positions } = namesIn(own, before, after)
    // A file tells what its source promised; whether it could is not ours to judge.
    if (!own.some(({ type }) => type === 'OrderImported')) {
      for (const key of positions) {
        const { sku, nodeId } = partsOfKey(key)
        subjects.add(positionName(sku, nodeId))
      }
      found.push(...violationsOfStep(before, after, positions))
    }
    before = after
  }
  return { subjects: [...subjects], found }
}

/** Events by command. */
function commandsIn(events: readonly StoredEvent[]): StoredEvent[][] {
  const commands = new Map<string, StoredEvent[]>()
  for (const event of events) {
    const id = event.eventId.slice(0, event.eventId.lastIndexOf('/'))
    const known = commands.get(id)
    if (known === undefined) commands.set(id, [event])
    else known.push(event)
  }
  return [...commands.values()]
}
