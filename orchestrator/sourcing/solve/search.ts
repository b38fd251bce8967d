// The steps by which a batch is solved: greedy, prices, sharp prices, the whole model where it is small enough, groups
// of orders where it is not. It keeps the best solution and the best bound at all times.

import { type Random, seededRandom } from '#data/kernel'
import { isSame } from './answers.ts'
import { Bound } from './bound.ts'
import type { Tables } from './columns.ts'
import { borrowHighs, type HighsWorker, returnHighs } from './highs.ts'
import { chosen, masterOf } from './master.ts'
import { Neighbourhoods } from './neighbourhood.ts'
import type { Pace } from './pace.ts'
import { Paths } from './paths.ts'
import { Assignment, type Plan } from './plans.ts'
import { type Polished, polish } from './polish.ts'
import { Pool } from './pool.ts'
import { Pricer } from './pricing.ts'
import type { BatchSolution, SolveOptions } from './problem.ts'
import { Exchange } from './repair.ts'
import { everyPlan, shortlist, unsettled } from './shortlist.ts'

/**
 * Passes of prices, their last step as a share of the first, and from which on plans are kept: small models go on with
 * a linear model, large ones live by these prices.
 */
const few = { passes: 24, stepLast: 0.005, keptFrom: 14 } as const
const many = { passes: 140, stepLast: 0.0004, keptFrom: 128 } as const
/** Orders from which on there are many passes. */
const manyFrom = 12_000
/** Sweeps of chains, and random ones for each order. */
const sweepsMost = 10
const movesMost = 5
/** Orders from which on solutions are made of sharp prices only, and up to which of prices at once. */
const largeFrom = 5_000
const quickMost = 1_000
/** Plans kept of an order. */
const poolMost = 24
/** Orders about which the linear model was torn that are solved together, at most. */
const openMost = 800
/** Of the time that is left, what the model of few plans may take, and its branches. */
const fewShare = 0.7
const fewBranches = 30
/** Groups in a row that save nothing before the search gives up. */
const idleMost = 400

/** What was found. */
export interface Found {
  assignment: Assignment
  bound: number
  method: BatchSolution['method']
}

/** One run over one problem. */
export class BatchSearch {
  readonly #tables: Tables
  readonly #pace: Pace
  readonly #options: SolveOptions
  readonly #pricer: Pricer
  readonly #bound: Bound
  readonly #pool: Pool
  readonly #random: Random
  #highs: HighsWorker | null = null
  #best: Assignment
  #method: BatchSolution['method'] = 'greedy'

  constructor(tables: Tables, pace: Pace, options: SolveOptions) {
    this.#tables = tables
    this.#pace = pace
    this.#options = options
    this.#pricer = new Pricer(tables)
    this.#bound = new Bound(tables)
    this.#pool = new Pool(tables, poolMost)
    this.#random = seededRandom(options.seed)
    this.#best = new Assignment(tables)
  }

  /** Solves until the gap, the time or the ways to go on are used up. */
  async run(): Promise<Found> {
    try {
      await this.#steps()
    } finally {
      if (this.#highs !== null) returnHighs(this.#highs)
    }
    const bound = Math.min(this.#bound.bound, this.#best.cost)
    return {
      assignment: this.#best,
      bound: Math.max(0, bound),
      method: this.#method,
    }
  }

  async #steps(): Promise<void> {
    await this.#greedy()
    await this.#prices()
    if (this.#isDone) return
    const highs = borrowHighs()
    this.#highs = highs
    const polished = await this.#polish(highs)
    if (polished !== null) await this.#adopt(polished.plans, polished.torn.length === 0 ? 'exact' : 'columns')
    if (this.#isDone) return
    if (await this.#solveWhole(highs)) return
    if (polished !== null) await this.#solveFew(highs, polished)
    if (this.#isDone) return
    await this.#chains()
    if (this.#isDone) return
    await this.#groups(highs, polished)
  }

  /** @returns null where the batch is very large: a linear model takes longer than what it saves */
  async #polish(highs: HighsWorker): Promise<Polished | null> {
    const { length } = this.#tables.orders
    if (length > manyFrom) return null
    const tools = { bound: this.#bound, pool: this.#pool, pricer: this.#pricer, highs, pace: this.#pace }
    return polish(tools, this.#options.gap / 10, async (plans) => {
      if (plans === null && !this.#isQuick) await this.#adoptPriced()
      if (plans !== null && length > largeFrom) await this.#adopt(plans, 'columns')
    })
  }

  /** Whether solutions are made of prices at once, not while HiGHS works. */
  get #isQuick(): boolean {
    const { length } = this.#tables.orders
    return length <= quickMost || length > manyFrom
  }

  get #isDone(): boolean {
    const { cost } = this.#best
    const { bound } = this.#bound
    if (isSame(cost, bound)) return true
    return this.#pace.stopped !== null || cost - bound <= this.#options.gap * Math.abs(cost)
  }

  #report(): void {
    const seconds = this.#pace.spentMs / 1000
    this.#options.onProgress?.({
      cost: this.#best.cost,
      bound: Math.max(0, this.#bound.bound),
      seconds,
    })
  }

  /** Each order in turn the cheapest way out of what is left. */
  async #greedy(): Promise<void> {
    const exchange = new Exchange(this.#best, this.#pricer, this.#bound.best)
    for (const { index } of this.#tables.orders) {
      if (this.#pace.isDue() && (await this.#pace.rest())) return
      exchange.set(index, exchange.cheapest(index))
      this.#pool.add(index, this.#best.plans[index] as Plan)
      exchange.keep()
    }
    this.#report()
  }

  /** Passes of prices in ever smaller steps; the plans of the last ones are kept, a solution is made of them. */
  async #prices(): Promise<void> {
    const bound = this.#bound
    if ((await bound.round(this.#pricer, this.#pace)) === null) return
    this.#learn(bound.plans)
    if (bound.isPossible) this.#keep(new Assignment(this.#tables, bound.plans), 'exact')
    if (this.#isDone) return
    const size = this.#stepSize()
    const { passes, stepLast, keptFrom } = this.#tables.orders.length > manyFrom ? many : few
    const keep = (order: number, plan: Plan) => this.#pool.add(order, plan)
    for (let i = 0; i < passes; i++) {
      const step = size * stepLast ** (i / passes)
      if (!(await bound.pass(this.#pricer, this.#pace, step, this.#random, i < keptFrom ? null : keep)))
        return
    }
    if ((await bound.round(this.#pricer, this.#pace)) === null) return
    this.#learn(bound.plans)
    this.#report()
    if (this.#isQuick) await this.#adoptPriced()
  }

  /** Makes solutions of what orders take at the prices so far. */
  async #adoptPriced(): Promise<void> {
    await this.#adopt(this.#bound.plans, 'columns')
    await this.#adopt(this.#pool.favourites(), 'columns')
  }

  /** A first step of prices: an order that is not served must be able to bid its way in, within reason. */
  #stepSize(): number {
    const { orders } = this.#tables
    const empty = orders.reduce((sum, { units, order }) => sum + units * order.unservedCost, 0)
    return Math.min(empty / 2, 10 * Math.max(1, this.#bound.bound)) / orders.length
  }

  #learn(plans: readonly Plan[]): void {
    for (const [order, plan] of plans.entries()) this.#pool.add(order, plan)
  }

  /** Makes a solution of plans that may take too much together, and keeps it if it is the best. */
  async #adopt(plans: readonly Plan[], method: BatchSolution['method']): Promise<void> {
    const assignment = new Assignment(this.#tables, plans)
    const exchange = new Exchange(assignment, this.#pricer, this.#bound.best)
    await exchange.settle(this.#pace, () => this.#keep(assignment, method))
  }

  /** What a plan may cost above its best to be looked at in a group. */
  get #below(): number {
    return Math.max(1e-6, ((this.#best.cost - this.#bound.bound) / this.#tables.orders.length) * 40)
  }

  #keep(assignment: Assignment, method: BatchSolution['method']): void {
    if (assignment.left.some((left) => left < -1e-6)) return
    if (assignment !== this.#best && assignment.cost >= this.#best.cost) return
    this.#best = assignment
    this.#method = method
    this.#report()
  }

  /**
   * Solves the model of every plan that a better solution could have.
   * @returns whether that proved the best one
   */
  async #solveWhole(highs: HighsWorker): Promise<boolean> {
    const listed = await everyPlan(this.#best, this.#bound, this.#pricer, this.#pace)
    if (listed === null) return false
    const { choices, start } = listed
    const master = await masterOf(this.#tables, choices, this.#tables.rows.limits, true, this.#pace, start)
    const limits = {
      timeLimit: this.#pace.leftMs / 1000,
      gap: this.#options.gap / 2,
      seed: 1,
    }
    const answer = await highs.solve(master.model, limits, () => this.#pace.stopped !== null)
    if (answer.values !== null) {
      this.#keep(
        new Assignment(
          this.#tables,
          chosen(master, answer.values).map(({ plan }) => plan),
        ),
        'exact',
      )
    }
    this.#bound.raise(answer.status === 'optimal' ? Math.min(answer.bound, this.#best.cost) : answer.bound)
    return this.#isDone
  }

  /** Solves the model of the few plans that the linear model likes best, and moves orders meanwhile. */
  async #solveFew(highs: HighsWorker, polished: Polished): Promise<void> {
    const { choices, start } = shortlist(polished, this.#best, this.#pricer)
    const { limits: left } = this.#tables.rows
    const master = await masterOf(this.#tables, choices, left, true, this.#pace, start)
    const limits = {
      ...{
        timeLimit: (this.#pace.leftMs / 1000) * fewShare,
        gap: this.#options.gap / 2,
        seed: 1,
      },
      branches: fewBranches,
    }
    const solving = highs.solve(master.model, limits, () => this.#pace.stopped !== null)
    await this.#sweeps()
    const { values } = await solving
    if (values === null) return
    const plans = chosen(master, values).map(({ plan }) => plan)
    this.#keep(new Assignment(this.#tables, plans), 'columns')
  }

  /** Chains of moves, until they save nothing more to speak of. */
  async #sweeps(): Promise<Paths | null> {
    const paths = new Paths(this.#best, this.#pricer, this.#bound.best, this.#below)
    if (!(await paths.open(this.#pace))) return null
    const distance = this.#best.cost - this.#bound.bound
    for (let i = 0; i < sweepsMost && !this.#isDone; i++) {
      const saved = await paths.sweep(this.#pace)
      this.#keep(this.#best, 'neighbourhoods')
      if (saved <= distance * 0.002) break
    }
    return paths
  }

  /** Chains of moves, then some at random. */
  async #chains(): Promise<void> {
    const distance = this.#best.cost - this.#bound.bound
    const paths = await this.#sweeps()
    const { length } = this.#tables.orders
    if (paths === null || this.#isDone || length > largeFrom) return
    await paths.anneal(this.#pace, this.#random, length * movesMost, (2 * distance) / length)
    this.#keep(this.#best, 'neighbourhoods')
  }

  /** Groups of orders, those first about which the linear model was torn, until nothing is saved any more. */
  async #groups(highs: HighsWorker, polished: Polished | null): Promise<void> {
    const pool = this.#pool.choices()
    const groups = new Neighbourhoods(this.#best, this.#pricer, this.#bound.best, this.#random, pool)
    if (!(await groups.open(this.#pace))) return
    const open = polished === null ? [] : unsettled(polished, this.#best)
    if (open.length > 0 && open.length <= openMost) {
      await groups.solve(open, highs, this.#pace, 2 * this.#below)
      this.#keep(this.#best, 'neighbourhoods')
    }
    const { orders } = this.#tables
    for (let idle = 0; idle < Math.min(idleMost, orders.length) && !this.#isDone; ) {
      const saved = await groups.improve(highs, this.#pace, this.#below)
      idle = saved > 0 ? 0 : idle + 1
      if (saved > 0) this.#keep(this.#best, 'neighbourhoods')
    }
  }
}
