// A world in which one thing about one node is different, to see whether that node would win there. It changes nothing
// of the world it is given.

import { type BuildOptions, buildProblem, type Model, type OrderModel } from '../model/build.ts'
import { openSession, type SourcingSession } from '../model/session.ts'
import { solveOne } from '../model/solve-one.ts'
import type { SourcingOrder, SourcingWorld } from '../world.ts'

/** One thing that is different about a node. */
export interface Change {
  nodeId: string
  kind: 'cost' | 'stock' | 'distance' | 'capacity' | 'cut_off'
  /** cents cheaper, units more of `sku`, km more of the limit, orders more in a day, minutes later. */
  amount: number
  sku?: string
}

/** Whether a node sends something when a change is made. */
export function winsWith(
  change: Change,
  order: SourcingOrder,
  session: SourcingSession,
  build: BuildOptions = {},
): boolean {
  const [model, one] = problemWith(change, order, session, build)
  const answer = one === undefined ? null : solveOne(model, one)
  if (one === undefined || answer === null) return false
  return answer.pieces.some(({ place }) => one.places[place]?.stand.facts.node.nodeId === change.nodeId)
}

function problemWith(
  change: Change,
  order: SourcingOrder,
  session: SourcingSession,
  build: BuildOptions,
): [Model, OrderModel | undefined] {
  const { nodeId, kind, amount, sku } = change
  let asked = order
  let here = session
  let options = build
  if (kind === 'cost') options = { ...build, cheaper: { nodeId, cents: amount } }
  else if (kind === 'stock') {
    const more = (at: string, of: string) => (at === nodeId && of === sku ? amount : 0)
    asked = { ...order, held: (at, of) => order.held(at, of) + more(at, of) }
  } else here = openSession(worldWith(change, session.world))
  const model = buildProblem([asked], here, options)
  return [model, model.orders[0]]
}

function worldWith({ nodeId, kind, amount }: Change, world: SourcingWorld): SourcingWorld {
  const { network, strategy } = world
  if (kind === 'distance') {
    const constraints = strategy.constraints.map((one) =>
      one.name === 'max_distance' && one.kind === 'hard' && one.limit !== null
        ? { ...one, limit: one.limit + amount }
        : one,
    )
    return { ...world, strategy: { ...strategy, constraints } }
  }
  if (kind === 'capacity') {
    const node = network.nodes.get(nodeId)
    if (node === undefined) return world
    const more = (limit: number | null) => (limit === null ? null : limit + amount)
    const capacity = { ...node.capacity, ordersPerDay: more(node.capacity.ordersPerDay), ordersPerHour: null }
    const nodes = new Map(network.nodes).set(nodeId, { ...node, capacity })
    return { ...world, network: { ...network, nodes } }
  }
  // A cut-off that is later reaches work as if it had come earlier; it is not done any sooner for that.
  const departures: typeof network.departures = (at, carrierId, from, count, hours = 0) => {
    if (at !== nodeId) return network.departures(at, carrierId, from, count, hours)
    return network.departures(at, carrierId, from - amount * 60_000, count, hours + amount / 60)
  }
  return { ...world, network: { ...network, departures } }
}
