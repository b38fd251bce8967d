// What would be different: the question as the server takes it, its answer as rows with a tone, and in a sentence.
// Pure.

import type { api } from '#data/contracts'
import { termWord } from './decisions.ts'
import { count, counted, money, percent, thin } from './numbers.ts'
import type { Tone } from './words.ts'

/** What a person asks. */
export interface Question {
  closedNodeIds: readonly string[]
  /** Factors of capacity by node; an empty id = all nodes. */
  factors: readonly { nodeId: string; factor: number }[]
  /** Empty = as the rules choose. */
  strategyId: string
}

/** What a question overrides. */
export function overridesOf({ closedNodeIds, factors, strategyId }: Question): api.WhatIfOverrides {
  const changed = factors.filter(({ factor }) => factor !== 1)
  return {
    ...(closedNodeIds.length === 0 ? {} : { closedNodeIds: [...closedNodeIds] }),
    ...(changed.length === 0
      ? {}
      : {
          capacityFactors: changed.map(({ nodeId, factor }) => ({
            nodeId: nodeId === '' ? null : nodeId,
            factor,
          })),
        }),
    ...(strategyId === '' ? {} : { strategyId }),
  }
}

/** What a question supposes, as the start of a sentence; null where it supposes nothing. */
export function suppositionOf(question: Question, nameOf: (nodeId: string) => string): string | null {
  const { closedNodeIds, factors, strategyId } = question
  const parts: string[] = []
  if (closedNodeIds.length > 0 && closedNodeIds.length <= 3)
    parts.push(`closing ${closedNodeIds.map(nameOf).join(' and ')}`)
  else if (closedNodeIds.length > 3) parts.push(`closing ${count(closedNodeIds.length)} nodes`)
  for (const { nodeId, factor } of factors.filter((one) => one.factor !== 1).slice(0, 2)) {
    parts.push(`${percent(factor, 0)} of the capacity${nodeId === '' ? '' : ` of ${nameOf(nodeId)}`}`)
  }
  if (strategyId !== '') parts.push(`the strategy ${strategyId}`)
  const text = parts.join(' and ')
  return text === '' ? null : text[0]?.toUpperCase() + text.slice(1)
}

/** What the answer comes to, in one or two sentences. */
export function findingOf(answer: api.WhatIfAnswer, supposition: string | null): string {
  const { baseline, variant, changedOrders, currency } = answer
  const what = supposition ?? 'Nothing that is different'
  if (baseline.orders === 0) return 'No order is in this period, so nothing can be compared.'
  if (changedOrders === 0) return `${what} changes none of ${counted(baseline.orders, 'order')}.`
  const cost = variant.costCents - baseline.costCents
  const share = baseline.costCents === 0 ? null : cost / baseline.costCents
  const parts = [costPart(cost, share, currency), servedPart(baseline, variant), latePart(baseline, variant)]
  const effects = parts.filter((part) => part !== null)
  return `${what} changes ${count(changedOrders)} of ${counted(baseline.orders, 'order')}. ${capital(listed(effects))}.`
}

function costPart(cents: number, share: number | null, currency: string): string {
  if (cents === 0) return 'the whole costs the same'
  const by = share === null ? '' : ` (${share > 0 ? '+' : ''}${percent(share)})`
  return `the whole costs ${money(Math.abs(cents), currency)} ${cents > 0 ? 'more' : 'less'}${by}`
}

function servedPart(before: api.WhatIfSide, after: api.WhatIfSide): string | null {
  const units = after.unitsServed - before.unitsServed
  if (units === 0) return null
  return `${counted(Math.abs(units), 'unit')} ${units < 0 ? 'fewer' : 'more'} find a node`
}

function latePart(before: api.WhatIfSide, after: api.WhatIfSide): string | null {
  if (before.lateOrders === null || after.lateOrders === null) return null
  const orders = Math.round(after.lateOrders - before.lateOrders)
  if (orders === 0) return null
  return `about ${count(Math.abs(orders))} ${orders > 0 ? 'more' : 'fewer'} come late`
}

function listed(parts: readonly string[]): string {
  return parts.length < 3 ? parts.join(' and ') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`
}

function capital(text: string): string {
  return (text[0]?.toUpperCase() ?? '') + text.slice(1)
}

/** A figure of both sides, and whether its change is good. */
export interface FigureRow {
  title: string
  before: string
  after: string
  change: string
  tone: Tone
}

type Read = (side: api.WhatIfSide) => number | null
type Show = (value: number) => string

/** Figures of both sides. */
export function figuresOf({ baseline, variant, currency }: api.WhatIfAnswer): FigureRow[] {
  const whole: Show = (value) => count(Math.round(value))
  const cents: Show = (value) => money(value, currency)
  const share: Show = (value) => percent(value)
  const km: Show = (value) => `${count(Math.round(value))}${thin}km`
  const perOrder: Read = (side) => (side.orders === 0 ? null : side.costCents / side.orders)
  const rows: [string, Read, Show, 'more' | 'less' | null][] = [
    ['Units that find a node', (side) => side.fillRate, share, 'more'],
    ['Orders sourced whole', (side) => side.ordersWhole, whole, 'more'],
    ['Orders that are split', (side) => side.splitOrders, whole, 'less'],
    ['Parcels', (side) => side.shipments, whole, 'less'],
    ['Distance, mean', (side) => side.distanceKm, km, 'less'],
    ['Cost', (side) => side.costCents, cents, 'less'],
    ['Cost of an order', perOrder, cents, 'less'],
    ['Risk of being late, mean', (side) => side.lateRisk, share, 'less'],
    ['Orders that come late, expected', (side) => side.lateOrders, whole, 'less'],
  ]
  return rows.map(([title, read, show, better]) => rowOf(title, read(baseline), read(variant), show, better))
}

/** Costs of both sides by term; terms that cost nothing on both are left out. */
export function termRowsOf({ baseline, variant, currency }: api.WhatIfAnswer): FigureRow[] {
  const names = [...new Set([...baseline.terms, ...variant.terms].map(({ name }) => name))]
  const of = (side: api.WhatIfSide, name: string) => side.terms.find((term) => term.name === name)?.cents ?? 0
  return names
    .filter((name) => of(baseline, name) !== 0 || of(variant, name) !== 0)
    .map((name) =>
      rowOf(termWord(name), of(baseline, name), of(variant, name), (cents) => money(cents, currency), 'less'),
    )
}

function rowOf(
  title: string,
  before: number | null,
  after: number | null,
  show: Show,
  better: 'more' | 'less' | null,
): FigureRow {
  const text = (value: number | null) => (value === null ? '–' : show(value))
  if (before === null || after === null)
    return { title, before: text(before), after: text(after), change: '–', tone: 'plain' }
  const by = after - before
  const shown = inPoints(show(Math.abs(by)))
  if (shown === inPoints(show(0)))
    return { title, before: text(before), after: text(after), change: '±0', tone: 'plain' }
  const isGood = better === null ? null : by > 0 === (better === 'more')
  const tone: Tone = isGood === null ? 'plain' : isGood ? 'good' : 'bad'
  return { title, before: text(before), after: text(after), change: `${by > 0 ? '+' : '−'}${shown}`, tone }
}

/** A change of a share is told in points. */
function inPoints(text: string): string {
  return text.replace(/%$/, 'pt')
}

/** The load of a node on both sides. */
export interface LoadRow {
  nodeId: string
  name: string
  ordersBefore: number
  ordersAfter: number
  loadBefore: number | null
  loadAfter: number | null
}

/** Nodes by how much they change, the most first. */
export function loadsOf({ baseline, variant }: api.WhatIfAnswer): LoadRow[] {
  const rows = new Map<string, LoadRow>()
  const empty = { ordersBefore: 0, ordersAfter: 0, loadBefore: null, loadAfter: null }
  for (const { nodeId, nodeName: name, orders, load } of baseline.nodes) {
    rows.set(nodeId, {
      ...empty,
      nodeId,
      name,
      ordersBefore: orders,
      loadBefore: load,
      loadAfter: load === null ? null : 0,
    })
  }
  for (const { nodeId, nodeName: name, orders, load } of variant.nodes) {
    const known = rows.get(nodeId) ?? { ...empty, nodeId, name, loadBefore: load === null ? null : 0 }
    rows.set(nodeId, { ...known, ordersAfter: orders, loadAfter: load })
  }
  const by = (row: LoadRow) => Math.abs(row.ordersAfter - row.ordersBefore)
  return [...rows.values()].sort((a, b) => by(b) - by(a) || b.ordersAfter - a.ordersAfter)
}

/** The best of what could be promised, in a sentence. */
export function promiseSentence(answer: api.PromiseAnswer, dayText: (day: string) => string): string {
  const [best] = answer.options
  if (best === undefined) {
    const [why] = answer.unavailable
    return why === undefined ? 'Nothing can be promised.' : `Nothing can be promised: ${why.reason}.`
  }
  const others = answer.options.length - 1
  const more =
    others === 0 ? '' : ` There ${others === 1 ? 'is 1 other way' : `are ${count(others)} other ways`}.`
  const part = best.isWhole ? '' : ' in part'
  const sure = `${percent(best.probability, 0)} likely to be kept`
  const cost = money(best.costCents, answer.currency, true)
  return `It can be promised${part} for ${dayText(best.promisedDay)}, ${sure}, for ${cost}.${more}`
}
