// How long the streaming detector takes: the command on a file of 20,000 rows with the start of its process, and one
// new point for each of 10,000 series. It says nothing about whether it is right.

import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { type Effects, seededRandom } from '#data/kernel'
import { StreamDetector } from '#models'
import type { BenchRow } from '../row.ts'

const rows = 20_000
const seriesCount = 10_000
const warmPoints = 100
const rounds = 3
const [commandGoal, cycleGoal] = [10, 5]
const launcher = join(import.meta.dirname, '..', '..', '..', 'bin', 'detour.js')
const start = Date.UTC(2026, 0, 5)
const minutes5 = 300_000

/** Rows about detection in single series. */
export async function benchDetect({ clock }: Effects): Promise<BenchRow[]> {
  const row = { group: 'models', baseline: null, ratio: null }
  const command = await timeCommand(clock)
  const cycle = timeCycle(clock)
  return [
    {
      ...row,
      name: `detect on ${rows.toLocaleString('en-US')} rows, with the start of the process`,
      value: command,
      unit: 's',
      goal: commandGoal,
      pass: command <= commandGoal,
    },
    {
      ...row,
      name: `a new point in each of ${seriesCount.toLocaleString('en-US')} streaming series`,
      value: cycle.seconds,
      unit: 's',
      goal: cycleGoal,
      pass: cycle.seconds <= cycleGoal,
    },
    {
      ...row,
      name: 'state of one streaming series as JSON',
      value: cycle.bytes / 1000,
      unit: 'kB',
      goal: null,
      pass: null,
    },
  ]
}

async function timeCommand(clock: Effects['clock']): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'detour-bench-detect-'))
  try {
    const random = seededRandom('detect')
    const lines = Array.from({ length: rows }, (_, i) => {
      const value = 50 + 20 * Math.sin((2 * Math.PI * i) / 288) + random.normal(0, 3)
      return `${new Date(start + i * minutes5).toISOString()},${value}`
    })
    const path = join(folder, 'series.csv')
    await writeFile(path, `time,value\n${lines.join('\n')}\n`)
    const args = [
      launcher,
      'detect',
      path,
      '--time',
      'time',
      '--value',
      'value',
      '--out',
      join(folder, 'out.csv'),
    ]
    let best = Infinity
    for (let round = 0; round < rounds; round++) {
      const began = clock.now()
      await promisify(execFile)(process.execPath, args)
      best = Math.min(best, (clock.now() - began) / 1000)
    }
    return best
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function timeCycle(clock: Effects['clock']): { seconds: number; bytes: number } {
  const random = seededRandom('cycle')
  const detectors = Array.from({ length: seriesCount }, () => new StreamDetector())
  const turn = (i: number) => {
    for (const detector of detectors) detector.update(start + i * minutes5, random.poisson(20))
  }
  for (let i = 0; i < warmPoints; i++) turn(i)
  let best = Infinity
  for (let round = 0; round < rounds; round++) {
    const began = clock.now()
    turn(warmPoints + round)
    best = Math.min(best, (clock.now() - began) / 1000)
  }
  return { seconds: best, bytes: JSON.stringify(detectors[0]?.state).length }
}
