// Actions on several orders at once: what each asks, and what became of each order in words. It decides nothing.

import type { api } from '#data/contracts'
import { server } from '../api.ts'
import { count, counted } from '../numbers.ts'
import type { ActionForm, FormField } from './form.ts'
import { maybeWhy, reasonPart, whyOf } from './order-fields.ts'

/** What became of each order of an action. */
export type BulkAnswer = api.ItemResults

interface BulkAction {
  action: api.OrderActionName
  title: string
  text: string
  /** `2 orders were put on hold` */
  done: string
  example: string
  isDangerous?: boolean
}

const needsReason = new Set<api.OrderActionName>(['hold', 'cancel'])

/** Actions on several orders, in the order of their buttons. */
export const bulkActions: readonly BulkAction[] = [
  {
    action: 'hold',
    title: 'Hold',
    text: 'Nothing moves on until the hold is lifted.',
    done: 'put on hold',
    example: 'the addresses are being checked',
  },
  {
    action: 'release',
    title: 'Release',
    text: 'Holds are lifted, and work goes on from where it stood.',
    done: 'released',
    example: 'the addresses are right',
  },
  {
    action: 'retry',
    title: 'Try again',
    text: 'What the checks held, what waits for stock and what every node refused is looked at again.',
    done: 'tried again',
    example: 'stock has come',
  },
  {
    action: 'cancel',
    title: 'Cancel',
    text: 'Everything that has not left is cancelled and its stock let go at once. This cannot be taken back.',
    done: 'cancelled',
    example: 'the shop closes',
    isDangerous: true,
  },
]

/** The dialog of an action on several orders. @param answered is told what became of each */
export function bulkForm(
  { action, title, text, isDangerous, example }: BulkAction,
  orderIds: readonly string[],
  answered: (answer: BulkAnswer) => void,
): ActionForm {
  const fields: FormField[] = [needsReason.has(action) ? whyOf(example) : maybeWhy(example)]
  return {
    title: `${title} ${counted(orderIds.length, 'order')}`,
    text,
    confirm: `${title} ${counted(orderIds.length, 'order')}`,
    done: '',
    ...(isDangerous === undefined ? {} : { isDangerous }),
    fields,
    act: async (answers) => {
      answered(await server.orderActions({ action, orderIds: [...orderIds], ...reasonPart(answers) }))
      return undefined
    },
  }
}

/** How many were done, as a sentence without its full stop. */
export function bulkSentence({ items }: BulkAnswer, { done }: BulkAction): string {
  const made = items.filter(({ status }) => status === 'done').length
  const same = items.filter(({ status }) => status === 'noop').length
  const how =
    made === items.length ? counted(made, 'order') : `${count(made)} of ${counted(items.length, 'order')}`
  const already = same === 0 ? '' : `, ${count(same)} ${same === 1 ? 'was' : 'were'} so already`
  return `${how} ${made === 1 ? 'was' : 'were'} ${done}${already}`
}
