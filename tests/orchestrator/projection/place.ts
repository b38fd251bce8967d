// A log that grows with a core in memory, and the tables that a projection writes; for tests of the projection.

import { join } from 'node:path'
import { logTables, operations, type TableContract } from '#data/contracts'
import { type EventLog, openSqliteLog } from '#data/log'
import { migrate, openWarehouse, type Warehouse } from '#data/warehouse'
import type { CoreState } from '#orchestrator/core'
import { openProjector } from '#orchestrator/projection'
import { Sandbox } from '../core/setting.ts'
import { effectsWith } from '../places.ts'
import { act, appended, type Step } from './market.ts'

export const effects = effectsWith()

const tables: TableContract[] = [
  ...(Object.values(logTables) as TableContract[]),
  operations.incidents,
  operations.incidentHistory,
  operations.incidentComments,
  operations.incidentNotices,
  operations.silences,
  operations.decisions,
  operations.decisionCandidates,
  operations.rawLogEvents,
  operations.projectionCursors,
]

/** An empty warehouse in memory, or in a file. */
export async function newWarehouse(path = ':memory:'): Promise<Warehouse> {
  const warehouse = await openWarehouse(path, { memoryMb: 512, threads: 2 })
  await migrate(warehouse)
  return warehouse
}

/** All rows that a projection writes, sorted. */
export async function rowsOf(warehouse: Warehouse): Promise<Record<string, Record<string, unknown>[]>> {
  const out: Record<string, Record<string, unknown>[]> = {}
  for (const { name } of tables) out[name] = await warehouse.all(`FROM ${name} ORDER BY ALL`)
  return out
}

/** Projects the log; the market from the core given, else from a fold. */
export function project(
  log: EventLog,
  warehouse: Warehouse,
  market?: { state(): CoreState; lastSeq: number },
): Promise<number> {
  return openProjector({ log, warehouse, effects, lake: 'nowhere' }).project(() => market)
}

/** A market whose events are durable. */
export class Market {
  readonly box = Sandbox.withStock()
  readonly log: EventLog
  lastSeq = 0

  constructor(log: EventLog) {
    this.log = log
  }

  static async open(folder: string, name: string): Promise<Market> {
    return new Market(await openSqliteLog(join(folder, name), effects))
  }

  state(): CoreState {
    return this.box.state
  }

  /** Does the steps and makes their events durable. */
  async live(some: readonly Step[]): Promise<void> {
    for (const step of some) act(this.box, step)
    await this.keep()
  }

  /** Makes durable what the core did since the last time. */
  async keep(): Promise<void> {
    const events = this.box.events.slice(this.lastSeq).map((event, i) => appended(event, this.lastSeq + i))
    if (events.length > 0) await this.log.append('market:main', this.lastSeq, events)
    this.lastSeq += events.length
  }
}
