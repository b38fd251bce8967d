// Measures what a visitor of the demo waits for: the first start to numbers on the overview, the second start, and
// from a fault that is visible to the first order moved.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { api } from '#data/contracts'
import type { Effects } from '#data/kernel'
import type { BenchRow } from './row.ts'
import { type Served, serveHome } from './served.ts'

const group = 'demo'
const firstGoal = 60
const secondGoal = 10
const spareSeconds = 5

/**
 * Rows of the group `demo`: seconds from the command to an overview with numbers (goal: 60, and 10 the second time),
 * and from then to the first reroute (goal: one cycle and 5 s). The dashboard is built before; about 60 s.
 */
export async function benchDemo({ clock }: Effects): Promise<BenchRow[]> {
  const home = await mkdtemp(join(tmpdir(), 'detour-bench-'))
  try {
    const first = await start(home, clock)
    const moved = await firstMove(first, clock)
    await first.served.stop()
    const second = await start(home, clock)
    await second.served.stop()
    return [
      row('first start to numbers on the overview', first.seconds, firstGoal),
      row('second start to numbers on the overview', second.seconds, secondGoal),
      {
        ...row('fault visible to first order moved', moved.seconds, moved.cycleSeconds + spareSeconds),
        baseline: `one cycle, ${moved.cycleSeconds.toFixed(1)} s`,
        ratio: moved.cycleSeconds === 0 ? null : moved.seconds / moved.cycleSeconds,
      },
    ]
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

type Clock = Effects['clock']

interface Started {
  served: Served
  seconds: number
  /** When it listened: from then on the loop can see the fault that ends the history. */
  listeningAt: number
}

async function start(home: string, clock: Clock): Promise<Started> {
  const began = clock.now()
  const served = await serveHome(home, [], group)
  const listeningAt = clock.now()
  for (;;) {
    const overview = await served.get<api.Overview>('/api/v1/overview')
    if (overview.tiles?.some((tile) => tile.value !== null)) break
    await clock.sleep(50)
  }
  return { served, seconds: (clock.now() - began) / 1000, listeningAt }
}

/** From the moment the fault of the history could be seen to the first order that left its node. */
async function firstMove(
  { served, listeningAt }: Started,
  clock: Clock,
): Promise<{ seconds: number; cycleSeconds: number }> {
  for (;;) {
    const page = await served.get<{ items: api.Incident[] }>('/api/v1/incidents')
    if (page.items.some((incident) => incident.ordersMoved > 0)) break
    await clock.sleep(50)
  }
  const seconds = (clock.now() - listeningAt) / 1000
  await clock.sleep(1_000)
  const { freshness } = await served.get<api.SystemStatus>('/api/v1/status')
  return { seconds, cycleSeconds: freshness.cycleSeconds ?? 0 }
}

function row(name: string, value: number, goal: number): BenchRow {
  return { group, name, value, unit: 's', baseline: null, ratio: null, goal, pass: value <= goal }
}
