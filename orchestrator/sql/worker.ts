// Entry file of the query process: takes one job from its parent, answers once and ends. It never opens the warehouse.

import { asDetourError, systemClock } from '#data/kernel'
import type { SqlJob, SqlReply } from './protocol.ts'
import { runSandboxed } from './sandbox.ts'

process.once('message', async (job: SqlJob) => {
  const reply = await answer(job)
  process.send?.(reply, () => process.disconnect())
})

// Whoever asked has gone: nobody reads an answer any more.
process.once('disconnect', () => process.exit(0))

async function answer(job: SqlJob): Promise<SqlReply> {
  try {
    return { result: await runSandboxed(job, systemClock) }
  } catch (error) {
    const { code, details } = asDetourError(error)
    return { error: { code, details } }
  }
}
