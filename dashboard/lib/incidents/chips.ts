// What is told of an incident in a few words beside its title. It formats no times.

import type { api } from '#data/contracts'
import type { Tone } from '../words.ts'

/** A few words with a tone, and more of them on hover. */
export interface ChipWords {
  text: string
  tone: Tone
  title?: string
}

type Shown = Pick<
  api.Incident,
  | 'status'
  | 'owner'
  | 'acknowledgedBy'
  | 'snoozedUntil'
  | 'isFlapping'
  | 'isSilenced'
  | 'isRerouteHeld'
  | 'reopened'
  | 'severitySetBy'
  | 'commentCount'
>

/**
 * How an incident is being looked after.
 * @param moment words for an instant
 */
export function lifeChips(incident: Shown, moment: (at: string) => string): ChipWords[] {
  const chips: ChipWords[] = []
  const { status, owner, acknowledgedBy, snoozedUntil, reopened, severitySetBy, commentCount } = incident
  if (status === 'acknowledged')
    chips.push({
      text: `Acknowledged${acknowledgedBy === null ? '' : ` by ${acknowledgedBy}`}`,
      tone: 'plain',
    })
  if (status === 'snoozed')
    chips.push({
      text: snoozedUntil === null ? 'Snoozed until it changes' : `Snoozed until ${moment(snoozedUntil)}`,
      tone: 'plain',
    })
  if (status === 'merged') chips.push({ text: 'Merged', tone: 'plain', title: 'Told and shown with another' })
  if (owner !== null && owner !== acknowledgedBy) chips.push({ text: `Owner ${owner}`, tone: 'plain' })
  if (incident.isFlapping)
    chips.push({ text: 'Comes and goes', tone: 'warn', title: 'Told once; it ends when its values stay' })
  if (incident.isSilenced)
    chips.push({
      text: incident.isRerouteHeld ? 'Silenced, reroutes held' : 'Silenced',
      tone: 'plain',
      title: 'Recorded, but nobody is told',
    })
  if (reopened > 0)
    chips.push({ text: reopened === 1 ? 'Came back' : `Came back ${reopened} times`, tone: 'warn' })
  if (severitySetBy !== null) chips.push({ text: `Severity set by ${severitySetBy}`, tone: 'plain' })
  if (commentCount > 0)
    chips.push({ text: commentCount === 1 ? '1 comment' : `${commentCount} comments`, tone: 'plain' })
  return chips
}
