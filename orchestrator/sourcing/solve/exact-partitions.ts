// Puts pieces of work together to the cheapest answer of one order: a table of partial answers in which a place may
// appear twice as a bound, then a search in which each appears once. It asks for no costs itself.

import type { Offers, Search } from './exact-offers.ts'
import { type Draft, fitTogether, tolerance, unservedCost } from './exact-task.ts'

/** The table and the search; used again for the next order. */
export class Partitions {
  /** Cost of sending exactly amount s in at most p pieces at `(p - 1) * size + s`, a place counted twice or not. */
  private table = new Float64Array(0)
  private steps = 0
  private isOver = false
  /** Whether pieces that would have been better took too much of a capacity together. */
  private hasConflict = false
  private drafts: Draft[] = []
  private shared = new Int32Array(0)
  /** Served part costs less than this, or it is no gain. */
  private cap = 0

  /**
   * Improves the best answer by those of several pieces.
   * @returns whether all were looked at; whether places got into each other's way, so that more than the cheapest
   * offers of each amount have to be looked at; a bound: none costs less
   */
  improve(search: Search, offers: Offers): { isComplete: boolean; hasConflict: boolean; bound: number } {
    const { task, states } = search
    this.steps = task.limits.steps
    this.isOver = false
    this.hasConflict = false
    this.drafts = []
    if (this.shared.length < states.lines) this.shared = new Int32Array(64)
    this.shared.fill(0)
    const pieces = this.layersWorth(search, offers)
    if (pieces < 2) return { isComplete: true, hasConflict: false, bound: search.best.value }
    const layers = task.forced >= 0 ? pieces - 1 : pieces
    if (!this.fill(search, offers, layers)) return { isComplete: false, hasConflict: false, bound: 0 }
    const bound = task.forced >= 0 ? 0 : this.boundOf(search, layers)
    if (task.forced >= 0) this.aroundForced(search, offers, layers)
    else for (let p = 2; p <= layers; p++) this.ofPieces(search, offers, p)
    const { isOver, hasConflict } = this
    return {
      isComplete: !isOver && (search.isEveryWay || !hasConflict),
      hasConflict,
      bound: Math.min(bound, search.best.value),
    }
  }

  /** Pieces beyond which even the cheapest of all offers are too dear. */
  private layersWorth({ task, best, pieces }: Search, offers: Offers): number {
    let least = Number.POSITIVE_INFINITY
    for (const s of offers.active) least = Math.min(least, offers.costs[s * offers.depth] as number)
    for (const { cost } of offers.forced) least = Math.min(least, cost)
    let most = pieces
    while (most > 1 && (most - 1) * task.order.splitCost + most * least >= best.target) most--
    return most
  }

  private fill(search: Search, offers: Offers, layers: number): boolean {
    const { states, task } = search
    const { size } = states
    if (this.table.length < layers * size) this.table = new Float64Array(layers * size * 2)
    this.table.fill(Number.POSITIVE_INFINITY, 0, size)
    for (const s of offers.active) this.table[s] = offers.costs[s * offers.depth] as number
    for (let p = 1; p < layers; p++) {
      this.table.copyWithin(p * size, (p - 1) * size, p * size)
      for (const s of offers.active) {
        this.steps -= this.roomsBeside(search, s)
        if (this.steps < 0) return false
        this.extend(search, s, (offers.costs[s * offers.depth] as number) + task.order.splitCost, p * size)
      }
    }
    return true
  }

  private roomsBeside({ states, task }: Search, s: number): number {
    let count = 1
    for (let i = states.firstLines[s] as number; i < states.lines; i++)
      count *= this.roomOf(states, task, s, i) + 1
    return count
  }

  /** Units of a line that other pieces may send beside amount s. */
  private roomOf(states: Search['states'], task: Search['task'], s: number, i: number): number {
    const taken = states.digits[s * states.lines + i] as number
    return taken > 0 && task.order.maxNodesPerLine === 1 ? 0 : (states.quantities[i] as number) - taken
  }

  /** Amount s as the piece with the first line, beside every amount that the layer before can send. */
  private extend({ states, task }: Search, s: number, cost: number, to: number): void {
    const { lines, strides } = states
    const from = to - states.size
    const counter = new Array<number>(lines).fill(0)
    const rooms = counter.map((_, i) => this.roomOf(states, task, s, i))
    const first = states.firstLines[s] as number
    let beside = 0
    for (;;) {
      let i = first
      while (i < lines && counter[i] === rooms[i]) {
        beside -= (counter[i] as number) * (strides[i] as number)
        counter[i] = 0
        i++
      }
      if (i === lines) return
      counter[i] = (counter[i] as number) + 1
      beside += strides[i] as number
      const sum = cost + (this.table[from + beside] as number)
      if (sum < (this.table[to + s + beside] as number)) this.table[to + s + beside] = sum
    }
  }

  private boundOf({ states, task, best }: Search, layers: number): number {
    const full = states.size - 1
    const wanted = states.unitCounts[full] as number
    let bound = best.value
    for (let s = task.order.isWhole ? full : 1; s <= full; s++) {
      const served = this.table[(layers - 1) * states.size + s] as number
      bound = Math.min(bound, served + unservedCost(task.order, wanted - (states.unitCounts[s] as number)))
    }
    return bound
  }

  /** Looks for a better answer of at most p pieces, the most promising amounts served first. */
  private ofPieces(search: Search, offers: Offers, p: number): void {
    const { states, task, best } = search
    const full = states.size - 1
    const wanted = states.unitCounts[full] as number
    const found: { s: number; served: number; left: number }[] = []
    for (let s = task.order.isWhole ? full : 1; s <= full; s++) {
      const served = this.table[(p - 1) * states.size + s] as number
      const left = unservedCost(task.order, wanted - (states.unitCounts[s] as number))
      if (served + left < best.target) found.push({ s, served, left })
    }
    found.sort((a, b) => a.served + a.left - (b.served + b.left) || b.s - a.s)
    for (const { s, served, left } of found) {
      if (served + left >= best.target) break
      this.searchBelow(search, offers, { s, p, spent: 0, served, left })
    }
  }

  private aroundForced(search: Search, offers: Offers, layers: number): void {
    const { states, task, best } = search
    const full = states.size - 1
    const wanted = states.unitCounts[full] as number
    for (const { state, way, cost } of offers.forced) {
      const units = states.units[state] as readonly number[]
      for (let s = 1; s <= full; s++) {
        const served = this.table[(layers - 1) * states.size + s] as number
        if (!Number.isFinite(served) || !isWithin(states, s, full - state)) continue
        const count = (states.unitCounts[s] as number) + (states.unitCounts[state] as number)
        if (task.order.isWhole && count < wanted) continue
        const left = unservedCost(task.order, wanted - count)
        const spent = cost + task.order.splitCost
        if (spent + served + left >= best.target) continue
        this.push({ place: task.forced, way, units, priced: cost })
        this.searchBelow(search, offers, { s, p: layers, spent, served: spent + served, left })
        this.pop()
      }
    }
  }

  /** First for an answer as cheap as the bound says, then for any that is better than the best known. */
  private searchBelow(
    search: Search,
    offers: Offers,
    goal: { s: number; p: number; spent: number; served: number; left: number },
  ): void {
    const { best } = search
    const reach = goal.served + tolerance(goal.served + goal.left) * 2
    if (reach < best.target - goal.left) {
      this.cap = reach
      this.descend(search, offers, goal.s, goal.p, goal.spent, goal.left)
    }
    if (goal.served + goal.left >= best.target) return
    this.cap = best.target - goal.left
    this.descend(search, offers, goal.s, goal.p, goal.spent, goal.left)
  }

  /** Tries every piece with the first line of what is still to be sent. */
  private descend(search: Search, offers: Offers, s: number, p: number, spent: number, left: number): void {
    const { states, task } = search
    const first = states.firstLines[s] as number
    for (const t of offers.active) {
      if (t > s) break
      if (this.isOver || (states.digits[t * states.lines + first] as number) === 0) continue
      if (--this.steps < 0) this.isOver = true
      if (!isWithin(states, t, s)) continue
      const rest = s - t
      if (rest > 0 && p === 1) continue
      const tail =
        rest === 0 ? 0 : task.order.splitCost + (this.table[(p - 2) * states.size + rest] as number)
      const from = t * offers.depth
      if (spent + (offers.costs[from] as number) + tail >= this.cap || !this.mayShare(search, t, rest))
        continue
      for (let at = from; at < from + (offers.counts[t] as number); at++) {
        const cost = offers.costs[at] as number
        if (spent + cost + tail >= this.cap) break
        const place = offers.places[at] as number
        if (this.drafts.some((draft) => draft.place === place)) continue
        this.push({
          place,
          way: offers.ways[at] as number,
          units: states.units[t] as readonly number[],
          priced: cost,
        })
        if (!fitTogether(task.order, task.supply, this.drafts)) this.hasConflict = true
        else {
          if (rest > 0) this.descend(search, offers, rest, p - 1, spent + cost + task.order.splitCost, left)
          else {
            search.best.take(spent + cost + left, this.drafts)
            this.cap = search.best.target - left
          }
        }
        this.pop()
      }
    }
  }

  /** Whether no line of a piece is in too many pieces, counting one more where some of it is still to be sent. */
  private mayShare({ states, task }: Search, t: number, rest: number): boolean {
    for (let i = 0; i < states.lines; i++) {
      if (states.digits[t * states.lines + i] === 0) continue
      const others = (this.shared[i] as number) + (states.digits[rest * states.lines + i] === 0 ? 0 : 1)
      if (others + 1 > task.order.maxNodesPerLine) return false
    }
    return true
  }

  private push(draft: Draft): void {
    this.drafts.push(draft)
    for (let i = 0; i < draft.units.length; i++) {
      if ((draft.units[i] as number) > 0) this.shared[i] = (this.shared[i] as number) + 1
    }
  }

  private pop(): void {
    const draft = this.drafts.pop()
    if (draft === undefined) return
    for (let i = 0; i < draft.units.length; i++) {
      if ((draft.units[i] as number) > 0) this.shared[i] = (this.shared[i] as number) - 1
    }
  }
}

/** Whether amount t is no more than s of every line. */
function isWithin(states: Search['states'], t: number, s: number): boolean {
  const { digits, lines } = states
  for (let i = 0; i < lines; i++) {
    if ((digits[t * lines + i] as number) > (digits[s * lines + i] as number)) return false
  }
  return true
}
