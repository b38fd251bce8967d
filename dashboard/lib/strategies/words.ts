// A strategy in words: what its weights, prices and constraints are called, and what differs between two versions.
// Pure.

import type { api } from '#data/contracts'
import { constraintWord } from '../decisions.ts'
import { count, counted, money } from '../numbers.ts'
import { nodeWord } from '../words.ts'

type Weight = keyof api.Strategy['weights']
type Price = keyof api.Strategy['prices']

/** What a weight counts, in the order of the form. */
export const weightWords: Record<Weight, string> = {
  carriage: 'Carriage',
  processing: 'Processing',
  split: 'Splits',
  capacity: 'Full nodes',
  lateness: 'Lateness',
  time: 'Time',
  stockOut: 'Stock-outs',
  co2: 'CO₂',
}

/** What a price is paid for, in the order of the form. */
export const priceWords: Record<Price, string> = {
  splitCents: 'Each further parcel of an order',
  lateOrderCents: 'An order that is late',
  lateDayCents: 'Each day it is late',
  hourCents: 'Each hour until the customer has it',
  fullNodeCents: 'An order at a full node',
  lastUnitCents: 'The last unit of a node',
  co2KgCents: 'A kilogram of CO₂',
  unservedCents: 'A unit that is not sourced',
  unservedOrderCents: 'An order that is not sourced whole',
}

/** What a constraint says, what its limit counts, and what its values are. */
export interface ConstraintWords {
  says: string
  /** Unit of the limit; null where it has none. */
  limit: string | null
  values: 'nodeTypes' | 'nodeIds' | null
}

/** Words of the constraints, in the order of the form. */
export const constraintTexts: Record<api.ConstraintName, ConstraintWords> = {
  promise: { says: 'It arrives when it was promised', limit: null, values: null },
  calendar: { says: 'Nodes work and ship on their open days only', limit: null, values: null },
  capacity: { says: 'Nodes take no more than their capacity', limit: null, values: null },
  safety_stock: { says: 'What nodes keep back stays there', limit: null, values: null },
  max_distance: { says: 'No node is farther away than this', limit: 'km', values: null },
  no_partial: { says: 'An order goes as a whole or not at all', limit: null, values: null },
  max_nodes_per_order: { says: 'An order goes from at most so many nodes', limit: 'nodes', values: null },
  max_nodes_per_line: { says: 'A line goes from at most so many nodes', limit: 'nodes', values: null },
  node_type: { says: 'Only these types of node', limit: null, values: 'nodeTypes' },
  excluded_node: { says: 'Never these nodes', limit: null, values: 'nodeIds' },
  source_list: { says: 'Only nodes of the source lists', limit: null, values: null },
  value_threshold: { says: 'A parcel is worth at least this much', limit: 'cents', values: null },
  reject_count: { says: 'Nodes that refused less often in 7 days', limit: 'refusals', values: null },
}

/** A constraint in a few words: `Distance: at most 2,500 km, else $0.01 each`. */
export function constraintText(one: api.StrategyConstraint, currency: string | null): string {
  const { limit } = constraintTexts[one.name]
  const parts: string[] = []
  if (one.limit !== null)
    parts.push(limit === 'cents' ? amount(one.limit, currency) : `${count(one.limit)} ${limit ?? ''}`.trim())
  if (one.values.length > 0) parts.push(one.values.map((value) => nodeWord(value)).join(', '))
  parts.push(
    one.kind === 'hard' ? 'must hold' : `soft, ${amount(one.priceCents, currency)} for each it is missed by`,
  )
  return parts.join(', ')
}

function amount(cents: number, currency: string | null): string {
  return currency === null ? (cents / 100).toFixed(2) : money(cents, currency, true)
}

/** What differs between two versions. */
export interface Difference {
  what: string
  before: string
  after: string
}

/** Everything in which `after` differs from `before`, in words. */
export function differencesOf(
  before: api.StrategyDraft,
  after: api.StrategyDraft,
  currency: string | null,
): Difference[] {
  const rows: [string, string, string][] = [
    ['Name', before.name, after.name],
    ['Note', before.note, after.note],
    ...keysOf(weightWords).map((key): [string, string, string] => [
      `Weight of ${weightWords[key].toLowerCase().replace('co₂', 'CO₂')}`,
      String(before.weights[key]),
      String(after.weights[key]),
    ]),
    ...keysOf(priceWords).map((key): [string, string, string] => [
      priceWords[key],
      amount(before.prices[key] ?? 0, currency),
      amount(after.prices[key] ?? 0, currency),
    ]),
    ...keysOf(constraintTexts).map((name): [string, string, string] => [
      constraintWord(name),
      constraintsText(before, name, currency),
      constraintsText(after, name, currency),
    ]),
    ['Source lists', listsText(before), listsText(after)],
    ['Fallback', before.fallbackId ?? 'none', after.fallbackId ?? 'none'],
    ['Batch', batchText(before.batchMinutes), batchText(after.batchMinutes)],
    ['Days that work may wait', String(before.daysAhead), String(after.daysAhead)],
    ['Nodes asked for the same units', String(before.maxTries), String(after.maxTries)],
    [
      'Extra cost of sourcing again',
      amount(before.maxExtraCents, currency),
      amount(after.maxExtraCents, currency),
    ],
  ]
  return rows
    .filter(([, a, b]) => a !== b)
    .map(([what, a, b]) => ({ what, before: a || 'none', after: b || 'none' }))
}

function keysOf<K extends string>(words: Record<K, unknown>): K[] {
  return Object.keys(words) as K[]
}

function constraintsText(
  draft: api.StrategyDraft,
  name: api.ConstraintName,
  currency: string | null,
): string {
  const found = draft.constraints.filter((one) => one.name === name)
  return found.length === 0 ? 'off' : found.map((one) => constraintText(one, currency)).join('; ')
}

function listsText(draft: api.StrategyDraft): string {
  const words = ({
    name,
    priority,
    groupIds,
    nodeIds,
    nodeTypes,
  }: api.StrategyDraft['sourceLists'][number]) => {
    const nodes = [...groupIds, ...nodeIds, ...nodeTypes.map((type) => nodeWord(type))]
    return `${priority}: ${name} (${nodes.join(', ')})`
  }
  return draft.sourceLists.map(words).join('; ')
}

/** How long orders are gathered, in words. */
export function batchText(minutes: number): string {
  return minutes === 0 ? 'each order at once' : `every ${minutes} min`
}

/** What is taken where no rule chooses, and how many rules and strategies there are. */
export function strategiesSentence({ strategies, rules }: api.StrategiesAnswer): string {
  const ids = new Set(strategies.map(({ strategyId }) => strategyId))
  const usual = newestOf(strategies, 'default')
  const first =
    usual === null
      ? 'No strategy is published yet.'
      : `Orders are sourced by “${usual.name}”, version ${usual.version}`
  if (usual === null) return first
  if (rules.length === 0) return `${first}. No rule chooses another.`
  const many = counted(rules.length, 'rule')
  return `${first}, unless a rule says otherwise: ${many} may choose another of ${ids.size} strategies.`
}

/** The newest version of a strategy; null where there is none. */
export function newestOf(strategies: readonly api.Strategy[], strategyId: string): api.Strategy | null {
  const versions = strategies.filter((one) => one.strategyId === strategyId)
  return versions.toSorted((a, b) => b.version - a.version)[0] ?? null
}

/** What is published of a version, to be changed and published again. */
export function draftOf(strategy: api.Strategy): api.StrategyDraft {
  const { version, publishedAt, publishedBy, ...draft } = strategy
  return structuredClone(draft)
}
