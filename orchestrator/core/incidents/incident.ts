// What an incident is. Shapes only.

/** How an incident stands. */
export type IncidentStatus = 'open' | 'acknowledged' | 'resolved'

/** What detection says of a constraint; what an incident is made of. */
export interface Finding {
  /** The same for the same constraint: `${dimension}/${dimensionValue}`. */
  key: string
  metric: string
  dimension: string
  dimensionValue: string
  severity: number
  /** One sentence. */
  title: string
  /** First bucket out of the expected range, epoch ms of the market. */
  beganAt: number
  value: number | null
  expected: number | null
  expectedLow: number | null
  expectedHigh: number | null
  pValue: number | null
  model: string
  /** Slices that hold a part of it; `slice` tells the dimensions of each one by one. */
  causes: readonly {
    dimension: string
    value: string
    share: number
    slice?: readonly { dimension: string; value: string }[]
  }[]
}

/** A constraint from its confirmation to its end. */
export interface Incident extends Finding {
  incidentId: string
  status: IncidentStatus
  openedAt: number
  updatedAt: number
  resolvedAt: number | null
  acknowledgedBy: string | null
  ordersAtRisk: number
  centsAtRisk: number
  currency: string
  ordersMoved: number
  ordersNotMoved: number
  history: readonly { at: number; text: string }[]
}

/** What an incident touches now. */
export interface Impact {
  ordersAtRisk: number
  centsAtRisk: number
  currency: string
}
