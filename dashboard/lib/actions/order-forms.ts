// What each action on an order asks before it is done. It decides nothing: which actions there are is said by the core.

import type { api } from '#data/contracts'
import { server } from '../api.ts'
import { instantOf } from '../times.ts'
import { edit, substitute } from './edit-forms.ts'
import type { ActionForm, FormField } from './form.ts'
import {
  lineIdsPart,
  linesFields,
  linesOf,
  type Make,
  maybeWhy,
  openLines,
  reasonOf,
  reasonPart,
  textOf,
  unitLine,
  unitsField,
  whyOf,
} from './order-fields.ts'
import { reroute } from './reroute-form.ts'

type Order = api.OrderDetail

/** The dialog of an action on an order; undefined where the action is not known here. */
export function orderForm(order: Order, action: string, timeZone: string): ActionForm | undefined {
  return Object.hasOwn(forms, action) ? forms[action]?.(order, timeZone) : undefined
}

const hold: Make = (order) => {
  const lines = openLines(order, true)
  return {
    title: `Hold ${order.externalId}`,
    text: 'Nothing moves on until the hold is lifted. Work that its node has not begun is called back.',
    confirm: 'Hold',
    done: 'It is on hold',
    fields: [...linesFields(lines), whyOf('the address is being checked')],
    act: (answers) =>
      server.orderAction(order.orderId, 'hold', {
        ...lineIdsPart(answers, lines),
        reason: reasonOf(answers),
      }),
  }
}

const liftHold: Make = (order) => {
  const held = order.lines.filter((line) => line.hold !== null)
  const lines = order.hold !== null ? [] : held.map((line) => unitLine(line, line.quantity, true))
  return {
    title: `Lift the hold of ${order.externalId}`,
    text: 'It goes on from where it stood: checked, sourced and released again as far as it can be.',
    confirm: 'Lift hold',
    done: 'The hold is lifted',
    fields: [...linesFields(lines), maybeWhy('the address is right')],
    act: (answers) =>
      server.orderAction(order.orderId, 'lift-hold', {
        ...lineIdsPart(answers, lines),
        ...reasonPart(answers),
      }),
  }
}

const cancel: Make = (order) => ({
  title: `Cancel ${order.externalId}`,
  text: 'Everything that has not left is cancelled and its stock let go at once. This cannot be taken back.',
  confirm: 'Cancel the order',
  done: 'The order was cancelled',
  isDangerous: true,
  fields: [whyOf('asked by the customer')],
  act: (answers) => server.orderAction(order.orderId, 'cancel', { reason: reasonOf(answers) }),
})

const cancelLines: Make = (order) => ({
  title: `Cancel units of ${order.externalId}`,
  text: 'Their stock is let go at once, and this cannot be taken back.',
  confirm: 'Cancel these units',
  done: 'The units were cancelled',
  isDangerous: true,
  fields: [unitsField(openLines(order, false)), whyOf('asked by the customer')],
  act: (answers) =>
    server.orderAction(order.orderId, 'cancel', { lines: linesOf(answers), reason: reasonOf(answers) }),
})

const split: Make = (order) => ({
  title: `Split ${order.externalId}`,
  text: 'The units move to a new order with the same customer, address and promise.',
  confirm: 'Split',
  done: 'The units have an order of their own',
  fields: [
    unitsField(openLines(order, false), 'Units that move'),
    newId(order),
    maybeWhy('part of it can go today'),
  ],
  act: (answers) =>
    server.orderAction(order.orderId, 'split', {
      lines: linesOf(answers),
      externalId: textOf(answers, 'newId'),
      ...reasonPart(answers),
    }),
})

const clone: Make = (order) => ({
  title: `Clone ${order.externalId}`,
  text: 'A new order with the same customer, address and lines, placed now.',
  confirm: 'Clone',
  done: 'A new order was made',
  fields: [
    unitsField(order.lines.map((line) => unitLine(line, line.quantity, true))),
    newId(order),
    maybeWhy('the parcel was lost'),
  ],
  act: (answers) =>
    server.orderAction(order.orderId, 'clone', {
      lines: linesOf(answers),
      externalId: textOf(answers, 'newId'),
      ...reasonPart(answers),
    }),
})

function newId(order: Order): FormField {
  return {
    kind: 'text',
    name: 'newId',
    label: 'Id of the new order',
    value: `${order.externalId}-2`,
    isRequired: true,
  }
}

const backorder: Make = (order) => ({
  title: `Back-order units of ${order.externalId}`,
  text: 'They wait for stock; work that is planned for them is let go.',
  confirm: 'Back-order',
  done: 'The units wait for stock',
  fields: [unitsField(openLines(order, true)), maybeWhy('the delivery is late')],
  act: (answers) =>
    server.orderAction(order.orderId, 'backorder', { lines: linesOf(answers), ...reasonPart(answers) }),
})

const preorder: Make = (order, timeZone) => {
  const lines = openLines(order, true)
  return {
    title: `Preorder ${order.externalId}`,
    text: 'It waits for a day, and goes on by itself when the day comes.',
    confirm: 'Preorder',
    done: 'It waits for its day',
    fields: [
      ...linesFields(lines),
      { kind: 'time', name: 'launchAt', label: 'Goes on at', isRequired: true },
      maybeWhy('it is not out yet'),
    ],
    act: (answers) =>
      server.orderAction(order.orderId, 'preorder', {
        ...lineIdsPart(answers, lines),
        launchAt: instantOf(textOf(answers, 'launchAt'), timeZone),
        ...reasonPart(answers),
      }),
  }
}

const retry: Make = (order) => ({
  title: `Try ${order.externalId} again`,
  text: 'What the checks held, what waits for stock and what every node refused is looked at again.',
  confirm: 'Try again',
  done: 'It is tried again',
  fields: [maybeWhy('stock has come')],
  act: (answers) => server.orderAction(order.orderId, 'retry', { ...reasonPart(answers) }),
})

const release: Make = (order) => ({
  title: `Release ${order.externalId}`,
  text: 'What holds it is lifted, and it goes to its nodes as far as it can.',
  confirm: 'Release',
  done: 'It goes on',
  fields: [maybeWhy('everything is checked')],
  act: (answers) => server.orderAction(order.orderId, 'release', reasonPart(answers)),
})

const giveBack: Make = (order) => {
  const lines = order.lines.flatMap((line) => {
    const most = line.deliveredQuantity - line.returnRequestedQuantity - line.returnedQuantity
    return most <= 0 ? [] : [unitLine(line, most, false)]
  })
  return {
    title: `Return of ${order.externalId}`,
    text: 'The customer sends these units back.',
    confirm: 'Ask for the return',
    done: 'The return is expected',
    fields: [unitsField(lines), whyOf('too small')],
    act: (answers) =>
      server.orderAction(order.orderId, 'return', { lines: linesOf(answers), reason: reasonOf(answers) }),
  }
}

const receiveReturn: Make = (order) => {
  const nodes = new Map(order.fulfillmentOrders.map(({ nodeId, nodeName }) => [nodeId, nodeName]))
  const options = [...nodes].map(([value, title]) => ({ value, title }))
  const back = order.lines.filter((line) => line.returnRequestedQuantity > 0)
  return {
    title: `Return of ${order.externalId} came back`,
    text: 'The units are at a node again.',
    confirm: 'Received',
    done: 'The return was received',
    fields: [
      unitsField(back.map((line) => unitLine(line, line.returnRequestedQuantity, true))),
      { kind: 'choice', name: 'nodeId', label: 'Node', value: options[0]?.value ?? '', options },
      {
        kind: 'choice',
        name: 'restock',
        label: 'Where to',
        value: 'yes',
        options: [
          { value: 'yes', title: 'Back on the shelf' },
          { value: 'no', title: 'Cannot be sold' },
        ],
      },
      maybeWhy('unopened'),
    ],
    act: (answers) =>
      server.orderAction(order.orderId, 'receive-return', {
        lines: linesOf(answers),
        nodeId: textOf(answers, 'nodeId'),
        restock: textOf(answers, 'restock') === 'yes',
        ...reasonPart(answers),
      }),
  }
}

const forms: Record<string, Make> = {
  hold,
  lift_hold: liftHold,
  cancel,
  cancel_lines: cancelLines,
  split,
  clone,
  backorder,
  preorder,
  retry,
  release,
  edit,
  substitute,
  reroute,
  return: giveBack,
  receive_return: receiveReturn,
}
