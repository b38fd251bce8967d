// Replays of a market: started, watched, cancelled, and kept, also over a new start. One runs at a time.

import type { api } from '#data/contracts'
import { type Effects, fail, reasonOf } from '#data/kernel'
import { changesOf, sideFigures } from './compare.ts'
import type { KeptReplay, ReplayFiles } from './replay-files.ts'
import { type ReplayRun, type ReplaySides, runReplay } from './run.ts'

/** What is to be replayed. */
export interface ReplayTask {
  kind: api.Replay['kind']
  id: string
  /** null = a draft that is not kept. */
  version: number | null
  /** Of a flow. */
  documentHash?: string
  by: string
  sides: ReplaySides
  /** What a check of it found. */
  findings: readonly api.PolicyFinding[]
  run: Omit<ReplayRun, 'elapsedMs' | 'isCancelled' | 'progress'>
}

interface Kept extends KeptReplay {
  isCancelled: boolean
}

/** Code of the word that something is published without a replay that told anything. */
export const noReplay = 'no_replay'

/** Replays that are kept. */
const keptMost = 20

const limits = [
  'Incidents count with the severity they had last, and stock, capacity and strategies are those of now.',
  'Work that a policy would have moved is counted; where it would have gone is not planned.',
  'Orders and lines that a person would have let go on stay held; of an order held in part the rest is sourced.',
  'Lines of branches that name no node are sourced together.',
  'What is held only before its release counts with the work that was planned for it.',
  'Of customers it knows the orders that are replayed alone.',
  'Flows wait for nothing: timers, events and approvals are passed, and what is asked of others is taken to be done.',
  'What a policy of a tile sets is seen by sourcing, not by conditions of later tiles.',
]

/** The replays of a market. */
export class Replays {
  readonly #effects: Pick<Effects, 'clock' | 'random'>
  readonly #files: ReplayFiles
  readonly #kept: Map<string, Kept>
  #under: Promise<void> | null = null
  #count = 0

  constructor(effects: Pick<Effects, 'clock' | 'random'>, files: ReplayFiles, known: readonly KeptReplay[]) {
    this.#effects = effects
    this.#files = files
    this.#kept = new Map(known.map((each) => [each.replay.replayId, { ...each, isCancelled: false }]))
  }

  /** Those of a market, with what is known of earlier ones. */
  static async open(effects: Pick<Effects, 'clock' | 'random'>, files: ReplayFiles): Promise<Replays> {
    return new Replays(effects, files, await files.load())
  }

  /** All that are kept, the newest first. */
  list(): api.Replay[] {
    return [...this.#kept.values()].map(({ replay }) => replay).reverse()
  }

  /** @throws REPLAY_UNKNOWN */
  get(replayId: string): api.Replay {
    return this.#found(replayId).replay
  }

  /** Orders that would go otherwise. @throws REPLAY_UNKNOWN */
  changes(replayId: string): readonly api.ReplayChange[] {
    return this.#found(replayId).changes
  }

  /** Starts a replay. @throws REPLAY_REFUSED where another one runs */
  start(task: ReplayTask): api.Replay {
    if (this.#under !== null) throw fail('REPLAY_REFUSED', { reason: 'another replay is under way' })
    const now = this.#effects.clock.now()
    const replayId = `rep_${now.toString(36)}_${(++this.#count).toString(36)}`
    const { kind, id, version, documentHash, by, run } = task
    const replay: api.Replay = {
      ...{ replayId, kind, id, version, startedBy: by, days: run.days },
      ...(documentHash === undefined ? {} : { documentHash }),
      ...{ status: 'running', step: 'starting', share: 0, summary: null, error: null },
      startedAt: new Date(now).toISOString(),
    }
    const kept: Kept = { replay, changes: [], isCancelled: false }
    this.#kept.set(replayId, kept)
    this.#under = this.#runAndKeep(task, kept).finally(() => {
      this.#under = null
    })
    return replay
  }

  /** What is kept is on disk before anybody is told of its end, so that what was looked at can be named later. */
  async #runAndKeep(task: ReplayTask, kept: Kept): Promise<void> {
    for (const old of [...this.#kept.keys()].slice(0, -keptMost)) {
      this.#kept.delete(old)
      await this.#files.remove(old)
    }
    await this.#files.save(kept)
    const end = await this.#run(task, kept)
    await this.#files.save({ replay: { ...kept.replay, ...end }, changes: kept.changes })
    kept.replay = { ...kept.replay, ...end }
  }

  /** Ends a replay before its end; one that has ended stays as it is. @throws REPLAY_UNKNOWN */
  cancel(replayId: string): api.Replay {
    const kept = this.#found(replayId)
    kept.isCancelled = true
    return kept.replay
  }

  /** Resolves once nothing runs any more. */
  async close(): Promise<void> {
    for (const kept of this.#kept.values()) kept.isCancelled = true
    await this.#under
  }

  #found(replayId: string): Kept {
    const kept = this.#kept.get(replayId)
    if (kept === undefined) throw fail('REPLAY_UNKNOWN', { replayId })
    return kept
  }

  /** @returns how it ended */
  async #run({ sides, run, id, findings }: ReplayTask, kept: Kept): Promise<Partial<api.Replay>> {
    const say = (said: Partial<api.Replay>) => {
      kept.replay = { ...kept.replay, ...said }
    }
    try {
      const done = await runReplay(sides, {
        ...run,
        elapsedMs: () => this.#effects.clock.now(),
        isCancelled: () => kept.isCancelled,
        progress: (step, share) => say({ step, share }),
      })
      if (done === null) return { status: 'cancelled', step: 'cancelled' }
      const { orders, isCut } = done
      kept.changes = changesOf(orders)
      const matched = orders.filter(({ after }) => after.course.speakers.has(id)).length
      const summary: api.ReplaySummary = {
        from: new Date(run.now - run.days * 86_400_000).toISOString(),
        to: new Date(run.now).toISOString(),
        currency: orders[0]?.past.order.currency ?? '',
        ...{ isCut, matched, changedOrders: kept.changes.length, limits },
        before: sideFigures(orders.map(({ before }) => before)),
        after: sideFigures(orders.map(({ after }) => after)),
        findings: [...findings, ...drastic(id, matched, orders.length)],
      }
      return { status: 'done', step: 'done', share: 1, summary }
    } catch (error) {
      return { status: 'failed', step: 'failed', error: reasonOf(error) }
    }
  }
}

/** What a person has to take on who publishes after it. */
function drastic(id: string, matched: number, orders: number): api.PolicyFinding[] {
  const about = { policyId: id, otherId: null, position: null, kind: 'warning', needsWord: true } as const
  if (orders === 0)
    return [
      { ...about, code: noReplay, text: 'There were no orders in these days, so that it tells nothing.' },
    ]
  const text = `It had something to say about every one of ${orders} orders.`
  return matched < orders ? [] : [{ ...about, code: 'matched_everything', text }]
}
