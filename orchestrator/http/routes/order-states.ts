// Routes of states: every state an order can be in, what may follow on what, and the own states of the market.

import { api, orderStatuses } from '#data/contracts'
import { terminalStates, transitions } from '#orchestrator/core'
import type { Engine } from '#orchestrator/engine'
import { answerOf, commandIdOf, execute, idempotencyHeaders } from '../command.ts'
import type { App, AppParts } from '../parts.ts'
import { problems } from '../problem.ts'

const tags = ['orders']
const response = { 200: api.orderStates, ...problems }

/** Adds the routes of states. */
export function addOrderStates(app: App, { engine }: AppParts): void {
  app.get(
    '/order-states',
    { schema: { tags, summary: 'States of orders and what may follow on what', response } },
    async () => statesOf(engine),
  )
  app.put(
    '/order-states',
    {
      config: { access: 'manage' },
      schema: {
        tags,
        summary: 'Define the own states of the market, all at once',
        description:
          'The list replaces the one before; an empty list takes all away, and what an own state held back goes on. ' +
          'Lines and work go into an own state by the action own-state. The states are kept in the log: to set up ' +
          'a new home, or to keep them in a repository, send the same file again; what is so already changes nothing.',
        headers: idempotencyHeaders,
        body: api.ownStatesAsked,
        response,
      },
    },
    async (request) => {
      const commandId = commandIdOf(request, 'order-states')
      answerOf(await execute(engine, 'DefineOwnStates', request.body, { commandId }))
      return statesOf(engine)
    },
  )
}

function statesOf(engine: Engine): api.OrderStates {
  return {
    states: orderStatuses.map((state) => ({ state, isTerminal: terminalStates.includes(state) })),
    transitions: transitions.map(({ from, to, by }) => ({ from, to, by: [...by] })),
    ownStates: engine.core.state().ownStates.map(({ name, within, from, to, blocks }) => ({
      name,
      within,
      from: [...from],
      to: [...to],
      blocks,
    })),
  }
}
