// Runs a world from its first instant to its last and writes its history. It reads no clock and no
// environment.

import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type { EntityName } from '#data/contracts'
import { daySeconds } from './calendar.ts'
import { Delivery } from './delivery.ts'
import { Demand, planPromotions, slotSeconds } from './demand.ts'
import { Dock } from './dock.ts'
import { type Fault, type TimedFault, tellFaults } from './faults.ts'
import { Fulfillment } from './fulfillment.ts'
import type { WorldOptions } from './options.ts'
import { type Team, teamOf } from './queue.ts'
import { Shop } from './shop.ts'
import { Sourcing } from './sourcing.ts'
import { type Stage, stageOf, workShares } from './stage.ts'
import { Stock } from './stock.ts'
import { Tables } from './tables.ts'

/** What was generated. */
export interface WorldSummary {
  directory: string
  options: Readonly<Required<WorldOptions>>
  /** First instant and end (not included), ISO 8601. */
  from: string
  to: string
  /** Rows by file, headers not counted. */
  rows: Record<EntityName, number>
  /** The answer key. */
  faults: Fault[]
}

/** How far the generation is. */
export interface WorldProgress {
  day: number
  days: number
  orders: number
}

/**
 * The faults of a world, in order of time, without generating it.
 * @throws WORLD_OPTIONS_INVALID when an option is out of its range
 */
export function answerKey(options: Partial<WorldOptions> = {}): Fault[] {
  const stage = stageOf(options)
  return tellFaults(stage.faults, stage)
}

/**
 * Writes the history of Fabrikam as nine CSV files and `answer-key.json` into a folder, which is made.
 * The same options give the same bytes. Memory is bounded by what is open at one time, not by the history.
 * @param onProgress called once per simulated day
 * @throws WORLD_OPTIONS_INVALID when an option is out of its range
 */
export async function generateWorld(
  directory: string,
  options: Partial<WorldOptions> = {},
  onProgress?: (progress: WorldProgress) => void,
): Promise<WorldSummary> {
  const stage = stageOf(options)
  const { calendar } = stage
  await mkdir(directory, { recursive: true })
  const tables = new Tables(directory, calendar, stage.network, stage.catalogue)
  let rows: Record<EntityName, number>
  try {
    await live(stage, tables, onProgress)
  } finally {
    rows = tables.close()
  }
  const iso = (second: number): string => new Date(second * 1000).toISOString().replace('.000Z', 'Z')
  const faults = tellFaults(stage.faults, stage)
  const span = { from: iso(calendar.start), to: iso(calendar.end) }
  const key = { options: stage.options, ...span, faults }
  await writeFile(join(directory, 'answer-key.json'), `${JSON.stringify(key, null, 2)}\n`)
  return { directory, options: stage.options, ...span, rows, faults }
}

async function live(
  stage: Stage,
  tables: Tables,
  onProgress?: (progress: WorldProgress) => void,
): Promise<void> {
  const { calendar, options } = stage
  const { demand, shop, stock, fulfillment, teams } = cast(stage, tables)
  tables.nodes(teams)
  tables.products()
  stock.open(calendar.start)
  const last = Math.ceil(calendar.end / slotSeconds) - 1
  let day = 0
  for (let slot = Math.floor(calendar.start / slotSeconds); slot <= last; slot++) {
    const start = Math.max(slot * slotSeconds, calendar.start)
    const stop = Math.min((slot + 1) * slotSeconds, calendar.end)
    stock.step(slot * slotSeconds, (pair) => fulfillment.arrive(pair, start))
    if (demand.draw(start, stop) > 0) for (const order of shop.slot(start, stop)) fulfillment.submit(order)
    fulfillment.run(slot)
    stock.flush(slot, tables)
    stock.count(stop, slot === last, tables)
    if (stop - calendar.start < (day + 1) * daySeconds) continue
    day++
    onProgress?.({ day, days: options.days, orders: shop.placed })
    await setImmediate()
  }
  fulfillment.close()
}

function cast(stage: Stage, tables: Tables) {
  const { calendar, network, catalogue, faults, options, random } = stage
  const promotions = planPromotions(calendar, random.fork('promotions'))
  const demand = new Demand(calendar, options.orders, faults, promotions, random.fork('demand'))
  const shop = new Shop(catalogue, network, demand, faults, options.orders, random.fork('shop'))
  const stock = new Stock(network, catalogue, demand, calendar, faults, random.fork('stock'))
  const of = (node: number): TimedFault[] => faults.filter((fault) => fault.node === node)
  const shares = workShares(network, catalogue)
  const teams = network.nodes.map((node, i): Team => teamOf(node, shares[i] ?? 0, demand, calendar, of(i)))
  const docks = network.nodes.map((node, i) => new Dock(node, calendar, of(i)))
  const sourcing = new Sourcing(network, catalogue, stock, random.fork('sourcing'))
  const delivery = new Delivery(calendar, network, catalogue, stock, docks, faults, random.fork('delivery'))
  const floor = { calendar, network, teams, stock, sourcing, delivery, tables, faults }
  const fulfillment = new Fulfillment({ ...floor, random: random.fork('fulfillment') })
  return { demand, shop, stock, fulfillment, teams }
}
