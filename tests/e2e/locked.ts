// An empty home served beyond this machine: its pages ask for a key, and its time is chosen in the bar.

import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, test } from 'vitest'
import { openVault } from '#data/vault'
import { type PageHandler, type Serving, serve } from '#orchestrator/http'
import { openWorkspace } from '#orchestrator/workspace'
import { ensureDashboard } from '../../orchestrator/cli/dashboard.ts'
import { effectsWith, newFolder } from '../orchestrator/places.ts'
import { axeComplaints, openPage, setTheme, sizes, sticksOut } from './page.ts'
import type { Site } from './site.ts'

const enough = { timeout: 20_000 }

/** Adds the tests of a home that asks for a key. */
export function lockedTests(open: () => Site): void {
  test('away from loopback a key opens the dashboard, and what counts as now is chosen there', async () => {
    const { url, key, serving, close } = await openLocked()
    const { page, context, complaints } = await openPage(open().browser, url, '/')
    try {
      await page.getByRole('heading', { name: 'This Detour needs a key' }).waitFor(enough)
      for (const viewport of Object.values(sizes)) {
        await page.setViewportSize(viewport)
        await setTheme(page, 'dark')
        expect(await axeComplaints(page)).toEqual([])
        expect(await sticksOut(page)).toBe(false)
      }
      await page.getByLabel('Key', { exact: true }).fill('not-a-key')
      await page.keyboard.press('Enter')
      await page.getByText('This key is not known here').waitFor(enough)
      await page.getByLabel('Key', { exact: true }).fill(key)
      await page.keyboard.press('Enter')
      const now = page.getByRole('combobox', { name: 'What counts as now' })
      await now.waitFor(enough)
      for (const [viewport, mode] of [
        [sizes.desk, 'wall'],
        [sizes.phone, 'watermark'],
      ] as const) {
        await page.setViewportSize(viewport)
        await now.selectOption(mode)
        await expect.poll(() => serving.engine.clock().mode).toBe(mode)
        expect(await now.inputValue()).toBe(mode)
      }
      await now.selectOption('auto')
      await page.getByText('Detour chooses.').waitFor(enough)
      expect(complaints).toEqual([])
    } finally {
      await context.close()
      await close()
    }
  })
}

async function openLocked(): Promise<{
  url: string
  key: string
  serving: Serving
  close(): Promise<void>
}> {
  const folder = await newFolder()
  const home = join(folder.path, 'home')
  const effects = effectsWith({ cycleCron: '0 0 1 1 *' })
  const workspace = await openWorkspace(home, 'serve', effects)
  const vault = await openVault(workspace.paths, effects)
  const { key } = await vault.createKey({ name: 'browser', role: 'admin' })
  await vault.close()
  await workspace.close()
  const built = (await import(pathToFileURL(await ensureDashboard()).href)) as { handler: PageHandler }
  const serving = await serve({ home, port: 0, host: '0.0.0.0' }, effects, { pages: built.handler })
  return {
    url: `http://127.0.0.1:${new URL(serving.url).port}`,
    key,
    serving,
    close: async () => {
      await serving.close()
      await folder.remove()
    },
  }
}
