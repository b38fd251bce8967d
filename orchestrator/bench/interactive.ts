// Measures how long a person waits for the overview in a real browser: from the address to figures that can be
// clicked. Without a browser it measures nothing.

import type { BenchRow } from './row.ts'
import { serveHome } from './served.ts'

const group = 'overview'
const goalMs = 1_000
const rounds = 7
/** With these the browser of the package dies when its first page closes. */
const harmful = new Set(['--single-process', '--no-zygote'])

/**
 * The row of a home with a long history: ms until the tiles have their figures and the page answers (goal: 1,000),
 * against the same page without its data; empty where no browser starts.
 */
export async function measureInteractive(home: string, name: string): Promise<BenchRow[]> {
  const browser = await launch()
  if (browser === null) return []
  const served = await serveHome(home, ['--no-demo'], group)
  try {
    const page = await browser.newPage()
    const timed = async (ready: string) => {
      const times: number[] = []
      for (let i = 0; i < rounds; i++) {
        const began = performance.now()
        await page.goto(served.url)
        await page.locator(ready).first().waitFor()
        times.push(performance.now() - began)
      }
      return times.toSorted((a, b) => a - b)[Math.floor(rounds / 2)] ?? 0
    }
    const frame = await timed('nav')
    const value = await timed('main button[aria-haspopup]')
    return [
      {
        group,
        name,
        value,
        unit: 'ms',
        baseline: `its frame without figures, ${frame.toFixed(0)} ms`,
        ratio: value / frame,
        goal: goalMs,
        pass: value <= goalMs,
      },
    ]
  } finally {
    await browser.close()
    await served.stop()
  }
}

/** The browser that the tests use, null where it is not installed or does not start. */
async function launch() {
  try {
    const [{ chromium }, { default: packed }] = await Promise.all([
      import('playwright-core'),
      import('@sparticuz/chromium'),
    ])
    const args = packed.args.filter((arg) => !harmful.has(arg))
    const executablePath = await packed.executablePath()
    return await chromium.launch({
      executablePath,
      headless: true,
      args: [...args, '--no-sandbox', '--disable-background-networking'],
    })
  } catch {
    return null
  }
}
