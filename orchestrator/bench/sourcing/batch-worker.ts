// Entry file of a process that solves one batch, so that its peak of memory is its own, and says how that went.

import { join } from 'node:path'
import { reasonOf } from '#data/kernel'
import { fromBrunel, greedyNearest, readSheets, solveBatch, solveFiles } from '#orchestrator/sourcing'
import type { BatchJob, BatchResult } from './batch-job.ts'
import { makeInstance } from './instances.ts'

async function work(job: BatchJob): Promise<BatchResult | null> {
  return job.kind === 'made' ? made(job) : brunel(job.capacityFactor, job.timeLimitMs)
}

async function made({ orders, nodes, scarce, seed, gap, timeLimitMs }: BatchJob & { kind: 'made' }) {
  const problem = makeInstance({ seed, orders, nodes, scarce })
  const nearest = greedyNearest(problem)
  const elapsedMs = () => performance.now()
  const solution = await solveBatch(problem, { timeLimitMs, gap, seed: 1, elapsedMs })
  const { cost, bound, seconds, method, stopped } = solution
  const served = solution.orders.filter(({ unserved }) => unserved.every((units) => units === 0)).length
  return {
    cost,
    bound,
    gap: solution.gap,
    seconds,
    method,
    stopped,
    served,
    nearest: nearest.cost,
    peakMb: peakMb(),
  }
}

/** The workbook of Brunel University, where the folder of test data is told; null where it is not. */
async function brunel(capacityFactor: number, timeLimitMs: number): Promise<BatchResult | null> {
  const data = process.env.DETOUR_TEST_DATA
  if (data === undefined || data === '') return null
  const files = fromBrunel(await readSheets(join(data, 'brunel', 'csv')), capacityFactor)
  const setting = { currency: 'USD', now: 0 }
  const elapsedMs = () => performance.now()
  const { report } = await solveFiles(files, setting, { timeLimitMs, gap: 0, seed: 1, elapsedMs })
  const { cost, bound, gap, seconds, method, stopped, served, nearest } = report
  return { cost, bound, gap, seconds, method, stopped, served, nearest: nearest.cost, peakMb: peakMb() }
}

/** Largest memory of this process so far, MB. */
function peakMb(): number {
  return process.resourceUsage().maxRSS / 1024
}

process.on('message', (job: BatchJob) => {
  work(job).then(
    (result) => process.send?.({ result }),
    (error) => process.send?.({ reason: reasonOf(error) }),
  )
})
process.once('disconnect', () => process.exit(0))
