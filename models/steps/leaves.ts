// The finest slices of a market, each with the law it follows and the slices it belongs to. They see no hours.

import { type StepColumn, type StepKind, stepKinds, workSteps } from './kinds.ts'
import { Capacity, RateLaw } from './laws.ts'
import { Scatter } from './scatter.ts'
import { type Kin, Slice, valueIn } from './slices.ts'
import { isOfNode, kindsOfDay, type StepPlace, shapeOf } from './strata.ts'

/** What a finest slice is called. */
export interface StepName extends Readonly<Record<StepColumn, string>> {
  step: string
  /** The step and all values, for looking it up. */
  key: string
}

/** A row of `step_hours`. */
export interface StepRow {
  name: StepName
  stratum: number
  atRisk: number
  done: number
}

/** A finest slice, with the law it follows and the slices it belongs to. */
export interface Leaf {
  kind: StepKind
  law: RateLaw | null
  own: string
  peers: string
  place: StepPlace
  capacity: Capacity | null
  slices: Slice[]
}

/** All leaves and slices of a market. */
export class Leaves {
  readonly #places: ReadonlyMap<string, StepPlace>
  readonly #usual: StepPlace
  readonly #laws = new Map<string, RateLaw>()
  readonly #leaves = new Map<string, Leaf>()
  readonly #kin = new Map<string, Kin>()
  readonly #slices = new Map<string, Slice>()
  /** Slices of what flows in. */
  readonly flows: Slice[] = []

  constructor(places: ReadonlyMap<string, StepPlace>, usual: StepPlace) {
    this.#places = places
    this.#usual = usual
  }

  /** All slices, in the order in which they came. */
  get slices(): ReadonlyMap<string, Slice> {
    return this.#slices
  }

  /** A leaf by its name; null for a step that is not watched. */
  of(row: StepName): Leaf | null {
    const known = this.#leaves.get(row.key)
    if (known !== undefined) return known
    const kind = stepKinds.find(({ step }) => step === row.step)
    if (kind === undefined) return null
    const place = this.#places.get(row.node)
    const leaf: Leaf = {
      kind,
      law: kind.law === 'flow' ? null : this.#lawOf(kind),
      own: kind.lawBy.map((column) => row[column]).join(' x '),
      peers: peersOf(kind, row, place),
      place: place ?? this.#usual,
      capacity: isOfNode(kind) ? new Capacity(kindsOfDay) : null,
      slices: [],
    }
    for (const each of stepKinds) {
      const isOf = each === kind || (each.step === 'work' && workSteps.includes(kind.step))
      if (isOf) leaf.slices.push(...this.#slicesOf(each, row))
    }
    this.#leaves.set(row.key, leaf)
    return leaf
  }

  #slicesOf(kind: StepKind, row: StepName): Slice[] {
    const found: Slice[] = []
    for (const columns of kind.slices) {
      const value = valueIn(row, columns)
      if (value === null) continue
      const kinName = `${kind.step}/${columns.join(' x ')}`
      const kin = this.#kin.get(kinName) ?? { kind, columns, scatter: new Scatter(), slices: [] }
      this.#kin.set(kinName, kin)
      const name = `${kinName}/${value}`
      let slice = this.#slices.get(name)
      if (slice === undefined) {
        slice = new Slice(kin, value)
        kin.slices.push(slice)
        this.#slices.set(name, slice)
        if (slice.flow !== null) this.flows.push(slice)
      }
      found.push(slice)
    }
    return found
  }

  #lawOf(kind: StepKind): RateLaw {
    const known = this.#laws.get(kind.step)
    if (known !== undefined) return known
    const law = new RateLaw(shapeOf(kind))
    this.#laws.set(kind.step, law)
    return law
  }

  /** A day is over: what is older counts less. */
  fade(): void {
    for (const law of this.#laws.values()) law.fade()
    for (const { capacity } of this.#leaves.values()) capacity?.fade()
    for (const slice of this.#slices.values()) {
      slice.flow?.fade()
      slice.scatter.fade(scatterKept)
    }
    for (const kin of this.#kin.values()) kin.scatter.fade(scatterKept)
  }
}

/** What a place that little was seen of is taken for: parcels as those of the same carrier and service. */
function peersOf({ step }: StepKind, row: StepName, place: StepPlace | undefined): string {
  if (step === 'deliver') return `${row.carrier} x ${row.service}`
  return step === 'freight' ? row.service : (place?.peers ?? '')
}

/** What is left of how much slices scattered after a day. */
const scatterKept = 0.98
