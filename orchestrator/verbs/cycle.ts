// `detour cycle`: one turn of the loop, from what was loaded to tables, metrics, incidents and reroutes.

import { Type } from 'typebox'
import { showCount } from '#data/kernel'
import type { CycleReport } from '#orchestrator/engine'
import { type CycleSummary, runCycle } from '#pipeline'
import { showInstant, showNumber, showSeconds, showTable } from './table.ts'
import { defineVerb } from './verb.ts'
import { withEngine } from './with-engine.ts'

/** What a cycle did: the pipeline's summary with what followed from it. */
export type CycleOutcome = CycleSummary & Omit<CycleReport, 'pipeline' | 'seconds'>

/** Runs one cycle: tables, live work of files, detection, reroutes. */
export const cycleVerb = defineVerb({
  name: 'cycle',
  needsEngine: true,
  isExclusive: false,
  schema: Type.Object(
    { full: Type.Optional(Type.Boolean({ description: 'rebuild everything' })) },
    { additionalProperties: false },
  ),
  run: (args, context): Promise<CycleOutcome> =>
    withEngine(context, async (engine) => {
      const rebuild = () => runCycle(context.warehouse, context.effects, { mode: 'full' })
      const full = args.full === true ? await engine.exclusively(rebuild) : null
      const { pipeline, seconds: _, ...rest } = await engine.cycle()
      return { ...(full ?? pipeline), ...rest }
    }),
  show: showCycle,
})

/** The summary of a cycle for people. */
export function showCycle(cycle: CycleOutcome): string {
  return [showPipeline(cycle), ...showLoop(cycle)].join('\n')
}

function showLoop(cycle: CycleOutcome): string[] {
  const { imported, incidentsOpened, incidentsResolved, ordersMoved, ordersNotMoved } = cycle
  const parts: string[] = []
  if (imported.orders + imported.stock > 0) {
    parts.push(
      `Watching ${showNumber(imported.orders, 'open order')} and ` +
        `${showNumber(imported.stock, 'stock position')} that files brought.`,
    )
  }
  if (incidentsOpened + incidentsResolved > 0) {
    parts.push(`${showNumber(incidentsOpened, 'incident')} opened, ${showCount(incidentsResolved)} resolved.`)
  }
  if (ordersMoved + ordersNotMoved > 0) {
    parts.push(`${showNumber(ordersMoved, 'order')} moved, ${showCount(ordersNotMoved)} left where they are.`)
  }
  return parts
}

function showPipeline(cycle: CycleSummary): string {
  if (cycle.mode === 'idle') return 'Nothing changed since the last cycle.'
  const failed = cycle.checks.filter((check) => check.failures > 0)
  const parts = [
    `${cycle.mode === 'full' ? 'Full' : 'Incremental'} cycle in ${showSeconds(cycle.seconds)}: ` +
      `${showNumber(cycle.changedOrders, 'order')} and ${showCount(cycle.changedBuckets)} hours of metrics ` +
      `rewritten, data up to ${cycle.watermark === null ? 'no order yet' : showInstant(cycle.watermark)}.`,
    showTable(
      ['model', 'rows', 'seconds'],
      cycle.models.map((model) => [model.name, model.rows, model.seconds]),
    ),
  ]
  if (failed.length === 0) {
    parts.push(`${showNumber(cycle.checks.length, 'check')} passed.`)
  } else {
    const rows = failed.map((check) => [check.name, check.model, check.severity, check.failures])
    parts.push(showTable(['check not passed', 'model', 'severity', 'rows'], rows))
  }
  return parts.join('\n')
}
