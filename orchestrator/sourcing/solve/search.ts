// The steps by which a batch is solved: greedy, prices, sharp prices, the whole model where it is small enough, groups
// of orders where it is not. It keeps the best solution and the best bound at all times.

import { type Random, seededRandom } from '#data/kernel'
import { isSame } from './answers.ts'
import { Bound } from './bound.ts'
import type { Tables } from './columns.ts'
import { Dives } from './dive.ts'
import { borrowHighs, type HighsWorker, returnHighs } from './highs.ts'
import { chosen, masterOf } from './master.ts'
import { Neighbourhoods } from './neighbourhood.ts'
import type { Pace } from './pace.ts'
import { fewPasses, firstStep, furtherPasses, isMuchScarce, manyPasses, walkPrices } from './passes.ts'
import { Paths } from './paths.ts'
import { Assignment, type Plan } from './plans.ts'
import { type Polished, polish } from './polish.ts'
import { Pool } from './pool.ts'
import { Pricer } from './pricing.ts'
import type { BatchSolution, SolveOptions } from './problem.ts'
import { Exchange } from './repair.ts'
import { shortlist, unsettled } from './shortlist.ts'
import { solveEvery } from './whole.ts'

/** Time that dives need, in times of the first passes. */
const diveTime = 4
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
  readonly #dives: Dives
  #isScarce = false
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
    this.#dives = new Dives(this.#pricer, this.#random, pace)
    this.#best = new Assignment(tables)
  }

  get #tools() {
    const [bound, pool, pricer] = [this.#bound, this.#pool, this.#pricer]
    return { bound, pool, pricer, pace: this.#pace, random: this.#random }
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
    if (polished === null && this.#isScarce) await this.#dive()
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
    return polish({ ...this.#tools, highs }, this.#options.gap / 10, async (plans) => {
      if (this.#isScarce) await this.#dive()
      else if (plans === null && !this.#isQuick) await this.#adoptPriced()
      if (plans !== null && length > largeFrom) await this.#adopt(plans, 'columns')
    })
  }

  /** Makes solutions by prices that go on moving. */
  async #dive(): Promise<void> {
    if (this.#isDone) return
    const found = await this.#dives.improve(this.#best, this.#bound)
    this.#keep(found, 'columns')
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
    const { leftMs } = this.#pace
    const size = firstStep(bound)
    const isLarge = this.#tables.orders.length > manyFrom
    if (!(await walkPrices(this.#tools, size, isLarge ? manyPasses : fewPasses))) return
    if ((await bound.round(this.#pricer, this.#pace)) === null) return
    const took = leftMs - this.#pace.leftMs
    const isInTime = !this.#isQuick && this.#pace.leftMs > diveTime * took
    this.#isScarce = isInTime && isMuchScarce(bound, this.#best.cost)
    if (this.#isScarce) {
      if (!(await walkPrices(this.#tools, size, furtherPasses))) return
      if ((await bound.round(this.#pricer, this.#pace)) === null) return
    }
    this.#learn(bound.plans)
    this.#report()
    if (this.#isQuick) await this.#adoptPriced()
  }

  /** Makes solutions of what orders take at the prices so far. */
  async #adoptPriced(): Promise<void> {
    await this.#adopt(this.#bound.plans, 'columns')
    await this.#adopt(this.#pool.favourites(), 'columns')
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
    const found = await solveEvery(this.#best, this.#tools, highs, this.#options.gap / 2)
    if (found === null) return false
    if (found.plans !== null) this.#keep(new Assignment(this.#best.tables, found.plans), 'exact')
    this.#bound.raise(found.isOptimal ? Math.min(found.bound, this.#best.cost) : found.bound)
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
