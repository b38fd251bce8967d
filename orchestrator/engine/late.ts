// Lateness beside the loop: teaches the late-risk model when what it learned from is old, asks it again and again what
// it says of now, and gives that to sourcing, rescues, lists and the table `order_risks`. It never holds up a cycle.

import { type api, operations } from '#data/contracts'
import { type Effects, reasonOf } from '#data/kernel'
import type { Warehouse } from '#data/warehouse'
import type { LateCard as Card, LateModels, LateView, WorkRisk } from '#models'
import type { BuiltIn, Job } from '#orchestrator/learning'
import { insertRows } from '#orchestrator/projection'
import type { Outlook, Worlds } from '#orchestrator/sourcing'

/** What it works with. */
export interface LateContext {
  late: LateModels
  warehouse: Warehouse
  effects: Effects
  market: string
  worlds: Worlds
  /** Whether a model may be taught now; else only what was taught before is asked. */
  mayTeach(): boolean
  /** Starts a training of the model, or gives the one under way. */
  train(): Job
  now(): number
  /** Market time after which what the model says of now is asked again, ms; absent = ten minutes. */
  lookMs?: number
  /** Whether recent decisions are held against those the model learned from. */
  watchesDrift: boolean
}

/** Lateness of a market. */
export interface LateWatch {
  /** Called after each cycle; starts what is due, if nothing is under way. */
  wake(): void
  /** Resolves once what is under way has ended. */
  settled(): Promise<void>
  /** Starts nothing more; resolves once what is under way has ended. */
  close(): Promise<void>
}

/** Market time after which a model is taught again, ms. */
const oldMs = 7 * 86_400_000
/** Least real time between two tries to teach, ms: little history becomes more only slowly. */
const teachRestMs = 600_000
/** Market time and real time after which what it says of now is asked again, ms. */
const usualLookMs = 600_000
const lookRestMs = 120_000

/** Lateness of a market, watched. */
export function watchLate(context: LateContext): LateWatch {
  const { late, effects, market, now, lookMs = usualLookMs } = context
  const stop = new AbortController()
  const taught = { at: late.current(market) === null ? null : now(), triedAt: Number.NEGATIVE_INFINITY }
  const looked = { at: Number.NEGATIVE_INFINITY, triedAt: Number.NEGATIVE_INFINITY, version: '' }
  let under: Promise<void> | null = null
  const teachIsDue = () =>
    context.mayTeach() &&
    effects.clock.now() - taught.triedAt >= teachRestMs &&
    (taught.at === null || now() - taught.at > oldMs)
  const lookIsDue = () => {
    const version = late.current(market)?.version
    if (version === undefined) return false
    // What could not be asked is asked again after a rest, not in every cycle.
    if (version !== looked.version) return true
    return now() - looked.at >= lookMs && effects.clock.now() - looked.triedAt >= lookRestMs
  }
  const work = async () => {
    if (lookIsDue()) await look(context, looked)
    if (stop.signal.aborted || !teachIsDue()) return
    taught.triedAt = effects.clock.now()
    if ((await context.train().ended).error === null && late.current(market) !== null) taught.at = now()
    if (!stop.signal.aborted && lookIsDue()) await look(context, looked)
  }
  return {
    wake: () => {
      if (stop.signal.aborted || under !== null || !(teachIsDue() || lookIsDue())) return
      under = work()
        .catch((error: unknown) => {
          if (!stop.signal.aborted)
            effects.logger.warn({ reason: reasonOf(error) }, 'lateness was not foreseen; it is tried again')
        })
        .finally(() => {
          under = null
        })
    },
    settled: async () => {
      await under
    },
    close: async () => {
      stop.abort()
      await under
    },
  }
}

/** The late-risk model as one of Detour's own. */
export function lateModel({
  late,
  warehouse,
  market,
  now,
}: Pick<LateContext, 'late' | 'warehouse' | 'market' | 'now'>): BuiltIn {
  return {
    model: 'late',
    title: 'Lateness',
    does: 'Tells how likely open work misses its promise, and how long nodes and carriers take.',
    drifts: () => late.drifts(market),
    train: async (signal, onProgress) => {
      const told = (share: number) => onProgress({ step: 'learning and testing on the past', share })
      const options = { market, now: now(), signal, onProgress: told }
      const done = await warehouse.reading((queries) => late.teach(queries, options))
      if (done.kind === 'few') return `${done.ends} ends of work so far, ${done.wanted} are needed`
      const { isPromoted, reason } = done.card.verdict
      return isPromoted ? '' : `the new version is not in use: ${reason}`
    },
  }
}

async function look(
  context: LateContext,
  looked: { at: number; triedAt: number; version: string },
): Promise<void> {
  const { late, warehouse, effects, market, worlds, now, watchesDrift } = context
  const at = now()
  looked.triedAt = effects.clock.now()
  looked.version = late.current(market)?.version ?? ''
  const view = await warehouse.reading((queries) => late.look(queries, { market, now: at, watchesDrift }))
  if (view === null) return
  looked.at = at
  worlds.history = { ...worlds.history, outlook: outlookOf(view) }
  await keepRisks(warehouse, market, view)
}

/** The model in use as a row of the status; none where there is none. */
export function lateStates(card: Card | null): api.ModelState[] {
  if (card === null) return []
  const { version, backend, trainedAt, rows, metrics } = card
  const share = (value: number | undefined) => (value === undefined ? '–' : value.toFixed(2))
  const note =
    `learned from ${card.from.slice(0, 10)} to ${card.to.slice(0, 10)}; on held-back time log loss ` +
    `${share(metrics.logLoss)} (base rates ${share(metrics.baseLogLoss)})`
  return [{ name: 'late', version, backend, state: 'ready', trainedAt, trainedRows: rows.trained, note }]
}

/** What the model said, as sourcing takes it. */
export function outlookOf({ version, madeAt, processing, transit, risks }: LateView): Outlook {
  const byOrder = new Map<string, Map<string, number>>()
  for (const { orderId, workId, risk } of risks) {
    const works = byOrder.get(orderId) ?? new Map<string, number>()
    byOrder.set(orderId, works)
    works.set(workId, risk)
  }
  return { version, madeAt, processing, transit, risks: byOrder }
}

/** Puts the risks of a market in the place of those that were told before. */
async function keepRisks(warehouse: Warehouse, market: string, view: LateView): Promise<void> {
  const scoredAt = new Date(view.madeAt).toISOString()
  const rows = view.risks.flatMap(({ stage, orderId, workId, risk }: WorkRisk) =>
    stage === 'decided'
      ? []
      : [
          {
            orderId,
            fulfillmentOrderId: workId,
            market,
            risk,
            stage,
            model: `late ${view.version}`,
            scoredAt,
          },
        ],
  )
  await warehouse.transaction(async (queries) => {
    await queries.run(`DELETE FROM ${operations.orderRisks.name} WHERE market = $1`, [market])
    await insertRows(queries, operations.orderRisks, rows)
  })
}
