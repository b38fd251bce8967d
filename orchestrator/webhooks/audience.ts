// Who is told of an event: by type, by what the format can say, by labels; and of the course of an incident, who heard
// of its beginning. It queues nothing.

import type { api } from '#data/contracts'
import type { StoredEvent } from '#data/log'
import type { Receiver } from '#data/vault'
import { receiversOf, routingOf } from '#orchestrator/alerting'
import type { CoreState, Notice } from '#orchestrator/core'
import { formatOf, formats } from './formats/formats.ts'
import { messageBody } from './message/body.ts'
import { allLabelsOf, fits, type Labels } from './message/labels.ts'

type Listening = Pick<Receiver, 'webhookId' | 'events' | 'labels' | 'format'>

/** Picks receivers for events of a market, in order, and notes who was told of which incident, or group of them. */
export class Audience {
  readonly told: Map<string, ReadonlySet<string>>
  /** Whether `told` is no longer what it was at the start. */
  isChanged = false
  readonly #receivers: readonly Listening[]
  readonly #isReplay: boolean

  /**
   * @param receivers those that listen
   * @param told who was told of open incidents; of one that is missing nothing is known
   * @param isReplay the events are of the past: who could not be told of an incident then is told of it now
   */
  constructor(
    receivers: readonly Listening[],
    told: ReadonlyMap<string, ReadonlySet<string>> = new Map(),
    isReplay = false,
  ) {
    this.#receivers = receivers
    this.told = new Map(told)
    this.#isReplay = isReplay
  }

  /** Ids of the receivers that are told of the event. */
  of(stored: StoredEvent, type: api.WebhookEventType, state: CoreState): string[] {
    let known: Labels[] | null = null
    const fitting = (one: Listening) => {
      if (one.labels.length === 0) return true
      known ??= labelsOfEvent(type, stored, state)
      return known.some((labels) => fits(one.labels, labels))
    }
    const { notice, incidentId } = stored.data as { notice?: Notice; incidentId?: string }
    const listening = this.#receivers.filter(
      (one) => hears(one, type) && (notice === undefined || this.#isMeant(one, notice, state)),
    )
    if (!type.startsWith('incident.')) return listening.filter(fitting).map(idOf)
    const subjects = subjectsOf(notice, incidentId)
    const picked = listening.filter((one) => {
      if (this.#heardOf(subjects, one)) return true
      const isCourse = type === 'incident.resolved' || type === 'incident.acknowledged'
      // Nobody hears of the end of what it never heard of, except who asks for ends alone.
      if (isCourse && subjects.every((subject) => this.told.has(subject)) && hearsBeginnings(one))
        return false
      return fitting(one)
    })
    for (const subject of subjects) this.#note(subject, type, picked)
    return picked.map(idOf)
  }

  #heardOf(subjects: readonly string[], { webhookId }: Listening): boolean {
    return subjects.some((subject) => this.told.get(subject)?.has(webhookId))
  }

  #isMeant(one: Listening, notice: Notice, state: CoreState): boolean {
    const { kind, receivers, routeId } = notice
    if (receivers.includes(one.webhookId)) return true
    if (!this.#isReplay) return false
    // From the beginning of an incident on, so that nothing ends that was never told.
    if (kind !== 'opened') return this.#heardOf(subjectsOf(notice), one)
    const route = routingOf(state).routes.find((each) => each.routeId === routeId)
    return receiversOf(route?.receivers ?? [], [one.webhookId]).length > 0
  }

  #note(subject: string, type: api.WebhookEventType, picked: readonly Listening[]): void {
    const before = this.told.get(subject)
    if (type === 'incident.resolved') {
      if (this.told.delete(subject)) this.isChanged = true
      return
    }
    if (before === undefined && type !== 'incident.opened') return
    const news = picked.map(idOf).filter((id) => !before?.has(id))
    if (before !== undefined && news.length === 0) return
    this.told.set(subject, new Set([...(before ?? []), ...news]))
    this.isChanged = true
  }
}

/** The labels of each incident of the message, or its own; none where it cannot be made. */
function labelsOfEvent(type: api.WebhookEventType, stored: StoredEvent, state: CoreState): Labels[] {
  const body = messageBody(type, stored, state)
  return body === null ? [] : allLabelsOf(body)
}

/** What is kept of who was told: an incident by itself, or within each group in which it is told. */
function subjectsOf(notice: Notice | undefined, incidentId?: string): string[] {
  if (notice === undefined) return incidentId === undefined ? [] : [incidentId]
  return notice.incidents.map((one) => `${one.incidentId}@${notice.groupKey}`)
}

/** The incident that a subject is about. */
export function incidentOf(subject: string): string {
  return subject.split('@', 1)[0] ?? subject
}

/** What its messages are about: the group it is told in, or the incident by itself. */
export function groupOf(subject: string): string {
  return subject.includes('@') ? subject.slice(subject.indexOf('@') + 1) : subject
}

/** Whom a step of an escalation names hears of it as of any beginning. */
function hears(one: Listening, type: api.WebhookEventType): boolean {
  return wantsType(one, type) || (type === 'incident.escalated' && wantsType(one, 'incident.opened'))
}

/** Whether a receiver is told of messages of the type at all. */
export function wantsType(
  { events, format }: Pick<Receiver, 'events' | 'format'>,
  type: api.WebhookEventType,
): boolean {
  return (events.length === 0 || events.includes(type)) && formats[formatOf(format)].carries(type)
}

function hearsBeginnings(one: Listening): boolean {
  const beginnings = ['incident.opened', 'incident.updated', 'incident.escalated'] as const
  return beginnings.some((type) => wantsType(one, type))
}

function idOf({ webhookId }: Listening): string {
  return webhookId
}
