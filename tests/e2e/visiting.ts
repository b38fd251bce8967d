// Opens a page of the served shop for a test and watches what the browser complains of; or asks the shop itself.

import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { openPage } from './page.ts'
import type { Site } from './site.ts'

/** Opens a page, lets `work` use it, and expects no complaint of the browser. */
export function visiting(open: () => Site) {
  return async (path: string, work: (page: Page) => Promise<void>) => {
    const { page, context, complaints } = await openPage(open().browser, open().url, path)
    try {
      await work(page)
      expect(complaints).toEqual([])
    } finally {
      await context.close()
    }
  }
}

/** Sends JSON as a page of the server would, and expects that it is taken. */
export async function send({ url }: Site, path: string, body: unknown): Promise<void> {
  const headers = { 'content-type': 'application/json', origin: url }
  const answer = await fetch(`${url}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
  expect(answer.status, await answer.text()).toBe(200)
}
