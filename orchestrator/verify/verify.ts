// Verifies a home: replays every market and compares what is kept beside the events with what they give. Repairs what
// follows from events, and only that.

import type { Effects } from '#data/kernel'
import type { EventLog, SnapshotReader, SnapshotStore, StateCodec } from '#data/log'
import type { Warehouse } from '#data/warehouse'
import { type Core, type CoreState, coreDefinition, coreStream } from '#orchestrator/core'
import { type EventRef, refOf } from './audit.ts'
import { differences } from './differences.ts'
import { driftOfLedger } from './ledger.ts'
import { repairTables } from './repair.ts'
import { Replay } from './replay.ts'
import type { Drift, MarketChecked, VerifyReport } from './report.ts'
import { ahead, driftOfTables } from './tables.ts'

/** What is verified. */
export interface VerifyParts {
  log: EventLog
  warehouse: Warehouse
  snapshots: SnapshotStore
  effects: Effects
  /** The running core of a market, null where none runs here. */
  running(market: string): Pick<Core, 'state' | 'lastSeq'> | null
  /** Brings the tables up to date with the log. */
  project(): Promise<unknown>
  onProgress(market: string, done: number, total: number): void
}

/**
 * What is not as it must be, in every market of the log.
 * @param repairs whether snapshots that are wrong are removed, and tables that are wrong made anew
 * @throws LOG_UNAVAILABLE, LOG_DAMAGED, WAREHOUSE_QUERY
 */
export async function verify(parts: VerifyParts, repairs: boolean): Promise<VerifyReport> {
  const { log, effects } = parts
  const started = effects.clock.now()
  const report: VerifyReport = { markets: [], checks: 0, drift: [], repaired: [], seconds: 0 }
  const prefix = coreStream('')
  for (const stream of await log.streams()) {
    if (!stream.startsWith(prefix)) continue
    const { checked, checks, drift, repaired } = await verifyMarket(
      parts,
      stream.slice(prefix.length),
      repairs,
    )
    report.markets.push(checked)
    report.checks += checks
    report.drift.push(...drift)
    report.repaired.push(...repaired)
  }
  report.drift.push(...(await cursorsAhead(parts)))
  report.seconds = (effects.clock.now() - started) / 1000
  return report
}

/** Streams beside markets of which the tables have events that the log lacks. */
async function cursorsAhead({ log, warehouse }: VerifyParts): Promise<Drift[]> {
  const cursors = await warehouse.all<{ stream: string; seq: number }>(
    'SELECT stream, seq FROM projection_cursors ORDER BY stream',
  )
  const drift: Drift[] = []
  for (const { stream, seq } of cursors) {
    const tail = stream.startsWith(coreStream('')) ? seq : await log.tail(stream)
    if (seq > tail) drift.push(ahead(stream, seq, tail))
  }
  return drift
}

async function verifyMarket(parts: VerifyParts, market: string, repairs: boolean) {
  const { log, snapshots } = parts
  const stream = coreStream(market)
  const core = parts.running(market)
  const live = core === null ? null : { seq: core.lastSeq, state: core.state() }
  const kept = await snapshots.list(stream)
  const tail = Math.max(await log.tail(stream), live?.seq ?? 0)
  const replay = new Replay(
    log,
    market,
    new Set([...kept.map(({ seq }) => seq), ...(live === null ? [] : [live.seq])]),
  )
  await replay.to(tail, (seq) => parts.onProgress(market, seq, tail))
  await replay.lookAtAll()
  const ofState = live === null ? [] : await differing(parts, 'state', live, replay)
  const ofSnapshots = await driftOfSnapshots(parts, replay)
  const repaired: string[] = []
  if (repairs && ofSnapshots.length > 0) {
    await snapshots.clear()
    repaired.push('snapshots removed: the next start folds the events')
  }
  let tables = await driftOfTables({ ...parts, replay })
  let ledger = await driftOfLedger({ ...parts, replay })
  if (repairs && [...tables.drift, ...ledger].some(({ kind }) => kind === 'table')) {
    await repairTables(parts.warehouse, market)
    repaired.push(`tables of market ${market} made anew`)
    tables = await driftOfTables({ ...parts, replay })
    ledger = await driftOfLedger({ ...parts, replay })
  }
  const { audit } = replay
  const ofEvents = audit
    .findings()
    .map(({ invariant: rule, ...found }): Drift => ({ kind: 'invariant', market, rule, ...found }))
  const checked: MarketChecked = {
    market,
    events: audit.lastSeq,
    orders: audit.state.orders.size,
    positions: audit.state.stock.size,
    snapshots: kept.length,
    isRunning: live !== null,
    inFlux: tables.inFlux,
  }
  const drift = [...ofEvents, ...ofState, ...(repairs ? [] : ofSnapshots), ...tables.drift, ...ledger]
  return { checked, checks: audit.checks, drift, repaired }
}

/** Where a state is not what the events up to `seq` give. */
async function differing(
  { log }: VerifyParts,
  kind: 'state' | 'snapshot',
  { seq, state }: { seq: number; state: CoreState },
  replay: Replay,
): Promise<Drift[]> {
  const { market } = replay.audit
  const told = replay.kept.get(seq)
  const paths = told === undefined ? [] : differences(told, state)
  if (paths.length === 0) return []
  const first = await eventAt(log, market, seq)
  return paths.map((path) => {
    const [rule = kind] = path.split('/')
    const subject = kind === 'snapshot' ? `snapshot ${seq}: ${path}` : path
    return { kind, market, rule, subject, found: 'is not what the events give', first, isOver: false }
  })
}

async function eventAt(log: EventLog, market: string, seq: number): Promise<EventRef | null> {
  const [event] = await log.read(coreStream(market), seq - 1, 1)
  return event === undefined ? null : refOf(event)
}

/** Snapshots that cannot be used although this Detour wrote them, or that hold another state than the events give. */
async function driftOfSnapshots(parts: VerifyParts, replay: Replay): Promise<Drift[]> {
  const { snapshots, log } = parts
  const { market, lastSeq } = replay.audit
  const stream = coreStream(market)
  const { codec } = coreDefinition(market)
  const drift: Drift[] = []
  for (const { seq, format, problem } of codec === undefined ? [] : await snapshots.list(stream)) {
    if (codec === undefined || (problem === null && format !== codec.format)) continue
    const wanted = { stream, format: codec.format, lastSeq, only: seq }
    const state = await snapshots.load(wanted, async () => stateReader(codec))
    if (state === null) {
      const found = problem ?? 'cannot be read, or is not of this log'
      drift.push({
        ...{ kind: 'snapshot', market, rule: 'snapshot', subject: `snapshot ${seq}`, found },
        ...{ first: await eventAt(log, market, seq), isOver: false },
      })
    } else drift.push(...(await differing(parts, 'snapshot', { seq, state }, replay)))
  }
  return drift
}

/** Takes the state out of a snapshot, without what else it holds. */
function stateReader(codec: StateCodec<CoreState>): SnapshotReader<CoreState> {
  const state = codec.thaw()
  return {
    take: (section, piece) => {
      if (section === 'state') state.take(piece)
    },
    done: () => state.done(),
  }
}
