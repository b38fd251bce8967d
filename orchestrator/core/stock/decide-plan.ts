// What commands on the plans and rules of stock lead to: schedule, receipts, safety stock, backorder limits, measures,
// products. Pure.

import type { CommandData } from '../commands.ts'
import { answered, event, refused, type Verdict } from '../decision.ts'
import type { CoreState } from '../state.ts'
import { isStrange, isUntracked, knowsSku } from './available.ts'
import { badNode, badQuantity, badSku, firstOf, isUnits, twice } from './checks.ts'
import type { CalculatedMeasure, Product } from './commands.ts'
import { ruleKey } from './evolve-plan.ts'
import { onHandName } from './sources.ts'
import { type ScheduleEntry, stockKey } from './stock.ts'

const dayMs = 86_400_000

/** Entries of the schedule of one position at most. */
const entriesMost = 1_000
/** Days ahead that something can be scheduled. */
const aheadMostMs = 1_100 * dayMs

/** Supply and demand that is expected; the same id again replaces, no units take away. */
export function scheduleStock(
  state: CoreState,
  { entries }: CommandData['ScheduleStock'],
  at: number,
): Verdict {
  const live = entries.filter((entry) => entry.quantity !== 0)
  const ids = new Set(entries.map((entry) => entry.scheduleId))
  const bad = firstOf(
    () => badQuantity(entries, 0),
    () => (ids.size < entries.length ? refused('schedule_twice') : null),
    () => badNode(state, live),
    () => badSku(live, (sku) => !knowsSku(state, sku)),
    () => badDay(state, live, at),
    () => tooMany(state, live),
  )
  if (bad !== null) return bad
  const news = entries.filter((entry) => {
    const known = state.schedule.get(entry.scheduleId)
    return entry.quantity === 0 ? known !== undefined : known === undefined || !isSame(known, entry)
  })
  return answered(news.length === 0 ? [] : [event('StockScheduled', { entries: news, at })], {
    changed: news.length,
  })
}

function isSame(a: ScheduleEntry, b: ScheduleEntry): boolean {
  const isThere = a.sku === b.sku && a.nodeId === b.nodeId && a.kind === b.kind
  return isThere && a.quantity === b.quantity && a.dueAt === b.dueAt
}

/** The past is over: only what stands there already may be told again. */
function badDay(state: CoreState, entries: readonly ScheduleEntry[], at: number): Verdict | null {
  const today = Math.floor(at / dayMs) * dayMs
  for (const { scheduleId, dueAt } of entries) {
    if (state.schedule.get(scheduleId)?.dueAt === dueAt) continue
    if (!Number.isSafeInteger(dueAt) || dueAt < today) return refused('schedule_past', { scheduleId })
    if (dueAt > at + aheadMostMs) return refused('schedule_far', { scheduleId })
  }
  return null
}

function tooMany(state: CoreState, entries: readonly ScheduleEntry[]): Verdict | null {
  const positions = Map.groupBy(entries, ({ sku, nodeId }) => stockKey(sku, nodeId))
  for (const [key, group] of positions) {
    const news = group.filter(({ scheduleId }) => !state.schedule.has(scheduleId))
    const { sku = '', nodeId = '' } = group[0] ?? {}
    if ((state.scheduleAt.get(key)?.length ?? 0) + news.length > entriesMost)
      return refused('schedule_full', { sku, nodeId, most: entriesMost })
  }
  return null
}

/** Scheduled supply on the shelf; more may come than was expected. */
export function receiveSupply(
  state: CoreState,
  { scheduleId, quantity, reason }: CommandData['ReceiveSupply'],
  at: number,
): Verdict {
  if (!isUnits(quantity)) return refused('quantity_invalid', { quantity })
  const entry = state.schedule.get(scheduleId)
  if (entry === undefined) return refused('schedule_unknown', { scheduleId })
  if (entry.kind !== 'supply') return refused('schedule_is_demand', { scheduleId })
  const { sku, nodeId } = entry
  const left = Math.max(0, entry.quantity - quantity)
  return answered([event('SupplyReceived', { scheduleId, sku, nodeId, quantity, reason, at })], { left })
}

/** Units kept back at positions. */
export function setSafetyStock(
  state: CoreState,
  { items, reason }: CommandData['SetSafetyStock'],
  at: number,
): Verdict {
  const bad = firstOf(
    () => badQuantity(items, 0),
    () => twice(items),
    () => badNode(state, items),
    () => badSku(items, (sku) => !knowsSku(state, sku)),
  )
  if (bad !== null) return bad
  const untracked = items.find(({ sku, nodeId }) => isUntracked(state, sku, nodeId))
  if (untracked !== undefined) return refused('position_untracked', { ...untracked })
  const news = items.filter(({ sku, nodeId, quantity }) => {
    const stock = state.stock.get(stockKey(sku, nodeId))
    return stock?.more?.hasOwnSafetyStock !== true || stock.safetyStock !== quantity
  })
  return answered(news.length === 0 ? [] : [event('SafetyStockSet', { items: news, reason, at })], {
    changed: news.length,
  })
}

/** How far positions may be promised below what is there. */
export function setStockRules(
  state: CoreState,
  { rules }: CommandData['SetStockRules'],
  at: number,
): Verdict {
  const bad = firstOf(
    () =>
      badQuantity(
        rules.map(({ backorderLimit }) => ({ quantity: backorderLimit })),
        0,
      ),
    () =>
      badNode(
        state,
        rules.flatMap(({ nodeId }) => (nodeId === null ? [] : [{ nodeId }])),
      ),
    () =>
      badSku(
        rules.flatMap(({ sku }) => (sku === null ? [] : [{ sku }])),
        (sku) => isStrange(state, sku),
      ),
  )
  if (bad !== null) return bad
  const news = rules.filter(
    ({ sku, nodeId, backorderLimit }) => state.stockRules.get(ruleKey(sku, nodeId)) !== backorderLimit,
  )
  return answered(news.length === 0 ? [] : [event('StockRulesSet', { rules: news, at })], {
    changed: news.length,
  })
}

/** What a measure or source may be called. */
export const measureName = /^[a-z][a-z0-9_]{0,62}$/

/** How figures are made of the measures of sources. */
export function defineMeasures(
  state: CoreState,
  { measures }: CommandData['DefineMeasures'],
  at: number,
): Verdict {
  const names = new Set(measures.map(({ name }) => name))
  if (names.size < measures.length) return refused('measure_twice')
  const odd = measures.find((measure) => !isUsable(measure))
  if (odd !== undefined) return refused('measure_invalid', { name: odd.name })
  if (JSON.stringify(measures) === JSON.stringify(state.measures)) return answered([], null)
  return answered([event('MeasuresDefined', { measures, at })], null)
}

/** On hand counts units: of each source they are added or taken off whole, and some are added. */
function isUsable({ name, terms }: CalculatedMeasure): boolean {
  const isNamed = measureName.test(name) && terms.length > 0
  const isFine = terms.every(
    ({ source, measure, factor }) =>
      measureName.test(source) && measureName.test(measure) && Number.isFinite(factor),
  )
  if (!isNamed || !isFine || name !== onHandName) return isNamed && isFine
  return terms.every(({ factor }) => Math.abs(factor) === 1) && terms.some(({ factor }) => factor === 1)
}

/** Products that are new or different. */
export function defineProducts(
  state: CoreState,
  { products }: CommandData['DefineProducts'],
  at: number,
): Verdict {
  const odd = products.find((product) => amountsOf(product).some(isOddAmount))
  if (odd !== undefined) return refused('number_invalid', { sku: odd.sku })
  const news = products.filter((product) => isNewProduct(state, product))
  return answered(news.length === 0 ? [] : [event('ProductsDefined', { products: news, at })], {
    changed: news.length,
  })
}

/** Whether the product tells something that is not known; what it leaves out stays as it was. */
export function isNewProduct({ products }: CoreState, product: Product): boolean {
  const known = products.get(product.sku)
  if (known === undefined) return true
  if (known.name !== product.name || known.skuClass !== product.skuClass) return true
  const before = amountsOf(known)
  return amountsOf(product).some((amount, i) => amount !== undefined && amount !== before[i])
}

function amountsOf({ weightG, lengthMm, widthMm, heightMm }: Product): (number | undefined)[] {
  return [weightG, lengthMm, widthMm, heightMm]
}

function isOddAmount(amount: number | undefined): boolean {
  return amount !== undefined && !(Number.isFinite(amount) && amount >= 0)
}
