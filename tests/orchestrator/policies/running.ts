// A core with the flow over it, for tests of policies.

import type { Order } from '#orchestrator/core'
import { advance } from '#orchestrator/flows'
import { Worlds } from '#orchestrator/sourcing'
import { runCore } from '../core/running.ts'
import { start } from '../core/setting.ts'

/** A core with three nodes, and the way of an order through the flow. */
export async function running() {
  const { core, log } = await runCore()
  const worlds = new Worlds()
  const context = { core, worlds, now: () => start }
  const order = (id: string): Order => {
    const found = core.state().orders.get(id)
    if (found === undefined) throw new Error(`no order ${id}`)
    return found
  }
  return { core, log, worlds, context, order, go: (id: string) => advance(id, context) }
}
