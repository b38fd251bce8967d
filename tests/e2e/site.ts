// What the tests of the dashboard share: the browser, the served shop, and things in it to look at.

import type { Browser } from 'playwright-core'
import type { Shop } from './shop.ts'

/** A browser before a served shop. */
export interface Site {
  browser: Browser
  url: string
  shop: Shop
  orderId: string
  webhookId: string
  /** Query of a stock position that some node has plenty of. */
  position: URLSearchParams
}
