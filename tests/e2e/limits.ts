// Limits of reroutes in the browser: changed in place, by two people at a time, and stopped and let go on.

import { expect, test } from 'vitest'
import type { api } from '#data/contracts'
import type { Site } from './site.ts'
import { visiting } from './visiting.ts'

const enough = { timeout: 20_000 }

/** Adds the tests of the limits of reroutes. */
export function limitTests(open: () => Site): void {
  const at = visiting(open)
  const policy = () => open().shop.engine.core.state().policy

  test('limits of reroutes are changed in place', () =>
    at('/', async (page) => {
      await page.getByLabel('Moves per order, at most').fill('7', enough)
      await page.getByRole('radio', { name: 'Shadow' }).click()
      await page.getByRole('button', { name: 'Save limits' }).click()
      await page.getByText('The limits of reroutes were changed').waitFor(enough)
      expect(policy()).toMatchObject({ mode: 'shadow', maxMovesPerOrder: 7 })
    }))

  test('reroutes are stopped and let go on, and limits of safety are set', () =>
    at('/reroutes', async (page) => {
      await page.getByRole('button', { name: 'Stop all reroutes' }).click(enough)
      await page.getByRole('heading', { name: 'Reroutes' }).waitFor(enough)
      await page.getByText('All automatic reroutes are stopped.').waitFor(enough)
      expect(policy().isStopped).toBe(true)
      await page.goto(`${open().url}/`)
      await page.getByText('More limits').click(enough)
      await page.getByLabel('Metrics whose incidents leave none in place').fill('recalls, backlog', enough)
      await page.getByLabel('A plan waits, minutes').fill('90')
      await page.getByRole('button', { name: 'Save limits' }).click()
      await page.getByText('The limits of reroutes were changed').waitFor(enough)
      const set = { safetyMetrics: ['recalls', 'backlog'], approvalMinutes: 90 }
      expect(policy()).toMatchObject({ isStopped: true, ...set })
      await page.getByLabel('A plan waits, minutes').fill('')
      await page.getByRole('button', { name: 'Save limits' }).click()
      await expect.poll(() => policy().approvalMinutes, enough).toBeUndefined()
      await page.goto(`${open().url}/reroutes`)
      await page.getByRole('button', { name: 'Let them go on' }).click(enough)
      await page.getByText('Reroutes go on').waitFor(enough)
      expect(policy().isStopped).toBe(false)
    }))
}

/** Adds the tests of limits that two people change at a time. */
export function limitTestsOfTwo(open: () => Site): void {
  const at = visiting(open)
  const policy = () => open().shop.engine.core.state().policy
  /** What a colleague sets meanwhile. */
  const set = async (change: Partial<api.ReroutePolicy>) => {
    const { core, now } = open().shop.engine
    const data = { policy: { ...policy(), ...change }, by: 'Bob' }
    expect(await core.execute('SetPolicy', data, { at: now() })).toMatchObject({ status: 'done' })
  }

  test('limits that a colleague changed meanwhile are told, and changes of both stay', () =>
    at('/', async (page) => {
      await page.getByLabel('Moves per order, at most').fill('4', enough)
      await set({ maxDayCostCents: 30_000, maxMovesPerOrder: 3 })
      const told = page.getByRole('alert').filter({ hasText: 'Bob changed these limits meanwhile' })
      await told.waitFor(enough)
      expect(await told.textContent()).toMatch(/Moves per order: 7 → 3; yours: 4/)
      expect(await told.textContent()).toMatch(/Extra cost in 24 hours: no limit → \$300/)
      await told.getByRole('button', { name: 'Put mine over these' }).click()
      expect(await page.getByLabel('Moves per order, at most').inputValue()).toBe('4')
      await page.getByRole('button', { name: 'Save limits' }).click()
      await page.getByText('The limits of reroutes were changed').waitFor(enough)
      expect(policy()).toMatchObject({ maxMovesPerOrder: 4, maxDayCostCents: 30_000 })
    }))

  test('a form that never heard of a change loses none, and stops nothing that somebody resumed', () =>
    at('/', async (page) => {
      const { core, now } = open().shop.engine
      const flip = (isStopped: boolean) =>
        core.execute('HaltReroutes', { isStopped, by: 'Bob' }, { at: now() })
      await flip(true)
      await page.reload()
      await page.getByText('Stopped:', { exact: false }).waitFor(enough)
      // From here on the page hears nothing by itself.
      await page.route('**/api/v1/overview**', (route) => route.abort())
      await page.getByLabel('Moves per order, at most').fill('5')
      await flip(false)
      await page.getByRole('button', { name: 'Save limits' }).click()
      await page.getByText('The limits of reroutes were changed').first().waitFor(enough)
      expect(policy()).toMatchObject({ maxMovesPerOrder: 5, isStopped: false })
      await page.getByLabel('Moves per order, at most').fill('6')
      await set({ maxDayCostCents: 20_000 })
      await page.getByRole('button', { name: 'Save limits' }).click()
      const told = page.getByRole('alert').filter({ hasText: 'Bob changed these limits meanwhile' })
      await told.waitFor(enough)
      expect(policy()).toMatchObject({ maxMovesPerOrder: 5, maxDayCostCents: 20_000 })
      await told.getByRole('button', { name: 'Drop mine' }).click()
      await told.waitFor({ state: 'detached', ...enough })
      expect(await page.getByLabel('Moves per order, at most').inputValue()).toBe('5')
    }))
}
