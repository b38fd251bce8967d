// Folds the events of a market and looks, after each command, whether what it touched still is as it must be. It reads
// events only, and remembers after which of them something was wrong first.

import { isControlEvent, type StoredEvent } from '#data/log'
import {
  type CoreState,
  coreDefinition,
  coreEvent,
  coreStream,
  type Order,
  partsOfKey,
} from '#orchestrator/core'
import type { Violation } from './shapes.ts'
import { positionName } from './stock-invariants.ts'
import { namesIn, type Touched } from './touched.ts'
import { heldBy, ofOrder, ofPosition, violationsOf, violationsOfStep } from './violations.ts'

/** An event, by its place in the log. */
export interface EventRef {
  stream: string
  seq: number
  type: string
  eventId: string
}

/** A rule that did not hold, and since when. */
export interface AuditFinding extends Violation {
  /** The first event after which it shows; null where no single one could be found. */
  first: EventRef | null
  /** Whether a later command put it right. */
  isOver: boolean
}

interface OpenCommand {
  commandId: string
  before: CoreState
  events: StoredEvent[]
}

/** Most findings that are kept; a log that is this wrong needs no longer list. */
const findingsMost = 1_000
/** Rules that speak of one command, and are not broken any longer after the next. */
const stepScope = 'nothing_is_oversold'

/** Folds and watches one market. */
export class Audit {
  readonly market: string
  readonly #evolve
  #state: CoreState
  #lastSeq = 0
  #open: OpenCommand | null = null
  /** Units that reserved open work holds, by position. */
  readonly #held = new Map<string, number>()
  readonly #found = new Map<string, AuditFinding>()
  #checks = 0

  constructor(market: string) {
    const { initial, evolve } = coreDefinition(market)
    this.market = market
    this.#evolve = evolve
    this.#state = initial()
  }

  /** The state after the last event taken. */
  get state(): CoreState {
    return this.#state
  }

  get lastSeq(): number {
    return this.#lastSeq
  }

  /** Orders and positions looked at. */
  get checks(): number {
    return this.#checks
  }

  /** Orders that left memory and are not back: key of their rows, see `RowScope`. */
  readonly archived = new Map<string, string>()

  /** Goes on by one event. */
  take(event: StoredEvent): void {
    this.#lastSeq = event.seq
    if (isControlEvent(event.type)) return
    const commandId = event.eventId.slice(0, event.eventId.lastIndexOf('/'))
    if (this.#open?.commandId !== commandId) {
      this.settle()
      this.#open = { commandId, before: this.#state, events: [] }
    }
    this.#state = this.#evolve(this.#state, coreEvent(event))
    this.#open?.events.push(event)
    this.#noteArchive(event)
  }

  /** Looks at what the last command did: only between two commands must everything hold. */
  settle(): void {
    const open = this.#open
    if (open === null) return
    this.#open = null
    const touched = namesIn(open.events, open.before, this.#state)
    const seen = new Set<string>()
    const note = (violation: Violation) => {
      seen.add(keyOf(violation))
      this.#note(violation, open.events)
    }
    for (const orderId of touched.orders) {
      const [before, after] = [open.before.orders.get(orderId), this.#state.orders.get(orderId)]
      if (before !== undefined) this.#hold(heldBy(before), -1, touched)
      if (after === undefined) continue
      this.#hold(heldBy(after), 1, touched)
      for (const violation of ofOrder(after, this.#state)) note(violation)
    }
    for (const key of touched.positions) {
      const stock = this.#state.stock.get(key)
      if (stock === undefined) continue
      for (const violation of ofPosition(stock, this.#held.get(key) ?? 0)) note(violation)
    }
    // A file tells what its source promised; whether it could is not ours to judge.
    if (!open.events.some(({ type }) => type === 'OrderImported')) {
      for (const violation of violationsOfStep(open.before, this.#state, touched.positions)) note(violation)
    }
    this.#checks += touched.orders.size + touched.positions.size
    if (this.#found.size > 0) this.#markOver(touched, seen)
  }

  /**
   * Looks at everything there is now, also what no event named.
   * @returns what was found of which nothing is known but that it is so
   */
  lookAtAll(): AuditFinding[] {
    this.settle()
    this.#checks += this.#state.orders.size + this.#state.stock.size
    const news: AuditFinding[] = []
    for (const violation of violationsOf(this.#state)) {
      const key = keyOf(violation)
      const known = this.#found.get(key)
      if (known?.isOver === false || this.#found.size >= findingsMost) continue
      const finding = { ...violation, first: null, isOver: false }
      this.#found.set(key, finding)
      news.push(finding)
    }
    return news
  }

  /** What was found, in the order in which it showed. */
  findings(): AuditFinding[] {
    return [...this.#found.values()]
  }

  #noteArchive({ type, data }: StoredEvent): void {
    if (type !== 'OrderArchived' && type !== 'OrderRestored') return
    const { orderId, provider, externalId } = (data as { order: Order }).order
    if (type === 'OrderArchived') this.archived.set(orderId, `${provider} ${externalId}`)
    else this.archived.delete(orderId)
  }

  #hold(units: [key: string, units: number][], sign: 1 | -1, touched: Touched): void {
    for (const [key, each] of units) {
      this.#held.set(key, (this.#held.get(key) ?? 0) + sign * each)
      touched.positions.add(key)
    }
  }

  #note(violation: Violation, events: StoredEvent[]): void {
    const key = keyOf(violation)
    const known = this.#found.get(key)
    if (known !== undefined) known.isOver = false
    else if (this.#found.size < findingsMost) {
      const last = events.at(-1)
      const first = last === undefined ? null : refOf(last)
      this.#found.set(key, { ...violation, first, isOver: false })
    }
  }

  #markOver(touched: Touched, seen: ReadonlySet<string>): void {
    const subjects = new Set([...touched.orders].map((orderId) => `order ${orderId}`))
    for (const key of touched.positions) {
      const { sku, nodeId } = partsOfKey(key)
      subjects.add(positionName(sku, nodeId))
    }
    for (const [key, finding] of this.#found) {
      const isStep = finding.invariant === stepScope
      if (subjects.has(finding.subject) && !seen.has(key) && !isStep) finding.isOver = true
    }
  }
}

/** The place of a stored event. */
export function refOf({ stream, seq, type, eventId }: StoredEvent): EventRef {
  return { stream, seq, type, eventId }
}

/** Whether a state breaks the rule for the subject. Cost: every order and position. */
export function breaks(state: CoreState, { invariant, subject }: Violation): boolean {
  return violationsOf(state).some((each) => each.invariant === invariant && each.subject === subject)
}

/** An audit of events that are all there already, as tests and simulations have them. */
export function auditOf(market: string, events: Iterable<StoredEvent>): Audit {
  const audit = new Audit(market)
  for (const event of events) if (event.stream === coreStream(market)) audit.take(event)
  audit.lookAtAll()
  return audit
}

function keyOf({ invariant, subject }: Violation): string {
  return `${invariant}\u001f${subject}`
}
