// Sees to it that the dashboard is built: once for each state of its sources, by the Node that runs this. It serves
// nothing.

import { spawn } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fail, reasonOf, systemClock } from '#data/kernel'
import type { Progress } from '#orchestrator/verbs'
import { dashboardStamp } from './dashboard-sources.ts'

const root = join(import.meta.dirname, '..', '..')
const build = join(root, 'dashboard', 'build')
const handler = join(build, 'handler.js')
const stampFile = join(build, 'stamp')
const lockFile = join(root, 'node_modules', '.cache', 'detour-dashboard.lock')
const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')

const pollMs = 200
const errorLines = 12
/** Lines of the build's output by which its steps are known, in their order. */
const steps = [/building ssr environment/, /building client environment/, /Using @sveltejs\/adapter-node/]

/**
 * Path of the dashboard's request handler, built first where sources changed since the last build.
 * @throws DASHBOARD_BUILD_FAILED with the end of what the build said
 */
export async function ensureDashboard(onProgress: (progress: Progress) => void = () => {}): Promise<string> {
  const stamp = dashboardStamp(root)
  if (isBuilt(stamp)) return handler
  const unlock = await lock()
  try {
    // Another process may have built it while this one waited.
    if (!isBuilt(stamp)) await run(stamp, onProgress)
  } finally {
    await unlock()
  }
  return handler
}

function isBuilt(stamp: string): boolean {
  try {
    return existsSync(handler) && readFileSync(stampFile, 'utf8') === stamp
  } catch {
    return false
  }
}

/** Lets one process build at a time; a lock whose owner is gone does not count. */
async function lock(): Promise<() => Promise<void>> {
  await mkdir(join(lockFile, '..'), { recursive: true })
  for (;;) {
    try {
      const file = await open(lockFile, 'wx')
      await file.writeFile(String(process.pid))
      await file.close()
      return () => rm(lockFile, { force: true })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw failed(reasonOf(error), error)
    }
    if (!isOwned()) await rm(lockFile, { force: true })
    await systemClock.sleep(pollMs)
  }
}

function isOwned(): boolean {
  try {
    const pid = Number(readFileSync(lockFile, 'utf8'))
    // A file that was just made has no pid in it yet.
    if (!Number.isInteger(pid) || pid <= 0) return true
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

async function run(stamp: string, onProgress: (progress: Progress) => void): Promise<void> {
  if (!existsSync(vite)) throw failed('its tools are not installed; run "npm ci" first')
  const step = (done: number) => onProgress({ step: 'building the dashboard', done, total: steps.length })
  step(0)
  const { code, output } = await runVite((line) => {
    const at = steps.findIndex((mark) => mark.test(line))
    if (at > 0) step(at)
  })
  if (code !== 0 || !existsSync(handler)) throw failed(endOf(output) || `vite ended with code ${code}`)
  writeFileSync(stampFile, stamp)
  step(steps.length)
}

function runVite(onLine: (line: string) => void): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [vite, 'build'], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const hear = (part: Buffer) => {
      const text = part.toString()
      output = (output + text).slice(-20_000)
      for (const line of text.split('\n')) onLine(line)
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('error', (error) => reject(failed(reasonOf(error), error)))
    child.once('close', (code) => resolve({ code, output }))
  })
}

/** The last lines of the output without colours and without the table of files. */
function endOf(output: string): string {
  const lines = output
    .replace(/\p{Cc}\[[\d;]*m/gu, '')
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '' && !/gzip:|✓/.test(line))
  return lines.slice(-errorLines).join('\n')
}

function failed(reason: string, cause?: unknown) {
  return fail('DASHBOARD_BUILD_FAILED', { reason }, cause === undefined ? undefined : { cause })
}
