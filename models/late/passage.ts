// Work on its way, from its release at a node to the customer, as lateness is learned from it. Shapes only.

/** One piece of work and what became of it; times in epoch ms, null = not known or has not happened yet. */
export interface Passage {
  orderId: string
  /** Of the piece of work within its order. */
  workId: string
  node: string
  /** null = nobody knows who carries it. */
  carrier: string | null
  /** Region that the node is in. */
  origin: string | null
  /** Region that it goes to. */
  region: string | null
  method: string
  skuClass: string | null
  /** From here on the node has it. */
  releasedAt: number
  shippedAt: number | null
  deliveredAt: number | null
  /** Since when nobody works on it any more though it never left: cancelled, refused. */
  endedAt: number | null
  promisedAt: number | null
  lines: number | null
  units: number | null
  /** Money in any unit that is always the same. */
  value: number | null
  freight: number | null
  weightG: number | null
  volumeCm3: number | null
  distanceKm: number | null
}

/** A spread of hours, as a median and a ninth decile. */
export interface Hours {
  medianHours: number
  p90Hours: number
}

/** A piece of work as it was seen at an instant. */
export interface Sight {
  work: Passage
  /** Epoch ms. */
  at: number
  /** What could be known then, as `seenNames` says. */
  seen: Float64Array
}

/** Where work stands: just placed with its node, waiting there, or with the carrier. */
export type Stage = 'decided' | 'waiting' | 'carried'

/** Work that goes to a customer by a carrier, and so can miss a promise on its way. */
export function isCarried({ method }: Pick<Passage, 'method'>): boolean {
  return method !== 'pickup' && method !== 'curbside'
}

/** From release to leaving the node, hours; null where it is not known. */
export function processingHours({ releasedAt, shippedAt }: Passage): number | null {
  return shippedAt === null || shippedAt < releasedAt ? null : (shippedAt - releasedAt) / 3_600_000
}

/** From leaving the node to the customer, hours; null where it is not known. */
export function transitHours({ shippedAt, deliveredAt, method }: Passage): number | null {
  if (shippedAt === null || deliveredAt === null || deliveredAt < shippedAt || !isCarried({ method }))
    return null
  return (deliveredAt - shippedAt) / 3_600_000
}

/**
 * Whether the promise was missed, as far as that was known at an instant: it came, or its promise was over before it
 * did. Null while it is open, and for work that ended otherwise.
 * @param at epoch ms
 */
export function wasLate(work: Passage, at: number): boolean | null {
  const { deliveredAt, promisedAt, endedAt, releasedAt } = work
  if (promisedAt === null || !isCarried(work) || knownSince(work) > at) return null
  if (deliveredAt !== null && deliveredAt <= promisedAt) return false
  return endedAt !== null && endedAt <= Math.max(promisedAt, releasedAt) ? null : true
}

/** Since when it is known whether the promise was kept, epoch ms: it came, or the promise was over before it came. */
export function knownSince({ deliveredAt, promisedAt, releasedAt }: Passage): number {
  const end = Math.min(deliveredAt ?? Number.POSITIVE_INFINITY, promisedAt ?? Number.POSITIVE_INFINITY)
  return Math.max(end, releasedAt)
}
