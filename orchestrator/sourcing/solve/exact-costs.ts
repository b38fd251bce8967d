// What pieces of one order cost on every way, asked once and kept in a table, with what places can send and what prices
// add. It compares and chooses nothing.

import type { States } from './exact-states.ts'
import { costOf, fits, type Task } from './exact-task.ts'
import type { Place, SolverOrder, Way } from './problem.ts'

/** Costs kept, at most. */
const tableMost = 1 << 21

/** Costs of the pieces of one order; used again for the next one. */
export class PieceCosts {
  /** Costs asked since `open`. */
  evaluations = 0
  /** Units of line i that place p can send at `p * lines + i`, and the same as a state. */
  most = new Int32Array(0)
  mostStates = new Int32Array(0)
  /** Number of the first way of each place; -1 = it was not asked for yet. */
  private wayStarts = new Int32Array(1)
  private wayCount = 0
  private table = new Float64Array(0)
  private order: SolverOrder | null = null
  private places: readonly Place[] | null = null
  private linePrices = new Float64Array(0)
  private wayPrices = new Float64Array(0)
  private isPriced = false
  private states: States | null = null

  /** Makes ready for a question. What is known of the same order is kept. */
  open(task: Task, states: States): void {
    const { order } = task
    this.evaluations = 0
    const count = order.places.length
    if (this.order !== order || this.places !== order.places || this.states !== states) {
      this.order = order
      this.places = order.places
      this.states = states
      if (this.wayStarts.length < count) this.wayStarts = new Int32Array(count * 2)
      this.wayStarts.fill(-1, 0, count)
      this.wayCount = 0
    }
    if (this.most.length < count * states.lines) this.most = new Int32Array(count * states.lines * 2)
    if (this.mostStates.length < count) this.mostStates = new Int32Array(count * 2)
    for (let p = 0; p < count; p++) this.limit(task, states, p)
    this.isPriced = task.prices !== null
    if (this.isPriced) this.price(task, states)
  }

  /** Number of the first way of a place; its costs get their room in the table when it is first asked for. */
  private startOf(p: number): number {
    const known = this.wayStarts[p] as number
    if (known >= 0) return known
    const { size } = this.states as States
    const from = this.wayCount
    this.wayStarts[p] = from
    this.wayCount += (this.places as readonly Place[])[p]?.ways.length ?? 0
    const end = Math.min(this.wayCount * size, tableMost)
    if (this.table.length < end) {
      const table = new Float64Array(Math.min(end * 2, tableMost))
      table.set(this.table)
      this.table = table
    }
    if (from * size < end) this.table.fill(Number.NaN, from * size, end)
    return from
  }

  /** Numbers the ways of all places. @returns how many there are */
  countWays(): number {
    const count = this.places?.length ?? 0
    for (let p = 0; p < count; p++) this.startOf(p)
    return this.wayCount
  }

  private limit(task: Task, states: States, p: number): void {
    const { lines } = states
    const place = task.order.places[p] as Place
    let state = 0
    for (let i = 0; i < lines; i++) {
      let most = 0
      if (p !== task.excluded && (place.can >> i) & 1) {
        const line = task.order.lines[i] as SolverOrder['lines'][number]
        const stock = task.supply.stock(place.node, line.sku)
        most = stock >= line.quantity ? line.quantity : stock >= 1 ? Math.floor(stock) : 0
      }
      this.most[p * lines + i] = most
      state += most * (states.strides[i] as number)
    }
    this.mostStates[p] = state
  }

  /** Pieces that the stock of a place allows, on all its ways. */
  piecesOf(p: number): number {
    const { lines } = this.states as States
    let amounts = 1
    for (let i = 0; i < lines; i++) amounts *= (this.most[p * lines + i] as number) + 1
    return amounts === 1 ? 0 : (amounts - 1) * ((this.places as readonly Place[])[p] as Place).ways.length
  }

  private price(task: Task, states: States): void {
    const { prices, order } = task
    if (prices === null) return
    const { lines } = states
    if (this.linePrices.length < order.places.length * lines) {
      this.linePrices = new Float64Array(order.places.length * lines * 2)
    }
    const ways = this.countWays()
    if (this.wayPrices.length < ways * 3) this.wayPrices = new Float64Array(ways * 6)
    this.wayPrices.fill(0, 0, ways * 3)
    for (let p = 0; p < order.places.length; p++) {
      if (this.mostStates[p] === 0) continue
      const place = order.places[p] as Place
      for (let i = 0; i < lines; i++) {
        const sku = (order.lines[i] as SolverOrder['lines'][number]).sku
        this.linePrices[p * lines + i] = (place.can >> i) & 1 ? prices.stock(place.node, sku) : 0
      }
      for (let w = 0; w < place.ways.length; w++) {
        const at = (this.startOf(p) + w) * 3
        for (const use of (place.ways[w] as Way).uses) {
          const price = prices.capacity(use.capacity)
          if (price === 0) continue
          this.wayPrices[at] = (this.wayPrices[at] as number) + price * use.each
          this.wayPrices[at + 1] = (this.wayPrices[at + 1] as number) + price * use.perLine
          this.wayPrices[at + 2] = (this.wayPrices[at + 2] as number) + price * use.perUnit
        }
      }
    }
  }

  /** What prices add to a piece. */
  added(place: number, way: number, units: readonly number[]): number {
    if (!this.isPriced) return 0
    const at = (this.startOf(place) + way) * 3
    let sum = this.wayPrices[at] as number
    const perLine = this.wayPrices[at + 1] as number
    const perUnit = this.wayPrices[at + 2] as number
    for (let i = 0; i < units.length; i++) {
      const amount = units[i] as number
      if (amount === 0) continue
      sum += perLine + amount * (perUnit + (this.linePrices[place * units.length + i] as number))
    }
    return sum
  }

  /** Whether a place can send an amount, stock and lines alone. */
  canSend(place: number, state: number): boolean {
    const { digits, lines } = this.states as States
    for (let i = 0; i < lines; i++) {
      if ((digits[state * lines + i] as number) > (this.most[place * lines + i] as number)) return false
    }
    return true
  }

  /** Cost of an amount on a way, with prices; capacities are left to `hasRoom`. */
  costOf(place: number, way: number, state: number): number {
    const states = this.states as States
    const at = (this.startOf(place) + way) * states.size + state
    const units = states.units[state] as readonly number[]
    let cost = at < tableMost ? (this.table[at] as number) : Number.NaN
    if (Number.isNaN(cost)) {
      cost = costOf((this.places as readonly Place[])[place]?.ways[way] as Way, units)
      this.evaluations++
      if (at < tableMost) this.table[at] = cost
    }
    return this.isPriced ? cost + this.added(place, way, units) : cost
  }

  /** What a unit costs when a place sends all it can, or the half, or the half of that, as far as a way takes it. */
  unitCost(task: Task, p: number): number {
    const { lines, strides, unitCounts } = this.states as States
    const { ways } = task.order.places[p] as Place
    for (let shift = 0; ; shift++) {
      let state = 0
      for (let i = 0; i < lines; i++) {
        state += ((this.most[p * lines + i] as number) >> shift) * (strides[i] as number)
      }
      if (state === 0) return Number.POSITIVE_INFINITY
      let least = Number.POSITIVE_INFINITY
      for (let w = 0; w < ways.length; w++) {
        if (this.hasRoom(task, ways[w] as Way, state)) least = Math.min(least, this.costOf(p, w, state))
      }
      if (least < Number.POSITIVE_INFINITY) return least / (unitCounts[state] as number)
    }
  }

  /** Whether an amount fits into what is left of the capacities. */
  hasRoom(task: Task, way: Way, state: number): boolean {
    const { lineCounts, unitCounts } = this.states as States
    return fits(way, task.supply, lineCounts[state] as number, unitCounts[state] as number)
  }
}
