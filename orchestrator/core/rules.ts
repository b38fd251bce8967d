// How the rules of commands are written down: one function for each type. Shapes and one wrapper only.

import type { CommandData, CommandOf, CommandType } from './commands.ts'
import { refused, type Verdict } from './decision.ts'
import type { Order } from './orders/order.ts'
import type { CoreState } from './state.ts'

/** The rule of each of the commands `D`. */
export type RulesOf<D> = {
  [T in keyof D & CommandType]: (state: CoreState, command: CommandOf<T>) => Verdict
}

/** A rule on an order that must be there. */
export function onOrder<T extends CommandType>(
  rule: (order: Order, data: CommandData[T], at: number, state: CoreState) => Verdict,
) {
  return (state: CoreState, { data, at }: { data: CommandData[T]; at: number }): Verdict => {
    const { orderId } = data as { orderId: string }
    const order = state.orders.get(orderId)
    return order === undefined ? refused('order_unknown', { orderId }) : rule(order, data, at, state)
  }
}
