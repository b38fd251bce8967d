// Lines and work as the core keeps them, from what events tell: what an event of an earlier version lacks is filled in,
// and every value of a kind has the same fields in the same order. It changes no meaning.

import type {
  FulfillmentOrder,
  ImportedOrder,
  NewLine,
  NewWork,
  NewWorkLine,
  OrderLine,
  OrderStatus,
  WorkLine,
  WorkStatus,
} from './order.ts'

/** A line with everything that is known of it; counters that follow from events start where the event says. */
export function filledLine(line: NewLine & Partial<OrderLine>): OrderLine {
  return {
    lineId: line.lineId,
    sku: line.sku,
    quantity: line.quantity,
    unitPriceCents: line.unitPriceCents,
    discountCents: line.discountCents,
    taxCents: line.taxCents,
    freightCents: line.freightCents,
    cancelled: line.cancelled ?? 0,
    shipped: line.shipped ?? 0,
    delivered: line.delivered ?? 0,
    returnRequested: line.returnRequested ?? 0,
    returned: line.returned ?? 0,
    backordered: line.backordered ?? 0,
    launchAt: line.launchAt ?? null,
    hold: line.hold ?? null,
    ownState: line.ownState ?? null,
  }
}

const hasLeft: ReadonlySet<WorkStatus> = new Set(['ready_for_pickup', 'shipped', 'delivered', 'collected'])
const hasArrived: ReadonlySet<WorkStatus> = new Set(['delivered', 'collected'])

function filledWorkLine(line: NewWorkLine, status: WorkStatus): WorkLine {
  const { lineId, sku, quantity, short } = line
  const shipped = line.shipped ?? (hasLeft.has(status) ? quantity - short : 0)
  const delivered = line.delivered ?? (hasArrived.has(status) ? quantity - short : 0)
  return { lineId, sku, quantity, short, shipped, delivered }
}

/** Work with everything that is known of it: the units of work that has left have left. */
export function filledWork(work: NewWork): FulfillmentOrder {
  const filled: FulfillmentOrder = {
    fulfillmentOrderId: work.fulfillmentOrderId,
    nodeId: work.nodeId,
    carrier: work.carrier,
    status: work.status,
    attempt: work.attempt,
    replaces: work.replaces,
    decisionId: work.decisionId,
    lines: work.lines.map((line) => filledWorkLine(line, work.status)),
    isReserved: work.isReserved,
    sourcedAt: work.sourcedAt,
    releasedAt: work.releasedAt,
    acceptedAt: work.acceptedAt,
    rejectedAt: work.rejectedAt,
    rejectReason: work.rejectReason,
    pickingAt: work.pickingAt,
    pickedAt: work.pickedAt,
    packedAt: work.packedAt,
    shippedAt: work.shippedAt,
    deliveredAt: work.deliveredAt,
    cancelledAt: work.cancelledAt,
    shipBy: work.shipBy,
    processingCostCents: work.processingCostCents,
    ownState: work.ownState ?? null,
  }
  if (work.service !== undefined) filled.service = work.service
  return work.transfer === undefined ? filled : { ...filled, transfer: work.transfer }
}

const notReleased: ReadonlySet<OrderStatus> = new Set([
  'created',
  'validated',
  'on_hold',
  'backordered',
  'preordered',
  'sourced',
])
const arrived: ReadonlySet<OrderStatus> = new Set(['delivered', 'collected', 'return_requested', 'returned'])

/** Lines, work and stage of an order as a file tells it. */
export function filledImport(order: ImportedOrder): Pick<ImportedOrder, 'status'> & {
  stage: OrderStatus
  hold: string | null
  lines: OrderLine[]
  work: FulfillmentOrder[]
} {
  const { status } = order
  // A source that works on the order has told its nodes, whether or not it says when.
  const toldAt = notReleased.has(status) ? null : (order.approvedAt ?? order.placedAt)
  const work = order.work
    .map(filledWork)
    .map((each) =>
      each.releasedAt === null && (each.status === 'open' || each.status === 'accepted')
        ? { ...each, releasedAt: toldAt }
        : each,
    )
  const lines = order.lines.map((told: NewLine & Partial<OrderLine>) => {
    const line = filledLine(told)
    const shipped = line.shipped
    if (told.delivered === undefined && arrived.has(status)) line.delivered = shipped
    if (told.returned === undefined && status === 'returned') line.returned = shipped
    if (told.returnRequested === undefined && status === 'return_requested') line.returnRequested = shipped
    if (told.backordered === undefined && status === 'backordered')
      line.backordered = line.quantity - line.cancelled
    return line
  })
  return { status, stage: stageOf(status), hold: status === 'on_hold' ? heldBySource : null, lines, work }
}

const heldBySource = 'its source holds it'

function stageOf(status: OrderStatus): OrderStatus {
  if (status === 'on_hold') return 'created'
  return status === 'backordered' ? 'validated' : status
}
