// What a change of the network leads to: all of it, or a no with its reason. Pure.

import type { api } from '#data/contracts'
import type { CommandData } from '../commands.ts'
import { answered, event, refused, type Verdict } from '../decision.ts'
import type { CoreEvent } from '../events.ts'
import type { Node } from '../market.ts'
import type { CoreState } from '../state.ts'
import { firstTwice } from './decide-strategies.ts'
import {
  applied,
  type Entry,
  entryId,
  type ListName,
  listNames,
  networkLists,
  referencesOf,
  rowsOf,
} from './network.ts'
import { oddNumber } from './numbers.ts'

/** Rows of a network in all, nested ones too. */
const rowsMost = 1_000_000
/** Lists whose entries others name. */
const referredLists: readonly ListName[] = ['groups', 'calendars', 'carriers', 'services']
/** Provider of nodes that no file tells of. */
export const ownProvider = 'network'

/** Entries put and taken away; what is as it was is no change. */
export function changeNetwork(
  state: CoreState,
  { change, by }: CommandData['ChangeNetwork'],
  at: number,
): Verdict {
  const { network } = state
  if (change.version !== undefined && change.version !== network.version) {
    return refused('network_version', { version: network.version, asked: change.version })
  }
  const { put = {}, remove = {} } = change
  const bad = badEntries(put, remove)
  if (bad !== null) return bad
  const { put: fresh, remove: gone } = differences(network.document, put, remove)
  const counts = { put: rowCount(fresh), removed: rowCount(gone) }
  if (counts.put + counts.removed === 0) return answered([], { version: network.version, ...counts })
  const next = applied(network.document, fresh, gone)
  const wrong = tooLarge(next) ?? badReference(next, fresh, gone) ?? groupInUse(state, gone)
  if (wrong !== null) return wrong
  const version = network.version + 1
  const changed = event('NetworkChanged', { put: fresh, remove: gone, version, by, at })
  return answered([changed, ...ownNodes(state, fresh, gone, at)], { version, ...counts })
}

function badEntries(put: Partial<api.NetworkDocument>, remove: Removed): Verdict | null {
  for (const list of listNames) {
    const entries: readonly Entry[] = put[list] ?? []
    const ids = entries.map((entry) => entryId(list, entry))
    const gone = remove[list] ?? []
    const twice = firstTwice([...ids, ...new Set(gone)])
    if (twice !== null) return refused('duplicate_id', { list, id: twice })
    if (ids.includes('')) return refused('id_missing', { list })
    for (const entry of entries) {
      const odd = oddNumber(entry)
      if (odd !== null) return refused('number_invalid', { list, id: entryId(list, entry), ...odd })
    }
  }
  return null
}

type Removed = NonNullable<api.NetworkChange['remove']>

/** What would really be different. */
function differences(document: api.NetworkDocument, put: Partial<api.NetworkDocument>, remove: Removed) {
  const fresh: Partial<Record<ListName, Entry[]>> = {}
  const gone: Partial<Record<ListName, string[]>> = {}
  for (const list of listNames) {
    const asked: readonly Entry[] = put[list] ?? []
    const ids = remove[list] ?? []
    if (asked.length + ids.length === 0) continue
    const known = new Map((document[list] as Entry[]).map((entry) => [entryId(list, entry), entry]))
    const changed = asked.filter((entry) => !isSame(known.get(entryId(list, entry)), entry))
    const left = [...new Set(ids)].filter((id) => known.has(id))
    if (changed.length > 0) fresh[list] = changed
    if (left.length > 0) gone[list] = left
  }
  return { put: fresh as Partial<api.NetworkDocument>, remove: gone as Removed }
}

function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  const names = Object.keys(a)
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => isSame((a as Record<string, unknown>)[name], (b as Record<string, unknown>)[name]))
  )
}

function rowCount(lists: Partial<Record<ListName, readonly unknown[]>>): number {
  return listNames.reduce((sum, list) => sum + (lists[list]?.length ?? 0), 0)
}

function tooLarge(document: api.NetworkDocument): Verdict | null {
  for (const list of listNames) {
    const { most } = networkLists[list]
    if (document[list].length > most) return refused('too_large', { list, most })
  }
  return rowsOf(document) > rowsMost ? refused('too_large', { what: 'rows', most: rowsMost }) : null
}

/** What is put needs entries that are there; what stays needs none of those that go. */
function badReference(
  next: api.NetworkDocument,
  put: Partial<api.NetworkDocument>,
  remove: Removed,
): Verdict | null {
  const known = new Map(
    referredLists.map((list) => [
      list,
      new Set((next[list] as Entry[]).map((entry) => entryId(list, entry))),
    ]),
  )
  const judged = rowCount(remove) > 0 ? next : put
  for (const list of listNames) {
    for (const entry of (judged[list] ?? []) as Entry[]) {
      for (const reference of referencesOf(list, entry)) {
        if (known.get(reference.list)?.has(reference.id)) continue
        const isRemoved = remove[reference.list]?.includes(reference.id) === true
        const by = { list, id: entryId(list, entry), field: reference.field }
        return refused(isRemoved ? 'still_referenced' : 'reference_unknown', {
          kind: reference.list,
          id: reference.id,
          by,
        })
      }
    }
  }
  return null
}

/** Strategies in force name groups too. */
function groupInUse({ strategies }: CoreState, remove: Removed): Verdict | null {
  const gone = new Set(remove.groups)
  if (gone.size === 0) return null
  const seen = new Set<string>()
  for (const { strategyId, sourceLists } of strategies.strategies) {
    if (seen.has(strategyId)) continue
    seen.add(strategyId)
    const id = sourceLists.flatMap(({ groupIds }) => groupIds).find((groupId) => gone.has(groupId))
    if (id !== undefined) return refused('still_referenced', { kind: 'groups', id, by: { strategyId } })
  }
  return null
}

/** Nodes that no file tells of become nodes of the market; those taken away get no new work. */
function ownNodes(
  state: CoreState,
  put: Partial<api.NetworkDocument>,
  remove: Removed,
  at: number,
): CoreEvent[] {
  const defined = (put.nodes ?? []).flatMap((said) => {
    const known = state.nodes.get(said.nodeId)
    return known === undefined || known.provider === ownProvider ? [nodeOf(said)] : []
  })
  const closed = (remove.nodes ?? []).flatMap((nodeId) => {
    const known = state.nodes.get(nodeId)
    return known?.provider === ownProvider ? [{ ...known, isActive: false }] : []
  })
  return [...defined, ...closed].map((node) => event('NodeDefined', { node, at }))
}

function nodeOf(said: api.NetworkNode): Node {
  const { nodeId, country, region, city, postalCode, latitude, longitude, cutOff, isActive } = said
  return {
    nodeId,
    provider: ownProvider,
    externalId: nodeId,
    name: said.name ?? nodeId,
    type: said.type ?? 'warehouse',
    timeZone: said.timeZone ?? 'UTC',
    ...{ country, region, city, postalCode, latitude, longitude },
    dailyCapacity: said.capacity.ordersPerDay,
    cutOff,
    processingCostCents: said.orderCostCents === null ? null : Math.round(said.orderCostCents),
    isActive,
    carriers: [],
  }
}
