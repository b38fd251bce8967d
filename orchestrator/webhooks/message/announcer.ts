// Which business events become messages. It reads events one after another and never looks at their future.

import type { api } from '#data/contracts'
import { isControlEvent, type StoredEvent } from '#data/log'
import { coreEvent, noticeTypes } from '#orchestrator/core'
import type { Announced, Message } from '../events.ts'

/** An incident is spoken of again when its severity moved this far, of 0 to 1 ... */
const severityStep = 0.1
/** ... or its orders at risk by this many and by this share. */
const ordersStep = 5
const ordersShare = 0.25

/** Turns the events of a market, in order, into types of messages; remembers what was said of open incidents. */
export class Announcer {
  readonly announced: Map<string, Announced>
  /** Whether `announced` is no longer what it was at the start. */
  isChanged = false

  /** @param announced what was said before the first event */
  constructor(announced: ReadonlyMap<string, Announced> = new Map()) {
    this.announced = new Map(announced)
  }

  /** Type of the message that the event becomes, null for most. */
  typeOf(stored: StoredEvent): api.WebhookEventType | null {
    if (isControlEvent(stored.type)) return null
    const event = coreEvent(stored)
    // Of these alerting tells: its notices are the messages.
    if ('isNoticed' in event.data && event.data.isNoticed === true) return null
    switch (event.type) {
      case 'NoticeGiven':
        return noticeTypes[event.data.notice.kind]
      case 'IncidentOpened':
        this.#note(event.data.incidentId, announcedOf(event.data))
        return 'incident.opened'
      case 'IncidentUpdated':
        return this.#updated(event.data.incidentId, announcedOf(event.data))
      case 'IncidentAcknowledged':
        return 'incident.acknowledged'
      case 'IncidentResolved':
        this.#note(event.data.incidentId, null)
        return 'incident.resolved'
      case 'OrderRerouted':
        return 'order.rerouted'
      case 'RerouteDeclined':
        return event.data.decision.status === 'held_out' ? null : 'order.reroute_refused'
      case 'RerouteUndone':
        return 'order.reroute_undone'
      case 'ReroutePlanProposed':
        return 'reroute.plan_proposed'
      case 'ReroutePlanApproved':
      case 'ReroutePlanRejected':
      case 'ReroutePlanExpired':
      case 'ReroutePlanDone':
        return 'reroute.plan_decided'
      case 'OrderBackordered':
        return 'order.backordered'
      // Goods that wait for their customer have left the shelf as those in a parcel have.
      case 'WorkReady':
      case 'WorkShipped':
        return 'order.shipped'
      case 'WorkCollected':
      case 'WorkDelivered':
        return 'order.delivered'
      case 'OrderCancelled':
        return 'order.cancelled'
      case 'FlowMessageSent':
        return 'flow.message'
      default:
        return null
    }
  }

  #updated(incidentId: string, now: Announced): api.WebhookEventType | null {
    const said = this.announced.get(incidentId)
    if (said !== undefined && !isNotable(said, now)) return null
    this.#note(incidentId, now)
    return said === undefined ? null : 'incident.updated'
  }

  #note(incidentId: string, now: Announced | null): void {
    this.isChanged = true
    if (now === null) this.announced.delete(incidentId)
    else this.announced.set(incidentId, now)
  }
}

/** Type of the message of an event that is asked for by its id, null where it has none. */
export function messageTypeOf(stored: StoredEvent): api.WebhookEventType | null {
  const isNoticed = (stored.data as { isNoticed?: boolean } | null)?.isNoticed === true
  if (stored.type === 'IncidentUpdated' && !isNoticed) return 'incident.updated'
  return new Announcer().typeOf(stored)
}

/** The incident, or the group of those that are told together, that a message is about; null where it is about none. */
export function subjectOf({ data }: Pick<StoredEvent, 'data'>, type: api.WebhookEventType): string | null {
  if (!type.startsWith('incident.')) return null
  const { notice, incidentId } = data as { notice?: { groupKey: string }; incidentId?: string }
  return notice?.groupKey ?? incidentId ?? null
}

/** The message that an event becomes as the outbox keeps it. */
export function messageAt(
  stored: Pick<StoredEvent, 'seq' | 'data'>,
  eventType: api.WebhookEventType,
): Message {
  const subject = subjectOf(stored, eventType)
  return { seq: stored.seq, eventType, ...(subject === null ? {} : { subject }) }
}

function announcedOf(data: { finding: { severity: number }; impact: { ordersAtRisk: number } }): Announced {
  return { severity: data.finding.severity, ordersAtRisk: data.impact.ordersAtRisk }
}

function isNotable(said: Announced, now: Announced): boolean {
  const moved = Math.abs(now.ordersAtRisk - said.ordersAtRisk)
  // Severities are decimal fractions: 0.4 - 0.3 falls short of 0.1 by rounding.
  const isGraver = Math.abs(now.severity - said.severity) >= severityStep - 1e-9
  return isGraver || moved >= Math.max(ordersStep, said.ordersAtRisk * ordersShare)
}
