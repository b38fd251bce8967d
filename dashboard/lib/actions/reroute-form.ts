// What the dialog of a reroute asks, and asks once more where only a limit stands against it. It weighs no node.

import type { api } from '#data/contracts'
import { server } from '../api.ts'
import { ApiError } from '../problem.ts'
import { reasonWord } from '../reasons.ts'
import { capital } from '../words.ts'
import type { ActionForm, FormAnswers, FormField } from './form.ts'
import { type Make, reasonOf, textOf, whyOf } from './order-fields.ts'

type Order = api.OrderDetail

/** Limits that bind a person, too, and that they may go beyond with a reason; all else cannot be done. */
export const limitsToGoBeyond: ReadonlySet<string> = new Set([
  'moved_too_often',
  'cool_down',
  'pair_cool_down',
  'promise_worse',
  'incident_limit',
  'hour_limit',
  'node_hour_limit',
  'incident_budget',
  'day_budget',
])

/** The dialog that moves the work of an order. */
export const reroute: Make = (order) => ({
  title: `Reroute ${order.externalId}`,
  text:
    'Work that its node has not begun is moved. Stock is held at the new node first, then let go at ' +
    `${order.nodeName ?? 'the old one'}.`,
  confirm: 'Reroute',
  done: 'The order was moved',
  fields: [nodeField(order, '')],
  act: (answers) => server.reroute(order.orderId, toNode(answers)),
  onRefusal: (error, answers) => {
    const limit = limitIn(error)
    return limit === null ? null : beyond(order, limit, answers)
  },
})

/** The same move once more, with a reason to go beyond the limit. */
function beyond(order: Order, limit: string, before: FormAnswers): ActionForm {
  const plain = reroute(order, '')
  return {
    ...plain,
    against: `${capital(reasonWord(limit))}.`,
    text: 'A person may move it all the same. Your name and the reason are kept with the decision.',
    confirm: 'Move it anyway',
    fields: [nodeField(order, textOf(before, 'toNodeId')), whyOf('the customer asked for it')],
    act: (answers) => server.reroute(order.orderId, { ...toNode(answers), override: reasonOf(answers) }),
  }
}

function limitIn(error: unknown): string | null {
  if (!(error instanceof ApiError) || error.problem.code !== 'CORE_REFUSED') return null
  const reason = error.problem.details?.reason
  return typeof reason === 'string' && limitsToGoBeyond.has(reason) ? reason : null
}

function toNode(answers: FormAnswers): { toNodeId?: string } {
  const toNodeId = textOf(answers, 'toNodeId')
  return toNodeId === '' ? {} : { toNodeId }
}

function nodeField(order: Order, value: string): FormField {
  return {
    kind: 'choice',
    name: 'toNodeId',
    label: 'To',
    hint: 'The best node is chosen by cost, promise and stock.',
    value,
    options: [{ value: '', title: 'The best node' }, ...weighedNodes(order)],
  }
}

/** Nodes that decisions of the order weighed. */
function weighedNodes(order: Order): { value: string; title: string }[] {
  const nodes = new Map<string, string>()
  for (const { candidates } of order.decisions) {
    for (const one of candidates) if (one.nodeId !== order.nodeId) nodes.set(one.nodeId, one.nodeName)
  }
  const found = [...nodes].map(([value, title]) => ({ value, title }))
  return found.sort((a, b) => a.title.localeCompare(b.title))
}
