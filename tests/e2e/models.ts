// Models and detection in the browser: feedback with what it would change, settings tried before they are saved, a
// model of one's own made, trained and deleted.

import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { axeComplaints, setTheme, sizes, sticksOut } from './page.ts'
import { incidentId } from './shop.ts'
import type { Site } from './site.ts'
import { visiting } from './visiting.ts'

const enough = { timeout: 20_000 }
const patient = { timeout: 60_000 }

/** A preview waits for its turn between cycles, and in this shop a cycle that never ends keeps time still. */
async function answerPreviews(page: Page): Promise<void> {
  const at = '2026-11-20T10:00:00.000Z'
  const alert = { key: 'carrier/SwiftPost', metric: 'backlog', from: at, to: at, severity: 0.5 }
  const json = { days: 14, before: [alert], after: [], gone: [alert.key], added: [] }
  await page.route('**/api/v1/detection/preview', (route) => route.fulfill({ json }))
}

/** Adds the tests of feedback and settings. */
export function detectionTests(open: () => Site): void {
  const at = visiting(open)
  const detection = () => open().shop.engine.core.state().detection

  test('an incident is called not useful with a reason, which shows what it would change, and that is taken back', () =>
    at(`/incidents/${incidentId}`, async (page) => {
      await answerPreviews(page)
      await page.getByRole('button', { name: 'Not useful' }).click(enough)
      const send = page.getByRole('button', { name: 'Send', exact: true })
      expect(await send.isDisabled()).toBe(true)
      await page.getByRole('radio', { name: 'The change is too small to act on' }).check()
      await page.getByText(/^In the last 14 days .* 0 instead of 1 alert/).waitFor(enough)
      await page.getByText('Carrier SwiftPost').waitFor(enough)
      expect(await axeComplaints(page)).toEqual([])
      await send.click()
      await page.getByText('Not useful: the change is too small to act on').waitFor(enough)
      expect(detection().feedback).toMatchObject([{ incidentId, reason: 'too_small', isUndone: false }])
      await page.getByRole('button', { name: 'Undo', exact: true }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByText(/^In the last 14 days/).waitFor(enough)
      await dialog.getByRole('button', { name: 'Take it back' }).click()
      await page.getByRole('button', { name: 'Not useful' }).waitFor(enough)
      expect(detection().feedback).toMatchObject([{ isUndone: true }])
    }))

  test('settings are tried on the last weeks before they are saved', () =>
    at('/models/detection', async (page) => {
      await answerPreviews(page)
      const budget = page.getByLabel('Incidents opened in seven days, at most')
      await budget.fill('12', enough)
      await page.getByText(/^In the last 14 days/).waitFor(enough)
      await page.getByRole('button', { name: 'Add a rule' }).click()
      await page.getByRole('combobox', { name: 'Metric' }).selectOption('backlog')
      await page.getByRole('spinbutton', { name: 'Least change, orders' }).fill('25')
      for (const [viewport, theme] of [
        [sizes.desk, 'light'],
        [sizes.phone, 'dark'],
      ] as const) {
        await page.setViewportSize(viewport)
        await setTheme(page, theme)
        expect(await axeComplaints(page)).toEqual([])
        expect(await sticksOut(page)).toBe(false)
      }
      await page.getByRole('button', { name: 'Save settings' }).click()
      await page.getByText('The settings of detection were changed').waitFor(enough)
      expect(detection().settings).toMatchObject({
        alertsPerWeek: 12,
        rules: [{ metric: 'backlog', leastChange: 25, dimension: null }],
      })
    }))
}

/** Adds the tests of models. */
export function modelTests(open: () => Site): void {
  const at = visiting(open)

  test('a model of orders is trained when asked, with its progress shown', () =>
    at('/models?model=orders', async (page) => {
      await page.getByRole('button', { name: 'Train now' }).click(enough)
      await page.getByRole('progressbar').waitFor(enough)
      expect(await axeComplaints(page)).toEqual([])
      await page.getByRole('progressbar').waitFor({ state: 'detached', ...patient })
      await page.getByRole('row', { name: /In use/ }).waitFor(enough)
    }))

  test('a model of a query of your own is made, trained, scored and deleted', () =>
    at('/models/new', async (page) => {
      await page.getByRole('button', { name: 'Look at it' }).click(enough)
      await page.getByRole('radio', { name: 'Find what is odd' }).waitFor(enough)
      await page.getByRole('textbox', { name: 'Name' }).fill('Odd orders of mine')
      expect(await axeComplaints(page)).toEqual([])
      await page.getByRole('button', { name: 'Create and train' }).click()
      await page.getByRole('heading', { name: 'Odd orders of mine' }).waitFor(enough)
      await page.getByRole('row', { name: /In use/ }).waitFor(patient)
      await page.getByRole('button', { name: 'Delete', exact: true }).click()
      await page.getByRole('button', { name: 'Delete it' }).click()
      await page.getByText('None yet').waitFor(enough)
    }))
}
