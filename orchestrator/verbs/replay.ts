// Replays from the command line: started, waited for, and shown. What is replayed is chosen by the verbs.

import type { api } from '#data/contracts'
import type { Engine } from '#orchestrator/engine'
import { startReplay } from '#orchestrator/replay'
import { showNumber, showTable } from './table.ts'
import type { VerbContext } from './verb.ts'

/** A replay with the orders that would go most otherwise. */
export type ReplayShown = api.Replay & { changes: readonly api.ReplayChange[] }

/** How often it is looked how far a replay is, ms. */
const lookMs = 200
const changesShown = 20

/** A replay that came to its end. @throws whatever starting it throws */
export async function replayToEnd(
  request: api.ReplayRequest,
  engine: Engine,
  { effects, onProgress }: VerbContext,
): Promise<ReplayShown> {
  const { replays } = engine
  const { replayId } = startReplay(request, engine, 'command line')
  let replay = replays.get(replayId)
  while (replay.status === 'running') {
    onProgress({ step: replay.step, done: Math.round(replay.share * 100), total: 100 })
    await effects.clock.sleep(lookMs)
    replay = replays.get(replayId)
  }
  return { ...replay, changes: replays.changes(replayId).slice(0, changesShown) }
}

/** A replay in words and figures. */
export function showReplay({ replayId, status, error, summary, changes }: ReplayShown): string {
  if (summary === null) return `The replay is ${status}${error === null ? '' : `: ${error}`}.`
  const { before, after, currency, matched, changedOrders, findings } = summary
  const names: (keyof api.ReplaySide)[] = [
    ...(['orders', 'validated', 'held', 'noted', 'tagged', 'sourced', 'unserved'] as const),
    ...(['rerouted', 'costCents', 'lateOrders'] as const),
  ]
  const cost = (name: string, value: number | null) =>
    name === 'costCents' && value !== null ? `${(value / 100).toFixed(2)} ${currency}` : value
  return [
    `Replay ${replayId}: ${showNumber(before.orders, 'order')} from ${summary.from.slice(0, 10)}, ` +
      `${showNumber(matched, 'order')} touched, ${changedOrders} would go otherwise.`,
    showTable(
      ['', 'in force', 'with the draft'],
      names.map((name) => [name, cost(name, before[name]), cost(name, after[name])]),
    ),
    ...changes.map(({ externalId, reason }) => `${externalId}: ${reason}`),
    showFindings(findings),
  ]
    .filter((line) => line !== '')
    .join('\n')
}

/** Findings, one a line. */
export function showFindings(findings: readonly api.PolicyFinding[]): string {
  return findings
    .map(
      ({ kind, code, text, needsWord }) => `${kind}: ${text} (${code}${needsWord ? ', needs a word' : ''})`,
    )
    .join('\n')
}
