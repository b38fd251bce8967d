// A core in memory for tests of stock, with a clock that the test sets; every command goes through decide and evolve.

import {
  type CommandData,
  type CommandType,
  type CoreCommand,
  type CoreEvent,
  type CoreState,
  coreDefinition,
  emptyState,
  settled,
  stockKey,
} from '#orchestrator/core'
import { node, start } from './setting.ts'

export const hour = 3_600_000

/** Three nodes, of which C has no stock feed. */
export class StockBox {
  state: CoreState = emptyState('main')
  at = start
  readonly #rules = coreDefinition('main')
  #commands = 0

  constructor(onHand = 10, skus = ['x', 'y']) {
    this.run('DefineNodes', { nodes: ['A', 'B', 'C'].map((id) => node(id)) })
    const items = ['A', 'B'].flatMap((id) =>
      skus.map((sku) => ({ ...this.place(sku, id), onHand, safetyStock: 0, inbound: 0, countedAt: start })),
    )
    this.run('CountStock', { items })
  }

  place(sku: string, id: string) {
    return { sku, nodeId: `fab:${id}` }
  }

  run<T extends CommandType>(type: T, data: CommandData[T]) {
    const command = { commandId: `c${++this.#commands}`, type, data, at: this.at } as CoreCommand
    const verdict = this.#rules.decide(this.state, command)
    const events = 'refused' in verdict ? [] : verdict.events
    this.apply(events)
    return { refused: 'refused' in verdict ? verdict.refused : null, events, answer: verdict.answer }
  }

  apply(events: readonly CoreEvent[]): void {
    for (const event of events) this.state = this.#rules.evolve(this.state, event)
  }

  /** The position as it reads now. */
  stock(sku: string, id: string) {
    return settled(this.state, this.at).stock.get(stockKey(sku, `fab:${id}`))
  }

  reserve(
    reservationId: string,
    lines: Record<string, number>,
    more: Partial<CommandData['ReserveStock']> = {},
  ) {
    return this.run('ReserveStock', {
      reservationId,
      lines: Object.entries(lines).map(([place, quantity]) => {
        const [sku = '', id = ''] = place.split('@')
        return { ...this.place(sku, id), quantity }
      }),
      ttlMs: 900_000,
      channel: null,
      reference: null,
      ...more,
    })
  }
}
