// What a world is made from: seed, length, size and end. It only checks and fills in; it generates nothing.

import { fail } from '#data/kernel'

/** What to generate. The same options give the same bytes. */
export interface WorldOptions {
  /** Any text; another seed gives another history. Default "fabrikam". */
  seed: string
  /** Length of the history, days, 1 to 3,660. Default 90. */
  days: number
  /** Orders wanted; what comes out is random around it. Default 60,000. */
  orders: number
  /** End of the history, epoch ms, 1990 to 2036; nothing later is known. Default 2026-11-20T15:00:00Z. */
  end: number
  /** Nodes, 3 to 12. Default 12. */
  nodes?: number
  /** Products, 20 to 20,000. Default 400. */
  skus?: number
  /** Faults of the history: all, those that are over when it ends, or none. Default all. */
  faults?: 'all' | 'past' | 'none'
}

const defaults = {
  seed: 'fabrikam',
  days: 90,
  orders: 60_000,
  end: Date.UTC(2026, 10, 20, 15),
  nodes: 12,
  skus: 400,
  faults: 'all' as const,
}

/**
 * The options with defaults filled in, frozen.
 * @throws WORLD_OPTIONS_INVALID when one is out of its range
 */
export function worldOptions(options: Partial<WorldOptions>): Readonly<Required<WorldOptions>> {
  const filled = { ...defaults, ...options }
  whole('days', filled.days, 1, 3660)
  whole('orders', filled.orders, 1, 100_000_000)
  whole('nodes', filled.nodes, 3, 12)
  whole('skus', filled.skus, 20, 20_000)
  whole('end', filled.end, Date.UTC(1990, 0, 1), Date.UTC(2037, 0, 1))
  if (!['all', 'past', 'none'].includes(filled.faults)) {
    throw fail('WORLD_OPTIONS_INVALID', { name: 'faults', reason: 'is none of all, past and none' })
  }
  if (typeof filled.seed !== 'string') {
    throw fail('WORLD_OPTIONS_INVALID', { name: 'seed', reason: 'is not a text' })
  }
  return Object.freeze(filled)
}

function whole(name: string, value: number, low: number, high: number): void {
  if (Number.isInteger(value) && value >= low && value <= high) return
  const reason = `${value} is not a whole number from ${low} to ${high}`
  throw fail('WORLD_OPTIONS_INVALID', { name, reason })
}
