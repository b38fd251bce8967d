// The places of a market and how its time goes. Shapes only.

import type { nodeTypes } from '#data/contracts'

/** A place that fulfils. */
export interface Node {
  nodeId: string
  provider: string
  externalId: string
  name: string
  type: (typeof nodeTypes)[number]
  timeZone: string
  country: string | null
  region: string | null
  city: string | null
  postalCode: string | null
  latitude: number | null
  longitude: number | null
  /** Orders a day. */
  dailyCapacity: number | null
  /** HH:MM local. */
  cutOff: string | null
  processingCostCents: number | null
  isActive: boolean
  /** Carriers it hands over to, the most used first. */
  carriers: readonly string[]
}

/** How the market's time goes. */
export interface MarketClock {
  /** auto: simulated where a demo set it, wall where orders came over the API, else the watermark. */
  mode: 'auto' | 'wall' | 'watermark' | 'simulated'
  /** Simulated ms in one real ms. */
  speed: number
  isPaused: boolean
}
