// Begins runs about returns and about stock when events of the market call for them, and tells runs about stock of the
// events of their position that they wait for. It reads the log from where it was last read to; an event begins a run,
// or is told to one, at most once, since that bears its number.

import type { api } from '#data/contracts'
import type { EventLog, StoredEvent } from '#data/log'
import { isControlEvent } from '#data/log'
import { type CoreEvent, type CoreState, coreEvent, type Order } from '#orchestrator/core'
import { type FlowInForce, flowsInForce } from './book.ts'
import { factsOfStock } from './compile/facts.ts'
import type { FlowPlan } from './compile/plan.ts'
import type { FlowContext } from './context.ts'
import { tellShadow, wouldTake } from './run/dry.ts'
import type { PlanFinder } from './run/runner.ts'

/** Events read at a time, and how many times in a turn: the loop has other things to do. */
const perRead = 2_000
const readsMost = 20

interface Position {
  sku: string
  nodeId: string
}

/** Looks through the log for what begins runs. */
export class Triggers {
  readonly #log: EventLog
  readonly #context: FlowContext
  readonly #planOf: PlanFinder
  /** Seq of the last event that was looked at. */
  #read = 0

  constructor(log: EventLog, context: FlowContext, planOf: PlanFinder) {
    this.#log = log
    this.#context = context
    this.#planOf = planOf
  }

  /**
   * Begins what events since the last call ask for.
   * @returns ids of the runs that were begun, or wait for another of their order
   * @throws LOG_UNAVAILABLE, LOG_FENCED
   */
  async turn(): Promise<string[]> {
    const { core, now } = this.#context
    const { flows } = core.state()
    // One that is paused begins runs that stand still, so that nothing is missed meanwhile.
    const plans = flowsInForce(flows).filter(({ plan }) => plan.kind !== 'order')
    const listening = listeningRuns(core.state(), this.#planOf)
    // Flows that begin to look do not look back.
    if (plans.length === 0 && listening.size === 0) {
      this.#read = core.lastSeq
      return []
    }
    if (flows.triggersTo === 0) {
      this.#read = core.lastSeq
      await core.execute('ReadFlowTriggers', { seq: this.#read }, { at: now() })
      return []
    }
    this.#read = Math.max(this.#read, flows.triggersTo)
    const { begun, told } = await this.#look(plans, listening)
    if (begun.length + told > 0 || this.#read - flows.triggersTo >= perRead)
      await core.execute('ReadFlowTriggers', { seq: this.#read }, { at: now() })
    return begun
  }

  async #look(plans: readonly FlowInForce[], listening: ReadonlyMap<string, readonly Listening[]>) {
    const { core } = this.#context
    const wanted = new Set(plans.flatMap(({ plan }) => [...plan.startEvents]))
    for (const runs of listening.values())
      for (const { names } of runs) for (const name of names) wanted.add(name)
    const begun: string[] = []
    let told = 0
    for (let reads = 0; reads < readsMost && this.#read < core.lastSeq; reads++) {
      const events = await this.#log.read(core.stream, this.#read, perRead)
      const last = events.at(-1)
      if (last === undefined) break
      for (const stored of events) {
        if (isControlEvent(stored.type) || !wanted.has(stored.type)) continue
        told += await tell(stored, listening, this.#context)
        begun.push(...(await beginFor(stored, plans, this.#context)))
      }
      this.#read = last.seq
    }
    return { begun, told }
  }
}

/** A run about stock, and the events it may wait for. */
interface Listening {
  runId: string
  startedAt: number
  names: ReadonlySet<string>
}

/** Runs about stock by their position. */
function listeningRuns({ flows }: CoreState, planOf: PlanFinder): Map<string, Listening[]> {
  const found = new Map<string, Listening[]>()
  for (const { runId, position, flowId, version, startedAt } of flows.runs.values()) {
    const plan = position === null ? null : planOf(flowId, version)
    const names = plan === null ? null : eventsIn(plan)
    if (position === null || names === null || names.size === 0) continue
    const key = keyOf(position)
    found.set(key, [...(found.get(key) ?? []), { runId, startedAt, names }])
  }
  return found
}

const waited = new WeakMap<FlowPlan, ReadonlySet<string>>()

/** Events that tiles of a plan wait for. */
function eventsIn(plan: FlowPlan): ReadonlySet<string> {
  const known = waited.get(plan)
  if (known !== undefined) return known
  const names = new Set<string>()
  for (const tile of plan.tiles.values()) {
    const { events = [], inputEvents = [], resumeOn } = tile as Partial<WaitingTile>
    if (tile.type !== 'start') for (const name of events) names.add(name)
    for (const name of [...inputEvents, ...(resumeOn === undefined ? [] : [resumeOn])]) names.add(name)
  }
  waited.set(plan, names)
  return names
}

type WaitingTile = Pick<api.FlowTileOf<'wait'>, 'events'> &
  Pick<api.FlowActionTile, 'inputEvents' | 'resumeOn'>

/** Tells runs of an event of their position. @returns how many were told */
async function tell(
  stored: StoredEvent,
  listening: ReadonlyMap<string, readonly Listening[]>,
  { core, now }: FlowContext,
): Promise<number> {
  if (listening.size === 0) return 0
  const event = coreEvent(stored)
  let told = 0
  for (const position of positionsOf(event)) {
    for (const { runId, startedAt, names } of listening.get(keyOf(position)) ?? []) {
      if (!names.has(event.type) || event.data.at < startedAt) continue
      const commandId = `flow/${runId}/event/${stored.seq}`
      await core.execute('SignalFlowRun', { runId, name: event.type }, { at: now(), commandId })
      told++
    }
  }
  return told
}

const keyOf = ({ sku, nodeId }: Position) => `${sku}\u001f${nodeId}`

async function beginFor(
  stored: StoredEvent,
  plans: readonly FlowInForce[],
  context: FlowContext,
): Promise<string[]> {
  const event = coreEvent(stored)
  const begun: string[] = []
  // Of several that would take a return, or a position of stock, the first by name does.
  const taken = new Set<string>()
  for (const { plan, mode } of plans) {
    if (!plan.startEvents.has(event.type) || event.data.at < plan.publishedAt) continue
    if (plan.kind === 'return') {
      const order = context.core.state().orders.get((event.data as { orderId?: string }).orderId ?? '')
      if (order === undefined || !wouldTake(plan, order, context)) continue
      if (mode === 'shadow') await tellShadow(plan, order, context, stored.seq)
      else if (isFirst(order.orderId)) begun.push(...(await beginReturn(stored, plan, order, context)))
      continue
    }
    // What it would do with stock cannot be told of an order.
    if (mode === 'shadow') continue
    for (const position of positionsOf(event)) {
      if (!takesStock(plan, position, context) || !isFirst(keyOf(position))) continue
      const runId = await beginStock(stored, plan, position, context)
      if (runId !== null) begun.push(runId)
    }
  }
  return begun

  function isFirst(what: string): boolean {
    if (taken.has(what)) return false
    taken.add(what)
    return true
  }
}

function takesStock({ match }: FlowPlan, position: Position, { core, now }: FlowContext): boolean {
  return match === null || match.holds(factsOfStock(position, null, core.state(), now()))
}

/** A return begins the next run of its order, which waits where another is under way. */
async function beginReturn(
  { seq, type }: StoredEvent,
  plan: FlowPlan,
  order: Order,
  { core, now }: FlowContext,
): Promise<string[]> {
  const { flowId, version, start: tileId } = plan
  const begin = { orderId: order.orderId, flowId, version, tileId, reason: type }
  const commandId = `flow/${flowId}/begin/${seq}`
  let result = await core.execute('StartFlowRun', begin, { at: now(), commandId })
  if (result.reason === 'flow_running') {
    // The refusal is kept under its id: looked at again, the event comes here again, and to the same answer.
    const queueId = `flow/${flowId}/queue/${seq}`
    result = await core.execute(
      'QueueFlowRun',
      { ...begin, occasion: seq },
      { at: now(), commandId: queueId },
    )
  }
  const runId = result.answer.details?.runId
  return result.status === 'done' && runId !== undefined ? [String(runId)] : []
}

async function beginStock(
  { seq, type }: StoredEvent,
  plan: FlowPlan,
  position: Position,
  { core, now }: FlowContext,
): Promise<string | null> {
  const { flowId, version, start: tileId } = plan
  // One run at a time for each position: a stock that is low need not be told of at every unit.
  for (const run of core.state().flows.runs.values()) {
    const own = run.flowId === flowId ? run.position : null
    if (own !== null && own.sku === position.sku && own.nodeId === position.nodeId) return null
  }
  const runId = `${flowId}/stock/${seq}/${position.sku}/${position.nodeId}`
  const begin = { runId, position, flowId, version, tileId, reason: type }
  const result = await core.execute('StartStockRun', begin, { at: now(), commandId: `flow/${runId}` })
  return result.status === 'done' ? runId : null
}

/** Positions that an event of stock is about. */
function positionsOf(event: CoreEvent): Position[] {
  const { items, sku, nodeId } = event.data as { items?: readonly Partial<Position>[] } & Partial<Position>
  const all = items ?? [{ sku, nodeId }]
  const found = new Map<string, Position>()
  for (const each of all) {
    const at = each.nodeId ?? nodeId
    if (each.sku !== undefined && at !== undefined)
      found.set(keyOf({ sku: each.sku, nodeId: at }), { sku: each.sku, nodeId: at })
  }
  return [...found.values()]
}
