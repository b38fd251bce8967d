// Opens a page of the served shop for a test and watches what the browser complains of.

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
