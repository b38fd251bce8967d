// The body of each message: what happened, with everything needed to understand it without asking back.
// Field names are kept forever; what is not known is null, never left out.

import type { api } from '#data/contracts'
import type { StoredEvent } from '#data/log'
import {
  type CoreEvent,
  type CoreState,
  coreEvent,
  type DecisionRecord,
  type EventData,
} from '#orchestrator/core'
import { noticeData } from './notice.ts'
import { decidedPlan, nodeActions, proposedPlan, undoneActions } from './plan-view.ts'
import {
  decisionView,
  incidentEndView,
  incidentName,
  incidentView,
  instant,
  orderView,
  shipmentView,
  workView,
} from './views.ts'

/** A body as it is sent. */
export interface MessageBody<T extends api.WebhookEventType = api.WebhookEventType> {
  type: T
  /** ISO 8601, time of the market. */
  timestamp: string
  data: api.WebhookData[T]
  /** An example that somebody asked for. */
  isTest?: boolean
}

/**
 * The body of a message; null where the event alone says too little and what it is about is not at hand any more.
 * @param type what `Announcer` made of the event
 * @param state of the core at the event or later, for names and what does not change
 */
export function messageBody(
  type: api.WebhookEventType,
  stored: StoredEvent,
  state: CoreState,
): MessageBody | null {
  const event = coreEvent(stored)
  const told = dataOf(event, state)
  if (told === null) return null
  const data = { market: state.market, ...told } as unknown as api.WebhookData[typeof type]
  return { type, timestamp: instant(event.data.at), data }
}

function dataOf(event: CoreEvent, state: CoreState): object | null {
  switch (event.type) {
    case 'RerouteDeclined':
      return orderAndDecision(event.data, state) satisfies WithoutMarket<'order.reroute_refused'>
    case 'OrderBackordered':
      return {
        ...orderAndDecision(event.data, state),
        reason: event.data.reason,
      } satisfies WithoutMarket<'order.backordered'>
    case 'WorkReady':
      return { ...orderAndWork(event.data, state), shipment: null } satisfies WithoutMarket<'order.shipped'>
    case 'WorkShipped':
      return {
        ...orderAndWork(event.data, state),
        shipment: shipmentView(event.data.shipment),
      } satisfies WithoutMarket<'order.shipped'>
    case 'WorkCollected':
    case 'WorkDelivered':
      return {
        ...orderAndWork(event.data, state),
        deliveredAt: instant(event.data.at),
      } satisfies WithoutMarket<'order.delivered'>
    case 'OrderCancelled':
      return {
        order: orderView(event.data.orderId, state),
        reason: event.data.reason,
      } satisfies WithoutMarket<'order.cancelled'>
    case 'FlowMessageSent':
      return saidByFlow(event.data, state)
    default:
      return rerouteData(event, state) ?? incidentData(event, state)
  }
}

function incidentData(event: CoreEvent, state: CoreState): object | null {
  switch (event.type) {
    case 'IncidentOpened':
    case 'IncidentUpdated':
      return alone(incidentView(event.data, state)) satisfies WithoutMarket<'incident.opened'>
    case 'IncidentAcknowledged':
      return {
        ...alone(incidentEndView(event.data.incidentId, null, state)),
        by: event.data.by,
      } satisfies WithoutMarket<'incident.acknowledged'>
    case 'IncidentResolved':
      return {
        ...alone(incidentEndView(event.data.incidentId, event.data.at, state)),
        reason: event.data.reason,
      } satisfies WithoutMarket<'incident.resolved'>
    case 'NoticeGiven':
      return noticeData(event.data.notice, state)
    default:
      return null
  }
}

function rerouteData(event: CoreEvent, state: CoreState): object | null {
  switch (event.type) {
    case 'OrderRerouted':
      return {
        ...orderAndDecision(event.data, state),
        fulfillmentOrderId: event.data.fulfillmentOrderId,
        newFulfillmentOrders: event.data.work.map((work) => workView(work, state)),
        actions: nodeActions(event.data, state),
      } satisfies WithoutMarket<'order.rerouted'>
    case 'RerouteUndone':
      return wentBack(event.data, state)
    case 'ReroutePlanProposed':
      return proposedPlan(event.data.plan)
    case 'ReroutePlanApproved':
      return decidedPlan(event.data.planId, 'approved', state)
    case 'ReroutePlanRejected':
      return decidedPlan(event.data.planId, 'rejected', state)
    case 'ReroutePlanExpired':
      return decidedPlan(event.data.planId, 'expired', state)
    case 'ReroutePlanDone':
      return decidedPlan(event.data.planId, 'done', state)
    default:
      return null
  }
}

/** An incident that is told by itself, as before there were rules of alerting. */
function alone<T>(incident: T): { incident: T; incidents: T[]; notice: null } {
  return { incident, incidents: [incident], notice: null }
}

type WithoutMarket<T extends api.WebhookEventType> = Omit<api.WebhookData[T], 'market'>

function wentBack(data: EventData['RerouteUndone'], state: CoreState): WithoutMarket<'order.reroute_undone'> {
  return {
    order: orderView(data.orderId, state),
    decisionId: data.decisionId,
    reason: data.reason,
    newFulfillmentOrders: data.work.map((work) => workView(work, state)),
    actions: undoneActions(data, state),
  }
}

function saidByFlow(
  { orderId, runId, tileId, message: { name, text, data } }: EventData['FlowMessageSent'],
  state: CoreState,
): WithoutMarket<'flow.message'> {
  const order = orderId === null ? null : orderView(orderId, state)
  return { order, runId, tileId, name, text, data: { ...data } }
}

function orderAndDecision(data: { orderId: string; decision: DecisionRecord | null }, state: CoreState) {
  const { orderId, decision } = data
  const incident = decision?.incidentId == null ? undefined : state.incidents.get(decision.incidentId)
  return {
    order: orderView(orderId, state),
    decision: decision === null ? null : decisionView(decision, state),
    incident: incident === undefined ? null : incidentName(incident, state),
  }
}

function orderAndWork(data: { orderId: string; fulfillmentOrderId: string }, state: CoreState) {
  const { orderId, fulfillmentOrderId } = data
  const work = state.orders.get(orderId)?.work.find((each) => each.fulfillmentOrderId === fulfillmentOrderId)
  return {
    order: orderView(orderId, state),
    fulfillmentOrder:
      work === undefined ? { ...unknownWork, fulfillmentOrderId, lines: [] } : workView(work, state),
  }
}

const unknownWork = { node: null, carrier: null, attempt: null, shipBy: null, lineCount: 0 }
