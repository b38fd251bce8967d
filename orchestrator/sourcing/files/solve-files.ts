// Solves a problem from files and tells what came of it, in the currency of the data. It writes no file.

import { exactSum } from '../solve/plans.ts'
import { sourceBatch } from '../source-batch.ts'
import { sourceNearest } from '../source-nearest.ts'
import type { BatchOptions, BatchPlan, SourcingPlan } from '../world.ts'
import { type FileSetting, ordersOfFiles, worldOfFiles } from './file-world.ts'
import { type FileFinding, findingsOf } from './findings.ts'
import type { SourcingFiles } from './problem-files.ts'

/** Units without a node, by why. */
export interface Refused {
  code: string
  orders: number
  units: number
  /** Of the first of them. */
  reason: string
  orderId: string
}

/** What came of a problem; money in the currency of the data. */
export interface SourceReport {
  orders: number
  /** Orders that go whole. */
  served: number
  /** All others. */
  unserved: number
  /** Of these, orders that go in part. */
  partly: number
  units: { served: number; unserved: number }
  splitOrders: number
  /** Orders of which something is likely to come after their promise; null where none has one. */
  late: number | null
  cost: number
  /** No assignment that leaves as little without a node costs less. */
  bound: number
  gap: number
  seconds: number
  currency: string
  terms: Record<string, number>
  method: string
  /** Why it is not proven, null where it is. */
  stopped: string | null
  nodes: { nodeId: string; orders: number; units: number; cost: number }[]
  refused: Refused[]
  /** Each order at the nearest node that has everything. */
  nearest: { served: number; splitOrders: number; cost: number }
  /** What is odd and was worked around. */
  findings: FileFinding[]
}

/** The report, and the plans behind it. */
export interface SolvedFiles {
  report: SourceReport
  plans: readonly SourcingPlan[]
}

/**
 * Solves a problem.
 * @throws SOURCING_PROBLEM_INVALID
 */
export async function solveFiles(
  files: SourcingFiles,
  setting: FileSetting,
  options: BatchOptions,
): Promise<SolvedFiles> {
  const world = worldOfFiles(files, setting)
  const orders = ordersOfFiles(files.orders, setting)
  const began = options.elapsedMs()
  const batch = await sourceBatch(orders, world, options)
  const seconds = (options.elapsedMs() - began) / 1_000
  const near = sourceNearest(orders, world).plans
  const nearest = {
    served: near.filter(({ unservedUnits }) => unservedUnits === 0).length,
    splitOrders: near.filter(({ work }) => work.length > 1).length,
    cost: money(exactSum(near, (plan) => plan.costCents)),
  }
  return {
    report: {
      ...reportOf(files, setting, batch),
      late: lateOf(files, batch),
      seconds: round(seconds),
      nearest,
      findings: findingsOf(files, world.network),
    },
    plans: batch.plans,
  }
}

function reportOf(
  { orders }: SourcingFiles,
  { currency }: FileSetting,
  { plans, boundCents, costCents, method, stopped }: BatchPlan,
): Omit<SourceReport, 'late' | 'seconds' | 'nearest' | 'findings'> {
  const works = plans.flatMap(({ work }) => work)
  const unitsIn = (lines: readonly { quantity: number }[]) => exactSum(lines, ({ quantity }) => quantity)
  const whole = plans.filter(({ unserved }) => unserved.length === 0).length
  const cost = exactSum(plans, (plan) => plan.costCents)
  const isProven = stopped === null
  // What is not served costs the same in both; what is proven is so but for the rounding of sums.
  const bound = isProven ? cost : Math.max(0, Math.min(cost, cost - (costCents - boundCents)))
  const byNode = Map.groupBy(works, ({ nodeId }) => nodeId)
  const terms = [...new Set(works.flatMap((work) => work.terms.map(({ name }) => name)))]
  return {
    orders: orders.length,
    served: whole,
    unserved: orders.length - whole,
    partly: plans.filter(({ work, unserved }) => work.length > 0 && unserved.length > 0).length,
    units: {
      served: exactSum(works, ({ lines }) => unitsIn(lines)),
      unserved: exactSum(plans, ({ unserved }) => unitsIn(unserved)),
    },
    splitOrders: plans.filter(({ work }) => work.length > 1).length,
    cost: money(cost),
    bound: money(bound),
    gap: cost === bound ? 0 : (cost - bound) / cost,
    currency,
    terms: Object.fromEntries(
      terms.map((name) => [name, money(exactSum(works, (work) => centsOf(work.terms, name)))]),
    ),
    method,
    stopped,
    nodes: [...byNode]
      .map(([nodeId, own]) => ({
        nodeId,
        orders: own.length,
        units: exactSum(own, ({ lines }) => unitsIn(lines)),
        cost: money(exactSum(own, ({ costCents: cents }) => cents)),
      }))
      .sort((a, b) => (a.nodeId < b.nodeId ? -1 : 1)),
    refused: refusedOf(plans),
  }
}

/** Orders that are likely to come late, at least in part. */
function lateOf({ orders }: SourcingFiles, { plans }: BatchPlan): number | null {
  if (orders.every(({ promisedAt }) => promisedAt === null)) return null
  return plans.filter(({ work }, i) => {
    const promisedAt = orders[i]?.promisedAt ?? Number.POSITIVE_INFINITY
    return work.some(({ arrivesAt }) => arrivesAt > promisedAt)
  }).length
}

function centsOf(terms: readonly { name: string; cents: number }[], name: string): number {
  return exactSum(terms, (term) => (term.name === name ? term.cents : 0))
}

function refusedOf(plans: readonly SourcingPlan[]): Refused[] {
  const all = plans.flatMap(({ orderId, unserved }) => unserved.map((line) => ({ orderId, ...line })))
  return [...Map.groupBy(all, ({ code }) => code)]
    .map(([code, lines]) => ({
      code,
      orders: new Set(lines.map(({ orderId }) => orderId)).size,
      units: exactSum(lines, ({ quantity }) => quantity),
      reason: lines[0]?.reason ?? '',
      orderId: lines[0]?.orderId ?? '',
    }))
    .sort((a, b) => b.units - a.units || (a.code < b.code ? -1 : 1))
}

/** Units of the currency with two decimals. */
function money(cents: number): number {
  return Math.round(cents) / 100
}

function round(seconds: number): number {
  return Math.round(seconds * 1_000) / 1_000
}
