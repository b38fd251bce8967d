// `detour cycle`: tables, metrics and checks brought up to date with what was loaded.

import { Type } from 'typebox'
import { showCount } from '#data/kernel'
import { type CycleSummary, runCycle } from '#pipeline'
import { showInstant, showNumber, showSeconds, showTable } from './table.ts'
import { defineVerb } from './verb.ts'

/** Runs one cycle of the pipeline. */
export const cycleVerb = defineVerb({
  name: 'cycle',
  schema: Type.Object(
    { full: Type.Optional(Type.Boolean({ description: 'rebuild everything' })) },
    { additionalProperties: false },
  ),
  run: (args, context) =>
    runCycle(context.warehouse, context.effects, { mode: args.full === true ? 'full' : 'auto' }),
  show: showCycle,
})

/** The summary of a cycle for people. */
export function showCycle(cycle: CycleSummary): string {
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
