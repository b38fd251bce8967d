// What commands on ring-fenced units lead to: set apart, give back, hand over, consume. All or none. Pure.

import type { CommandData } from '../commands.ts'
import { answered, event, refused, type Verdict } from '../decision.ts'
import type { CoreEvent } from '../events.ts'
import type { CoreState } from '../state.ts'
import { badQuantity, firstOf } from './checks.ts'
import type { ChannelUnits } from './commands.ts'
import { settledAt } from './settle.ts'
import { availableOf, ringFenceOf, type Stock, stockKey } from './stock.ts'

/** Channels with units of one position at most. */
const channelsMost = 50

/** Units set apart, out of those that anybody could be promised. */
export function allocateChannel(
  state: CoreState,
  { items, reason }: CommandData['AllocateChannel'],
  at: number,
): Verdict {
  const { state: now, events } = settledAt(state, items, at)
  const bad = firstOf(
    () => badQuantity(items),
    () => eachPosition(now, items, (stock, parts) => tooFew(stock, parts)),
  )
  if (bad !== null) return bad
  return answered([...events, event('ChannelAllocated', { items, reason, at })], null)
}

function tooFew(stock: Stock, parts: readonly ChannelUnits[]): Verdict | null {
  const { sku, nodeId } = stock
  const asked = unitsOf(parts)
  const available = availableOf(stock)
  if (available < asked) return refused('stock_short', { sku, nodeId, available, asked })
  const channels = new Set([
    ...Object.keys(stock.more?.channels ?? {}),
    ...parts.map(({ channel }) => channel),
  ])
  return channels.size > channelsMost ? refused('channels_many', { sku, nodeId, most: channelsMost }) : null
}

/** Units of channels for everybody again. */
export function unallocateChannel(
  state: CoreState,
  { items, reason }: CommandData['UnallocateChannel'],
  at: number,
): Verdict {
  const { state: now, events } = settledAt(state, items, at)
  const bad = firstOf(
    () => badQuantity(items),
    () => eachPosition(now, items, beyondFence),
  )
  if (bad !== null) return bad
  return answered([...events, event('ChannelUnallocated', { items, reason, at })], null)
}

/** Units of one channel for another. */
export function reallocateChannel(
  state: CoreState,
  { sku, nodeId, from, to, quantity, reason }: CommandData['ReallocateChannel'],
  at: number,
): Verdict {
  if (from === to) return refused('same_channel', { channel: from })
  const out = [{ sku, nodeId, channel: from, quantity }]
  const into = [{ sku, nodeId, channel: to, quantity }]
  const { state: now, events } = settledAt(state, out, at)
  const bad = firstOf(
    () => badQuantity(out),
    () => eachPosition(now, out, beyondFence),
    () => eachPosition(now, into, manyChannels),
  )
  if (bad !== null) return bad
  const moved: CoreEvent[] = [
    event('ChannelUnallocated', { items: out, reason, at }),
    event('ChannelAllocated', { items: into, reason, at }),
  ]
  return answered([...events, ...moved], null)
}

function manyChannels({ sku, nodeId, more }: Stock, parts: readonly ChannelUnits[]): Verdict | null {
  const channels = new Set([...Object.keys(more?.channels ?? {}), ...parts.map(({ channel }) => channel)])
  return channels.size > channelsMost ? refused('channels_many', { sku, nodeId, most: channelsMost }) : null
}

/** Units of channels that left the shelf by another way than an order here. */
export function consumeChannel(
  state: CoreState,
  { items, reason }: CommandData['ConsumeChannel'],
  at: number,
): Verdict {
  const { state: now, events } = settledAt(state, items, at)
  const bad = firstOf(
    () => badQuantity(items),
    () => eachPosition(now, items, (stock, parts) => beyondFence(stock, parts) ?? beyondShelf(stock, parts)),
  )
  if (bad !== null) return bad
  return answered([...events, event('ChannelConsumed', { items, reason, at })], null)
}

function beyondShelf({ sku, nodeId, onHand }: Stock, parts: readonly ChannelUnits[]): Verdict | null {
  return onHand < unitsOf(parts) ? refused('stock_negative', { sku, nodeId, onHand }) : null
}

function beyondFence(stock: Stock, parts: readonly ChannelUnits[]): Verdict | null {
  const { sku, nodeId } = stock
  for (const { channel } of parts) {
    const asked = unitsOf(parts.filter((part) => part.channel === channel))
    const ringFenced = ringFenceOf(stock, channel)
    if (ringFenced < asked)
      return refused('more_than_ring_fenced', { sku, nodeId, channel, ringFenced, asked })
  }
  return null
}

/** The first refusal of any position, judged with all its items together; stock that is not tracked has no units. */
function eachPosition(
  state: CoreState,
  items: readonly ChannelUnits[],
  judge: (stock: Stock, parts: readonly ChannelUnits[]) => Verdict | null,
): Verdict | null {
  const parts = Map.groupBy(items, ({ sku, nodeId }) => stockKey(sku, nodeId))
  for (const [key, group] of parts) {
    const { sku = '', nodeId = '' } = group[0] ?? {}
    if (!state.nodes.has(nodeId)) return refused('node_unknown', { nodeId })
    const stock = state.stock.get(key)
    if (stock === undefined) return refused('position_untracked', { sku, nodeId })
    const verdict = judge(stock, group)
    if (verdict !== null) return verdict
  }
  return null
}

function unitsOf(parts: readonly ChannelUnits[]): number {
  return parts.reduce((units, { quantity }) => units + quantity, 0)
}
