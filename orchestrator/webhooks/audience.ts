// Who is told of an event: by type, by what the format can say, by labels; and of the course of an incident, who heard
// of its beginning. It queues nothing.

import type { api } from '#data/contracts'
import type { StoredEvent } from '#data/log'
import type { Receiver } from '#data/vault'
import type { CoreState } from '#orchestrator/core'
import { formatOf, formats } from './formats/formats.ts'
import { messageBody } from './message/body.ts'
import { fits, type Labels, labelsOf } from './message/labels.ts'

type Listening = Pick<Receiver, 'webhookId' | 'events' | 'labels' | 'format'>

/** Picks receivers for events of a market, in order, and notes who was told of which incident. */
export class Audience {
  readonly told: Map<string, ReadonlySet<string>>
  /** Whether `told` is no longer what it was at the start. */
  isChanged = false
  readonly #receivers: readonly Listening[]

  /**
   * @param receivers those that listen
   * @param told who was told of open incidents; of one that is missing nothing is known
   */
  constructor(receivers: readonly Listening[], told: ReadonlyMap<string, ReadonlySet<string>> = new Map()) {
    this.#receivers = receivers
    this.told = new Map(told)
  }

  /** Ids of the receivers that are told of the event. */
  of(stored: StoredEvent, type: api.WebhookEventType, state: CoreState): string[] {
    let known: Labels | null = null
    const labels = () => {
      known ??= labelsOf(messageBody(type, stored, state))
      return known
    }
    const fitting = (one: Listening) => one.labels.length === 0 || fits(one.labels, labels())
    const listening = this.#receivers.filter((one) => wantsType(one, type))
    if (!type.startsWith('incident.')) return listening.filter(fitting).map(idOf)
    const { incidentId } = stored.data as { incidentId: string }
    const before = this.told.get(incidentId)
    const picked = listening.filter((one) => {
      if (before?.has(one.webhookId)) return true
      const isCourse = type === 'incident.resolved' || type === 'incident.acknowledged'
      // Nobody hears of the end of what it never heard of, except who asks for ends alone.
      if (isCourse && before !== undefined && hearsBeginnings(one)) return false
      return fitting(one)
    })
    this.#note(incidentId, type, picked)
    return picked.map(idOf)
  }

  #note(incidentId: string, type: api.WebhookEventType, picked: readonly Listening[]): void {
    const before = this.told.get(incidentId)
    if (type === 'incident.resolved') {
      if (this.told.delete(incidentId)) this.isChanged = true
      return
    }
    if (before === undefined && type !== 'incident.opened') return
    const news = picked.map(idOf).filter((id) => !before?.has(id))
    if (before !== undefined && news.length === 0) return
    this.told.set(incidentId, new Set([...(before ?? []), ...news]))
    this.isChanged = true
  }
}

/** Whether a receiver is told of messages of the type at all. */
export function wantsType(
  { events, format }: Pick<Receiver, 'events' | 'format'>,
  type: api.WebhookEventType,
): boolean {
  return (events.length === 0 || events.includes(type)) && formats[formatOf(format)].carries(type)
}

function hearsBeginnings(one: Listening): boolean {
  return wantsType(one, 'incident.opened') || wantsType(one, 'incident.updated')
}

function idOf({ webhookId }: Listening): string {
  return webhookId
}
