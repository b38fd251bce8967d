// Receivers of webhooks in the browser: what is typed about one stays, and messages are sent again since a time.

import { expect, test } from 'vitest'
import type { api } from '#data/contracts'
import { instantOf, zoneLabel } from '../../dashboard/lib/times.ts'
import { openPage } from './page.ts'
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

  test('messages are sent again since a time of the zone that is named, wherever the browser is', async () => {
    const { browser, url, webhookId } = open()
    const { timeZone = 'UTC' } = (await (await fetch(`${url}/api/v1/status`)).json()) as api.SystemStatus
    const { page, context } = await openPage(browser, url, `/webhooks/${webhookId}`, 'Asia/Kolkata')
    await page.getByRole('button', { name: 'More about this receiver' }).click(enough)
    await page.getByRole('menuitem', { name: 'Send again since' }).click()
    const dialog = page.getByRole('dialog', { name: 'Send again' })
    const since = dialog.getByLabel(`Since, ${zoneLabel(open().shop.engine.now(), timeZone)}`)
    await since.fill('2030-01-02T03:04', enough)
    const [asked] = await Promise.all([
      page.waitForRequest((request) => request.url().endsWith('/replay'), enough),
      dialog.getByRole('button', { name: 'Send again' }).click(),
    ])
    expect(asked.postDataJSON()).toEqual({ since: instantOf('2030-01-02T03:04', timeZone) })
    await page.getByText('0 messages are sent again').waitFor(enough)
    await context.close()
  })
}
