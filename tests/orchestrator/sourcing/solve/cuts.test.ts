// Cuts: what they take away must never be a whole choice of plans, and prices of cuts must be what plans pay.

import { afterAll, describe, expect, test } from 'vitest'
import { seededRandom } from '#data/kernel'
import { makeInstance } from '../../../../orchestrator/bench/sourcing/instances.ts'
import { solveBatch } from '../../../../orchestrator/sourcing/solve/batch.ts'
import { Bound } from '../../../../orchestrator/sourcing/solve/bound.ts'
import { type Tables, tablesOf } from '../../../../orchestrator/sourcing/solve/columns.ts'
import type { Cuts } from '../../../../orchestrator/sourcing/solve/cuts.ts'
import { HighsWorker } from '../../../../orchestrator/sourcing/solve/highs.ts'
import { Pace } from '../../../../orchestrator/sourcing/solve/pace.ts'
import { emptyPlan, type Plan, planOf, pricedAt } from '../../../../orchestrator/sourcing/solve/plans.ts'
import { type Polished, polish } from '../../../../orchestrator/sourcing/solve/polish.ts'
import { Pool } from '../../../../orchestrator/sourcing/solve/pool.ts'
import { Pricer } from '../../../../orchestrator/sourcing/solve/pricing.ts'
import type { OrderSolution, Problem } from '../../../../orchestrator/sourcing/solve/problem.ts'

const highs = new HighsWorker()
afterAll(() => highs.end())

const timeless = { timeLimitMs: 1e9, elapsedMs: () => 0 }

interface Sharpened {
  tables: Tables
  bound: Bound
  bare: number
  polished: Polished
}

async function sharpened(problem: Problem): Promise<Sharpened> {
  const pace = new Pace(timeless)
  const tables = await tablesOf(problem, pace)
  if (tables === null) throw new Error('no time passes')
  const tools = {
    pace,
    highs,
    bound: new Bound(tables),
    pool: new Pool(tables, 24),
    pricer: new Pricer(tables),
  }
  await tools.bound.round(tools.pricer, pace)
  for (const [order, plan] of tools.bound.plans.entries()) tools.pool.add(order, plan)
  const polished = await polish(tools, 0, () => Promise.resolve())
  if (polished === null) throw new Error('the linear model has an answer')
  return { tables, bound: tools.bound, bare: tools.bound.bare, polished }
}

/** The plan that an answer is, in the words of the tables. */
function planIn(tables: Tables, order: number, { pieces }: OrderSolution): Plan {
  const table = tables.orders[order]
  if (table === undefined) throw new Error('one answer for each order')
  if (pieces.length === 0) return emptyPlan(table)
  return planOf(
    table,
    pieces.map(({ place, units, cost }) => ({ offer: table.place.indexOf(place), units, cost })),
  )
}

function taken(cuts: Cuts, tables: Tables, plans: readonly Plan[]): Float64Array {
  const sums = new Float64Array(cuts.list.length)
  for (const table of tables.orders) {
    cuts.eachUse(table, plans[table.index] ?? emptyPlan(table), (cut, amount) => {
      sums[cut] = (sums[cut] ?? 0) + amount
    })
  }
  return sums
}

describe('cuts', () => {
  test('raise the bound, and no possible solution breaks one', async () => {
    let cutsInAll = 0
    let raised = 0
    for (const seed of [1, 2, 3]) {
      const problem = makeInstance({ seed, orders: 220, nodes: 10, scarce: 0.6 })
      const { tables, bound, bare, polished } = await sharpened(problem)
      const { cuts } = polished.linear
      cutsInAll += cuts.list.length
      raised += bound.bound - bare
      for (const timeLimitMs of [1, 1_500]) {
        const elapsedMs = () => performance.now()
        const solution = await solveBatch(problem, { timeLimitMs, elapsedMs, seed: 1, gap: 0.001 })
        expect(solution.cost).toBeGreaterThanOrEqual(bound.bound - 1e-6)
        const plans = solution.orders.map((answer, order) => planIn(tables, order, answer))
        for (const [at, sum] of taken(cuts, tables, plans).entries()) {
          expect(sum).toBeLessThanOrEqual((cuts.list[at]?.limit ?? 0) + 1e-9)
        }
      }
    }
    expect(cutsInAll).toBeGreaterThan(20)
    expect(raised).toBeGreaterThan(0)
  })

  test('have prices that the cheapest plan pays, and no other plan pays less', async () => {
    const random = seededRandom('prices of cuts')
    const problem = makeInstance({ seed: 5, orders: 220, nodes: 10, scarce: 0.6 })
    const { tables, polished } = await sharpened(problem)
    const { cuts, columns } = polished.linear
    const pricer = new Pricer(tables)
    for (let i = 0; i < 5; i++) {
      const prices = Float64Array.from(tables.rows.limits, () => random.next() * 400)
      const cutPrices = Float64Array.from(cuts.list, () => random.next() * 900)
      const pays = (order: number, plan: Plan) => {
        const table = tables.orders[order]
        if (table === undefined) throw new Error('no such order')
        let cost = pricedAt(prices, table, plan)
        cuts.eachUse(table, plan, (cut, amount) => {
          cost += amount * (cutPrices[cut] ?? 0)
        })
        return cost
      }
      // a plan of parts that must not go together has a bound instead
      let exact = 0
      const least = tables.orders.map((table) => {
        const cost = pricer.solve(table, prices, null, { cuts, prices: cutPrices })
        const paid = pays(table.index, pricer.plan())
        expect(paid).toBeGreaterThanOrEqual(cost - 1e-6)
        if (paid < cost + 1e-6) exact++
        return cost
      })
      expect(exact).toBeGreaterThan(tables.orders.length * 0.9)
      for (const { order, plan } of columns) {
        expect(pays(order, plan)).toBeGreaterThanOrEqual((least[order] ?? 0) - 1e-6)
      }
    }
  })
})
