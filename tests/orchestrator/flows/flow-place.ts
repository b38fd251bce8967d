// A market with flows in memory, for tests: a core with three nodes and stock, a clock that the test moves, and flows
// that are published as documents.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { api } from '#data/contracts'
import { type Effects, readConfig, realEffects } from '#data/kernel'
import { type LogContent, MemoryLog } from '#data/log'
import { type Core, type NewLine, type Order, openCore, type Shipment } from '#orchestrator/core'
import { advance, compileContextOf, compileFlow, type FlowContext, FlowRuntime } from '#orchestrator/flows'
import { Worlds } from '#orchestrator/sourcing'
import { node, start } from '../core/setting.ts'

const money = { unitPriceCents: 2_000, discountCents: 0, taxCents: 0, freightCents: 0 }

/** A market with flows. */
export class FlowPlace {
  readonly core: Core
  readonly log: MemoryLog
  readonly flows: FlowRuntime
  readonly context: FlowContext
  readonly folder: string
  readonly clock: { at: number }

  constructor(core: Core, log: MemoryLog, effects: Effects, clock: { at: number }) {
    this.core = core
    this.log = log
    this.clock = clock
    this.folder = mkdtempSync(join(tmpdir(), 'detour-flows-'))
    const straight = { core, worlds: new Worlds(), now: () => clock.at }
    this.flows = new FlowRuntime(straight, { log, effects, folder: this.folder })
    this.context = { ...straight, flows: this.flows }
  }

  /** A market on a log; the log of a market that was killed goes on. @param allow hosts that may be called */
  static async open(content?: LogContent, allow: string[] = []): Promise<FlowPlace> {
    const real = realEffects(readConfig({}))
    const effects = { ...real, config: { ...real.config, webhookAllow: allow } }
    const log = new MemoryLog(effects.clock, content)
    const core = await openCore(log, 'main', effects)
    const place = new FlowPlace(core, log, effects, { at: Math.max(start, core.state().latestAt) })
    onTestFinished(() => place.close())
    if (content === undefined) await place.fill()
    return place
  }

  async close(): Promise<void> {
    await this.flows.close()
    await this.core.close()
    rmSync(this.folder, { recursive: true, force: true })
  }

  async fill(): Promise<void> {
    await this.core.execute('DefineNodes', { nodes: ['A', 'B', 'C'].map((id) => node(id)) }, { at: start })
    const items = ['A', 'B', 'C'].flatMap((id) =>
      ['x', 'y', 'z'].map((sku) => ({
        ...{ sku, nodeId: `fab:${id}`, onHand: 10, safetyStock: 0, inbound: 0, countedAt: start },
      })),
    )
    await this.core.execute('CountStock', { items }, { at: start })
  }

  /** What is wrong with a document. */
  check(document: unknown) {
    const { flows, clock, core } = this
    return compileFlow(document, compileContextOf(core.state(), clock.at, flows.outside))
  }

  /** Publishes a document, which must be usable. */
  async publish(document: api.FlowDocument): Promise<number> {
    const { plan, findings } = this.check(document)
    if (plan === null) throw new Error(findings.map(({ code, text }) => `${code}: ${text}`).join('\n'))
    const result = await this.core.execute('PublishFlow', { document, by: 'test' }, { at: this.clock.at })
    return Number(result.answer.details?.version)
  }

  /** Sets how a flow stands. */
  setMode(flowId: string, mode: api.FlowMode) {
    return this.core.execute('SetFlowMode', { flowId, mode, by: 'test' }, { at: this.clock.at })
  }

  /** Creates an order and takes it as far as it goes. @param lines `sku: units` */
  async order(id: string, lines: Record<string, number> = { x: 1 }, channel = 'web'): Promise<Order> {
    const order = {
      ...{
        orderId: id,
        market: 'main',
        provider: 'fab',
        externalId: id,
        channel,
        method: 'delivery' as const,
      },
      ...{ currency: 'USD', customerRef: null, placedAt: this.clock.at, approvedAt: null },
      shipTo: { country: 'US', region: 'CA', city: null, postalCode: null, timeZone: null },
      ...{ promisedAt: this.clock.at + 5 * 86_400_000, totalCents: null, freightCents: null },
      ...{ taxCents: null, discountCents: null, flags: [] },
    }
    const all: NewLine[] = Object.entries(lines).map(([sku, quantity], i) => ({
      ...{ lineId: String(i + 1), sku, quantity, cancelled: 0, shipped: 0, ...money },
    }))
    await this.core.execute('CreateOrder', { order, lines: all }, { at: this.clock.at })
    await advance(id, this.context)
    await this.flows.settled()
    return this.get(id)
  }

  /** Takes the first work of an order from its node to its customer. */
  async deliver(id: string): Promise<void> {
    const at = { at: this.clock.at }
    const [first] = this.get(id).work
    const work = { orderId: id, fulfillmentOrderId: first?.fulfillmentOrderId ?? '' }
    await this.core.execute('StartPicking', work, at)
    await this.core.execute('PickWork', { ...work, short: [] }, at)
    await this.core.execute('PackWork', work, at)
    const shipment: Shipment = {
      ...{ shipmentId: `${id}-S1`, nodeId: first?.nodeId ?? '', carrier: 'SwiftPost', service: null },
      ...{ trackingNumber: null, shippedAt: at.at, promisedAt: null, deliveredAt: null },
      ...{ freightCostCents: null, insuranceCents: null, weightG: null },
    }
    await this.core.execute('ShipWork', { ...work, shipment }, at)
    await this.core.execute('DeliverWork', work, at)
  }

  /** Asks for the return of a unit of a delivered line. */
  async askBack(id: string, lineId = '1'): Promise<void> {
    const asked = { orderId: id, lines: [{ lineId, quantity: 1 }], reason: 'too small' }
    const { status } = await this.core.execute('RequestReturn', asked, { at: this.clock.at })
    if (status !== 'done') throw new Error(`a return of ${id} was ${status}`)
  }

  /** A unit that was asked back comes to node A. */
  async bringBack(id: string): Promise<void> {
    const lines = [{ lineId: '1', quantity: 1 }]
    const back = { orderId: id, lines, nodeId: 'fab:A', restock: true, reason: 'too small' }
    await this.core.execute('ReceiveReturn', back, { at: this.clock.at })
  }

  get(id: string): Order {
    const found = this.core.state().orders.get(id)
    if (found === undefined) throw new Error(`no order ${id}`)
    return found
  }

  /** Moves the clock on and lets everything go as far as it goes. */
  async later(minutes: number): Promise<void> {
    this.clock.at += minutes * 60_000
    for (const orderId of this.core.state().waiting) await advance(orderId, this.context)
    await this.flows.turn()
    await this.flows.settled()
  }

  /** The run of an order that has not ended. */
  run(id: string) {
    return [...this.core.state().flows.runs.values()].find(({ orderId }) => orderId === id)
  }

  /** Steps that runs of an order took: `tile: outcome`. */
  async steps(id: string): Promise<string[]> {
    const events = await this.log.read(this.core.stream, 0, 1_000_000)
    return events.flatMap(({ type, data }) => {
      if (type !== 'FlowStepTaken') return []
      const { orderId, step } = data as { orderId: string; step: { tileId: string; outcome: string } }
      return orderId === id ? [`${step.tileId}: ${step.outcome}`] : []
    })
  }

  /** Writes a custom action. */
  action(name: string, text: string): void {
    writeFileSync(join(this.folder, `${name}.js`), text)
  }

  /** Units allocated and reserved everywhere. */
  held(): number {
    let units = 0
    for (const { allocated, reserved } of this.core.state().stock.values()) units += allocated + reserved
    return units
  }
}

/** The log as it was after so many events, and the rest of their command: a command is written whole. */
export function cut(content: LogContent, stream: string, events: number): LogContent {
  const own = content.get(stream) ?? []
  const next = own.findIndex(({ eventId }, i) => i >= events && eventId.endsWith('/0'))
  const kept = next === -1 ? own.length : next
  return new Map([...content].map(([name, rows]) => [name, name === stream ? rows.slice(0, kept) : rows]))
}

/** A flow of orders of one channel, from its tiles without start and exit. */
export function flowOf(tiles: api.FlowTile[], more: Partial<api.FlowDocument> = {}): api.FlowDocument {
  const [first] = tiles
  return {
    ...{ format: 1, flowId: 'web', kind: 'order', title: 'Web orders', match: 'order.channel == "web"' },
    tiles: [
      { type: 'start', id: 'start', next: first?.id ?? 'exit' },
      ...tiles,
      { type: 'exit', id: 'exit' },
    ],
    ...more,
  }
}

/** Validate, source, reserve and release, then `next`. */
export function straightTiles(next = 'exit'): api.FlowTile[] {
  return [
    { type: 'validate_header', id: 'validate', next: 'source' },
    { type: 'source', id: 'source', next: 'reserve' },
    { type: 'reserve', id: 'reserve', next: 'release' },
    { type: 'release', id: 'release', next },
  ]
}

/** Checks, asks a person, then goes on. */
export const asking: api.FlowTile[] = [
  { type: 'validate_header', id: 'first', next: 'ask' },
  { type: 'approval', id: 'ask', question: 'send it?', approved: 'source', rejected: 'exit' },
  ...straightTiles().slice(1),
]

/** A flow about returns that waits for the goods. */
export const returns: api.FlowDocument = {
  ...{ format: 1, flowId: 'back', kind: 'return', title: 'Returns' },
  tiles: [
    { type: 'start', id: 'start', next: 'tell', events: ['ReturnRequested'] },
    { type: 'message', id: 'tell', name: 'return.asked', next: 'came' },
    { type: 'wait', id: 'came', events: ['ReturnReceived'], next: 'exit' },
    { type: 'exit', id: 'exit' },
  ],
}
