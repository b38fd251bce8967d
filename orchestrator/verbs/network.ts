// `detour network`: the network of the market as files, out, in, and looked at before either.

import { Type } from 'typebox'
import type { api } from '#data/contracts'
import { DetourError, fail } from '#data/kernel'
import {
  changeFrom,
  checkNetwork,
  type FileFault,
  type ImportMode,
  type NetworkPreview,
  networkSourceAt,
  previewChange,
  writeNetworkAt,
} from '#orchestrator/sourcing'
import { showNumber, showTable } from './table.ts'
import { defineVerb } from './verb.ts'
import { withEngine } from './with-engine.ts'

const closed = { additionalProperties: false }
const path = Type.String({ minLength: 1, description: 'a folder of CSV files or a .yaml file, absolute' })
const mode = Type.Optional(Type.Union([Type.Literal('merge'), Type.Literal('replace')]))

/** What files would change, or have changed; with faults nothing was. */
interface Changed {
  faults: readonly FileFault[]
  faultCount: number
  version: number
  differences: { list: string; counts: { added: number; changed: number; removed: number } }[]
  findings: { code: string; kind: string; id: string; text: string }[]
}

/** Writes the network to files. */
export const networkExportVerb = defineVerb({
  name: 'network-export',
  schema: Type.Object({ path }, closed),
  isExclusive: false,
  needsEngine: true,
  run: ({ path }, context) =>
    withEngine(context, async ({ core }) => {
      const { version, document } = core.state().network
      return { path, version, files: await writeNetworkAt(path, document) }
    }),
  show: ({ path, version, files }) => `Version ${version} of the network is in ${path}: ${files.join(', ')}.`,
})

/** Takes the network from files: all of it or nothing. */
export const networkImportVerb = defineVerb({
  name: 'network-import',
  schema: Type.Object({ path, mode }, closed),
  changesData: true,
  needsEngine: true,
  run: ({ path, mode = 'merge' }, context) =>
    withEngine(context, async ({ core, now }): Promise<Changed> => {
      const preview = await previewAt(path, mode, { core, now })
      if ('faults' in preview) return preview
      const { change, differences } = preview
      const result = await core.execute('ChangeNetwork', { change, by: 'command line' }, { at: now() })
      if (result.status === 'refused') throw refusal(result.reason, result.answer.details)
      const { network, nodes } = core.state()
      const findings = [...checkNetwork(network.document, nodes)]
      return { ...noFaults, version: network.version, differences, findings }
    }),
  hasFailed: ({ faultCount }) => faultCount > 0,
  show: (changed) => showChanged('Imported.', changed),
})

/** Says what files would change and what is odd about them; changes nothing. */
export const networkCheckVerb = defineVerb({
  name: 'network-check',
  schema: Type.Object({ path, mode }, closed),
  isExclusive: false,
  needsEngine: true,
  run: ({ path, mode = 'merge' }, context) =>
    withEngine(context, async ({ core, now }): Promise<Changed> => {
      const preview = await previewAt(path, mode, { core, now })
      if ('faults' in preview) return preview
      const { version, differences, state } = preview
      const findings = [...checkNetwork(state.network.document, state.nodes)]
      return { ...noFaults, version, differences, findings }
    }),
  hasFailed: ({ faultCount }) => faultCount > 0,
  show: (changed) => showChanged('It can be used; nothing was changed.', changed),
})

type Running = Pick<Parameters<Parameters<typeof withEngine>[1]>[0], 'core' | 'now'>

const noFaults = { faults: [], faultCount: 0 }

/** What the files would change, or what is wrong with them. @throws SOURCING_FILE_INVALID, CORE_REFUSED */
async function previewAt(
  path: string,
  mode: ImportMode,
  { core, now }: Running,
): Promise<Changed | (NetworkPreview & { change: api.NetworkChange })> {
  const source = await networkSourceAt(path)
  const before = core.state()
  let change: ReturnType<typeof changeFrom>
  try {
    change = changeFrom(source, mode, before)
  } catch (error) {
    const { faults, faultCount } = error instanceof DetourError ? error.details : {}
    if (!Array.isArray(faults)) throw error
    const { version } = before.network
    return {
      faults: faults as FileFault[],
      faultCount: Number(faultCount),
      version,
      differences: [],
      findings: [],
    }
  }
  const preview = previewChange(before, change, now())
  if (preview.refusal !== null) throw refusal(preview.refusal.reason, preview.refusal.details)
  return { ...preview, change }
}

function refusal(reason: string | null, details: Record<string, unknown> = {}): Error {
  return fail('CORE_REFUSED', { ...details, reason })
}

/** Rows of a table for people. */
const shownMost = 50

function showChanged(done: string, { faults, faultCount, version, differences, findings }: Changed): string {
  if (faultCount > 0) {
    const rows = faults.slice(0, shownMost).map(({ file, row, field, reason }) => [file, row, field, reason])
    const count = `${showNumber(faultCount, 'fault')}${firstOf(faultCount)}; nothing was changed:`
    return `${count}\n${showTable(['file', 'row', 'field', 'reason'], rows)}`
  }
  const rows = differences.map(({ list, counts }) => [list, counts.added, counts.changed, counts.removed])
  const lines =
    rows.length === 0
      ? [`The network is as the files say: version ${version}.`]
      : [done, showTable([`version ${version}`, 'added', 'changed', 'removed'], rows)]
  if (findings.length > 0) {
    const odd = findings.slice(0, shownMost).map(({ code, kind, id, text }) => [kind, id, code, text])
    lines.push(`${showNumber(findings.length, 'thing')} to look at${firstOf(findings.length)}:`)
    lines.push(showTable(['list', 'id', 'code', ''], odd))
  }
  return lines.join('\n')
}

function firstOf(count: number): string {
  return count > shownMost ? ` (the first ${shownMost} here, all with --json)` : ''
}
