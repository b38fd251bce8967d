// What a message says to people: a title, a sentence, a few facts. For bodies that people read; it invents nothing.

import type { api } from '#data/contracts'
import { severityWord } from '#orchestrator/alerting'
import type { MessageBody } from './body.ts'

/** A message in words. */
export interface Story {
  title: string
  /** How it is meant. */
  mood: 'bad' | 'warn' | 'good' | 'plain'
  text: string
  facts: (readonly [name: string, value: string])[]
  /** Addresses that answer what it asks. */
  answers?: (readonly [name: string, url: string])[]
  /** Page of the dashboard about it; null = none. */
  path: string | null
  /** Id of the incident or order it is about; the same in every message about it. */
  subject: string
}

/** The message in words. */
export function storyOf(body: MessageBody): Story {
  const story = { ...tell(body) }
  return body.isTest ? { ...story, title: `Test: ${story.title}` } : story
}

const prefixes: Record<string, string> = { flapping: 'Comes and goes: ', repeated: 'Goes on: ' }

type Of<T extends api.WebhookEventType> = api.WebhookData[T]

function tell({ type, data }: MessageBody): Story {
  switch (type) {
    case 'incident.opened':
      return ongoing(data as Of<'incident.opened'>, '')
    case 'incident.updated': {
      const told = data as Of<'incident.updated'>
      return ongoing(told, prefixes[told.notice?.kind ?? ''] ?? 'Changed: ')
    }
    case 'incident.escalated':
      return ongoing(data as Of<'incident.escalated'>, 'Nobody took note yet: ')
    case 'incident.acknowledged': {
      const told = data as Of<'incident.acknowledged'>
      const title = `Acknowledged: ${titleOf(told)}`
      return { ...about(told), title, mood: 'warn', text: `${told.by} looks after it.` }
    }
    case 'incident.resolved':
      return ended(data as Of<'incident.resolved'>)
    case 'order.rerouted':
      return moved(data as Of<'order.rerouted'>)
    case 'order.reroute_refused': {
      const { order, decision } = data as Of<'order.reroute_refused'>
      const story = { title: `Order ${nameOf(order)} stays where it is`, mood: 'warn' as const }
      return { ...aboutOrder(order), ...story, text: sentence(decision?.reason ?? 'No reason is known') }
    }
    case 'order.reroute_undone': {
      const { order, reason, newFulfillmentOrders } = data as Of<'order.reroute_undone'>
      const to = newFulfillmentOrders[0]?.node?.name ?? 'its node'
      const title = `Order ${nameOf(order)} went back to ${to}`
      return { ...aboutOrder(order), title, mood: 'plain', text: sentence(reason) }
    }
    case 'reroute.plan_proposed':
    case 'reroute.plan_decided':
      return planned(data as Of<'reroute.plan_proposed'>)
    case 'order.backordered': {
      const { order, reason } = data as Of<'order.backordered'>
      const title = `Order ${nameOf(order)} is on backorder`
      return { ...aboutOrder(order), title, mood: 'warn', text: sentence(reason) }
    }
    case 'order.shipped':
      return left(data as Of<'order.shipped'>)
    case 'order.delivered': {
      const { order, deliveredAt } = data as Of<'order.delivered'>
      const title = `Order ${nameOf(order)} was delivered`
      return { ...aboutOrder(order), title, mood: 'good', text: `It arrived ${day(deliveredAt)}.` }
    }
    case 'order.cancelled': {
      const { order, reason } = data as Of<'order.cancelled'>
      const title = `Order ${nameOf(order)} was cancelled`
      return { ...aboutOrder(order), title, mood: 'plain', text: sentence(reason) }
    }
    case 'flow.message':
      return saidByFlow(data as Of<'flow.message'>)
    case 'webhook.test':
      return tried(data as Of<'webhook.test'>)
  }
}

function tried({ webhookId, message }: Of<'webhook.test'>): Story {
  const facts: Story['facts'] = [['Receiver', webhookId]]
  return { title: 'A test', mood: 'plain', text: message, facts, path: null, subject: webhookId }
}

function saidByFlow({ order, runId, name, text, data }: Of<'flow.message'>): Story {
  const about = order === null ? { facts: [], path: '/flows', subject: runId } : aboutOrder(order)
  const more = Object.entries(data).map(([fact, value]) => [words(fact), String(value)] as const)
  const facts: Story['facts'] = [...about.facts, ...more]
  return { ...about, facts, title: words(name), mood: 'plain', text: text === null ? '' : sentence(text) }
}

function ongoing(told: Of<'incident.opened'>, prefix: string): Story {
  const { incident } = told
  const level = severityWord(incident.severity)
  const facts: Story['facts'] = [['Severity', `${level} (${incident.severity.toFixed(2)})`]]
  if (incident.value !== null && incident.expectedLow !== null && incident.expectedHigh !== null) {
    const range = `${number(incident.expectedLow)} to ${number(incident.expectedHigh)}`
    facts.push([words(incident.metric), `${number(incident.value)}, expected ${range}`])
  }
  facts.push(['Orders at risk', number(incident.ordersAtRisk)])
  if (incident.centsAtRisk > 0) facts.push(['Worth', money(incident.centsAtRisk, incident.currency)])
  const [cause] = incident.causes
  if (cause !== undefined) facts.push(['Cause', `${Math.round(cause.share * 100)} % ${cause.name}`])
  facts.push(['Since', day(incident.beganAt)])
  if (incident.cutOffAt !== null) facts.push(['Next cut-off', day(incident.cutOffAt)])
  const sum = told.incidents.reduce((all, one) => all + one.ordersAtRisk, 0)
  const text = `${sum === 1 ? '1 order is' : `${number(sum)} orders are`} at risk.`
  const mood = level === 'high' ? 'bad' : 'warn'
  return {
    ...about(told),
    title: `${prefix}${titleOf(told)}`,
    mood,
    text,
    facts: [...facts, ...others(told)],
  }
}

function ended(told: Of<'incident.resolved'>): Story {
  const { incident, reason } = told
  const facts: Story['facts'] = [
    ['Orders moved', number(incident.ordersMoved)],
    ['Left in place', number(incident.ordersNotMoved)],
    ['Opened', day(incident.openedAt)],
  ]
  if (incident.resolvedAt !== null) facts.push(['Ended', day(incident.resolvedAt)])
  const title = `Resolved: ${titleOf(told)}`
  return { ...about(told), title, mood: 'good', text: sentence(reason), facts: [...facts, ...others(told)] }
}

function moved({ order, decision, incident, newFulfillmentOrders }: Of<'order.rerouted'>): Story {
  const [work] = newFulfillmentOrders
  const to = decision?.toNode?.name ?? work?.node?.name ?? 'another node'
  const from = decision?.fromNode?.name
  const carrier = work?.carrier ?? 'another carrier'
  const isHere = decision?.fromNode != null && decision.fromNode.nodeId === decision.toNode?.nodeId
  const facts: Story['facts'] = []
  if (from !== undefined) facts.push(['From', from])
  facts.push(isHere ? ['By', carrier] : ['To', to])
  if (decision?.hoursSaved != null) facts.push(['Saves', `${number(decision.hoursSaved)} h`])
  if (decision?.costCents != null) facts.push(['Costs', money(decision.costCents, order.currency)])
  if (incident !== null) facts.push(['Because of', incident.title])
  const base = aboutOrder(order)
  const text = sentence(decision?.reason ?? 'No reason is known')
  return {
    ...base,
    title: `Order ${nameOf(order)} ${isHere ? `leaves ${to} with ${carrier}` : `moved to ${to}`}`,
    mood: 'good',
    text,
    facts,
  }
}

const planWords: Record<api.HookPlan['status'], string> = {
  proposed: 'Waits for approval',
  approved: 'Approved',
  rejected: 'Rejected',
  expired: 'Not decided in time',
  done: 'Carried out',
}

function planned({ plan }: Of<'reroute.plan_proposed'>): Story {
  const { status, title, reason, orders, extraCents, currency, expiresAt, decidedBy, planId, links } = plan
  const facts: Story['facts'] = [
    ['Orders', number(orders)],
    ['Costs', money(extraCents, currency)],
  ]
  if (status === 'proposed') facts.push(['Until', day(expiresAt)])
  if (decidedBy !== null) facts.push(['By', decidedBy])
  return {
    title: `${planWords[status]}: ${title}`,
    mood: status === 'proposed' ? 'warn' : 'plain',
    text: sentence(reason),
    facts,
    ...(links === null
      ? {}
      : { answers: [['Approve', links.approve] as const, ['Reject', links.reject] as const] }),
    path: `/reroutes?plan=${encodeURIComponent(planId)}`,
    subject: planId,
  }
}

function left({ order, fulfillmentOrder, shipment }: Of<'order.shipped'>): Story {
  const node = fulfillmentOrder.node?.name ?? 'its node'
  const base = aboutOrder(order)
  if (shipment === null) {
    const title = `Order ${nameOf(order)} is ready`
    return { ...base, title, mood: 'good', text: `It waits at ${node} for the customer.` }
  }
  const facts: Story['facts'] = [['From', node]]
  if (shipment.carrier !== null) facts.push(['Carrier', shipment.carrier])
  if (shipment.trackingNumber !== null) facts.push(['Tracking', shipment.trackingNumber])
  return { ...base, title: `Order ${nameOf(order)} has left`, mood: 'good', text: `It left ${node}.`, facts }
}

interface AboutIncidents {
  incident: api.HookIncidentName
  incidents: readonly api.HookIncidentName[]
  notice: api.HookNotice | null
}

/** Incidents that are told together are one subject. */
function about({ incident, incidents, notice }: AboutIncidents) {
  const { incidentId, dimension, dimensionName } = incident
  const facts: Story['facts'] = [[words(dimension), dimensionName]]
  const path = incidents.length > 1 ? '/incidents' : `/incidents/${encodeURIComponent(incidentId)}`
  return { facts, path, subject: notice?.groupKey ?? incidentId }
}

function titleOf({ incident, incidents }: AboutIncidents): string {
  const more = incidents.length - 1
  return more === 0 ? incident.title : `${incident.title}, and ${more} more`
}

/** The other incidents of the message, as one fact. */
function others({ incidents }: AboutIncidents): Story['facts'] {
  const titles = incidents.slice(1, 6).map(({ title }) => title)
  return titles.length === 0 ? [] : [['Also', titles.join('; ')]]
}

function aboutOrder(order: api.HookOrder) {
  const facts: Story['facts'] = [['Order', nameOf(order)]]
  return { facts, path: `/orders/${encodeURIComponent(order.orderId)}`, subject: order.orderId }
}

function nameOf({ externalId, orderId }: api.HookOrder): string {
  return externalId ?? orderId
}

/** `no_candidate` -> `No candidate.` */
function sentence(reason: string): string {
  const text = words(reason)
  return /[.!?]$/.test(text) ? text : `${text}.`
}

function words(name: string): string {
  const text = name.replaceAll('_', ' ').trim()
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

function number(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 1 })
}

function money(cents: number, currency: string | null): string {
  const amount = (cents / 100).toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })
  return `${amount} ${currency ?? ''}`.trim()
}

/** `2026-03-02 08:00 UTC`. */
function day(instant: string): string {
  return `${instant.slice(0, 10)} ${instant.slice(11, 16)} UTC`
}
