// Replays as files in the home, so that one that came to its end is still known after a new start. What cannot be read
// is passed over: a replay can be run again.

import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Type } from 'typebox'
import { Value } from 'typebox/value'
import { api } from '#data/contracts'
import { type Effects, reasonOf } from '#data/kernel'

/** A replay with the orders that would go otherwise. */
export interface KeptReplay {
  replay: api.Replay
  changes: readonly api.ReplayChange[]
}

/** Replays as files. */
export interface ReplayFiles {
  /** All that can be read, the oldest first; what a stop cut short has failed. */
  load(): Promise<KeptReplay[]>
  /** Keeps one; a failure to do so is logged, never thrown. */
  save(kept: KeptReplay): Promise<void>
  remove(replayId: string): Promise<void>
}

const content = Type.Object({ replay: api.replay, changes: Type.Array(api.replayChange) })
const ending = '.json'
const cutShort = 'Detour was stopped before its end; run it again'

/** Files of the replays of one market. @param folder made where it is not there */
export function replayFiles(folder: string, { logger }: Pick<Effects, 'logger'>): ReplayFiles {
  const pathOf = (replayId: string) => join(folder, `${replayId}${ending}`)
  return {
    load: async () => {
      const names = await readdir(folder).catch(() => [])
      const read = await Promise.all(
        names.filter((name) => name.endsWith(ending)).map((name) => readOne(join(folder, name))),
      )
      return read
        .filter((each) => each !== null)
        .sort((a, b) => (a.replay.startedAt < b.replay.startedAt ? -1 : 1))
    },
    save: async ({ replay, changes }) => {
      const path = pathOf(replay.replayId)
      try {
        await mkdir(folder, { recursive: true })
        await writeFile(`${path}.new`, JSON.stringify({ replay, changes }))
        await rename(`${path}.new`, path)
      } catch (error) {
        logger.warn({ replayId: replay.replayId, reason: reasonOf(error) }, 'a replay could not be kept')
      }
    },
    remove: (replayId) => rm(pathOf(replayId), { force: true }),
  }
}

async function readOne(path: string): Promise<KeptReplay | null> {
  try {
    const read: unknown = JSON.parse(await readFile(path, 'utf8'))
    if (!Value.Check(content, read)) return null
    const { replay, changes } = read
    if (replay.status !== 'running') return { replay, changes }
    return { replay: { ...replay, status: 'failed', step: 'failed', error: cutShort }, changes: [] }
  } catch {
    return null
  }
}
