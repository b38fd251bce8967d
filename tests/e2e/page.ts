// A page of the dashboard in a test: opened, watched for complaints of the browser, and judged by axe.

import AxeBuilder from '@axe-core/playwright'
import type { Browser, BrowserContext, Page } from 'playwright-core'

/** Sizes that are looked at: a desk and a phone. */
export const sizes = { desk: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } }

/** A page and what the browser said about it. */
export interface Opened {
  page: Page
  context: BrowserContext
  /** Errors of scripts, refusals of the policy, requests to elsewhere. */
  complaints: string[]
}

/** A page in a context of its own. @param timezoneId where the browser is, default where the test runs */
export async function openPage(
  browser: Browser,
  url: string,
  path: string,
  timezoneId?: string,
): Promise<Opened> {
  const place = timezoneId === undefined ? {} : { timezoneId }
  const context = await browser.newContext({ viewport: sizes.desk, reducedMotion: 'reduce', ...place })
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(`script: ${error.message}`))
  page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) complaints.push(message.text())
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(url) && !/^(data|blob):/.test(request.url())) complaints.push(request.url())
  })
  await page.goto(`${url}${path}`)
  return { page, context, complaints }
}

/** Serious complaints of axe, in words. */
export async function axeComplaints(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(' | ')}`)
}

/** Sets the theme as a click on its button does, without one. */
export async function setTheme(page: Page, theme: 'light' | 'dark'): Promise<void> {
  await page.evaluate((name) => {
    document.documentElement.dataset.theme = name
  }, theme)
}

/** Whether something sticks out at the right of the page. */
export function sticksOut(page: Page): Promise<boolean> {
  return page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth + 1)
}
