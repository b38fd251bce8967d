// The demo: a made-up retailer with a fault under way, whose time then runs on. It adds nothing to a home with data.

import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { generateWorld, networkDocumentOf, type WorldOptions } from '#data/world'
import { type IngestSummary, ingest } from '#ingest'
import type { Core } from '#orchestrator/core'
import type { Workspace } from '#orchestrator/workspace'

/** Provider that the made-up retailer is loaded as. */
export const demoProvider = 'fabrikam'

/** How fast the demo's time runs, simulated ms in a real one. */
const demoSpeed = 120

/** How far a step is. */
type OnProgress = (progress: { step: string; done: number; total: number }) => void

/** Whether nothing was ever put into the home. */
export async function isEmptyHome({ log }: Pick<Workspace, 'log'>): Promise<boolean> {
  return !(await log.streams()).some((stream) => stream === 'loads' || stream.startsWith('market:'))
}

/**
 * Loads the made-up retailer as any other provider's files.
 * @throws WORLD_OPTIONS_INVALID, INGEST_DISK_FULL and what else a load throws
 */
export async function loadDemo(
  workspace: Workspace,
  options: Partial<Pick<WorldOptions, 'seed' | 'days' | 'orders'>>,
  onProgress: OnProgress,
): Promise<IngestSummary> {
  const folder = join(workspace.paths.temporary, 'world')
  try {
    await generateWorld(folder, options, ({ day, days }) =>
      onProgress({ step: 'making orders', done: day, total: days }),
    )
    return await ingest(
      { provider: 'detour', paths: [folder], as: demoProvider },
      { ...workspace, onProgress },
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/**
 * Lets the time of the demo run on from where its history ends.
 * @param at end of the history, epoch ms
 */
export async function startDemoClock(core: Core, at: number): Promise<void> {
  const clock = { mode: 'simulated' as const, speed: demoSpeed, isPaused: false }
  await core.execute('SetClock', { clock, isDemo: true }, { at, commandId: 'demo/clock' })
}

/**
 * Puts in how the demo's goods travel, where nobody has said anything of it yet; its nodes have to be there.
 * @param at epoch ms of the market
 */
export async function addDemoNetwork(core: Core, at: number): Promise<void> {
  const { network, nodes } = core.state()
  if (network.version > 0) return
  const document = networkDocumentOf({ end: at }, (externalId) => `${demoProvider}:${externalId}`)
  const put = { ...document, nodes: document.nodes.filter(({ nodeId }) => nodes.has(nodeId)) }
  if (put.nodes.length === 0) return
  await core.execute('ChangeNetwork', { change: { put }, by: 'demo' }, { at, commandId: 'demo/network' })
}
