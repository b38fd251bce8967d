// What changes of an order's content ask: its way and quantities, and another product for a line. It decides nothing.

import type { api } from '#data/contracts'
import { server } from '../api.ts'
import { minorUnitsOf } from '../numbers.ts'
import { fieldText, instantOf } from '../times.ts'
import { methodNames, methodWord } from '../words.ts'
import type { FormAnswers, FormField } from './form.ts'
import {
  linesOf,
  type Make,
  maybeWhy,
  openLines,
  reasonPart,
  textOf,
  unitLine,
  unitsMost,
} from './order-fields.ts'

type Order = api.OrderDetail

/** Parts of an address, as they are asked for. */
const addressParts = [
  ['city', 'City'],
  ['region', 'Region'],
  ['postalCode', 'Postal code'],
  ['country', 'Country'],
] as const

/** Address, method, date and quantities; only what was changed is sent, with the version that was seen. */
export const edit: Make = (order, timeZone) => ({
  title: `Edit ${order.externalId}`,
  text: 'Work that the change touches and nobody has begun is called back and planned anew.',
  confirm: 'Save',
  done: 'The order was changed',
  fields: [
    ...addressParts.map(
      ([name, label]): FormField => ({
        kind: 'text',
        name,
        label,
        isHalf: true,
        value: known(order.shipTo[name]),
      }),
    ),
    {
      kind: 'choice',
      name: 'method',
      label: 'Method',
      isHalf: true,
      value: order.method,
      options: methodNames.map((value) => ({ value, title: methodWord(value) })),
    },
    {
      kind: 'time',
      name: 'promisedAt',
      label: 'Promised for',
      isHalf: true,
      value: promiseText(order, timeZone),
    },
    {
      kind: 'units',
      name: 'lines',
      label: 'Units ordered',
      hint: '0 cancels a line',
      lines: order.lines.map((line) => ({ ...unitLine(line, unitsMost, false), units: line.quantity })),
    },
    maybeWhy('the customer moved'),
  ],
  act: (answers) =>
    server.editOrder(order.orderId, {
      ...(order.version === null ? {} : { version: order.version }),
      ...reasonPart(answers),
      ...changesOf(order, answers, timeZone),
    }),
})

const known = (text: string | null) => (text === null || text === 'unknown' ? '' : text)
const promiseText = ({ promisedAt }: Order, timeZone: string) =>
  promisedAt === null ? '' : fieldText(promisedAt, timeZone)

function changesOf(order: Order, answers: FormAnswers, timeZone: string) {
  const isMoved = addressParts.some(([name]) => textOf(answers, name) !== known(order.shipTo[name]))
  const parts = addressParts.map(([name]) => [name, textOf(answers, name)] as const)
  const shipTo = Object.fromEntries(parts.filter(([, text]) => text !== ''))
  const method = textOf(answers, 'method') as Order['method']
  const promised = textOf(answers, 'promisedAt')
  const isPromised = promised !== promiseText(order, timeZone)
  const wanted = new Map(linesOf(answers).map(({ lineId, quantity }) => [lineId, quantity]))
  const quantities = order.lines
    .map((line) => ({ lineId: line.lineId, quantity: wanted.get(line.lineId) ?? 0, before: line.quantity }))
    .filter(({ quantity, before }) => quantity !== before)
    .map(({ lineId, quantity }) => ({ lineId, quantity }))
  return {
    ...(isMoved ? { shipTo } : {}),
    ...(method === order.method ? {} : { method }),
    ...(isPromised ? { promisedAt: promised === '' ? null : instantOf(promised, timeZone) } : {}),
    ...(quantities.length === 0 ? {} : { quantities }),
  }
}

/** Another product for units of a line. */
export const substitute: Make = (order) => {
  const lines = openLines(order, false)
  const [first] = lines
  return {
    title: `Substitute in ${order.externalId}`,
    text: 'Units of a line become a new line with another product.',
    confirm: 'Substitute',
    done: 'The units are another product now',
    fields: [
      {
        kind: 'choice',
        name: 'lineId',
        label: 'Line',
        value: first?.lineId ?? '',
        options: lines.map(({ lineId, title, most }) => ({ value: lineId, title: `${title} (${most})` })),
      },
      { kind: 'number', name: 'quantity', label: 'Units', value: String(first?.most ?? 1), isRequired: true },
      { kind: 'text', name: 'sku', label: 'SKU instead', isRequired: true, isHalf: true },
      { kind: 'number', name: 'price', label: `Price of each, ${order.currency}`, hint: 'empty = as before' },
      maybeWhy('out of stock everywhere'),
    ],
    act: (answers) =>
      server.orderAction(order.orderId, 'substitute', {
        lineId: textOf(answers, 'lineId'),
        quantity: Number(textOf(answers, 'quantity')),
        sku: textOf(answers, 'sku'),
        ...priceOf(textOf(answers, 'price'), order.currency),
        ...reasonPart(answers),
      }),
  }
}

function priceOf(text: string, currency: string) {
  return text === '' ? {} : { unitPriceCents: Math.round(Number(text) * 10 ** minorUnitsOf(currency)) }
}
