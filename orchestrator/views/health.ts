// How a running Detour is: what must hold and whether it does, and each part of it. It starts and stops nothing.

import { stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { api } from '#data/contracts'
import { openSnapshotFiles } from '#data/log'
import type { Engine } from '#orchestrator/engine'
import { type RuleStanding, type Sampler, windowSeconds } from '#orchestrator/verify'

const { version } = createRequire(import.meta.url)('../../package.json') as { version: string }

const instant = (ms: number) => new Date(ms).toISOString()
const instantOrNull = (ms: number | null) => (ms === null ? null : instant(ms))

/** Events that the tables may lack before it is worth a warning, where no cycle brings them in. */
const lagMost = 100_000

/** The health of what runs over a home. */
export async function health(engine: Engine, sampler: Pick<Sampler, 'standings'>): Promise<api.Health> {
  const { core, workspace } = engine
  const { clock, config } = workspace.effects
  const rules = sampler.standings()
  const { state, cycledAt, cycleSeconds, pendingEvents, error } = await engine.freshness()
  const since = rules.map(({ brokenSince }) => brokenSince).filter((at) => at !== null)
  const driver = config.logUrl === null ? 'sqlite' : 'postgres'
  return {
    at: instant(clock.now()),
    state: since.length > 0 ? 'bad' : error !== null || pendingEvents > lagMost ? 'warn' : 'ok',
    sampler: {
      windowSeconds,
      checks: sum(rules, ({ checks }) => checks),
      violations: sum(rules, ({ violations }) => violations),
      brokenSince: since.length === 0 ? null : instant(Math.min(...since)),
      rules: rules.map(heldRule),
    },
    log: {
      ...{ driver, lastSeq: core.lastSeq, lastEventAt: await lastEventAt(engine) },
      ...{ epoch: core.epoch, tableLag: pendingEvents },
    },
    snapshot: await newestSnapshot(engine),
    warehouse: { state, bytes: await bytesOf(workspace.paths.warehouse), cycledAt, cycleSeconds, error },
    models: engine.models(),
    versions: { detour: version, node: process.versions.node, ...(await storeVersions(engine)) },
  }
}

function heldRule({
  id,
  says,
  checks,
  violations,
  checkedAt,
  brokenSince,
  last,
}: RuleStanding): api.HeldRule {
  return {
    ...{ id, says, checks, violations },
    checkedAt: instantOrNull(checkedAt),
    brokenSince: instantOrNull(brokenSince),
    last: last === null ? null : { subject: last.subject, found: last.found, at: instant(last.at) },
  }
}

async function lastEventAt({ core, workspace }: Engine): Promise<string | null> {
  const { stream, lastSeq } = core
  const [event] = lastSeq === 0 ? [] : await workspace.log.read(stream, lastSeq - 1, 1)
  return event === undefined ? null : instant(event.recordedAt)
}

async function newestSnapshot({ core, workspace }: Engine): Promise<api.Health['snapshot']> {
  const store = openSnapshotFiles(workspace.paths.snapshots, workspace.effects)
  const newest = (await store.list(core.stream)).find(({ problem }) => problem === null)
  return newest === undefined ? null : { seq: newest.seq, at: instant(newest.takenAt), bytes: newest.bytes }
}

async function bytesOf(path: string): Promise<number | null> {
  return (await stat(path).catch(() => null))?.size ?? null
}

async function storeVersions({ workspace }: Engine): Promise<{ duckdb: string; log: string }> {
  const { version: duckdb } = await workspace.warehouse.reading((queries) =>
    queries.one<{ version: string }>('SELECT version() AS version'),
  )
  const isPostgres = workspace.effects.config.logUrl !== null
  return { duckdb, log: isPostgres ? 'PostgreSQL' : `SQLite ${process.versions.sqlite ?? ''}`.trim() }
}

function sum(rules: readonly RuleStanding[], count: (rule: RuleStanding) => number): number {
  return rules.reduce((total, rule) => total + count(rule), 0)
}
