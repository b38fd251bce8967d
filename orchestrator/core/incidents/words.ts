// What happened to an incident, in words, from the event alone. It keeps nothing.

import type { CoreEvent, EventData } from '../events.ts'

/** One line of an incident's history. */
export interface IncidentWords {
  incidentId: string
  by: string | null
  text: string
}

/** The line that the event adds to the history of an incident, null for events that add none. */
export function incidentWordsOf(event: CoreEvent): IncidentWords | null {
  const say = (text: string, by: string | null = null): IncidentWords => ({
    incidentId: (event.data as { incidentId: string }).incidentId,
    by,
    text,
  })
  const { type, data } = event
  switch (type) {
    case 'IncidentOpened':
      return say(`Opened: ${data.finding.title}`, data.by ?? null)
    case 'IncidentReopened':
      return say(`Reopened: ${data.reason}${data.isSnoozed === true ? ', still snoozed' : ''}`, data.by)
    case 'IncidentUpdated':
      return say(
        `${data.finding.title}; ${orders(data.impact.ordersAtRisk)}, severity ${data.finding.severity.toFixed(2)}`,
      )
    case 'IncidentRecovering':
      return say('Values are back; it ends when they stay, because it comes and goes')
    case 'IncidentFlapping':
      return say(
        `It comes and goes: told once, and ended only when values stay (flap score ${data.score.toFixed(2)})`,
      )
    case 'IncidentSteady':
      return say('It no longer comes and goes: it stays, and is told of as any other')
    case 'IncidentResolved':
      return say(`Resolved: ${data.reason}`, data.by ?? null)
    case 'IncidentAcknowledged':
      return say(`Acknowledged by ${data.by}`, data.by)
    case 'IncidentAssigned':
      return say(data.owner === null ? 'Nobody looks after it now' : `${data.owner} looks after it`, data.by)
    case 'IncidentSnoozed':
      return say(
        `Snoozed ${data.until === null ? 'until it changes' : `until ${instant(data.until)}`}`,
        data.by,
      )
    case 'IncidentWoken':
      return say(`No longer snoozed: ${data.reason}`, data.by)
    case 'IncidentSeveritySet':
      return say(severityWords(data.severity), data.by)
    case 'IncidentCommented':
      return say(`Comment: ${data.text}`, data.by)
    case 'IncidentMerged':
      return say(`Merged into ${data.into}`, data.by)
    case 'IncidentSplit':
      return say(`Taken out of ${data.from}`, data.by)
    case 'IncidentRolledBack':
      return say(rollBackWords(data), data.by)
    case 'IncidentSilenced':
      return say(silenceWords(data))
    case 'FeedbackGiven':
      return {
        incidentId: data.feedback.incidentId,
        by: data.feedback.by,
        text: feedbackWords(data.feedback),
      }
    default:
      return null
  }
}

function feedbackWords({ verdict, reason }: EventData['FeedbackGiven']['feedback']): string {
  if (verdict === 'useful') return 'Said to be useful'
  return `Said not to be useful${reason === null ? '' : `: ${reason.replaceAll('_', ' ')}`}`
}

function severityWords(severity: number | null): string {
  return severity === null ? 'Severity as detection sees it' : `Severity set to ${severity.toFixed(2)}`
}

function rollBackWords({ returned, stayed, reason }: EventData['IncidentRolledBack']): string {
  const rest = stayed === 0 ? '' : `, ${stayed} could not go back`
  return `Moves taken back, ${reason}: ${returned} ${returned === 1 ? 'order' : 'orders'} returned${rest}`
}

function silenceWords({
  silenceId,
  holdsReroutes,
}: {
  silenceId: string | null
  holdsReroutes: boolean
}): string {
  if (silenceId === null) return 'No longer silenced'
  return `Silenced by ${silenceId}${holdsReroutes ? ', reroutes held' : ''}`
}

function orders(count: number): string {
  return `${count === 1 ? '1 order' : `${count} orders`} at risk`
}

function instant(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
