// A small made-up retailer after some days, on which drafts are replayed.

import { join } from 'node:path'
import { afterAll } from 'vitest'
import type { api } from '#data/contracts'
import { seededRandom, systemClock } from '#data/kernel'
import { openSqliteLog } from '#data/log'
import { type Core, openCore } from '#orchestrator/core'
import { type ReplayMarket, Replays, replayFiles, startReplay } from '#orchestrator/replay'
import { Worlds } from '#orchestrator/sourcing'
import type { Workspace } from '#orchestrator/workspace'
import { copyOf, loadRetailer } from '../live-engine.ts'
import { newFolder } from '../places.ts'

/** Its market's time, epoch ms. */
export const end = Date.UTC(2026, 9, 14, 15)

/** The retailer, and what its drafts are replayed with. */
export interface Replaying {
  core: Core
  workspace: Workspace
  market: ReplayMarket
  /** Folder of the replays that are kept. */
  kept: string
  openReplays(): Promise<Replays>
  /** Runs a replay to its end. @param now time of the market */
  replayed(request: api.ReplayRequest, now?: number): Promise<api.Replay>
  close(): Promise<void>
}

/** Opens it for the tests of a file; it is closed after them. */
export async function replayingHere(): Promise<Replaying> {
  const place = await openReplaying()
  afterAll(place.close)
  return place
}

async function openReplaying(): Promise<Replaying> {
  const folder = await newFolder()
  const { workspace, history, ...retailer } = await loadRetailer(folder.path, {
    ...{ seed: 'replay', days: 4, orders: 200, end },
  })
  const logPath = await copyOf({ workspace, history, ...retailer }, folder.path, 'log')
  const log = await openSqliteLog(logPath, workspace.effects)
  const core = await openCore(log, 'main', workspace.effects)
  const worlds = new Worlds()
  worlds.history = history
  const kept = join(folder.path, 'replays')
  const openReplays = () =>
    Replays.open({ clock: systemClock, random: seededRandom(1) }, replayFiles(kept, workspace.effects))
  const replays = await openReplays()
  const market = { market: 'main', core, worlds, replays, now: () => end, workspace }
  const replayed = async (request: api.ReplayRequest, now = end) => {
    const then = { ...market, now: () => now }
    const { replayId } = startReplay({ days: 4, limit: 120, ...request }, then, 'test')
    let replay = replays.get(replayId)
    while (replay.status === 'running') {
      await new Promise((done) => setTimeout(done, 20))
      replay = replays.get(replayId)
    }
    return replay
  }
  const close = async () => {
    await replays.close()
    await core.close()
    await log.close()
    await workspace.close()
    await folder.remove()
  }
  return { core, workspace, market, kept, openReplays, replayed, close }
}
