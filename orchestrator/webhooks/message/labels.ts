// Labels of a message, by which receivers choose what they are told. They follow from its body alone.

import type { api } from '#data/contracts'
import type { MessageBody } from './body.ts'

/** Values of labels by their names; what is not known has no label. */
export type Labels = Record<string, string>

/** Severity from which an incident is called critical, or a warning. */
const criticalFrom = 0.8
const warningFrom = 0.5

/** How grave a severity of 0 to 1 is, in a word. */
export function levelOf(severity: number): 'critical' | 'warning' | 'info' {
  if (severity >= criticalFrom) return 'critical'
  return severity >= warningFrom ? 'warning' : 'info'
}

/** Names of the labels that messages of a type may have. */
export function labelNames(type: api.WebhookEventType): string[] {
  const common = ['market', 'type']
  if (type === 'webhook.test') return common
  const incident = ['incident', 'severity', 'metric', 'dimension']
  if (type.startsWith('incident.')) return [...common, ...incident, 'node', 'carrier', 'reason']
  const order = [
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
  const isDecision = ['order.rerouted', 'order.reroute_refused', 'order.backordered'].includes(type)
  return [...common, ...order, ...(isDecision ? [...incident, 'to_node'] : [])]
}

/** The labels of a message. */
export function labelsOf({ type, data }: MessageBody): Labels {
  const found: Record<string, string | null | undefined> = { market: data.market, type }
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
  if ('incident' in data && data.incident !== null) Object.assign(found, incidentLabels(data.incident))
  if ('reason' in data) found.reason = data.reason
  return Object.fromEntries(
    Object.entries(found).flatMap(([name, value]) => (value == null || value === '' ? [] : [[name, value]])),
  )
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

/** Where the dimension is a node or a carrier, its value is a label of that name too. */
function incidentLabels(incident: api.HookIncidentName) {
  const { incidentId, severity, metric, dimension, dimensionValue } = incident
  const known = { incident: incidentId, severity: levelOf(severity), metric, dimension }
  return ['node', 'carrier'].includes(dimension) ? { ...known, [dimension]: dimensionValue } : known
}
