// Measures the overview on a million orders: its one request, and the JavaScript a page needs before charts.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Effects } from '#data/kernel'
import { openEngine } from '#orchestrator/engine'
import { overview } from '#orchestrator/views'
import { openWorkspace } from '#orchestrator/workspace'
import { runCycle } from '#pipeline'
import { writeHistory } from './history.ts'
import { measureInteractive } from './interactive.ts'
import type { BenchRow } from './row.ts'
import { serveHome } from './served.ts'

const group = 'overview'
const size = { orders: 1_000_000, days: 365, end: '2026-01-01T00:00:00Z' }
const rounds = 15
const scriptGoal = 150_000
const answerGoal = 1_000

/**
 * Rows of the group `overview`: ms of the overview's answer in a history of 1M orders against a plain sum over them,
 * ms until a browser shows its figures (goal: 1,000), kB of JavaScript before charts, gzipped (goal: 150). About 90 s.
 */
export async function benchOverview(effects: Effects): Promise<BenchRow[]> {
  const home = await mkdtemp(join(tmpdir(), 'detour-bench-'))
  try {
    const answers = await measureAnswers(home, effects)
    const shown = await measureInteractive(home, 'overview of 1M orders in a browser, figures shown')
    return [...answers, ...shown, await measureScripts(home)]
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

async function measureAnswers(home: string, effects: Effects): Promise<BenchRow[]> {
  const workspace = await openWorkspace(home, 'bench', effects)
  const { warehouse } = workspace
  try {
    await warehouse.transaction((queries) => writeHistory(queries, size))
    await runCycle(warehouse, effects, { mode: 'full' })
    const engine = await openEngine(workspace, { trains: false })
    const timed = async (work: () => Promise<unknown>) => {
      const times: number[] = []
      for (let i = 0; i < rounds; i++) {
        const began = performance.now()
        await work()
        times.push(performance.now() - began)
      }
      return times.toSorted((a, b) => a - b)
    }
    const sum = 'SELECT status, count(*), sum(total_cents) FROM orders GROUP BY status'
    const bare = median(await timed(() => warehouse.reading((queries) => queries.all(sum))))
    const times = await timed(() => overview(engine, {}))
    const [first, value] = [times.at(-1) ?? 0, median(times)]
    await engine.close()
    const baseline = `one sum over the orders, ${bare.toFixed(0)} ms`
    const base = { group, unit: 'ms', baseline, goal: answerGoal }
    return [
      {
        ...base,
        name: 'overview of 1M orders, first of its cycle',
        value: first,
        ratio: first / bare,
        pass: first <= answerGoal,
      },
      {
        ...base,
        name: 'overview of 1M orders, again',
        value,
        ratio: value / bare,
        pass: value <= answerGoal,
      },
    ]
  } finally {
    await workspace.close()
  }
}

function median(sorted: number[]): number {
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}

/** Sizes of every script that the page names or that those import at once. */
async function measureScripts(home: string): Promise<BenchRow> {
  const served = await serveHome(home, ['--no-demo'], group)
  try {
    const text = async (path: string) => (await served.pool.request({ path, method: 'GET' })).body.text()
    const page = await text('/')
    const due = [...page.matchAll(/["'](?:\.)?\/?(_app\/[^"']+\.js)["']/g)].map((match) => `/${match[1]}`)
    const seen = new Map<string, number>()
    for (let path = due.pop(); path !== undefined; path = due.pop()) {
      if (seen.has(path)) continue
      const script = await text(path)
      seen.set(path, gzipSync(script).length)
      for (const match of script.matchAll(/(?:^|[;}\s])import\s*(?:[^"'();]*from\s*)?["']([^"']+)["']/g)) {
        due.push(new URL(match[1] ?? '', `http://x${path}`).pathname)
      }
    }
    const bytes = [...seen.values()].reduce((sum, size) => sum + size, 0)
    return {
      group,
      name: `JavaScript before charts, ${seen.size} files, gzipped`,
      value: bytes / 1000,
      unit: 'kB',
      baseline: null,
      ratio: null,
      goal: scriptGoal / 1000,
      pass: bytes <= scriptGoal,
    }
  } finally {
    await served.stop()
  }
}
