// `detour rebuild`: how the comparison of the warehouse before and after is read by people.

import { showCount } from '#data/kernel'
import type { RebuildSummary } from '#orchestrator/workspace'
import { showNumber, showSeconds, showTable } from './table.ts'

/** The summary of a rebuild for people. */
export function showRebuild(summary: RebuildSummary): string {
  const rows = summary.marts.map((mart) => [
    mart.name,
    mart.rowsBefore,
    mart.rowsAfter,
    mart.checksumBefore?.slice(0, 12),
    mart.checksumAfter?.slice(0, 12),
    mart.checksumBefore === null ? '' : mart.identical ? 'same' : 'DIFFERENT',
  ])
  return [
    showTable(['table', 'rows before', 'rows after', 'checksum before', 'checksum after', ''], rows),
    `Rebuilt in ${showSeconds(summary.seconds)}. ${verdict(summary)}`,
  ].join('\n')
}

function verdict(summary: RebuildSummary): string {
  if (summary.identical === null) return `Nothing to compare with: ${summary.notCompared ?? 'no tables'}.`
  if (summary.identical) return 'Every table is as it was before.'
  const different = summary.marts.filter((mart) => !mart.identical)
  return (
    `${showNumber(different.length, 'table')} of ${showCount(summary.marts.length)} ` +
    'are not as before; if no cycle was due, the old warehouse was wrong.'
  )
}
