// The ledger of stock: what every event did to each position, folded event by event, with a cursor of its own. It
// writes rows and nothing else.

import { setImmediate } from 'node:timers/promises'
import { logTables } from '#data/contracts'
import { type EventLog, isControlEvent, type StoredEvent } from '#data/log'
import type { Queries, Warehouse } from '#data/warehouse'
import {
  type Core,
  type CoreState,
  coreDefinition,
  coreEvent,
  coreStream,
  followMarket,
} from '#orchestrator/core'
import type { FoldParts } from './fold.ts'
import { concernsStock, ledgerRows, type Step, scheduleRows } from './ledger-rows.ts'
import { insertRows, replaceRows } from './write.ts'

/** Events per read of the log and per transaction, and those made into rows before others get the thread. */
const chunk = 2_000
const atOnce = 250

/** A market's state after one of its events. */
interface Anchor {
  seq: number
  state: CoreState
}

const isControl = ({ type }: StoredEvent) => isControlEvent(type)

/** The log as it was when the stream ended at an event. */
function endingAt(log: EventLog, seq: number): EventLog {
  return {
    append: (stream, expectedSeq, events) => log.append(stream, expectedSeq, events),
    read: (stream, afterSeq, limit) => log.read(stream, afterSeq, limit),
    tail: () => Promise.resolve(seq),
    eventsOfCommand: (stream, commandId) => log.eventsOfCommand(stream, commandId),
    streams: () => log.streams(),
    close: () => Promise.resolve(),
  }
}

/** Brings the ledgers of markets up to date; it remembers the states they ended with, which cost what changed since. */
export class StockLedger {
  readonly #parts: FoldParts
  readonly #warehouse: Warehouse
  readonly #anchors = new Map<string, Anchor>()
  /** One run of a market at a time. */
  readonly #running = new Map<string, Promise<void>>()

  constructor(parts: FoldParts, warehouse: Warehouse) {
    this.#parts = parts
    this.#warehouse = warehouse
  }

  /**
   * Writes what the ledger lacks, up to the last event of the running core, or of the stream where none runs.
   * @throws LOG_UNAVAILABLE, LOG_DAMAGED, WAREHOUSE_QUERY
   */
  async catchUp(market: string, core: Pick<Core, 'state' | 'lastSeq'> | null): Promise<void> {
    const before = this.#running.get(market) ?? Promise.resolve()
    const run = before.catch(() => undefined).then(() => this.#catchUp(market, core))
    this.#running.set(market, run)
    try {
      await run
    } finally {
      if (this.#running.get(market) === run) this.#running.delete(market)
    }
  }

  async #catchUp(market: string, core: Pick<Core, 'state' | 'lastSeq'> | null): Promise<void> {
    const { log } = this.#parts
    const stream = coreStream(market)
    const end = core === null ? null : { seq: core.lastSeq, state: core.state() }
    const to = end?.seq ?? (await log.tail(stream))
    let seq = await this.#cursorOf(market)
    let anchor: Anchor | null = null
    while (seq < to) {
      const events = await log.read(stream, seq, Math.min(chunk, to - seq))
      if (events.length === 0) break
      const isQuiet = end !== null && seq + events.length === to && events.every(isControl)
      // Events that a writer adds by itself change nothing: the state before them is the core's.
      anchor ??= isQuiet ? { seq, state: end.state } : await this.#anchorAt(market, seq)
      anchor = await this.#land(anchor, events)
      this.#anchors.set(market, anchor)
      seq = anchor.seq
    }
    // The core's own state shares what it holds with the core.
    if (end?.seq === seq) this.#anchors.set(market, end)
  }

  async #cursorOf(market: string): Promise<number> {
    const [row] = await this.#warehouse.all<{ seq: number }>(
      'SELECT seq FROM raw_log_stock_cursors WHERE market = $1',
      [market],
    )
    return row?.seq ?? 0
  }

  /** The state after an event: the remembered one, else the fold up to there. */
  async #anchorAt(market: string, seq: number): Promise<Anchor> {
    const known = this.#anchors.get(market)
    if (known?.seq === seq) return known
    const { log, effects, snapshots } = this.#parts
    const from = snapshots === null ? undefined : { options: { store: snapshots }, effects }
    const follower = followMarket(endingAt(log, seq), market, from)
    await follower.catchUp()
    return { seq: follower.lastSeq, state: follower.state() }
  }

  /** Lands the rows of events behind the anchor, unless somebody did meanwhile. @returns the state behind them */
  async #land(anchor: Anchor, events: readonly StoredEvent[]): Promise<Anchor> {
    const { market } = anchor.state
    const seq = anchor.seq + events.length
    let { state } = anchor
    await this.#warehouse.transaction(async (queries) => {
      const [row] = await queries.all<{ seq: number }>(
        'SELECT seq FROM raw_log_stock_cursors WHERE market = $1',
        [market],
      )
      const isKnown = (row?.seq ?? 0) !== anchor.seq
      for (let at = 0; at < events.length; at += atOnce) {
        const taken = stepsOf(state, events.slice(at, at + atOnce))
        state = taken.state
        if (isKnown) await setImmediate()
        else await writeSteps(queries, taken.steps)
      }
      if (isKnown) return
      const cursor = { market, seq, knownAt: new Date(state.latestAt).toISOString() }
      await replaceRows(queries, logTables.rawLogStockCursors, [cursor], ['market'])
    })
    return { seq, state }
  }
}

/** The steps of events that concern stock, and the state behind them. */
function stepsOf(before: CoreState, events: readonly StoredEvent[]): { steps: Step[]; state: CoreState } {
  const { evolve } = coreDefinition(before.market)
  const steps: Step[] = []
  let state = before
  for (const stored of events) {
    if (isControl(stored)) continue
    const event = coreEvent(stored)
    const step = { seq: stored.seq, event, before: state, after: evolve(state, event) }
    state = step.after
    if (concernsStock(step)) steps.push(step)
  }
  return { steps, state }
}

async function writeSteps(queries: Queries, steps: readonly Step[]): Promise<void> {
  const rows = steps.flatMap(ledgerRows)
  await insertRows(queries, logTables.rawLogStockLedger, rows)
  await insertRows(queries, logTables.rawLogStockSchedule, steps.flatMap(scheduleRows))
  if (rows.length === 0) await setImmediate()
}
