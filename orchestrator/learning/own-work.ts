// The work of an own model: its query to a file in the sandbox, the file to a process that learns or scores, scores to
// the lake and the log. It keeps nothing in memory.

import { createHash, randomUUID } from 'node:crypto'
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { api } from '#data/contracts'
import {
  backendOrder,
  type ModelCard,
  type OwnScored,
  type OwnTask,
  type Registry,
  scoreOwn,
  trainOwn,
} from '#models'
import { querySql, type SqlContext } from '#orchestrator/sql'

import type { ModelBook } from './book.ts'

/** What the work needs. */
export interface OwnGround {
  workspace: SqlContext
  market: string
  registry: Registry
  book: ModelBook
}

/** How a run is watched and ended. */
export interface RunOptions extends Pick<OwnTask, 'signal' | 'onProgress'> {
  /** Whether it also learns; else it only scores. */
  learns: boolean
}

/** What came of a run. */
export interface OwnRun {
  /** The new version; null where it only scored. */
  card: ModelCard | null
  /** What was left out or looks wrong. */
  notes: string[]
  scored: (OwnScored & { card: ModelCard }) | null
}

const dayMs = 86_400_000
/** Score files kept of a model: the one in use and the one before. */
const filesKept = 2

/**
 * Runs an own model once: learns where asked, then scores with the version in use.
 * @throws SQL_*, MODELS_DATA_UNUSABLE, MODELS_CANCELED, MODELS_WORKER_DIED, MODELS_FAILED, LOG_UNAVAILABLE;
 *   version and scores of before stay
 */
export async function runOwn(
  ground: OwnGround,
  definition: api.OwnModelDraft,
  { learns, signal, onProgress }: RunOptions,
): Promise<OwnRun> {
  const { workspace, market, registry } = ground
  const { effects, paths } = workspace
  const folder = join(paths.temporary, `model-${randomUUID()}`)
  await mkdir(folder, { recursive: true })
  try {
    onProgress?.({ step: 'asking the query', share: 0 })
    const file = join(folder, 'rows.parquet')
    await querySql({ query: definition.query, format: 'parquet', file }, workspace)
    const task = { ref: { market, model: definition.model }, file, wanted: wantedOf(definition), signal }
    const order = await backendOrder(paths.models, effects.clock)
    const settings = { registry, clock: effects.clock }
    const part = (from: number, to: number) => (told: { step: string; share: number }) =>
      onProgress?.({ step: told.step, share: from + (to - from) * told.share })
    const gapMs = definition.outcomeDays * dayMs
    const learned = learns
      ? await trainOwn(
          { ...settings, backends: order.learn },
          { ...task, gapMs, onProgress: part(0.02, 0.9) },
        )
      : null
    onProgress?.({ step: 'scoring', share: 0.92 })
    const out = join(folder, 'scores.parquet')
    const scored = await scoreOwn({ ...settings, backends: order.ask }, { ...task, out })
    if (scored !== null) await keepScores(ground, definition.model, scored, out)
    return { card: learned?.card ?? null, notes: learned?.notes ?? [], scored }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The columns of a definition by what they are for. */
export function wantedOf({ target, keyColumn, timeColumn, ignored }: api.OwnModelDraft): OwnTask['wanted'] {
  return { target, keyColumn, timeColumn, ignored }
}

/** Puts a file of scores into the lake, then tells the log of it; older files go. */
async function keepScores(
  { workspace, market, book }: OwnGround,
  model: string,
  { card, rows }: OwnScored & { card: ModelCard },
  from: string,
): Promise<void> {
  const { effects, paths } = workspace
  const folder = join('scores', market, model)
  const at = effects.clock.now()
  const runId = `${new Date(at).toISOString().replace(/[-:]|\.\d+Z/g, '')}-${randomUUID().slice(0, 8)}`
  const file = `${folder}/${runId}.parquet`
  await mkdir(join(paths.lake, folder), { recursive: true })
  const content = await readFile(from)
  await placeFile(join(paths.lake, file), content)
  const sha256 = createHash('sha256').update(content).digest('hex')
  await book.scored({ model, version: card.version, runId, file, sha256, rows, at })
  const files = (await readdir(join(paths.lake, folder))).filter((name) => name.endsWith('.parquet')).sort()
  for (const name of files.slice(0, -filesKept)) await rm(join(paths.lake, folder, name), { force: true })
}

/** Takes the scores of a model that was deleted out of the lake. */
export async function dropScores({ workspace, market }: OwnGround, model: string): Promise<void> {
  await rm(join(workspace.paths.lake, 'scores', market, model), { recursive: true, force: true })
}

async function placeFile(path: string, content: Buffer): Promise<void> {
  const draft = await open(`${path}.new`, 'w')
  try {
    await draft.writeFile(content)
    await draft.sync()
  } finally {
    await draft.close()
  }
  await rename(`${path}.new`, path)
}
