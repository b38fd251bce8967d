// `detour verify`: whether state, snapshots and tables are what the events give, and whether the events break no rule.

import { Type } from 'typebox'
import { showCount } from '#data/kernel'
import { openSnapshotFiles } from '#data/log'
import { openProjector } from '#orchestrator/projection'
import { type Drift, type VerifyReport, verify } from '#orchestrator/verify'
import { showNumber, showSeconds, showTable } from './table.ts'
import { defineVerb, type VerbContext } from './verb.ts'

/** Replays and compares; with `repair`, makes anew what follows from events. */
export const verifyVerb = defineVerb({
  name: 'verify',
  isExclusive: false,
  schema: Type.Object(
    { repair: Type.Optional(Type.Boolean({ description: 'make anew what follows from events' })) },
    { additionalProperties: false },
  ),
  run: (args, context) => verifyHome(context, args.repair ?? false),
  show: showVerify,
  hasFailed: ({ drift }) => drift.length > 0,
})

/** The verification of an open home, with what runs on it. */
export function verifyHome(context: VerbContext, repairs: boolean): Promise<VerifyReport> {
  const { log, warehouse, effects, paths, engine, onProgress } = context
  const snapshots = openSnapshotFiles(paths.snapshots, effects)
  const projector = openProjector({ log, warehouse, effects, lake: paths.lake, snapshots })
  const running = (market: string) => (engine?.market === market ? engine.core : null)
  const parts = {
    ...{ log, warehouse, snapshots, effects },
    running,
    project: () => projector.project(running),
    onProgress: (market: string, done: number, total: number) =>
      onProgress({ step: `replaying ${market}`, done, total }),
  }
  return verify(parts, repairs)
}

const shown = 50

/** The report for people. */
export function showVerify({ markets, checks, drift, repaired, seconds }: VerifyReport): string {
  const events = markets.reduce((sum, market) => sum + market.events, 0)
  const head =
    `${showNumber(events, 'event')} of ${showNumber(markets.length, 'market')} replayed in ` +
    `${showSeconds(seconds)}, ${showCount(checks)} looks at orders and positions.`
  const inFlux = markets.reduce((sum, market) => sum + market.inFlux, 0)
  return [
    head,
    ...repaired.map((what) => `Repaired: ${what}.`),
    ...(inFlux === 0 ? [] : [`${showNumber(inFlux, 'row')} kept changing and could not be told.`]),
    ...(drift.length === 0 ? ['Everything is as it must be.'] : showDrift(drift)),
  ].join('\n')
}

function showDrift(drift: readonly Drift[]): string[] {
  const rows = drift
    .slice(0, shown)
    .map(({ kind, rule, subject, found, first, isOver }) => [
      kind,
      rule,
      subject,
      found,
      first === null ? '' : `${first.stream} ${first.seq} ${first.type} ${first.eventId}`,
      isOver ? 'put right later' : '',
    ])
  const more = drift.length - rows.length
  return [
    `${showNumber(drift.length, 'thing')} not as it must be:`,
    showTable(['what', 'rule', 'about', 'found', 'first after event', ''], rows),
    ...(more > 0 ? [`And ${showCount(more)} more; --json has all of them.`] : []),
  ]
}
