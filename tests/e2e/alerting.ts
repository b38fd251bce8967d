// What people do to an incident in a real browser: say something, snooze it, silence it, and see why nobody is told.

import { expect, test } from 'vitest'
import { defaultRouting } from '#orchestrator/core'
import { incidentId } from './shop.ts'
import type { Site } from './site.ts'
import { visiting } from './visiting.ts'

const enough = { timeout: 15_000 }

/** Adds the tests of the life of incidents. */
export function alertingTests(open: () => Site): void {
  const at = visiting(open)
  const incident = () => open().shop.engine.core.state().incidents.get(incidentId)

  test('an incident is commented, snoozed and woken, and says why nobody is told', () =>
    at(`/incidents/${incidentId}`, async (page) => {
      await page.getByLabel('Say something about it').fill('The dock door is stuck', enough)
      await page.getByRole('button', { name: 'Comment' }).click()
      await page.getByRole('listitem').filter({ hasText: 'The dock door is stuck' }).first().waitFor(enough)
      await page.getByRole('button', { name: 'Snooze', exact: true }).click()
      await page.getByRole('menuitem', { name: 'For 8 hours' }).click()
      await page.getByRole('button', { name: 'End snooze' }).waitFor(enough)
      expect(incident()).toMatchObject({ status: 'snoozed', comments: [{ text: 'The dock door is stuck' }] })
      await page.getByRole('button', { name: 'End snooze' }).click()
      await page.getByRole('button', { name: 'Snooze', exact: true }).waitFor(enough)
      expect(incident()?.snooze).toBeNull()
    }))

  test('a silence is made for what an incident is about, and ended', () =>
    at('/alerting?silence=node:nobody', async (page) => {
      const dialog = page.getByRole('dialog', { name: 'Tell nobody of some incidents' })
      await dialog.waitFor(enough)
      expect(await dialog.getByLabel('Value 1').inputValue()).toBe('nobody')
      await dialog.getByText('Matches no open incident now').waitFor(enough)
      await dialog.getByLabel('Value 1').fill(incident()?.dimensionValue ?? '')
      await dialog.getByText('Matches 1 open incident now').waitFor(enough)
      await dialog.getByLabel('Value 1').fill('nobody')
      await dialog.getByLabel('Why').fill('Stocktaking')
      await dialog.getByLabel('Hold reroutes for them too').check()
      await dialog.getByRole('button', { name: 'Silence' }).click()
      await page.getByText('1 silence holds now', { exact: false }).waitFor(enough)
      const [silence] = open().shop.engine.core.state().alerting.silences.values()
      expect(silence).toMatchObject({ why: 'Stocktaking', holdsReroutes: true, repeat: null })
      await page.getByRole('button', { name: 'End the silence Stocktaking' }).click()
      await page.getByText('Nothing is silenced now').waitFor(enough)
    }))

  test('rules that are being edited stay when somebody else saves others, and say so', () =>
    at('/alerting', async (page) => {
      const turns = page.getByLabel('Comes and goes after so many turns')
      await turns.fill('7', enough)
      const { core, now } = open().shop.engine
      const routing = { ...defaultRouting, flapMinutes: 111 }
      await core.execute('SetAlertRouting', { routing, by: 'somebody else' }, { at: now() })
      await page.getByText('Others saved other rules meanwhile', { exact: false }).waitFor(enough)
      expect(await turns.inputValue()).toBe('7')
      await page.getByRole('button', { name: 'Undo' }).click()
      const minutes = page.getByLabel('within, min', { exact: true })
      expect([await turns.inputValue(), await minutes.inputValue()]).toEqual(['3', '111'])
    }))

  test('a link that is not good says so, and offers nothing to decide', () =>
    at('/decide?answer=approve&token=x', async (page) => {
      await page.getByRole('button', { name: 'Approve' }).click(enough)
      await page.getByText('Ask whoever sent the link for a new one.', { exact: false }).waitFor(enough)
      expect(await page.getByRole('button', { name: 'Approve' }).count()).toBe(0)
    }))
}
