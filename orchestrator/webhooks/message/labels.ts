// Labels of a message, by which receivers choose what they are told. They follow from its body alone.

import type { api } from '#data/contracts'
import { labelsOf as incidentLabels, severityWord } from '#orchestrator/alerting'
import type { MessageBody } from './body.ts'

/** Values of labels by their names; what is not known has no label. */
export type Labels = Record<string, string>

/** How grave a severity of 0 to 1 is, in the words of services for alerts. */
export function levelOf(severity: number): 'critical' | 'warning' | 'info' {
  return levels[severityWord(severity)]
}

const levels = { high: 'critical', medium: 'warning', low: 'info' } as const

const incidentNames = ['incident', 'severity', 'kind', 'dimension', 'value']
const orderNames = [
  'provider',
  'channel',
  'method',
  'country',
  'region',
  'currency',
  'node',
  'carrier',
  'reason',
]
const decided = new Set<api.WebhookEventType>([
  'order.rerouted',
  'order.reroute_refused',
  'order.backordered',
])

/** Names of the labels that messages of a type may have. */
export function labelNames(type: api.WebhookEventType): string[] {
  const common = ['market', 'type']
  if (type === 'webhook.test') return common
  if (type.startsWith('reroute.')) return [...common, 'incident', 'status']
  if (type.startsWith('incident.')) return [...common, ...incidentNames, 'node', 'carrier']
  const names = [...common, ...orderNames, ...(type === 'flow.message' ? ['name'] : [])]
  return decided.has(type) ? [...names, ...incidentNames, 'to_node'] : names
}

/** The labels of a message. */
export function labelsOf({ type, data }: MessageBody): Labels {
  const found: Record<string, string | null | undefined> = { market: data.market, type }
  if ('incident' in data && data.incident !== null) Object.assign(found, incidentLabels(data.incident))
  if ('order' in data && data.order !== null) Object.assign(found, orderLabels(data.order))
  if ('fulfillmentOrder' in data) {
    found.node = data.fulfillmentOrder.node?.nodeId
    found.carrier = data.fulfillmentOrder.carrier
  }
  if ('shipment' in data && data.shipment !== null) found.carrier = data.shipment.carrier
  if ('decision' in data && data.decision !== null) {
    found.node = data.decision.fromNode?.nodeId
    found.to_node = data.decision.toNode?.nodeId
    found.reason = data.decision.reason
  }
  if ('order' in data && 'reason' in data) found.reason = data.reason
  if ('runId' in data) found.name = data.name
  if ('plan' in data) Object.assign(found, planLabels(data.plan))
  return Object.fromEntries(
    Object.entries(found).flatMap(([name, value]) => (value == null || value === '' ? [] : [[name, value]])),
  )
}

/** The labels of each incident of a message; of any other message its own alone. */
export function allLabelsOf(body: MessageBody): Labels[] {
  const { data } = body
  if (!('incidents' in data)) return [labelsOf(body)]
  return data.incidents.map((incident) => labelsOf({ ...body, data: { ...data, incident } as typeof data }))
}

/** Whether the labels are what all rules ask for; a label that is not there is none of any values. */
export function fits(rules: readonly api.LabelRule[], labels: Labels): boolean {
  return rules.every(({ label, is, values }) => {
    const value = labels[label]
    const isAmong = value !== undefined && values.some((pattern) => isLike(value, pattern))
    return is === 'one_of' ? isAmong : !isAmong
  })
}

function isLike(value: string, pattern: string): boolean {
  return pattern.endsWith('*') ? value.startsWith(pattern.slice(0, -1)) : value === pattern
}

function orderLabels({ provider, channel, method, currency, shipTo }: api.HookOrder) {
  return { provider, channel, method, currency, country: shipTo?.country, region: shipTo?.region }
}

function planLabels({ incidentId, status }: api.HookPlan) {
  return { incident: incidentId, status }
}
