// One detection: series and orders are scored, what stood out is kept in the log, constraints become incidents. It
// moves nothing.

import type { Effects } from '#data/kernel'
import type { EventLog } from '#data/log'
import type { Warehouse } from '#data/warehouse'
import {
  type AnomalyRow,
  defaultDetection,
  type ForecastExamples,
  Judgement,
  type Models,
  type OrderScore,
  orderAnomalies,
  type PreviewedAlert,
  SeriesWatch,
} from '#models'
import { type Core, type CoreState, partsOfSlice } from '#orchestrator/core'
import { applyFindings, type IncidentChanges, ownMetrics, sentenceOf } from '#orchestrator/incidents'
import type { CarrierPrice, SlowWays } from '#orchestrator/sourcing'
import { isByCards, withDearCarriers } from './dear-carriers.ts'
import { isByRhythm, overdueGoods, type PastDeliveries, readDeliveries } from './overdue-goods.ts'
import { withoutUnwanted } from './own-constraints.ts'
import { isByParcels, withSlowCarriers } from './slow-carriers.ts'

/** What a detection works with. */
export interface DetectionContext {
  core: Core
  log: EventLog
  warehouse: Warehouse
  models: Models
  effects: Effects
}

/** What a detection found. */
export interface DetectionReport extends IncidentChanges {
  anomalies: number
  scores: readonly OrderScore[]
}

const weekMs = 7 * 86_400_000
/** Share of ordinary orders above which an order is no anomaly. */
const orderAlarm = 0.005

/** Detects again and again; remembers what it told, so that the log hears of each score once. */
export class Detector {
  readonly #context: DetectionContext
  /** Anomaly id -> what was said of it last. */
  readonly #told = new Map<string, string>()
  readonly #series: SeriesWatch
  #units: Map<string, string> | null = null
  #deliveries: PastDeliveries = new Map()

  constructor(context: DetectionContext) {
    this.#context = context
    this.#series = new SeriesWatch(context.core.market)
  }

  /**
   * @param now epoch ms of the market
   * @param options isLight: series are as the detection before left them; only where steps tell. prices: what
   *   carriers ask for against their cards; slow: what takes longer than it used to
   * @throws WAREHOUSE_QUERY, LOG_UNAVAILABLE; a model that fails is logged and leaves its part out
   */
  async run(
    now: number,
    {
      isLight = false,
      prices = new Map(),
      slow = { slices: [], plain: [] },
    }: { isLight?: boolean; prices?: ReadonlyMap<string, CarrierPrice>; slow?: SlowWays } = {},
  ): Promise<DetectionReport> {
    const { core, warehouse } = this.#context
    const { market } = core
    const openKeys = openOfSeries(core.state())
    const judgement = judgementOf(core.state().detection)
    const recent = [...core.state().incidents.values()]
      .filter(({ openedAt }) => openedAt > now - weekMs)
      .map(({ openedAt, severity }) => ({ at: openedAt, severity }))
    const found = await warehouse.reading((queries) =>
      this.#series.detect(queries, { now, openKeys, judgement, recent, isLight }),
    )
    const scores = await this.#scoreOrders(now)
    const odd = scores.filter((score) => score.pValue <= orderAlarm)
    const anomalies = [...found.anomalies, ...orderAnomalies(odd, { market, now })]
    const runId = `${now.toString(36)}-${core.lastSeq.toString(36)}`
    await this.#keep(anomalies, runId)
    const units = await this.#unitsOfMetrics()
    const seen = found.constraints.map(({ metrics: _, ...constraint }) => constraint)
    if (!isLight)
      this.#deliveries = await warehouse.reading((queries) => readDeliveries(queries, market, now))
    const state = core.state()
    const told = [
      ...withSlowCarriers(withDearCarriers(seen, state, prices), state, slow),
      ...overdueGoods(state, this.#deliveries, now),
    ]
    const constraints = withoutUnwanted(told, state, judgement, isOwn).map((constraint) => ({
      ...constraint,
      title: sentenceOf({
        ...constraint,
        name: this.#nameOf(constraint.dimension, constraint.dimensionValue),
        unit: units.get(constraint.metric) ?? ownMetrics[constraint.metric]?.unit ?? '',
      }),
    }))
    const changes = await applyFindings(core, constraints, { runId, at: now })
    return { ...changes, anomalies: anomalies.length, scores }
  }

  /** Whether enough is known of the steps of work to tell constraints by them. */
  get tellsBySteps(): boolean {
    return this.#series.tellsBySteps
  }

  /** Days of the series to learn from. */
  examples(most: number): Promise<ForecastExamples> {
    return this.#series.examples(most)
  }

  /** Gives the forecaster a say, from the next day on. */
  use(net: Parameters<SeriesWatch['use']>[0]): void {
    this.#series.use(net)
  }

  /**
   * What the last days would have shown with these settings and this feedback, for each pair.
   * @param days 1 to 21
   */
  preview(tried: readonly DetectionState[], days: number): Promise<PreviewedAlert[][]> {
    return this.#series.preview(tried.map(judgementOf), { days })
  }

  async #scoreOrders(now: number): Promise<OrderScore[]> {
    const { core, models, warehouse, effects } = this.#context
    const { market } = core
    if (!models.isReady(market)) return []
    try {
      return await warehouse.reading((queries) => models.scoreOrders(queries, { market, now }))
    } catch (error) {
      effects.logger.warn({ err: error }, 'orders were not scored')
      return []
    }
  }

  async #keep(anomalies: readonly AnomalyRow[], runId: string): Promise<void> {
    const news = anomalies.filter((row) => this.#told.get(row.anomalyId) !== said(row))
    if (news.length === 0) return
    const { log, core } = this.#context
    const stream = `detection:${core.market}`
    const tail = await log.tail(stream)
    const data = { runId, anomalies: news }
    await log.append(stream, tail, [{ eventId: `${runId}-${tail}/0`, type: 'ScoresRecorded', data }])
    for (const row of news) this.#told.set(row.anomalyId, said(row))
  }

  async #unitsOfMetrics(): Promise<Map<string, string>> {
    this.#units ??= await this.#context.warehouse.reading(async (queries) => {
      const rows = await queries.all<{ metric: string; unit: string }>(
        'SELECT metric, unit FROM metric_catalogue',
      )
      return new Map(rows.map(({ metric, unit }) => [metric, unit]))
    })
    return this.#units
  }

  #nameOf(dimension: string, value: string): string {
    if (dimension === 'all') return 'Everything together'
    const { nodes } = this.#context.core.state()
    const parts = partsOfSlice({ dimension, dimensionValue: value }).map((part) => {
      const isNode = part.dimension === 'node' || part.dimension === 'supply'
      return (isNode ? nodes.get(part.value)?.name : undefined) ?? part.value
    })
    return parts.join(', ')
  }
}

/** Keys of open incidents that series may end; those that something else told end by that, or by a person. */
function openOfSeries(state: CoreState): string[] {
  return [...state.openIncidents].flatMap(([key, id]) => {
    const model = state.incidents.get(id)?.model
    return isOwn(model) || model === 'rule' ? [] : [key]
  })
}

/** Whether a model tells of what no series tells. */
const isOwn = (model: string | undefined) => isByCards(model) || isByRhythm(model) || isByParcels(model)

type DetectionState = CoreState['detection']

function judgementOf({ settings, feedback }: DetectionState): Judgement {
  return new Judgement(settings ?? defaultDetection, feedback)
}

function said({ value, score, isConfirmed }: AnomalyRow): string {
  return `${value}/${score.toFixed(3)}/${isConfirmed}`
}
