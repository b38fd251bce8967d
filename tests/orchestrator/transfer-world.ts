// Two markets in memory and a network between them that loses, repeats and breaks off, for tests of transfers.

import { fail } from '#data/kernel'
import type { EventLog, NewEvent, StoredEvent } from '#data/log'
import { type Core, type Order, openCore, stockKey } from '#orchestrator/core'
import { Worlds } from '#orchestrator/sourcing'
import { localTransfers } from '../../orchestrator/cluster/local-transfers.ts'
import { goOn, type MarketFinder, type TransferMarket } from '../../orchestrator/cluster/transfers.ts'
import { node, plan, start } from './core/setting.ts'
import { effectsWith } from './places.ts'

/** What becomes of one step: it goes well, it is lost on the way, or its answer is. */
export type Fate = 'fine' | 'lost' | 'landed'

/** A log in memory. */
function memoryLog(): EventLog {
  const streams = new Map<string, StoredEvent[]>()
  const of = (stream: string) => streams.get(stream) ?? []
  return {
    append: async (stream, expectedSeq, events) => {
      const known = of(stream)
      if (known.length !== expectedSeq) throw fail('LOG_FENCED', { stream, seq: expectedSeq + 1 })
      const stored = events.map((event: NewEvent, i) => ({
        ...(JSON.parse(JSON.stringify(event)) as NewEvent),
        stream,
        seq: expectedSeq + i + 1,
        recordedAt: 0,
      }))
      streams.set(stream, [...known, ...stored])
      return { lastSeq: expectedSeq + events.length, recordedAt: 0 }
    },
    read: async (stream, after, limit) => of(stream).slice(after, after + limit),
    tail: async (stream) => of(stream).length,
    eventsOfCommand: async (stream, commandId) =>
      of(stream).filter(({ eventId }) => /^\d+$/.test(eventId.replace(`${commandId}/`, ''))),
    streams: async () => [...streams.keys()],
    close: async () => undefined,
  }
}

/** A market with stock of SKUs x and y at its nodes. */
export interface TestMarket {
  core: Core
  now(): number
  worlds: Worlds
  advance(orderId: string): Promise<void>
}

/** Two markets. */
export class TransferWorld {
  readonly markets: Record<string, TestMarket>
  readonly #fates: Fate[] = []

  constructor(markets: Record<string, TestMarket>) {
    this.markets = markets
  }

  static async open(onHand: Record<string, number>): Promise<TransferWorld> {
    const log = memoryLog()
    const markets: Record<string, TestMarket> = {}
    for (const [market, units] of Object.entries(onHand)) {
      const core = await openCore(log, market, effectsWith())
      let at = start
      const now = () => ++at
      const nodes = ['A', 'B'].map((id) => node(`${market}-${id}`))
      await core.execute('DefineNodes', { nodes }, { at: now() })
      const items = nodes.flatMap(({ nodeId }) =>
        ['x', 'y'].map((sku) => ({
          sku,
          nodeId,
          onHand: units,
          safetyStock: 0,
          inbound: 0,
          countedAt: start,
        })),
      )
      await core.execute('CountStock', { items }, { at: now() })
      markets[market] = { core, now, worlds: new Worlds(), advance: async () => undefined }
    }
    return new TransferWorld(markets)
  }

  market(name: string): TestMarket {
    const market = this.markets[name]
    if (market === undefined) throw fail('MARKET_UNKNOWN', { market: name })
    return market
  }

  /** Finds markets over a network on which the next steps meet these fates; later ones go well. */
  finder(fates: readonly Fate[] = []): MarketFinder {
    this.#fates.splice(0, Number.POSITIVE_INFINITY, ...fates)
    return async (name) => this.#remote(localTransfers(this.market(name)))
  }

  #remote(market: TransferMarket): TransferMarket {
    return {
      reserve: (request) => this.step(() => market.reserve(request)),
      outcome: (ref) => this.step(() => market.outcome(ref)),
      settle: (ref, isReleased) => this.step(() => market.settle(ref, isReleased)),
    }
  }

  /** One step, which the network may lose, before or after it happened. */
  async step<T>(work: () => Promise<T>): Promise<T> {
    const fate = this.#fates.shift() ?? 'fine'
    if (fate === 'lost') throw fail('MARKET_UNREACHABLE', { market: 'x', url: null })
    const done = await work()
    if (fate === 'landed') throw fail('MARKET_UNREACHABLE', { market: 'x', url: null })
    return done
  }

  /** The market as its process sees it that may die at any of its own commands. */
  mortal(name: string): TestMarket {
    const market = this.market(name)
    const core: Core = {
      ...market.core,
      state: () => market.core.state(),
      execute: (type, data, options) => this.step(() => market.core.execute(type, data, options)),
    }
    return { ...market, core }
  }

  /** Every open transfer of a market taken further once, with these fates. */
  async sweep(name: string, fates: readonly Fate[] = []): Promise<void> {
    for (const open of this.market(name).core.state().transfers.values()) {
      await goOn(this.mortal(name), open, this.finder(fates)).catch(() => undefined)
    }
  }

  /** Sweeps without trouble until nothing is open. @returns rounds it took */
  async settle(): Promise<number> {
    const names = Object.keys(this.markets)
    const isOpen = () => names.some((name) => this.market(name).core.state().transfers.size > 0)
    let rounds = 0
    for (; isOpen() && rounds < 10; rounds++) for (const name of names) await this.sweep(name)
    return rounds
  }

  /** An order with units at a node, reserved and, if asked for, released. */
  async order(market: string, id: string, lines: Record<string, number>, isReleased = true): Promise<void> {
    const { core, now } = this.market(market)
    const order = {
      ...{
        orderId: id,
        market,
        provider: 'fab',
        externalId: id,
        channel: 'web',
        method: 'delivery' as const,
      },
      ...{ currency: 'USD', customerRef: null, placedAt: now(), approvedAt: null, promisedAt: null },
      ...{ totalCents: null, freightCents: null, taxCents: null, discountCents: null, flags: [] },
      shipTo: { country: 'US', region: 'CA', city: null, postalCode: null, timeZone: null },
    }
    const none = { unitPriceCents: 100, discountCents: 0, taxCents: 0, freightCents: 0 }
    const parts = Object.entries(lines).map(([sku, quantity], i) => ({
      lineId: String(i + 1),
      sku,
      quantity,
      ...none,
    }))
    await core.execute('CreateOrder', { order, lines: parts }, { at: now() })
    await core.execute('ValidateOrder', { orderId: id }, { at: now() })
    await core.execute('SourceOrder', { orderId: id, ...plan(id, lines, `${market}-A`) }, { at: now() })
    await core.execute('ReserveOrder', { orderId: id }, { at: now() })
    if (isReleased) await core.execute('ReleaseOrder', { orderId: id }, { at: now() })
  }

  /** Units allocated of a SKU in a market. */
  allocated(market: string, sku: string): number {
    const { stock } = this.market(market).core.state()
    return ['A', 'B'].reduce(
      (sum, id) => sum + (stock.get(stockKey(sku, `fab:${market}-${id}`))?.allocated ?? 0),
      0,
    )
  }

  /** Every order of both markets. */
  orders(): Order[] {
    return Object.values(this.markets).flatMap(({ core }) => [...core.state().orders.values()])
  }
}
