// Measures the event log and its writer against node:sqlite alone: durable events/s, acknowledgement time, replay.
// It asserts nothing: a missed goal is a row with `pass: false`.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Effects } from '#data/kernel'
import { type Definition, type EventLog, type NewEvent, openActor, openSqliteLog } from '#data/log'
import { type BareRow, BareTable } from './bare-sqlite.ts'
import type { BenchRow } from './row.ts'

interface Order {
  commandId: string
  type: string
  data: { orderId: string; totalCents: number; nodeId: string; lines: { sku: string; quantity: number }[] }
}
type Placed = { type: 'OrderPlaced'; data: Order['data'] }

interface Round {
  value: number
  baseline: number
}

const rounds = 3
const share = 0.7
const roundEvents = 40_000

/**
 * Rows of the group `log`: acknowledged durable events/s through the log and through a writer (goal: 0.7 of
 * node:sqlite alone with the same schema, rows and batch sizes), 99th percentile of the acknowledgement at 5,000
 * events/s offered (goal: below 50 ms), replay (goal: 150,000 events/s). About 15 s; works in a folder below the home.
 */
export async function benchLog(effects: Effects): Promise<BenchRow[]> {
  mkdirSync(effects.config.home, { recursive: true })
  const folder = mkdtempSync(join(effects.config.home, 'bench-log-'))
  try {
    const bench = new LogBench(folder, effects)
    const rows: BenchRow[] = []
    rows.push(await bench.throughput('append, 32 callers x 32 events', () => bench.appends(32, 32)))
    rows.push(await bench.throughput('writer, 2000 callers x 1 command', () => bench.commands(2000)))
    rows.push(await bench.acknowledgement(5000, 3))
    rows.push(await bench.replay(100_000))
    return rows
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

class LogBench {
  readonly #folder: string
  readonly #effects: Effects
  #files = 0
  #orders = 0

  constructor(folder: string, effects: Effects) {
    this.#folder = folder
    this.#effects = effects
  }

  /** Runs each round through the log, then its rows at its batch sizes through node:sqlite alone. */
  async throughput(name: string, run: () => Promise<{ value: number; rows: BareRow[]; sizes: number[] }>) {
    const measured: Round[] = []
    for (let i = 0; i <= rounds; i++) {
      const { value, rows, sizes } = await run()
      const baseline = this.#bare(rows, sizes).perSecond
      if (i > 0) measured.push({ value, baseline })
    }
    const { value, baseline } = medians(measured)
    const words = `node:sqlite alone at the same batch sizes: ${Math.round(baseline)}`
    return {
      group: 'log',
      name,
      value: Math.round(value),
      unit: 'durable events/s',
      baseline: words,
      ratio: round2(value / baseline),
      goal: Math.round(share * baseline),
      pass: value >= share * baseline,
    }
  }

  async appends(callers: number, batch: number) {
    const rows: BareRow[] = []
    const work = Array.from({ length: callers }, (_, caller) =>
      Array.from({ length: Math.floor(roundEvents / callers / batch) }, () =>
        this.#events(batch, caller, rows),
      ),
    )
    return this.#recorded(rows, async (log) => {
      const caller = async (batches: NewEvent[][], i: number): Promise<void> => {
        let seq = 0
        for (const events of batches) seq = (await log.append(`market-${i}`, seq, events)).lastSeq
      }
      await Promise.all(work.map(caller))
    })
  }

  async commands(callers: number) {
    const orders = Array.from({ length: callers }, () =>
      Array.from({ length: Math.floor(roundEvents / callers) }, () => this.#order()),
    )
    const rows = orders.flat().map((order) => marked(order))
    return this.#recorded(rows, async (log) => {
      const actor = await openActor({ log, stream: 'main', definition, effects: this.#effects })
      const caller = async (mine: Order[]): Promise<void> => {
        for (const order of mine) await actor.execute(order)
      }
      await Promise.all(orders.map(caller))
    })
  }

  async acknowledgement(perSecond: number, seconds: number): Promise<BenchRow> {
    const waits: number[] = []
    const orders = Array.from({ length: perSecond * seconds }, () => this.#order())
    const { sizes } = await this.#recorded([], async (log) => {
      const actor = await openActor({ log, stream: 'main', definition, effects: this.#effects })
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
    })
    const baseline = quantile(this.#bare(orders.map(marked), sizes).commitMs, 0.99)
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

  async replay(count: number): Promise<BenchRow> {
    const path = this.#path()
    const log = await openSqliteLog(path, this.#effects)
    for (let seq = 0; seq < count; ) {
      seq = (await log.append('main', seq, this.#events(1000, 0, []))).lastSeq
    }
    const measured: Round[] = []
    for (let i = 0; i <= rounds; i++) {
      const start = performance.now()
      let seq = 0
      for (let isMore = true; isMore; ) {
        const events = await log.read('main', seq, 10_000)
        seq += events.length
        isMore = events.length === 10_000
      }
      const value = (seq / (performance.now() - start)) * 1000
      const table = new BareTable(path)
      const baseline = table.readPerSecond('main')
      table.close()
      if (i > 0) measured.push({ value, baseline })
    }
    await log.close()
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

  async #recorded(rows: BareRow[], run: (log: EventLog) => Promise<void>) {
    const sizes: number[] = []
    const path = this.#path()
    const log = await openSqliteLog(path, this.#effects, { onCommit: (events) => sizes.push(events) })
    const start = performance.now()
    await run(log)
    const value = (rows.length / (performance.now() - start)) * 1000
    await log.close()
    this.#remove(path)
    return { value, rows, sizes }
  }

  #bare(rows: BareRow[], sizes: number[]) {
    const path = this.#path()
    const table = new BareTable(path)
    const result = table.write(rows, sizes)
    table.close()
    this.#remove(path)
    return result
  }

  #path(): string {
    return join(this.#folder, `${++this.#files}.sqlite`)
  }

  #remove(path: string): void {
    for (const end of ['', '-wal', '-shm']) rmSync(path + end, { force: true })
  }

  #order(): Order {
    const orderId = `order-${String(++this.#orders).padStart(9, '0')}`
    const lines = [
      { sku: 'SKU-10042', quantity: 2 },
      { sku: 'SKU-70007', quantity: 1 },
    ]
    const data = { orderId, totalCents: 12_345 + (this.#orders % 1000), nodeId: 'node-17', lines }
    return { commandId: orderId, type: 'PlaceOrder', data }
  }

  #events(count: number, caller: number, rows: BareRow[]): NewEvent[] {
    return Array.from({ length: count }, () => {
      const { commandId, data } = this.#order()
      const event = { eventId: `${commandId}/0`, type: 'OrderPlaced', data }
      rows.push({ stream: `market-${caller}`, ...event })
      return event
    })
  }
}

const definition: Definition<{ orders: number; cents: number }, Order, Placed, { orderId: string }> = {
  initial: () => ({ orders: 0, cents: 0 }),
  decide: (_, { data }) => ({ events: [{ type: 'OrderPlaced', data }], answer: { orderId: data.orderId } }),
  evolve: (state, { data }) => ({ orders: state.orders + 1, cents: state.cents + data.totalCents }),
}

/** The row that a writer makes of the command: as long as the real one, with a hash of zeros. */
function marked({ commandId, data }: Order): BareRow {
  const mark = { hash: '0'.repeat(43), status: 'done', answer: { orderId: data.orderId } }
  return { stream: 'main', eventId: `${commandId}/0`, type: 'OrderPlaced', data: { ...data, _command: mark } }
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
