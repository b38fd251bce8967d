// Entry file of one group of measurements in its own process: measures, reports, ends.

import { realEffects, reasonOf } from '#data/kernel'
import { benchGroups } from './groups.ts'

async function main(): Promise<void> {
  try {
    const load = benchGroups[process.argv[2] ?? '']
    if (load === undefined) throw new Error('no such group')
    const measure = await load()
    report({ rows: await measure(realEffects(), { data: process.argv[3] ?? null }) })
  } catch (error) {
    report({ reason: reasonOf(error) })
  }
}

function report(message: object): void {
  process.send?.(message, () => process.exit(0))
}

process.once('disconnect', () => process.exit(0))
await main()
