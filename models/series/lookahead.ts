// What the forecaster says of a series: at the first hour of each day of its clock it is shown the series and asked for
// the next hours, and what it said is kept until they come. It weighs nothing.

import {
  ahead,
  type Example,
  type Forward,
  inputsOf,
  type Kind,
  opinionOf,
  targetOf,
} from '../forecast/index.ts'
import type { Memory, Outlook } from './memory.ts'

/** Hours whose residuals are kept. */
const residualsKept = 336
const hoursOfDay = 24

/** A forecaster, null while there is none. */
export type AskForecaster = () => Forward | null

/** The outlook of one hourly series. */
export class Lookahead {
  readonly #kind: Kind
  readonly #forecaster: AskForecaster
  readonly #past: (tick: number) => number
  readonly #residuals = new Float32Array(residualsKept).fill(Number.NaN)
  /** Of the hours from `#from` on: expectation and spread, by turns. */
  readonly #said = new Float32Array(2 * ahead)
  #from = Number.NEGATIVE_INFINITY
  /** Given each day that is over, where somebody collects them. */
  collect: ((example: Example) => void) | null = null
  #open: { example: Example; from: number; expected: Float64Array; sigma: number } | null = null

  /** @param past value of an earlier hour on the scale of the series, NaN where it is not known */
  constructor(kind: Kind, forecaster: AskForecaster, past: (tick: number) => number) {
    this.#kind = kind
    this.#forecaster = forecaster
    this.#past = past
  }

  /** Looks at the series where a day of its clock begins. @param place in the week */
  turnTo(tick: number, place: number, memory: Memory): void {
    if (place % hoursOfDay !== 0) return
    this.#close()
    const net = this.#forecaster()
    if (net === null && this.collect === null) return
    const expected = new Float64Array(ahead)
    let sigma = 0
    for (let hour = 0; hour < ahead; hour++) {
      memory.turnTo((place + hour) % (7 * hoursOfDay))
      const outlook = memory.expect(0)
      if (outlook === null) {
        memory.turnTo(place)
        return
      }
      expected[hour] = outlook.expected
      sigma += outlook.sigma / ahead
    }
    memory.turnTo(place)
    const view = {
      kind: this.#kind,
      weekday: Math.floor(place / hoursOfDay),
      expected,
      sigma,
      level: memory.level,
      residual: (back: number) =>
        this.#residuals[(((tick - back) % residualsKept) + residualsKept) % residualsKept] as number,
      before: (hour: number, back: number) => this.#past(tick + hour - back),
    }
    const inputs = inputsOf(view)
    if (this.collect !== null) {
      const example = {
        day: Math.floor(tick / hoursOfDay),
        inputs,
        targets: new Float32Array(ahead).fill(Number.NaN),
      }
      this.#open = { example, from: tick, expected, sigma }
    }
    if (net === null) return
    const answer = net.ask(inputs)
    for (let hour = 0; hour < ahead; hour++) {
      const opinion = opinionOf(view, hour, answer)
      this.#said[2 * hour] = opinion.expected
      this.#said[2 * hour + 1] = opinion.sigma
    }
    this.#from = tick
  }

  /** What was said of an hour; null where nothing was. */
  of(tick: number): Outlook | null {
    const hour = tick - this.#from
    if (hour < 0 || hour >= ahead) return null
    return { expected: this.#said[2 * hour] as number, sigma: this.#said[2 * hour + 1] as number }
  }

  /** Takes in what an hour showed. @param z residual in standard deviations, NaN where it does not tell */
  learn(tick: number, scaled: number, z: number): void {
    this.#residuals[tick % residualsKept] = z
    const open = this.#open
    if (open === null || Number.isNaN(z)) return
    const hour = tick - open.from
    if (hour < 0 || hour >= ahead) return
    open.example.targets[hour] = targetOf(open, hour, scaled)
  }

  #close(): void {
    const open = this.#open
    this.#open = null
    if (open?.example.targets.some((target) => !Number.isNaN(target))) {
      this.collect?.(open.example)
    }
  }
}
