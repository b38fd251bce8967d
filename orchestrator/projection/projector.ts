// Brings the warehouse up to date with the whole log: loads, markets, detection, webhooks. It decides nothing.

import type { Effects } from '#data/kernel'
import type { EventLog, SnapshotStore } from '#data/log'
import { project, unprojected, type Warehouse } from '#data/warehouse'
import { loadHandlers } from '#ingest'
import { type Core, coreStream } from '#orchestrator/core'
import { type FoldParts, foldMarket, type MarketFold } from './fold.ts'
import { StockLedger } from './ledger.ts'
import { type MarketSource, marketHandler } from './market.ts'
import { modelScoresHandler } from './model-scores.ts'
import { detectionHandler, webhooksHandler } from './records.ts'

/**
 * The running core of a market (not its state alone: `lastSeq` says which events the state has); undefined or null
 * where none runs, so that its stream is folded.
 */
export type MarketStates = (market: string) => Pick<Core, 'state' | 'lastSeq'> | null | undefined

/** What a projector works on. */
export interface ProjectorParts {
  log: EventLog
  warehouse: Warehouse
  effects: Effects
  /** Folder of the lake. */
  lake: string
  /** From which markets without a running core are folded. */
  snapshots?: SnapshotStore
  /**
   * Whether tables keep what people alone read: events, the ledger of stock, the candidates of decisions. Default true;
   * without it they can be made anew from the log.
   */
  keepsTrail?: boolean
}

/** Brings a warehouse up to date with its log. */
export interface Projector {
  /**
   * Projects what the log has and the warehouse does not; of a market with a running core what that core knows.
   * Can be called at any time, also beside itself: each event lands once.
   * @param options leavesLedger: the ledger of stock is brought up to date by a later call
   * @returns events projected
   */
  project(states?: MarketStates, options?: { leavesLedger?: boolean }): Promise<number>
  /** Projects all but markets, for whoever opens their cores next. @returns events projected */
  projectLoads(): Promise<number>
  /** Events of the log that the warehouse does not have yet. */
  pending(): Promise<number>
}

/** A projector; it holds nothing open. */
export function openProjector(parts: ProjectorParts): Projector {
  const { log, warehouse, effects, lake, snapshots, keepsTrail = true } = parts
  const fold: FoldParts = { log, effects, snapshots: snapshots ?? null }
  const ledger = new StockLedger(fold, warehouse)
  return {
    project: async (states = () => undefined, { leavesLedger = false } = {}) => {
      const folds = new Map<string, Promise<MarketSource>>()
      const sourceOf = async (market: string): Promise<MarketSource> => {
        const running = states(market)
        if (running != null) return running
        const known = folds.get(market) ?? foldLater(fold, market)
        folds.set(market, known)
        return known
      }
      const market = marketHandler(sourceOf, { keepsTrail })
      const batches = [market, detectionHandler, webhooksHandler, modelScoresHandler(lake)]
      const options = { batches, keepsEvents: keepsTrail }
      const projected = await project(log, warehouse, loadHandlers(lake), effects, options)
      for (const stream of leavesLedger || !keepsTrail ? [] : await log.streams()) {
        if (!stream.startsWith(coreStream(''))) continue
        const market = stream.slice(coreStream('').length)
        await ledger.catchUp(market, states(market) ?? null)
      }
      return projected
    },
    projectLoads: () => {
      const batches = [detectionHandler, webhooksHandler, modelScoresHandler(lake)]
      const streams = (stream: string) => !stream.startsWith(coreStream(''))
      return project(log, warehouse, loadHandlers(lake), effects, { batches, streams })
    },
    pending: () => unprojected(log, warehouse),
  }
}

/** A market without a core: folded when its first batch asks, and projected as far as it goes now. */
async function foldLater(parts: FoldParts, market: string): Promise<MarketSource> {
  let fold: Promise<MarketFold> | undefined
  return {
    lastSeq: await parts.log.tail(coreStream(market)),
    state: async () => {
      fold ??= foldMarket(parts, market)
      return (await fold).state
    },
  }
}
