// How much more than chance alone what is seen of a slice scatters around what is usual. It judges nothing.

/** Squares of what strayed against what was expected: how much more than chance alone a slice scatters. */
export class Scatter {
  #squares = 0
  #usual = 0
  #blockSquares = 0
  #blockUsual = 0
  #off = 0
  #offUsual = 0
  #hours = 0
  #count = 0

  /** Takes an hour in; what strayed beyond all measure counts as far as `farthest`. */
  take(seen: number, usual: number): void {
    const isKnown = this.#usual > 0 && ++this.#count > knownFrom
    const most = isKnown ? farthest * Math.sqrt((usual + 1) * this.spread(1, 1)) : Number.POSITIVE_INFINITY
    const off = Math.max(-most, Math.min(most, seen - usual))
    this.#squares += off * off
    this.#usual += usual
    this.#off += off
    this.#offUsual += usual
    if (++this.#hours < blockHours) return
    this.#hours = 0
    this.#blockSquares += this.#off * this.#off
    this.#blockUsual += this.#offUsual
    this.#off = 0
    this.#offUsual = 0
  }

  /** Variance against chance, drawn towards another by so much that was expected. */
  spread(towards: number, pull: number): number {
    const hourly = (this.#squares + pull * towards) / (this.#usual + pull)
    const blocks = (this.#blockSquares + pull * towards) / (this.#blockUsual + pull)
    return Math.max(1, hourly, blocks)
  }

  fade(part: number): void {
    this.#squares *= part
    this.#usual *= part
    this.#blockSquares *= part
    this.#blockUsual *= part
  }
}

const farthest = 5
const knownFrom = 48
const blockHours = 6
