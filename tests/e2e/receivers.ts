// Receivers of webhooks in the browser: what is typed about one stays.

import { expect, test } from 'vitest'
import type { Site } from './site.ts'
import { send, visiting } from './visiting.ts'

const enough = { timeout: 20_000 }

/** Adds the tests of receivers. */
export function receiverTests(open: () => Site): void {
  const at = visiting(open)

  test('what is typed about a receiver stays while messages are delivered, and goes with the dialog', () =>
    at(`/webhooks/${open().webhookId}`, async (page) => {
      const change = page.getByRole('button', { name: 'Change', exact: true })
      const dialog = page.getByRole('dialog', { name: 'Change the receiver' })
      const what = dialog.getByLabel('What it is for')
      await change.click(enough)
      const before = await what.inputValue()
      await what.fill('Night shift')
      const path = `/webhooks/${open().webhookId}`
      const news = page.waitForResponse((response) => response.url().endsWith(`/api/v1${path}`), enough)
      await send(open(), `${path}/test`, {})
      await (await news).finished()
      await page.locator('tbody').getByText('webhook.test').first().waitFor(enough)
      expect(await what.inputValue()).toBe('Night shift')
      await dialog.getByRole('button', { name: 'Cancel' }).click()
      await change.click()
      expect(await what.inputValue()).toBe(before)
    }))
}
