// For every amount of an order the cheapest places that could send it as one piece of work, leaving out what cannot be
// part of a better answer than the best known. It does not put pieces together.

import type { PieceCosts } from './exact-costs.ts'
import type { States } from './exact-states.ts'
import { type Best, floorOf, leastOf, type Task, unservedCost } from './exact-task.ts'
import type { Place, Way } from './problem.ts'

/** Entries of all lists together, at most. */
const entriesMost = 1 << 20

/** A search for the best answer of one order. */
export interface Search {
  task: Task
  states: States
  costs: PieceCosts
  best: Best
  /** Pieces of work, at most. */
  pieces: number
  /** Places may take from the same capacity: every way of every place counts, not the cheapest alone. */
  isEveryWay: boolean
}

/** A piece that the place which has to send something could send. */
export interface ForcedOffer {
  state: number
  way: number
  cost: number
}

/** Lists of offers, each the cheapest first; used again for the next order. */
export class Offers {
  /** Entries of a list, at most. */
  depth = 0
  counts = new Int32Array(0)
  costs = new Float64Array(0)
  places = new Int32Array(0)
  ways = new Int32Array(0)
  /** Amounts that have an offer, smallest first. */
  active: number[] = []
  forced: ForcedOffer[] = []
  /** Whether an offer was left out that could have mattered. */
  isCut = false
  /** What has to be spent at least beside a piece with amount s, and for the piece itself. */
  private rest = new Float64Array(0)
  private own = new Float64Array(0)
  /** Entries of a list that could matter. */
  private wanted = 0

  /** Starts the lists with everything from one place. The best single piece is the best answer where it is better. */
  collectWhole(search: Search): void {
    const { states, task } = search
    this.open(search)
    this.restAtLeast(search)
    if (task.forced >= 0) this.collectForced(search)
    this.offerAll(search, [states.size - 1])
    this.list(states)
  }

  /** Amounts less than everything that may be part of a better answer. */
  amountsWorth({ states, task, pieces, best }: Search): number[] {
    const amounts: number[] = []
    if (task.order.isWhole && pieces === 1) return amounts
    const full = states.size - 1
    for (let s = 1; s < full; s++) {
      if ((this.rest[s] as number) + (this.own[s] as number) < best.target) amounts.push(s)
    }
    return amounts
  }

  /** Whether more costs would have to be asked for than may be, by what is known of places alone. */
  isTooMany(search: Search, amounts: readonly number[]): boolean {
    const { states, costs, task } = search
    const { places } = task.order
    const room = task.limits.evaluations - costs.evaluations
    if (amounts.length === 0) return false
    let pieces = 0
    let unknown = 0
    for (let p = 0; p < places.length && pieces <= room; p++) {
      const place = places[p] as Place
      if (costs.mostStates[p] === 0) continue
      if (place.least === undefined) {
        unknown += costs.piecesOf(p)
        continue
      }
      let count = 0
      for (const s of amounts) if (costs.canSend(p, s) && !this.isTooDear(search, place, s)) count++
      if (count > 0) pieces += count * place.ways.length
    }
    return pieces + unknown * (amounts.length / states.size) > room
  }

  /** Whether a piece from a place cannot be part of a better answer, whatever way it goes. */
  private isTooDear({ states, best }: Search, place: Place, s: number): boolean {
    const units = states.units[s] as readonly number[]
    return place.least !== undefined && leastOf(place, units) >= best.target - (this.rest[s] as number)
  }

  /** Fills the lists of amounts. */
  collectParts(search: Search, amounts: readonly number[]): void {
    const { limits, order } = search.task
    if (amounts.length * order.places.length > limits.steps) this.isCut = true
    else this.offerAll(search, amounts)
    this.list(search.states)
  }

  /** Fills the lists of amounts from the most promising places alone, with half of the costs that may be asked for. */
  collectPromising(search: Search, amounts: readonly number[]): void {
    const { states, costs, task } = search
    let room = (task.limits.evaluations - costs.evaluations) / 2
    const chosen: number[] = []
    for (const p of this.promising(search)) {
      room -= costs.piecesOf(p) * (amounts.length / states.size)
      if (room >= 0) chosen.push(p)
    }
    chosen.sort((a, b) => a - b)
    this.offerAll(search, amounts, chosen)
    this.list(states)
  }

  /** Places, those of the best answer first, then by what a unit costs when they send all they can. */
  private promising({ task, costs, best }: Search): number[] {
    const scores = task.order.places.map((_, p) => {
      if (best.drafts.some((draft) => draft.place === p)) return 0
      return costs.mostStates[p] === 0 ? Number.POSITIVE_INFINITY : costs.unitCost(task, p)
    })
    const places = scores.map((_, p) => p).filter((p) => scores[p] !== Number.POSITIVE_INFINITY)
    return places.sort((a, b) => (scores[a] as number) - (scores[b] as number) || a - b)
  }

  private list(states: States): void {
    this.active = []
    for (let s = 1; s < states.size; s++) if (this.counts[s] !== 0) this.active.push(s)
  }

  private open({ states, isEveryWay, costs, pieces }: Search): void {
    this.wanted = isEveryWay ? costs.countWays() : pieces
    this.depth = Math.max(1, Math.min(this.wanted, Math.floor(entriesMost / states.size)))
    this.isCut = false
    this.forced = []
    const size = states.size * this.depth
    if (this.costs.length < size) {
      this.costs = new Float64Array(size * 2)
      this.places = new Int32Array(size * 2)
      this.ways = new Int32Array(size * 2)
    }
    if (this.counts.length < states.size) {
      this.counts = new Int32Array(states.size * 2)
      this.rest = new Float64Array(states.size * 2)
      this.own = new Float64Array(states.size * 2)
    }
    this.counts.fill(0, 0, states.size)
  }

  private restAtLeast(search: Search): void {
    const { task, states, pieces } = search
    const { order } = task
    const floor = floorOf(task, (p, i) => (search.costs.most[p * states.lines + i] as number) > 0)
    const wanted = states.unitCounts[states.size - 1] as number
    for (let s = 0; s < states.size; s++) {
      let spent = pieces > 1 ? order.splitCost + floor.each : Number.POSITIVE_INFINITY
      let own = floor.each
      for (let i = 0; i < states.lines; i++) {
        const units = (states.quantities[i] as number) - (states.digits[s * states.lines + i] as number)
        const perUnit = floor.perUnit[i] as number
        const sent = states.digits[s * states.lines + i] as number
        if (sent > 0) own += sent * perUnit
        if (units > 0) spent += units * (order.isWhole ? perUnit : Math.min(perUnit, order.unservedCost))
      }
      const left = wanted - (states.unitCounts[s] as number)
      const dropped = order.isWhole ? Number.POSITIVE_INFINITY : unservedCost(order, left)
      this.rest[s] = left === 0 ? 0 : Math.min(spent, dropped)
      this.own[s] = own
    }
  }

  private collectForced(search: Search): void {
    const { task, states, costs, best } = search
    const place = task.order.places[task.forced] as Place
    const wanted = states.unitCounts[states.size - 1] as number
    let least = Number.POSITIVE_INFINITY
    for (let s = 1; s < states.size; s++) {
      if (!costs.canSend(task.forced, s)) continue
      for (let w = 0; w < place.ways.length; w++) {
        if (!costs.hasRoom(task, place.ways[w] as Way, s)) continue
        if (costs.evaluations >= task.limits.evaluations) this.isCut = true
        if (this.isCut) break
        const cost = costs.costOf(task.forced, w, s)
        if (cost === Number.POSITIVE_INFINITY) continue
        this.forced.push({ state: s, way: w, cost })
        least = Math.min(least, cost)
        const left = wanted - (states.unitCounts[s] as number)
        const value = cost + unservedCost(task.order, left)
        if ((left > 0 && task.order.isWhole) || value >= best.target) continue
        best.take(value, [
          { place: task.forced, way: w, units: states.units[s] as readonly number[], priced: cost },
        ])
      }
    }
    const beside = search.pieces > 1 ? task.order.splitCost + least : Number.POSITIVE_INFINITY
    this.rest.fill(beside, 0, states.size)
  }

  private offerAll(
    search: Search,
    amounts: readonly number[],
    chosen: readonly number[] | null = null,
  ): void {
    const { task, states, costs, best } = search
    const full = states.size - 1
    const { places } = task.order
    const count = amounts.length === 0 ? 0 : (chosen?.length ?? places.length)
    for (let k = 0; k < count; k++) {
      const p = chosen === null ? k : (chosen[k] as number)
      const most = costs.mostStates[p] as number
      if (most === 0 || p === task.forced) continue
      const place = places[p] as Place
      for (const s of amounts) {
        if (most !== full && !costs.canSend(p, s)) continue
        if ((this.rest[s] as number) >= best.target || this.isTooDear(search, place, s)) continue
        if (costs.evaluations >= task.limits.evaluations) {
          this.isCut = true
          return
        }
        this.offer(search, p, place, s)
      }
    }
  }

  private offer(search: Search, p: number, { ways, least }: Place, s: number): void {
    const { task, states, costs, best, isEveryWay } = search
    // Of a place that may be worth it for everything the costs are wanted themselves.
    const isAsked = least !== undefined && s === states.size - 1
    const units = states.units[s] as readonly number[]
    const room = best.target - (this.rest[s] as number)
    let cheapest = room
    let chosen = -1
    for (let w = 0; w < ways.length; w++) {
      const way = ways[w] as Way
      if (!isAsked && leastOf(way, units) >= (isEveryWay ? room : cheapest)) continue
      if (!costs.hasRoom(task, way, s)) continue
      const cost = costs.costOf(p, w, s)
      if (isEveryWay && cost < room) this.insert(s, cost, p, w)
      if (cost >= cheapest) continue
      cheapest = cost
      chosen = w
    }
    if (chosen < 0) return
    if (!isEveryWay) this.insert(s, cheapest, p, chosen)
    if (task.forced >= 0) return
    const left = (states.unitCounts[states.size - 1] as number) - (states.unitCounts[s] as number)
    if (left > 0 && task.order.isWhole) return
    const value = cheapest + unservedCost(task.order, left)
    if (value >= best.target) return
    best.take(value, [
      { place: p, way: chosen, units: states.units[s] as readonly number[], priced: cheapest },
    ])
  }

  private insert(s: number, cost: number, place: number, way: number): void {
    const from = s * this.depth
    const count = this.counts[s] as number
    let at = from + count
    if (count === this.depth) {
      at--
      if (this.depth < this.wanted) this.isCut = true
      if (cost >= (this.costs[at] as number)) return
    } else this.counts[s] = count + 1
    while (at > from && (this.costs[at - 1] as number) > cost) {
      this.costs[at] = this.costs[at - 1] as number
      this.places[at] = this.places[at - 1] as number
      this.ways[at] = this.ways[at - 1] as number
      at--
    }
    this.costs[at] = cost
    this.places[at] = place
    this.ways[at] = way
  }
}
