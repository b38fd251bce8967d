// From files of a network to the change that makes them true, and what a change would make different. It carries
// nothing out.

import type { api } from '#data/contracts'
import { fail } from '#data/kernel'
import {
  type CoreState,
  decide,
  type NetworkEntry as Entry,
  emptyNetwork,
  entryId,
  evolve,
  type ListName,
  listNames,
} from '#orchestrator/core'
import { type ReadNetwork, readNetworkFiles } from './read-files.ts'
import { readNetworkYaml } from './yaml.ts'

/** A network in files, or in one YAML text with its name. */
export type NetworkSource = { files: Readonly<Record<string, string>> } | { yaml: string; name: string }

/** What becomes of what the files do not name: it stays, or it goes. */
export type ImportMode = 'merge' | 'replace'

/**
 * The change that files ask for, on the network as it is.
 * @throws SOURCING_FILE_INVALID with every fault, at most 1,000 of them
 */
export function changeFrom(
  source: NetworkSource,
  mode: ImportMode,
  { network }: CoreState,
): api.NetworkChange {
  const base = mode === 'merge' ? network.document : emptyNetwork
  const read = readSource(source, base)
  assertRead(read)
  const { version } = network
  if (mode === 'merge') return { put: read.put, version }
  const remove: Partial<Record<ListName, string[]>> = {}
  for (const list of listNames) {
    const kept = new Set(((read.put[list] ?? []) as Entry[]).map((entry) => entryId(list, entry)))
    remove[list] = (network.document[list] as Entry[])
      .map((entry) => entryId(list, entry))
      .filter((id) => !kept.has(id))
  }
  return { put: read.put, remove, version }
}

/** What a source says, faults and all. @param base what is there already */
export function readSource(
  source: NetworkSource,
  base: api.NetworkDocument,
  references: 'fault' | 'keep' = 'fault',
): ReadNetwork {
  const options = { base, references }
  return 'files' in source
    ? readNetworkFiles(source.files, options)
    : readNetworkYaml(source.yaml, source.name, options)
}

/** Nothing where all could be read. @throws SOURCING_FILE_INVALID */
export function assertRead({ faults, faultCount }: ReadNetwork): void {
  const [first] = faults
  if (first === undefined) return
  const { file, row, field } = first
  const place = [row === null ? null : `row ${row}`, field].filter((part) => part !== null).join(', ')
  const more = faultCount > 1 ? ` (and ${faultCount - 1} more)` : ''
  const reason = `${place === '' ? '' : `${place}: `}${first.reason}${more}`
  throw fail('SOURCING_FILE_INVALID', { file, row, field, reason, faultCount, faults })
}

/** What a change would lead to. */
export interface NetworkPreview {
  /** Reason of a refusal and what it is about; null = it would be carried out. */
  refusal: { reason: string; details: Record<string, unknown> } | null
  version: number
  /** After the change. */
  state: CoreState
  differences: api.NetworkDifference[]
}

/** Ids told for each list and kind of difference. */
const idsMost = 1_000

/** What the change would lead to in this state; nothing is carried out. */
export function previewChange(state: CoreState, change: api.NetworkChange, at: number): NetworkPreview {
  const data = { change, by: '' }
  const verdict = decide(state, { commandId: '', type: 'ChangeNetwork', data, at })
  if ('refused' in verdict) {
    const refusal = { reason: verdict.refused, details: verdict.answer.details ?? {} }
    return { refusal, version: state.network.version, state, differences: [] }
  }
  const next = verdict.events.reduce(evolve, state)
  const changed = verdict.events.find((event) => event.type === 'NetworkChanged')
  const differences =
    changed === undefined ? [] : differencesOf(state.network.document, changed.data as Difference)
  return { refusal: null, version: next.network.version, state: next, differences }
}

interface Difference {
  put: Partial<api.NetworkDocument>
  remove: NonNullable<api.NetworkChange['remove']>
}

function differencesOf(document: api.NetworkDocument, { put, remove }: Difference): api.NetworkDifference[] {
  return listNames.flatMap((list) => {
    const known = new Set((document[list] as Entry[]).map((entry) => entryId(list, entry)))
    const ids = ((put[list] ?? []) as Entry[]).map((entry) => entryId(list, entry))
    const added = ids.filter((id) => !known.has(id))
    const changed = ids.filter((id) => known.has(id))
    const removed = remove[list] ?? []
    if (ids.length + removed.length === 0) return []
    const counts = { added: added.length, changed: changed.length, removed: removed.length }
    const told = (all: readonly string[]) => all.slice(0, idsMost)
    return [{ list, added: told(added), changed: told(changed), removed: told(removed), counts }]
  })
}
