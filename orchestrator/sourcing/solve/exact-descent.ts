// Looks for a good answer of one order that is too large to be looked at in full: builds one piece by piece and
// improves it by moves. It proves nothing.

import { AskedPieces } from './exact-pieces.ts'
import { type Best, type Draft, fitTogether, type Task, tolerance, unservedCost } from './exact-task.ts'

/** An answer in the making. */
interface Sketch {
  drafts: Draft[]
  left: number[]
}

/** Guides towards orders that are served in full where anything less counts as nothing. */
const wholePull = 1e9

/** One search. */
export class Descent {
  private readonly task: Task
  private readonly best: Best
  private readonly pieces: number
  private readonly asked: AskedPieces
  private readonly pull: number
  private readonly limit: number

  /** @param pieces of an answer, at most; @param limit costs asked for, at most */
  constructor(task: Task, best: Best, pieces: number, limit: number) {
    const { order } = task
    this.task = task
    this.best = best
    this.pieces = pieces
    this.limit = limit
    this.pull = order.unservedCost + (order.isWhole ? wholePull : 0)
    this.asked = new AskedPieces(task)
  }

  private get isOver(): boolean {
    return this.asked.evaluations >= this.limit
  }

  /** Improves the best answer. */
  run(): void {
    const { order, forced } = this.task
    const starts = forced >= 0 ? [forced] : [-1, ...this.firstPlaces()]
    for (const start of starts) {
      if (this.isOver) return
      const sketch: Sketch = { drafts: [], left: order.lines.map((line) => line.quantity) }
      if (start >= 0) this.add(sketch, start)
      this.build(sketch)
      this.keep(sketch)
      while (!this.isOver && this.step(sketch)) this.keep(sketch)
    }
  }

  /**
   * Everything from one place, on every way.
   * @returns cost of the cheapest, Infinity where no place can
   */
  tryWhole(): number {
    const { order } = this.task
    const units = order.lines.map((line) => line.quantity)
    let least = Number.POSITIVE_INFINITY
    for (let p = 0; p < order.places.length; p++) {
      if (units.some((amount, i) => amount > (this.asked.most[p]?.[i] as number))) continue
      const draft = this.asked.price(p, units)
      if (draft === null || draft.priced >= least) continue
      least = draft.priced
      const isAllowed = this.task.forced < 0 || this.task.forced === p
      if (isAllowed && least < this.best.target) this.best.take(least, [draft])
    }
    return least
  }

  /** The cheapest place of each line alone. */
  private firstPlaces(): number[] {
    const { order } = this.task
    const found = new Set<number>()
    for (let i = 0; i < Math.min(order.lines.length, 8); i++) {
      let least = Number.POSITIVE_INFINITY
      let place = -1
      for (let p = 0; p < order.places.length && !this.isOver; p++) {
        const amount = this.asked.most[p]?.[i] as number
        if (amount === 0) continue
        const draft = this.asked.price(
          p,
          order.lines.map((_, k) => (k === i ? amount : 0)),
        )
        if (draft === null || draft.priced / amount >= least) continue
        least = draft.priced / amount
        place = p
      }
      if (place >= 0) found.add(place)
    }
    return [...found]
  }

  private valueOf({ drafts, left }: Sketch): number {
    let sum = Math.max(0, drafts.length - 1) * this.task.order.splitCost
    for (const draft of drafts) sum += draft.priced
    for (const units of left) if (units > 0) sum += units * this.pull
    return sum
  }

  private isAllowed({ drafts }: Sketch): boolean {
    const { order, supply, forced } = this.task
    if (drafts.length > this.pieces || (forced >= 0 && drafts.every((draft) => draft.place !== forced)))
      return false
    for (let i = 0; i < order.lines.length; i++) {
      const sharing = drafts.reduce((sum, draft) => sum + ((draft.units[i] as number) > 0 ? 1 : 0), 0)
      if (sharing > order.maxNodesPerLine) return false
    }
    return fitTogether(order, supply, drafts)
  }

  private keep(sketch: Sketch): void {
    const { order } = this.task
    const left = sketch.left.reduce((sum, units) => sum + units, 0)
    if ((left > 0 && order.isWhole) || !this.isAllowed(sketch)) return
    const value = this.valueOf({ drafts: sketch.drafts, left: [] }) + unservedCost(order, left)
    if (value < this.best.target) this.best.take(value, sketch.drafts)
  }

  private accept(sketch: Sketch, changed: Sketch): boolean {
    const value = this.valueOf(sketch)
    if (this.valueOf(changed) >= value - tolerance(value) || !this.isAllowed(changed)) return false
    sketch.drafts = changed.drafts
    sketch.left = changed.left
    return true
  }

  /** Adds a piece with all that a place can send of what is left. */
  private added(sketch: Sketch, p: number): Sketch | null {
    if (sketch.drafts.some((draft) => draft.place === p)) return null
    const draft = this.asked.largest(p, sketch.left)
    if (draft === null) return null
    const left = sketch.left.map((units, i) => units - (draft.units[i] as number))
    return { drafts: [...sketch.drafts, draft], left }
  }

  private add(sketch: Sketch, p: number): void {
    const changed = this.added(sketch, p)
    if (changed === null || !this.isAllowed(changed)) return
    sketch.drafts = changed.drafts
    sketch.left = changed.left
  }

  /** Adds the piece that gains most, as long as one does. */
  private build(sketch: Sketch): void {
    while (sketch.drafts.length < this.pieces && sketch.left.some((units) => units > 0)) {
      let found: Sketch | null = null
      for (let p = 0; p < this.task.order.places.length && !this.isOver; p++) {
        const changed = this.added(sketch, p)
        if (changed === null || !this.isAllowed(changed)) continue
        if (found === null || this.valueOf(changed) < this.valueOf(found)) found = changed
      }
      if (found === null || !this.accept(sketch, found)) return
    }
  }

  /** The first move that gains. */
  private step(sketch: Sketch): boolean {
    for (let from = -1; from < sketch.drafts.length; from++) {
      const source = from < 0 ? sketch.left : (sketch.drafts[from] as Draft).units
      for (let i = 0; i < source.length; i++) {
        const units = source[i] as number
        for (const amount of new Set([units, Math.ceil(units / 2), 1])) {
          if (units === 0 || amount > units) continue
          if (this.moveLine(sketch, from, i, amount)) return true
          if (this.isOver) return false
        }
      }
      if (from >= 0 && (this.replace(sketch, from) || this.merge(sketch, from))) return true
    }
    return false
  }

  /** Units of a line to another piece, to a new one, or to those without a place. */
  private moveLine(sketch: Sketch, from: number, i: number, amount: number): boolean {
    if (from >= 0 && this.tryMove(sketch, from, -1, i, amount)) return true
    const used = new Set(sketch.drafts.map((draft) => draft.place))
    for (let to = 0; to < sketch.drafts.length; to++) {
      if (to !== from && this.tryMove(sketch, from, to, i, amount)) return true
    }
    for (let p = 0; p < this.task.order.places.length && !this.isOver; p++) {
      if (used.has(p) || (this.asked.most[p]?.[i] as number) < amount) continue
      const draft = this.asked.price(
        p,
        sketch.left.map((_, k) => (k === i ? amount : 0)),
      )
      const without = draft === null ? null : this.taken(sketch, from, i, amount)
      if (draft === null || without === null) continue
      if (this.accept(sketch, { drafts: [...without.drafts, draft], left: without.left })) return true
    }
    return false
  }

  private tryMove(sketch: Sketch, from: number, to: number, i: number, amount: number): boolean {
    const target = sketch.drafts[to]
    if (target === undefined) {
      const without = this.taken(sketch, from, i, amount)
      if (without === null) return false
      const left = without.left.map((units, k) => (k === i ? units + amount : units))
      return this.accept(sketch, { drafts: without.drafts, left })
    }
    const most = this.asked.most[target.place]?.[i] as number
    if ((target.units[i] as number) + amount > most) return false
    const grown = this.asked.price(
      target.place,
      target.units.map((units, k) => (k === i ? units + amount : units)),
    )
    const without = grown === null ? null : this.taken(sketch, from, i, amount)
    if (grown === null || without === null) return false
    const drafts = without.drafts.map((draft) => (draft.place === target.place ? grown : draft))
    return this.accept(sketch, { drafts, left: without.left })
  }

  /** Takes units of a line away from a piece, or from what is left (-1). */
  private taken(sketch: Sketch, from: number, i: number, amount: number): Sketch | null {
    const source = sketch.drafts[from]
    if (source === undefined) {
      return {
        drafts: sketch.drafts,
        left: sketch.left.map((units, k) => (k === i ? units - amount : units)),
      }
    }
    const units = source.units.map((count, k) => (k === i ? count - amount : count))
    if (units.every((count) => count === 0)) {
      return { drafts: sketch.drafts.filter((draft) => draft !== source), left: sketch.left }
    }
    const shrunk = this.asked.price(source.place, units)
    if (shrunk === null) return null
    return { drafts: sketch.drafts.map((draft) => (draft === source ? shrunk : draft)), left: sketch.left }
  }

  /** Another place for a piece. */
  private replace(sketch: Sketch, at: number): boolean {
    const drafts = sketch.drafts.filter((_, k) => k !== at)
    const freed = (sketch.drafts[at] as Draft).units
    const left = sketch.left.map((units, i) => units + (freed[i] as number))
    for (let p = 0; p < this.task.order.places.length && !this.isOver; p++) {
      const changed = this.added({ drafts, left }, p)
      if (changed !== null && this.accept(sketch, changed)) return true
    }
    return false
  }

  /** A piece into another one, as far as that one can take it. */
  private merge(sketch: Sketch, at: number): boolean {
    const source = sketch.drafts[at] as Draft
    for (const target of sketch.drafts) {
      if (target === source) continue
      const most = this.asked.most[target.place] as readonly number[]
      const units = target.units.map((count, i) =>
        Math.min(most[i] as number, count + (source.units[i] as number)),
      )
      const grown = this.asked.price(target.place, units)
      if (grown === null) continue
      const left = sketch.left.map(
        (count, i) =>
          count + (source.units[i] as number) + (target.units[i] as number) - (units[i] as number),
      )
      const drafts = sketch.drafts.filter((draft) => draft !== source)
      const changed = { drafts: drafts.map((draft) => (draft === target ? grown : draft)), left }
      if (this.accept(sketch, changed)) return true
    }
    return false
  }
}
