// The way of a piece of work as steps with their times: which are done, which are still to come. Pure.

import type { api } from '#data/contracts'

type Work = api.OrderDetail['fulfillmentOrders'][number]

/** A step of the way. */
export interface Step {
  title: string
  at: string | null
  isDone: boolean
}

/** State after which a step is done, least advanced first. */
const ranks: Record<string, number> = {
  open: 0,
  accepted: 1,
  picking: 2,
  packed: 3,
  ready_for_pickup: 4,
  shipped: 4,
  delivered: 5,
  collected: 5,
}

/** The steps of work that is neither rejected nor cancelled. */
export function stepsOf(work: Work, method: string): Step[] {
  const isCollected = method === 'pickup' || method === 'curbside'
  const rank = ranks[work.status] ?? 0
  const step = (title: string, at: string | null, from: number): Step => ({
    title,
    at,
    isDone: at !== null || rank >= from,
  })
  return [
    step('Released', work.releasedAt, 1),
    step(
      work.pickedAt === null && work.pickingAt !== null ? 'Picking' : 'Picked',
      work.pickedAt ?? work.pickingAt,
      3,
    ),
    step('Packed', work.packedAt, 3),
    step(isCollected ? 'Ready' : 'Shipped', work.shippedAt, 4),
    step(isCollected ? 'Collected' : 'Delivered', work.deliveredAt, 5),
  ]
}
