// Plans of reroutes in words: where each move goes, how likely it comes late. Pure.

import type { api } from '#data/contracts'
import { lateWord } from '../lateness.ts'
import { counted, none } from '../numbers.ts'

/** From where to where, or by which other carrier. */
export function moveWay(move: api.PlannedMove): string {
  const { fromNodeName: from, toNodeName: to, moreNodes } = move
  const more = moreNodes === 0 ? '' : ` and ${counted(moreNodes, 'other')}`
  if (move.fromNodeId === move.toNodeId) return `${from} by ${move.carrier ?? 'another carrier'}${more}`
  return `${from} → ${to}${more}`
}

/** How likely it comes late, where it is and where it would go. */
export function riskWay({ riskBefore, riskAfter }: api.PlannedMove): string {
  if (riskBefore === null && riskAfter === null) return none
  const said = (risk: number | null) => (risk === null ? 'not known' : lateWord(risk))
  return `${said(riskBefore)} → ${said(riskAfter)}`
}
