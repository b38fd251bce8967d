// The built dashboard over a real served home in a real browser.

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { alertingTests } from './alerting.ts'
import { askedTests } from './asked.ts'
import { type Launched, launchBrowser } from './browser.ts'
import { failedRunTests, flowTests } from './flows.ts'
import { changeTests, holdTests, queueTests } from './lifecycle.ts'
import { limitTests, limitTestsOfTwo } from './limits.ts'
import { lockedTests } from './locked.ts'
import { detectionTests, modelTests } from './models.ts'
import { pageTests } from './pages.ts'
import { planTests } from './plans.ts'
import { policyTests } from './policies.ts'
import { receiverTests } from './receivers.ts'
import { namedTwiceTests, toldTwiceTests } from './repeated.ts'
import { openShop, type Shop } from './shop.ts'
import type { Site } from './site.ts'
import { decisionTests, networkTests, strategyTests } from './sourcing.ts'
import { stockTests } from './stock.ts'
import { actingTests, changingTests, decidingTests, readingTests, undoingTests } from './work.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 })

const launched: Launched = await launchBrowser()
if (launched.browser === null) console.warn(`The browser tests are skipped: ${launched.reason}`)

let shop: Shop
let site: Site
const open = () => site

beforeAll(async () => {
  if (launched.browser === null) return
  shop = await openShop({ days: 21, orders: 900 })
  const [webhook] = await shop.webhooks.list()
  const { browser } = launched
  site = {
    browser,
    url: shop.url,
    shop,
    orderId: shop.orderId,
    webhookId: webhook?.webhookId ?? '',
    position: new URLSearchParams({ sku: shop.stocked.sku, node: shop.stocked.nodeId }),
  }
})
afterAll(async () => {
  await launched.browser?.close()
  await shop?.close()
})

describe.skipIf(launched.browser === null)('the dashboard', () => {
  describe('page by page', () => pageTests(open))
  describe('read', () => readingTests(open))
  describe('while things change or fail', () => changingTests(open))
  describe('used by keys', () => decidingTests(open))
  describe('used to limit reroutes', () => {
    limitTests(open)
    limitTestsOfTwo(open)
  })
  describe('used to approve reroutes', () => planTests(open))
  describe('used on incidents', () => alertingTests(open))
  describe('used on receivers', () => receiverTests(open))
  describe('told the same twice', () => {
    toldTwiceTests(open)
    namedTwiceTests(open)
  })
  describe('beyond this machine', () => lockedTests(open))
  describe('asked about itself', () => askedTests(open))
  describe('used on an order', () => holdTests(open))
  describe('used to change an order', () => changeTests(open))
  describe('used on many orders', () => queueTests(open))
  describe('asked about stock and health', () => stockTests(open))
  describe('used to source', () => {
    networkTests(open)
    strategyTests(open)
    decisionTests(open)
  })
  describe('used to say what orders are asked', () => policyTests(open))
  describe('used to say how orders go', () => {
    flowTests(open)
    failedRunTests(open)
  })
  describe('used to detect', () => {
    detectionTests(open)
    modelTests(open)
  })
  describe('used to take back', () => undoingTests(open))
  describe('used to act and ask', () => actingTests(open))

  test('needs less than 150 kB of script before charts and editor', async () => {
    const scripts = await scriptsOf(`${shop.url}/`)
    const sizes = await Promise.all(scripts.map((url) => gzipped(url)))
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(150_000)
  })
})

/** Scripts that the page names in its head and body, with what they import statically. */
async function scriptsOf(page: string): Promise<string[]> {
  const html = await (await fetch(page)).text()
  const found = new Set<string>()
  const waiting = [...html.matchAll(/["'(]([^"'()\s]+\.js)["')]/g)].map(
    (match) => new URL(match[1] ?? '', page).href,
  )
  for (let url = waiting.pop(); url !== undefined; url = waiting.pop()) {
    if (found.has(url)) continue
    found.add(url)
    const code = await (await fetch(url)).text()
    for (const match of code.matchAll(/(?:from|import)\s*["']([^"']+\.js)["']/g)) {
      waiting.push(new URL(match[1] ?? '', url).href)
    }
  }
  return [...found]
}

async function gzipped(url: string): Promise<number> {
  const { gzipSync } = await import('node:zlib')
  return gzipSync(Buffer.from(await (await fetch(url)).arrayBuffer())).length
}
