// What the model of orders says about one open order. Shapes only.

/** A feature that made an order odd. */
export interface OrderReason {
  feature: string
  /** Name for people. */
  title: string
  value: number | string | null
  expected: number | string | null
  /** How odd the feature is by itself, 0 to 1. */
  weight: number
}

/** The oddness of one open order. */
export interface OrderScore {
  orderId: string
  /** 0 = ordinary, 1 = as odd as can be. */
  score: number
  /** Share of ordinary orders that are at least as odd, from rows that were held back. */
  pValue: number
  /** Whether it counts after false discoveries are bounded over the orders scored with it. */
  isConfirmed: boolean
  /** When it was placed, ISO 8601. */
  placedAt: string
  /** Most telling first, at most three. */
  reasons: OrderReason[]
  /** Value and usual range of the first reason, where that is a number. */
  value: number | null
  expected: number | null
  expectedLow: number | null
  expectedHigh: number | null
  /** Name and version of the model. */
  model: string
}
