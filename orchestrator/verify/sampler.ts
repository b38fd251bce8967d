// Looks at a few orders and positions of a running core at a time, at what its last commands did, and at a few rows of
// the tables. It never works for more than a few milliseconds, and repairs nothing.

import { type Effects, reasonOf } from '#data/kernel'
import type { EventLog } from '#data/log'
import type { Warehouse } from '#data/warehouse'
import { type Core, type CoreState, coreStream, type Order, partsOfKey, type Stock } from '#orchestrator/core'
import { driftOfRows, type RowDrift } from '#orchestrator/projection'
import { invariants, orderRules, stateRules } from './invariants.ts'
import type { Violation } from './shapes.ts'
import { stepsOf } from './steps.ts'
import { positionName, positionRules, stepRules } from './stock-invariants.ts'
import { type RuleStanding, Tallies } from './tallies.ts'
import { ofOrder, violationsAround } from './violations.ts'

/** What is sampled. */
export interface SamplerParts {
  core: Pick<Core, 'market' | 'state' | 'lastSeq'>
  log: EventLog
  warehouse: Warehouse
  effects: Pick<Effects, 'clock' | 'logger'>
}

/** A running sampler. */
export interface Sampler {
  /** Every rule, as it stands; that of the tables with them. */
  standings(): RuleStanding[]
  /** One look now, with rows. */
  look(): Promise<void>
  /** Ends it; a look under way is waited for. */
  stop(): Promise<void>
}

const everyMs = 1_000
/** Longest work of one look before others get their turn, ms. */
const budgetMs = 4
/** Of one look. */
const most = { orders: 50, positions: 20, events: 200, rows: 10 }
/** A rule on the whole is looked at every so many looks, and only where the whole is small. */
const whole = { every: 30, entries: 20_000 }
/** Looks between two at rows. */
const rowsEvery = 10
/** Orders at one node beyond which its positions are left to `detour verify`. */
const openMost = 2_000

/** The rule of the tables, beside those of the core. */
export const rowsRule = {
  id: 'rows_show_the_state',
  says: 'Rows of the tables are as their order or position is, once its events are projected.',
}

/** Starts to sample. */
export function startSampler(parts: SamplerParts): Sampler {
  const sampler = new RunningSampler(parts)
  sampler.goOn()
  return sampler
}

class RunningSampler implements Sampler {
  readonly #parts: SamplerParts
  readonly #tallies = new Tallies([...invariants, rowsRule])
  #orders: Iterator<string> = [].values()
  #positions: Iterator<string> = [].values()
  /** The core at the last look. */
  #before: { seq: number; state: CoreState }
  /** Rows that were not as they should be, with what the state was then. */
  #suspects: { row: RowDrift; value: Order | Stock | undefined; seq: number }[] = []
  #looks = 0
  #cancel: () => void = () => undefined
  #under: Promise<void> = Promise.resolve()
  #isStopped = false

  constructor(parts: SamplerParts) {
    this.#parts = parts
    this.#before = { seq: parts.core.lastSeq, state: parts.core.state() }
  }

  goOn(): void {
    if (this.#isStopped) return
    this.#cancel = this.#parts.effects.clock.after(everyMs, () => {
      this.#under = this.#turn(this.#looks % rowsEvery === 0).finally(() => this.goOn())
    })
  }

  look(): Promise<void> {
    return this.#turn(true)
  }

  standings(): RuleStanding[] {
    return this.#tallies.standings(this.#now())
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    this.#cancel()
    await this.#under
  }

  async #turn(hasRows: boolean): Promise<void> {
    this.#looks++
    try {
      this.#lookAtState()
      await this.#lookAtCommands()
      if (hasRows) await this.#lookAtRows()
    } catch (error) {
      // The log or the warehouse may be away for a while; the next look is soon.
      this.#parts.effects.logger.debug(
        { err: error, reason: reasonOf(error) },
        'a look at what must hold failed',
      )
    }
  }

  #lookAtState(): void {
    const state = this.#parts.core.state()
    const began = this.#now()
    const isDue = () => this.#now() - began < budgetMs
    const broken = this.#tallies.broken()
    this.#lookAtOrders(state, broken, isDue)
    this.#lookAtPositions(state, broken, isDue)
    if (this.#looks % whole.every === 1) this.#lookAtWhole(state)
  }

  #lookAtOrders(state: CoreState, broken: ReadonlySet<string>, isDue: () => boolean): void {
    const found: Violation[] = []
    const subjects: string[] = []
    const again = [...broken]
      .filter((name) => name.startsWith('order '))
      .map((name) => name.slice('order '.length))
    for (let i = 0; i < most.orders && (i === 0 || isDue()); i++) {
      const orderId = again.pop() ?? this.#nextOrder(state)
      const order = orderId === undefined ? undefined : state.orders.get(orderId)
      const subject = `order ${orderId}`
      if (order === undefined || subjects.includes(subject)) break
      subjects.push(subject)
      found.push(...ofOrder(order, state))
    }
    this.#note(orderRules, subjects, found)
  }

  #lookAtPositions(state: CoreState, broken: ReadonlySet<string>, isDue: () => boolean): void {
    const found: Violation[] = []
    const subjects: string[] = []
    const again = state.stock.size > whole.entries ? [] : brokenPositions(state, broken)
    for (let i = 0; i < most.positions && (i === 0 || isDue()); i++) {
      const key = again.pop() ?? this.#nextPosition(state)
      const stock = key === undefined ? undefined : state.stock.get(key)
      if (key === undefined || stock === undefined) break
      const subject = positionName(stock.sku, stock.nodeId)
      if (subjects.includes(subject)) break
      if ((state.openByNode.get(stock.nodeId)?.size ?? 0) > openMost) continue
      subjects.push(subject)
      found.push(...violationsAround(state, { orderIds: [], positions: [key] }))
    }
    this.#note(positionRules, subjects, found)
  }

  #lookAtWhole(state: CoreState): void {
    if (state.orders.size + state.stock.size > whole.entries) return
    const rule = stateRules[Math.floor(this.#looks / whole.every) % stateRules.length]
    if (rule === undefined) return
    const found = [...rule.find(state)].map((each) => ({ invariant: rule.id, ...each }))
    const healed = [...this.#tallies.broken()].filter(
      (name) => !found.some(({ subject }) => subject === name),
    )
    this.#note([rule], ['the whole', ...healed], found)
  }

  /** Some of the commands since the last look, from their events. */
  async #lookAtCommands(): Promise<void> {
    const { core, log } = this.#parts
    const before = this.#before
    this.#before = { seq: core.lastSeq, state: core.state() }
    const count = Math.min(most.events, this.#before.seq - before.seq)
    if (count <= 0) return
    const events = await log.read(coreStream(core.market), before.seq, count)
    const isCut = before.seq + count < this.#before.seq
    const { subjects, found } = stepsOf(core.market, before.state, events, isCut)
    this.#note(stepRules, subjects, found)
  }

  async #lookAtRows(): Promise<void> {
    const { core, warehouse } = this.#parts
    const { state, seq } = { state: core.state(), seq: core.lastSeq }
    const orders = Array.from({ length: most.rows }, () => this.#nextOrder(state)).filter(
      (id) => id !== undefined,
    )
    const positions = Array.from({ length: most.rows }, () => this.#nextPosition(state)).filter(
      (key) => key !== undefined,
    )
    const suspects = this.#suspects
    const scope = {
      orders: new Set([
        ...orders,
        ...suspects.flatMap(({ row }) => (row.kind === 'order' ? (row.id ?? []) : [])),
      ]),
      positions: new Set([
        ...positions,
        ...suspects.flatMap(({ row }) => (row.kind === 'position' ? (row.id ?? []) : [])),
      ]),
    }
    const { drift, cursor } = await warehouse.reading(async (queries) => {
      const sql = 'SELECT seq FROM projection_cursors WHERE stream = $1'
      const [row] = await queries.all<{ seq: number }>(sql, [coreStream(core.market)])
      return { cursor: row?.seq ?? 0, drift: await driftOfRows(queries, state, scope) }
    })
    // A row may be behind its order or ahead of it; one that stays wrong after all its events are projected is wrong.
    const isWrong = ({ table, id, kind }: RowDrift) =>
      suspects.some(
        ({ row, value, seq: since }) =>
          row.table === table && row.id === id && since <= cursor && value === currentOf(state, kind, id),
      )
    const wrong = drift.filter(isWrong)
    this.#suspects = drift.map((row) => {
      const value = currentOf(state, row.kind, row.id)
      const known = suspects.find((one) => one.row.id === row.id && one.value === value)
      return { row, value, seq: known?.seq ?? seq }
    })
    const found = wrong.map((row) => ({
      invariant: rowsRule.id,
      subject: nameOf(row),
      found: `${row.table} is not as it`,
    }))
    const looked = [
      ...[...scope.orders].map((id) => `order ${id}`),
      ...[...scope.positions].map((key) => {
        const { sku, nodeId } = partsOfKey(key)
        return positionName(sku, nodeId)
      }),
    ]
    this.#note([rowsRule], looked, found)
  }

  #note(rules: readonly { id: string }[], subjects: readonly string[], found: readonly Violation[]): void {
    if (subjects.length === 0) return
    this.#tallies.note(
      this.#now(),
      rules.map(({ id }) => id),
      subjects,
      found,
    )
  }

  #nextOrder(state: CoreState): string | undefined {
    const next = this.#orders.next()
    if (next.done !== true) return next.value
    this.#orders = state.orders.keys()
    return this.#orders.next().value
  }

  #nextPosition(state: CoreState): string | undefined {
    const next = this.#positions.next()
    if (next.done !== true) return next.value
    this.#positions = state.stock.keys()
    return this.#positions.next().value
  }

  #now(): number {
    return this.#parts.effects.clock.now()
  }
}

function brokenPositions(state: CoreState, broken: ReadonlySet<string>): string[] {
  if (![...broken].some((name) => name.startsWith('position '))) return []
  return [...state.stock]
    .filter(([, { sku, nodeId }]) => broken.has(positionName(sku, nodeId)))
    .map(([key]) => key)
}

function currentOf(state: CoreState, kind: RowDrift['kind'], id: string | null): Order | Stock | undefined {
  if (id === null) return undefined
  return kind === 'order' ? state.orders.get(id) : state.stock.get(id)
}

function nameOf({ kind, id, key }: RowDrift): string {
  return kind === 'order' ? `order ${id ?? key}` : `${kind} ${key}`
}
