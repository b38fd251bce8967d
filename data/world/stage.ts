// What a world is made from before its first order: options, calendar, network, products, faults. It makes no order.

import { type Random, seededRandom } from '#data/kernel'
import { Calendar, daySeconds } from './calendar.ts'
import { type Catalogue, catalogueOf } from './catalogue.ts'
import { destinations } from './destinations.ts'
import { planFaults, type Scene, type TimedFault } from './faults.ts'
import { type Network, networkOf } from './network.ts'
import { type WorldOptions, worldOptions } from './options.ts'

/** A world before its first order. */
export interface Stage extends Scene {
  options: Readonly<Required<WorldOptions>>
  random: Random
  faults: TimedFault[]
}

/**
 * The stage of a world.
 * @throws WORLD_OPTIONS_INVALID when an option is out of its range
 */
export function stageOf(partial: Partial<WorldOptions>): Stage {
  const options = worldOptions(partial)
  const random = seededRandom(options.seed).fork('world')
  const end = Math.floor(options.end / 1000)
  const calendar = new Calendar(end - options.days * daySeconds, end)
  const network = networkOf(options.nodes)
  const catalogue = catalogueOf(options.skus, network, random.fork('catalogue'))
  const scene = { calendar, network, catalogue }
  const faults = planFaults(scene, random.fork('faults'))
  const kept = { all: faults, past: faults.slice(0, -1), none: [] }[options.faults]
  return { ...scene, options, random, faults: kept }
}

/** Work of each node as a share of all orders: deliveries, collections in stores, products of vendors. */
export function workShares(network: Network, catalogue: Catalogue): number[] {
  const people = destinations.reduce((sum, to) => sum + to.population, 0)
  return network.nodes.map((node, i) => {
    const exclusive = catalogue.products.filter((product) => product.vendor === i)
    const vendor = 1.7 * exclusive.reduce((sum, product) => sum + product.share, 0)
    const near = destinations.filter((_, to) => network.storeOf[to] === i)
    const collected = (0.21 * near.reduce((sum, to) => sum + to.population, 0)) / people
    return (network.shares[i] as number) + vendor + (node.type === 'store' ? collected : 0)
  })
}
