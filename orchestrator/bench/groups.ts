// The groups of measurements and where each is loaded from, only when it is asked for.

import type { Effects } from '#data/kernel'
import type { BenchOptions, BenchRow } from './row.ts'

type Measure = (effects: Effects, options: BenchOptions) => Promise<BenchRow[]>

/** Group -> how to load its measurement. */
export const benchGroups: Record<string, () => Promise<Measure>> = {
  log: async () => (await import('./log.ts')).benchLog,
  ingest: async () => (await import('./ingest.ts')).benchIngest,
  pipeline: async () => {
    const { benchPipeline } = await import('./pipeline.ts')
    return (effects) => benchPipeline(effects)
  },
  flow: async () => (await import('./flow.ts')).benchFlow,
  core: async () => (await import('./core/bench-core.ts')).benchCore,
  overview: async () => (await import('./overview.ts')).benchOverview,
  sourcing: async () => (await import('./sourcing/bench-sourcing.ts')).benchSourcing,
  loop: async () => {
    const { benchLoop } = await import('./loop/bench-loop.ts')
    const { benchPolicies } = await import('./loop/policies.ts')
    return async (effects) => [...(await benchPolicies()), ...(await benchLoop(effects))]
  },
  quality: async () => (await import('./quality/bench-quality.ts')).benchQuality,
  models: async () => (await import('./models/bench-models.ts')).benchModels,
  webhooks: async () => {
    const { benchWebhooks } = await import('./webhooks.ts')
    return (effects) => benchWebhooks(effects)
  },
  demo: async () => (await import('./demo.ts')).benchDemo,
}

/** Whether there is such a group. */
export function isBenchGroup(name: string): boolean {
  return Object.hasOwn(benchGroups, name)
}
