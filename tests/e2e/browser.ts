// The browser of the tests: Chromium from npm on Linux, an installed Chrome elsewhere; without one they are skipped,
// in words.

import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

/** A browser, or why there is none. */
export type Launched = { browser: Browser; reason: null } | { browser: null; reason: string }

const installed = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  '/usr/bin/google-chrome',
  '/usr/bin/chromium',
]

const quiet = ['--no-sandbox', '--disable-background-networking']
/** Drawn by a graphics card that is only made believe, a page costs twice the time: `--disable-gpu` draws without. */
const plain = ['--disable-gpu']
/** With the first two the browser of the package dies when its first page closes; the others ask for that card. */
const harmful =
  /^--(single-process|no-zygote|in-process-gpu|ignore-gpu-blocklist|use-gl|use-angle|enable-unsafe-swiftshader)\b/

/** Starts the browser; call it once and close it at the end. */
export async function launchBrowser(): Promise<Launched> {
  const found = process.platform === 'linux' && process.arch === 'x64' ? await bundled() : null
  const executablePath = found?.path ?? installed.find((path) => existsSync(path))
  if (executablePath === undefined) {
    return { browser: null, reason: `no Chrome on ${process.platform} ${process.arch}` }
  }
  try {
    const args = [...(found?.args ?? []), ...quiet, ...plain]
    return { browser: await chromium.launch({ executablePath, args, headless: true }), reason: null }
  } catch (error) {
    return {
      browser: null,
      reason: `Chrome does not start: ${error instanceof Error ? error.message : error}`,
    }
  }
}

async function bundled(): Promise<{ path: string; args: string[] } | null> {
  try {
    const { default: packed } = await import('@sparticuz/chromium')
    return { path: await packed.executablePath(), args: packed.args.filter((arg) => !harmful.test(arg)) }
  } catch {
    return null
  }
}
