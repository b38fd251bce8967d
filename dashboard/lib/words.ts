// Words and tones for the states of orders, work, stock, incidents and decisions. It formats no numbers.

import type { api } from '#data/contracts'

/** What a state says to a person: red, amber, green, blue, or nothing. */
export type Tone = 'bad' | 'warn' | 'good' | 'info' | 'plain'

/** The text as the start of a sentence, without a full stop at its end. */
export function capital(text: string): string {
  return (text[0]?.toUpperCase() ?? '') + text.slice(1).replace(/\.$/, '')
}

/** `ready for pickup` of `ready_for_pickup`, first letter large where asked. */
export function plain(word: string, isSentence = true): string {
  const text = word.replaceAll('_', ' ')
  return isSentence ? (text[0]?.toUpperCase() ?? '') + text.slice(1) : text
}

type OrderState = api.OrderSummary['status']
type WorkState = api.OrderDetail['fulfillmentOrders'][number]['status']
type Method = api.OrderSummary['method']

/** Tone of every state of an order; one that is missing here is a type error. */
const orderTones: Record<OrderState, Tone> = {
  created: 'plain',
  validated: 'plain',
  on_hold: 'warn',
  backordered: 'warn',
  preordered: 'plain',
  sourced: 'plain',
  released: 'info',
  picking: 'info',
  packed: 'info',
  ready_for_pickup: 'info',
  shipped: 'info',
  delivered: 'good',
  collected: 'good',
  cancelled: 'plain',
  return_requested: 'plain',
  returned: 'plain',
}

/** States of orders, least advanced first. */
export const orderStates = Object.keys(orderTones) as OrderState[]

/** Tone of the state of an order or of work. */
export function orderTone(status: string): Tone {
  if (status === 'picked') return 'info'
  return orderTones[status as OrderState] ?? workTones[status as WorkState] ?? 'plain'
}

const workTones: Record<WorkState, Tone> = {
  open: 'plain',
  accepted: 'info',
  rejected: 'bad',
  picking: 'info',
  packed: 'info',
  ready_for_pickup: 'info',
  shipped: 'info',
  delivered: 'good',
  collected: 'good',
  cancelled: 'plain',
}

/** States of the work of nodes, least advanced first. */
export const workStates = Object.keys(workTones) as WorkState[]

/** State of work for people: what is only planned, and what was picked, have words of their own. */
export function workState(work: { status: string; isReleased: boolean; pickedAt: string | null }): string {
  if (work.status === 'open' && !work.isReleased) return 'planned'
  return work.status === 'picking' && work.pickedAt !== null ? 'picked' : work.status
}

const methodWords: Record<Method, string> = {
  delivery: 'Delivery',
  pickup: 'Pick-up',
  curbside: 'Curbside',
  ship_to_store: 'Ship to store',
}

/** Ways in which orders reach their customers. */
export const methodNames = Object.keys(methodWords) as Method[]

/** `Pick-up` of `pickup` */
export function methodWord(method: string): string {
  return methodWords[method as Method] ?? plain(method)
}

const nodeWords: Record<string, string> = {
  warehouse: 'Warehouse',
  store: 'Store',
  '3pl': '3PL',
  dropship: 'Drop-ship vendor',
}

/** `3PL` of `3pl` */
export function nodeWord(type: string): string {
  return nodeWords[type] ?? plain(type)
}

const decisionWords: Record<string, [string, Tone]> = {
  done: ['Done', 'good'],
  refused: ['Not moved', 'warn'],
  undone: ['Undone', 'plain'],
  held_out: ['Held out', 'plain'],
}

/** Word and tone of what became of a decision. */
export function decisionWord(status: string): [string, Tone] {
  return decisionWords[status] ?? [plain(status), 'plain']
}

const stockWords: Record<string, [string, Tone]> = {
  ok: ['In stock', 'plain'],
  low: ['Low', 'warn'],
  out: ['Out', 'bad'],
}

/** Word and tone of the state of stock. */
export function stockWord(state: string): [string, Tone] {
  return stockWords[state] ?? [plain(state), 'plain']
}

const severeFrom = 0.5

/** Tone of an incident: green when over, red when severe, else amber. */
export function incidentTone(incident: { status: string; severity: number }): Tone {
  if (incident.status === 'resolved') return 'good'
  return incident.severity >= severeFrom ? 'bad' : 'warn'
}
