// Every command of the core with a maker of its data, and how often each is wished for in a seed. It sends nothing.

import type { Random } from '#data/kernel'
import { type CommandData, type CommandType, isEnded } from '#orchestrator/core'
import { flowWishes } from './flow-wishes.ts'
import { marketWishes } from './market-wishes.ts'
import { networkWishes } from './network-wishes.ts'
import { nextStep, type Wanted } from './next-step.ts'
import { orderWishes } from './order-wishes.ts'
import { policyWishes } from './policy-wishes.ts'
import { rerouteWishes } from './reroute-wishes.ts'
import { spoiled } from './spoil.ts'
import { stockWishes } from './stock-wishes.ts'
import { transferWishes } from './transfer-wishes.ts'
import { anyOrder, chance, type View, type WishesOf } from './view.ts'
import { workWishes } from './work-wishes.ts'

const archiveWishes = {
  ArchiveOrder: (view: View) => {
    const order = anyOrder(view, isEnded)
    return order === null ? null : { orderId: order.orderId, endedBefore: view.now }
  },
  RestoreOrder: (view: View) => {
    const found = view.archived()
    return found === null ? null : { order: found.order }
  },
}

const makers: WishesOf<CommandData> = {
  ...archiveWishes,
  ...orderWishes,
  ...workWishes,
  ...transferWishes,
  ...stockWishes,
  ...marketWishes,
  ...networkWishes,
  ...flowWishes,
  ...policyWishes,
  ...rerouteWishes,
}

/** Names of all commands. */
export const commandTypes = Object.keys(makers) as CommandType[]

/** How often some commands are wished for, against 1 for all others. */
const usual: Partial<Record<CommandType, number>> = {
  CreateOrder: 6,
  AdjustStock: 3,
  ReserveStock: 4,
  DefineNodes: 0.2,
  DefineOwnStates: 0.3,
  SetClock: 0.2,
  SetPolicy: 0.2,
  SetDetection: 0.2,
  ChangeNetwork: 0.5,
  PublishStrategy: 0.2,
  SetStrategyRules: 0.2,
  DraftPolicy: 0.2,
  PublishPolicy: 0.2,
  RetirePolicy: 0.1,
  DefineProducts: 0.2,
}

/** Weights of the commands in one seed: some are left out, some come often, so that seeds differ in kind. */
export function moodOf(random: Random): Map<CommandType, number> {
  const mood = new Map<CommandType, number>()
  for (const type of commandTypes) {
    const base = usual[type] ?? 1
    mood.set(type, base * random.pick(base > 2 ? [0.5, 1, 1] : [0, 0, 0.5, 1, 1, 4]))
  }
  return mood
}

/** Percent of wishes that bring an order a step further. */
const steps = 45

/** What comes from files and has been checked there: nobody can ask for it with odd amounts. */
const checkedBefore: ReadonlySet<CommandType> = new Set([
  'ImportOrders',
  'ReserveTransfer',
  'UpdateIncident',
  'RestoreOrder',
  'DefineNodes',
  'DefineMeasures',
])

/** Most makers tried before giving up in a state that offers next to nothing. */
const tries = 30

/**
 * A command that is mostly possible in the state.
 * @param hostile percent of those that are spoiled on purpose
 */
export function wishFor(view: View, mood: ReadonlyMap<CommandType, number>, hostile: number): Wanted | null {
  const step = chance(view, steps) ? nextStep(view) : null
  if (step !== null) return chance(view, hostile) ? { ...step, data: spoiled(step.data, view.random) } : step
  const types = [...mood.keys()]
  const weights = [...mood.values()]
  for (let i = 0; i < tries; i++) {
    const type = types[view.random.weighted(weights)] ?? 'CreateOrder'
    const data = makers[type as keyof typeof makers](view)
    if (data === null) continue
    // As the archive does it: each time that an order comes back is one command, whoever asks for it.
    const archived = type === 'RestoreOrder' ? view.archived() : null
    if (archived !== null) {
      const { order, times } = archived
      return { type, data: { order }, commandId: `restore/${order.orderId}/${times}` }
    }
    const isSpoiled = !checkedBefore.has(type) && chance(view, hostile)
    return { type, data: isSpoiled ? spoiled(data, view.random) : data }
  }
  return null
}
