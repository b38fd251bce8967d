// Measures the event log and its writer against node:sqlite alone: durable events/s, acknowledgement time,
// replay. It asserts nothing: a missed goal is a row with `pass: false`.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Effects } from '#data/kernel'
import { type Definition, type EventLog, type NewEvent, openActor, openSqliteLog } from '#data/log'
import { type BareRow, BareTable } from './bare-sqlite.ts'
import type { BenchRow } from './row.ts'

interface Order {
  commandId: string
  type: 'PlaceOrder' | 'PlaceAndReserve'
  data: { orderId: string; totalCents: number; nodeId: string; lines: { sku: string; quantity: number }[] }
}
type Placed = { type: string; data: Order['data'] }

interface Round {
  value: number
  baseline: number
}

const rounds = 3
const share = 0.7
const roundEvents = 32_000
const replayEvents = 100_000

/**
 * Rows of the group `log`: acknowledged durable events/s through the log and through a writer (goal: 0.7 of
 * node:sqlite alone with the same schema, rows and batch sizes), 99th percentile of the acknowledgement at
 * 5,000 events/s offered (goal: below 50 ms), replay (goal: 150,000 events/s). About 15 s; works in a folder
 * below the home.
 */
export async function benchLog(effects: Effects): Promise<BenchRow[]> {
  mkdirSync(effects.config.home, { recursive: true })
  const folder = mkdtempSync(join(effects.config.home, 'bench-log-'))
  const sizes: number[] = []
  const onCommit = (events: number): void => {
    sizes.push(events)
  }
  try {
    const log = await openSqliteLog(join(folder, 'log.sqlite'), effects, { onCommit })
    const bare = new BareTable(join(folder, 'bare.sqlite'))
    const bench = new LogBench(effects, log, bare, sizes)
    const rows: BenchRow[] = []
    rows.push(await bench.throughput('append, 32 callers x 32 events', () => bench.appends(32, 32)))
    const single = 'writer, 2000 callers, 1 event a command'
    rows.push(await bench.throughput(single, () => bench.commands(2000, 'PlaceOrder')))
    const several = 'writer, 1000 callers, 4 events a command'
    rows.push(await bench.throughput(several, () => bench.commands(1000, 'PlaceAndReserve')))
    rows.push(await bench.acknowledgement(5000, 3))
    rows.push(await bench.replay('market-0'))
    bare.close()
    await log.close()
    return rows
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

class LogBench {
  readonly #effects: Effects
  readonly #log: EventLog
  readonly #bare: BareTable
  /** Events of each transaction of the log since it was last emptied. */
  readonly #sizes: number[]
  readonly #tails = new Map<string, number>()
  #orders = 0

  constructor(effects: Effects, log: EventLog, bare: BareTable, sizes: number[]) {
    this.#effects = effects
    this.#log = log
    this.#bare = bare
    this.#sizes = sizes
  }

  /** Runs each round through the log, then its rows at its batch sizes through node:sqlite alone. */
  async throughput(
    name: string,
    run: () => Promise<{ seconds: number; rows: BareRow[] }>,
  ): Promise<BenchRow> {
    const measured: Round[] = []
    for (let i = 0; i <= rounds; i++) {
      this.#sizes.length = 0
      const { seconds, rows } = await run()
      const { perSecond } = this.#bare.write(rows, this.#sizes)
      if (i > 0) measured.push({ value: rows.length / seconds, baseline: perSecond })
    }
    const { value, baseline } = medians(measured)
    return {
      group: 'log',
      name,
      value: Math.round(value),
      unit: 'durable events/s',
      baseline: `node:sqlite alone at the same batch sizes: ${Math.round(baseline)}`,
      ratio: round2(value / baseline),
      goal: Math.round(share * baseline),
      pass: value >= share * baseline,
    }
  }

  async appends(callers: number, batch: number): Promise<{ seconds: number; rows: BareRow[] }> {
    const rows: BareRow[] = []
    const turns = Array.from({ length: Math.floor(roundEvents / callers / batch) }, () =>
      Array.from({ length: callers }, (_, caller) => this.#events(batch, `market-${caller}`, rows)),
    )
    const append = async (caller: number): Promise<void> => {
      const stream = `market-${caller}`
      let seq = this.#tails.get(stream) ?? 0
      for (const turn of turns) {
        seq = (await this.#log.append(stream, seq, turn[caller] as NewEvent[])).lastSeq
      }
      this.#tails.set(stream, seq)
    }
    const start = performance.now()
    await Promise.all(Array.from({ length: callers }, (_, caller) => append(caller)))
    return { seconds: (performance.now() - start) / 1000, rows }
  }

  async commands(callers: number, type: Order['type']): Promise<{ seconds: number; rows: BareRow[] }> {
    const size = type === 'PlaceOrder' ? 1 : 4
    const turns = Array.from({ length: Math.floor(roundEvents / callers / size) }, () =>
      Array.from({ length: callers }, () => this.#order(type)),
    )
    const actor = await this.#writer()
    const execute = async (caller: number): Promise<void> => {
      for (const turn of turns) await actor.execute(turn[caller] as Order)
    }
    const start = performance.now()
    await Promise.all(Array.from({ length: callers }, (_, caller) => execute(caller)))
    return { seconds: (performance.now() - start) / 1000, rows: turns.flat().flatMap(marked) }
  }

  async acknowledgement(perSecond: number, seconds: number): Promise<BenchRow> {
    const waits: number[] = []
    const orders = Array.from({ length: perSecond * seconds }, () => this.#order())
    const actor = await this.#writer()
    this.#sizes.length = 0
    const start = performance.now()
    const pending: Promise<void>[] = []
    const offer = async (order: Order, due: number): Promise<void> => {
      await actor.execute(order)
      waits.push(performance.now() - due)
    }
    while (pending.length < orders.length) {
      const due = Math.min(orders.length, Math.floor(((performance.now() - start) * perSecond) / 1000))
      for (let i = pending.length; i < due; i++) {
        pending.push(offer(orders[i] as Order, start + (i * 1000) / perSecond))
      }
      await this.#effects.clock.sleep(1)
    }
    await Promise.all(pending)
    const baseline = quantile(this.#bare.write(orders.flatMap(marked), this.#sizes).commitMs, 0.99)
    const value = quantile(waits, 0.99)
    return {
      group: 'log',
      name: `99th percentile of acknowledgement, ${perSecond} commands/s offered`,
      value: round2(value),
      unit: 'ms',
      baseline: `node:sqlite alone, one transaction at the same batch sizes: ${round2(baseline)}`,
      ratio: round2(value / baseline),
      goal: 50,
      pass: value < 50,
    }
  }

  async replay(stream: string): Promise<BenchRow> {
    const rows: BareRow[] = []
    const measured: Round[] = []
    let count = this.#tails.get(stream) ?? 0
    while (count < replayEvents) {
      count = (await this.#log.append(stream, count, this.#events(1000, stream, rows))).lastSeq
    }
    this.#bare.write(rows, [])
    for (let i = 0; i <= rounds; i++) {
      const start = performance.now()
      for (let seq = 0; seq < count; ) seq += (await this.#log.read(stream, seq, 10_000)).length
      const value = (count / (performance.now() - start)) * 1000
      if (i > 0) measured.push({ value, baseline: this.#bare.readPerSecond(stream) })
    }
    const { value, baseline } = medians(measured)
    return {
      group: 'log',
      name: `replay of ${count} events`,
      value: Math.round(value),
      unit: 'events/s',
      baseline: `node:sqlite alone, all() and JSON.parse: ${Math.round(baseline)}`,
      ratio: round2(value / baseline),
      goal: 150_000,
      pass: value >= 150_000,
    }
  }

  #writer() {
    return openActor({ log: this.#log, stream: 'main', definition, effects: this.#effects })
  }

  #order(type: Order['type'] = 'PlaceOrder'): Order {
    const orderId = `order-${String(++this.#orders).padStart(9, '0')}`
    const lines = [
      { sku: 'SKU-10042', quantity: 2 },
      { sku: 'SKU-70007', quantity: 1 },
    ]
    const data = { orderId, totalCents: 12_345 + (this.#orders % 1000), nodeId: 'node-17', lines }
    return { commandId: orderId, type, data }
  }

  #events(count: number, stream: string, rows: BareRow[]): NewEvent[] {
    return Array.from({ length: count }, () => {
      const { commandId, data } = this.#order()
      const event = { eventId: `${commandId}/0`, type: 'OrderPlaced', data }
      rows.push({ stream, ...event })
      return event
    })
  }
}

/** `PlaceOrder` is one event, `PlaceAndReserve` one more for each of three lines. */
function eventsOf({ type, data }: Order): Placed[] {
  const placed = { type: 'OrderPlaced', data }
  if (type === 'PlaceOrder') return [placed]
  const reserved = ['SKU-10042', 'SKU-70007', 'SKU-31337'].map((sku) => ({
    type: 'LineReserved',
    data: { orderId: data.orderId, nodeId: data.nodeId, totalCents: 0, lines: [{ sku, quantity: 1 }] },
  }))
  return [placed, ...reserved]
}

const definition: Definition<{ orders: number; cents: number }, Order, Placed, { orderId: string }> = {
  initial: () => ({ orders: 0, cents: 0 }),
  decide: (_, order) => ({ events: eventsOf(order), answer: { orderId: order.data.orderId } }),
  evolve: (state, { data }) => ({ orders: state.orders + 1, cents: state.cents + data.totalCents }),
}

/** The rows that a writer makes of the command: as long as the real ones, with a hash of zeros. */
function marked(order: Order): BareRow[] {
  const answer = { orderId: order.data.orderId }
  const mark = { hash: '0'.repeat(43), status: 'done', answer }
  return eventsOf(order).map(({ type, data }, i) => ({
    stream: 'main',
    eventId: `${order.commandId}/${i}`,
    type,
    data: i === 0 ? { ...data, _command: mark } : data,
  }))
}

function medians(measured: Round[]): Round {
  return {
    value: quantile(
      measured.map((one) => one.value),
      0.5,
    ),
    baseline: quantile(
      measured.map((one) => one.baseline),
      0.5,
    ),
  }
}

function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
}

function round2(value: number): number {
  return Math.round(value * 100) / 100
}
