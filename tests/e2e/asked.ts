// What is shown beside the data: the note on made-up data, freshness, the clock, what a figure means, the way back.

import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { axeComplaints, sizes } from './page.ts'
import type { Site } from './site.ts'
import { visiting } from './visiting.ts'

const enough = { timeout: 20_000 }

/** Adds the tests of what surrounds the data. */
export function askedTests(open: () => Site): void {
  const at = visiting(open)

  test('the note on made-up data tells how to load your own, covers nothing, and stays away once hidden', () =>
    at('/', async (page) => {
      const note = page.getByRole('complementary', { name: 'About this data' })
      await note.getByText('Made-up data').waitFor(enough)
      for (const viewport of Object.values(sizes)) {
        await page.setViewportSize(viewport)
        await note.getByRole('button', { name: 'How to load your own' }).click()
        await note.getByRole('code').first().waitFor(enough)
        expect(await overlaps(page, 'aside', 'main')).toBe(false)
        expect(await axeComplaints(page)).toEqual([])
        await note.getByRole('button', { name: 'How to load your own' }).click()
      }
      await note.getByRole('button', { name: 'Hide' }).click()
      await page.reload()
      await page.getByRole('heading', { level: 1 }).waitFor(enough)
      expect(await note.count()).toBe(0)
    }))

  test('freshness says how old the numbers are and up to when there is data', () =>
    at('/orders', async (page) => {
      const badge = page.getByRole('status').filter({ hasText: /old|running/ })
      await badge.waitFor(enough)
      expect(await badge.getAttribute('title')).toMatch(/Data to .*Last cycle ended/s)
    }))

  test('a simulated market is paused and sped up from the bar, at every width', () =>
    at('/orders', async (page) => {
      const { core } = open().shop.engine
      for (const viewport of Object.values(sizes)) {
        await page.setViewportSize(viewport)
        await page.getByRole('button', { name: 'Let the market run' }).click(enough)
        await expect.poll(() => core.state().clock.isPaused).toBe(false)
        await page.getByRole('button', { name: 'Pause the market' }).click(enough)
        await expect.poll(() => core.state().clock.isPaused).toBe(true)
      }
      await page.getByRole('combobox', { name: 'Speed of the market' }).selectOption('600')
      await expect.poll(() => core.state().clock.speed).toBe(600)
      await page.getByRole('combobox', { name: 'Speed of the market' }).selectOption('120')
    }))

  test('a figure tells its formula, period, range and freshness by keys, and opens as SQL', () =>
    at('/', async (page) => {
      const asker = page.getByRole('button', { name: 'What Orders means' })
      await asker.focus(enough)
      await page.keyboard.press('Enter')
      const answer = page.getByRole('dialog', { name: 'About Orders' })
      await answer.waitFor(enough)
      expect(await answer.textContent()).toMatch(
        /Formula.*Orders placed.*Period.*Expected.*Freshness.*Data to/s,
      )
      expect(await axeComplaints(page)).toEqual([])
      await page.keyboard.press('Escape')
      await answer.waitFor({ state: 'detached', ...enough })
      expect(await asker.evaluate((element) => element === document.activeElement)).toBe(true)
      await page.keyboard.press('Enter')
      await answer.getByRole('link', { name: 'Open as SQL' }).click(enough)
      await page.getByRole('columnheader', { name: /bucket_start/ }).waitFor(enough)
      expect(await page.getByRole('alert').count()).toBe(0)
    }))
}

/** Whether the boxes of two elements share room. */
function overlaps(page: Page, first: string, second: string): Promise<boolean> {
  return page.evaluate(
    ([a, b]) => {
      const [one, other] = [a, b].map((name) => document.querySelector(name ?? '')?.getBoundingClientRect())
      return one !== undefined && other !== undefined && one.bottom > other.top + 1 && one.top < other.bottom
    },
    [first, second],
  )
}
