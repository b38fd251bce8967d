// Sees to it that the dashboard is built: once for each state of its sources, by the Node that runs this. It serves
// nothing.

import { spawn } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { mkdir, open, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fail, reasonOf, systemClock } from '#data/kernel'
import type { Progress } from '#orchestrator/verbs'
import { dashboardStamp } from './dashboard-sources.ts'

const root = join(import.meta.dirname, '..', '..')
const builds = join(root, 'dashboard', 'build')
/** Where svelte.config.js lets the build go. */
const fresh = join(builds, 'new')
const marker = 'complete'
const lockFile = join(root, 'node_modules', '.cache', 'detour-dashboard.lock')
const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js')

const pollMs = 200
/** How long a lock may be without the number of its process, ms. */
const emptyMs = 5_000
/** Builds that stay beside the newest: servers that were started earlier may still read them. */
const olderKept = 2
const errorLines = 12
/** Lines of the build's output by which its steps are known, in their order. */
const steps = [/building ssr environment/, /building client environment/, /Using @sveltejs\/adapter-node/]

/**
 * Path of the dashboard's request handler, built first where sources changed since the last build.
 * @throws DASHBOARD_BUILD_FAILED with the end of what the build said
 */
export async function ensureDashboard(onProgress: (progress: Progress) => void = () => {}): Promise<string> {
  const folder = join(builds, dashboardStamp(root).slice(0, 16))
  const handler = join(folder, 'handler.js')
  if (isBuilt(folder)) return handler
  const unlock = await lock()
  try {
    // Another process may have built it while this one waited.
    if (!isBuilt(folder)) await build(folder, onProgress)
  } finally {
    await unlock()
  }
  return handler
}

/** Whether a build ended well there: the marker is its last file. */
function isBuilt(folder: string): boolean {
  return existsSync(join(folder, marker))
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

/** Whether the process that made the lock may still run; one that is gone by now is asked for again. */
function isOwned(): boolean {
  try {
    const pid = Number(readFileSync(lockFile, 'utf8'))
    // A lock without a number is new, or its maker died before it wrote one.
    if (!Number.isInteger(pid) || pid <= 0) return systemClock.now() - statSync(lockFile).mtimeMs < emptyMs
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

async function build(folder: string, onProgress: (progress: Progress) => void): Promise<void> {
  if (!existsSync(vite)) throw failed('its tools are not installed; run "npm ci" first')
  const step = (done: number) => onProgress({ step: 'building the dashboard', done, total: steps.length })
  step(0)
  await rm(fresh, { recursive: true, force: true })
  const { code, output } = await runVite((line) => {
    const at = steps.findIndex((mark) => mark.test(line))
    if (at > 0) step(at)
  })
  const isThere = existsSync(join(fresh, 'handler.js'))
  if (code !== 0 || !isThere) throw failed(endOf(output) || `vite ended with code ${code}`)
  await writeFile(join(fresh, marker), '')
  await rm(folder, { recursive: true, force: true })
  await rename(fresh, folder)
  await removeOld(folder)
  step(steps.length)
}

async function removeOld(newest: string): Promise<void> {
  const entries = await readdir(builds, { withFileTypes: true })
  const folders = entries.filter((entry) => entry.isDirectory()).map((entry) => join(builds, entry.name))
  const older = folders.filter((folder) => folder !== newest)
  const dated = await Promise.all(older.map(async (path) => ({ path, at: (await stat(path)).mtimeMs })))
  const surplus = dated.sort((a, b) => b.at - a.at).slice(olderKept)
  for (const { path } of surplus) await rm(path, { recursive: true, force: true })
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
