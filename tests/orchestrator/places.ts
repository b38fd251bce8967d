// Helpers of the orchestrator's tests: folders that vanish, settings, rows of a contract with ordinary values.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { columnsOf, type TableContract } from '#data/contracts'
import { type Config, createLogger, type Effects, readConfig, seededRandom, systemClock } from '#data/kernel'
import type { Queries } from '#data/warehouse'

/** A new folder and the way to remove it. */
export async function newFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'detour-'))
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 3 }) }
}

/** The real world with other settings and a silent log. */
export function effectsWith(settings: Partial<Config> = {}): Effects {
  const config = { ...readConfig({}), memoryMb: 512, threads: 2, ...settings }
  return { clock: systemClock, random: seededRandom(1), config, logger: createLogger('silent') }
}

const ordinary: Record<string, string> = {
  VARCHAR: "'x'",
  BIGINT: '1',
  DOUBLE: '1.5',
  BOOLEAN: 'false',
  'TIMESTAMP WITH TIME ZONE': "TIMESTAMPTZ '2026-01-01 00:00:00+00'",
  DATE: "DATE '2026-01-01'",
  UUID: "'00000000-0000-0000-0000-000000000000'",
  'VARCHAR[]': '[]',
  JSON: "'{}'",
}

/** Inserts rows of the contract: SQL expressions by column over the row number `i`, ordinary values elsewhere. */
export async function insertRows(
  queries: Queries,
  contract: TableContract,
  count: number,
  values: Record<string, string> = {},
): Promise<void> {
  const list = columnsOf(contract).map((column) => values[column.name] ?? ordinary[column.type] ?? 'NULL')
  await queries.run(`INSERT INTO ${contract.name} SELECT ${list.join(', ')} FROM range(${count}) t(i)`)
}
