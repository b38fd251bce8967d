// Takes the moves of an incident back, where nobody began and the goods have not left. What cannot go back stays where
// it is, and is counted.

import type { Core } from '#orchestrator/core'
import { movedFor } from './round.ts'

/** What a roll-back did. */
export interface RolledBack {
  returned: number
  /** It has gone on meanwhile, or its node has no place or no goods for it. */
  stayed: number
}

const sideBySide = 200

/**
 * Takes moves back, and says so in the history of the incident.
 * @param reason why, in words
 * @throws LOG_UNAVAILABLE, LOG_FENCED
 */
export async function rollBack(
  core: Core,
  incidentId: string,
  { reason, by, at }: { reason: string; by: string; at: number },
): Promise<RolledBack> {
  const decisions = new Map(
    movedFor(core.state(), incidentId).flatMap(({ order, work }) =>
      work.decisionId === null || work.replaces === null ? [] : [[work.decisionId, order.orderId] as const],
    ),
  )
  const found = [...decisions]
  const result: RolledBack = { returned: 0, stayed: 0 }
  for (let from = 0; from < found.length; from += sideBySide) {
    const some = found.slice(from, from + sideBySide)
    const answers = await Promise.all(
      some.map(([decisionId, orderId]) =>
        core.execute('UndoReroute', { orderId, decisionId, reason, by }, { at }),
      ),
    )
    const returned = answers.filter(({ status }) => status === 'done').length
    result.returned += returned
    result.stayed += answers.length - returned
  }
  await core.execute('NoteRollBack', { incidentId, ...result, reason, by }, { at })
  return result
}
