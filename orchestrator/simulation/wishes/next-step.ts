// The usual way of an order, a step at a time: without it random wishes would hardly ever bring one to its customer. It
// decides nothing.

import {
  type CommandData,
  type CommandType,
  type FulfillmentOrder,
  isEnded,
  type Order,
} from '#orchestrator/core'
import { orderWishes } from './order-wishes.ts'
import { transferWishes } from './transfer-wishes.ts'
import { chance, oneOf, type View } from './view.ts'
import { workWishes } from './work-wishes.ts'

/** A command somebody wishes for. */
export interface Wanted {
  type: CommandType
  data: CommandData[CommandType]
  /** Where the same wish always has the same one. */
  commandId?: string
}

type Step = keyof typeof orderWishes | keyof typeof workWishes | keyof typeof transferWishes

/** The state with one order only, so that makers pick that one. */
function aloneWith(view: View, order: Order): View {
  const orders = { get: (id: string) => (id === order.orderId ? order : undefined), values: () => [order] }
  return { ...view, state: { ...view.state, orders: orders as unknown as View['state']['orders'] } }
}

/** What comes next for one of the orders that are on their way; null where none is. */
export function nextStep(view: View): Wanted | null {
  const all = [...view.state.orders.values()]
  // Most often one of a few old ones, so that some get far.
  const few = chance(view, 70) ? all.filter((order) => !isEnded(order)).slice(0, 4) : all
  const order = oneOf(view, few)
  if (order === null) return null
  const type = oneOf(view, stepsFor(order))
  if (type === null) return null
  const makers = { ...orderWishes, ...workWishes, ...transferWishes } as Record<Step, (view: View) => unknown>
  const data = makers[type](aloneWith(view, order))
  return data === null ? null : { type, data: data as CommandData[CommandType] }
}

function stepsFor(order: Order): Step[] {
  if (order.transfer?.state === 'reserved') return ['ConfirmTransfer']
  switch (order.status) {
    case 'created':
      return ['ValidateOrder']
    case 'validated':
    case 'backordered':
      return ['SourceOrder']
    case 'sourced':
      return ['ReserveOrder', 'ReleaseOrder']
    case 'on_hold':
      return ['LiftHold', 'RetryOrder']
    case 'preordered':
      return ['LaunchPreorder']
    case 'shipped':
    case 'delivered':
    case 'collected':
    case 'return_requested':
      return [...order.work.flatMap(stepsOfWork), 'RequestReturn', 'ReceiveReturn']
    default:
      return order.work.flatMap(stepsOfWork)
  }
}

function stepsOfWork(work: FulfillmentOrder): Step[] {
  if (work.transfer?.state === 'started') return ['ReleaseTransfer', 'FailTransfer']
  switch (work.status) {
    case 'open':
      return ['AcceptWork', 'StartPicking', 'StartPicking']
    case 'accepted':
      return ['StartPicking']
    case 'picking':
      return work.pickedAt === null ? ['PickWork'] : ['PackWork']
    case 'packed':
      return ['ShipWork', 'ReadyWork']
    case 'ready_for_pickup':
      return ['CollectWork', 'DeliverWork']
    case 'shipped':
      return ['DeliverWork']
    default:
      return []
  }
}
