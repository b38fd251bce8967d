// What is wrong with single tiles, and with what comes before them: steps that need another one first, names of
// policies and actions that are not there. It reads no expression.

import type { api } from '#data/contracts'
import type { Findings } from './finding.ts'
import { reachedFrom } from './graph.ts'

/** What a flow may name. */
export interface KnownNames {
  /** Kinds of the policies in force, by id. */
  policies: ReadonlyMap<string, (typeof api.policyKinds)[number]>
  /** Names of provider actions. */
  actions: ReadonlySet<string>
  /** Files of custom actions; null = not known here. */
  files: ReadonlySet<string> | null
  nodes: ReadonlySet<string>
  /** Why an address may not be called, null = it may. */
  refusedUrl(url: string): string | null
}

/** Tiles that make sense where there is no order. */
const ofStock: ReadonlySet<string> = new Set([
  ...['start', 'exit', 'condition', 'condition_merge', 'timer', 'wait', 'approval'],
  ...['message', 'provider', 'custom_http', 'custom_file', 'splitter', 'splitter_merge'],
])
/** Tiles that do something with an order that has not left. */
const beforeLeaving: ReadonlySet<string> = new Set([
  ...['validate_header', 'validate_lines', 'source', 'assign_node', 'reserve', 'soft_reserve', 'release'],
])
const checks: ReadonlySet<string> = new Set(['validate_header', 'validate_lines'])
const placing: ReadonlySet<string> = new Set(['source', 'assign_node', 'reserve'])
/** Where branches meet: what one did not do another may have done. */
const meeting = 'splitter_merge'
/** Events that begin runs, by kind. */
const startEvents: Readonly<Record<api.FlowKind, readonly string[]>> = {
  order: [],
  return: ['ReturnRequested', 'ReturnReceived'],
  inventory: [
    ...['StockCounted', 'StockAdjusted', 'StockAllocated', 'StockReleased', 'StockShipped'],
    ...['StockReserved', 'SafetyStockSet', 'SupplyReceived'],
  ],
}

/** Checks tiles one by one. @param start name of the start */
export function checkTiles(
  document: api.FlowDocument,
  start: string,
  known: KnownNames,
  findings: Findings,
): void {
  const tiles = new Map(document.tiles.map((tile) => [tile.id, tile]))
  for (const tile of document.tiles) {
    checkKind(tile, document.kind, findings)
    checkNames(tile, known, findings)
    if (tile.type === 'wait' && tile.timedOut !== undefined && tile.timeoutMinutes === undefined)
      findings.warning(
        'timed_out_unused',
        tile.id,
        'It waits for ever, so the way "timed out" is never taken.',
      )
    if (tile.type === 'splitter') checkSplitter(tile, document.kind, findings)
  }
  if (document.kind !== 'order') return
  checkBefore('not_validated', placing, checks, 'checks the order first')
  checkBefore('not_placed', new Set(['release']), new Set([...placing, meeting]), 'finds nodes first')
  checkBefore('not_allocated', new Set(['release']), new Set(['reserve', meeting]), 'allocates stock first')

  function checkBefore(
    code: string,
    later: ReadonlySet<string>,
    first: ReadonlySet<string>,
    words: string,
  ): void {
    const guards = new Set(document.tiles.flatMap(({ id, type }) => (first.has(type) ? [id] : [])))
    for (const name of reachedFrom(tiles, start, guards)) {
      const tile = tiles.get(name)
      if (tile === undefined || !later.has(tile.type) || guards.has(name)) continue
      findings.error(code, name, `A way leads to ${name} on which no tile ${words}.`)
    }
  }
}

function checkKind(tile: api.FlowTile, kind: api.FlowKind, findings: Findings): void {
  if (kind === 'inventory' && !ofStock.has(tile.type))
    findings.error('tile_of_other_kind', tile.id, `${tile.type} needs an order; this flow is about stock.`)
  if (kind === 'return' && beforeLeaving.has(tile.type))
    findings.error('tile_of_other_kind', tile.id, `${tile.type} is over for goods that come back.`)
  if (tile.type !== 'start') return
  const allowed = startEvents[kind]
  const { events = [] } = tile
  const strange = events.filter((event) => !allowed.includes(event))
  if (kind !== 'order' && events.length === 0)
    findings.error('start_event_missing', tile.id, `Name the events that begin it: ${allowed.join(', ')}.`)
  if (strange.length > 0) {
    const may = allowed.length === 0 ? 'a new order alone begins it' : `there are ${allowed.join(', ')}`
    findings.error('start_event_unknown', tile.id, `${strange.join(', ')} does not begin a flow; ${may}.`)
  }
}

function checkNames(tile: api.FlowTile, known: KnownNames, findings: Findings): void {
  const { id } = tile
  const policy = (policyId: string, kind: 'filter' | 'execution') => {
    const found = known.policies.get(policyId)
    if (found === undefined) findings.error('policy_unknown', id, `No policy named ${policyId} is in force.`)
    else if (found !== kind)
      findings.error('policy_of_other_kind', id, `${policyId} is no ${kind} policy but one of kind ${found}.`)
  }
  if ('filter' in tile && tile.filter !== undefined) policy(tile.filter, 'filter')
  if ('policies' in tile) for (const policyId of tile.policies ?? []) policy(policyId, 'execution')
  const action = (name: string) => {
    if (!known.actions.has(name))
      findings.error(
        'action_unknown',
        id,
        `There is no provider action ${name}; there are ${list(known.actions)}.`,
      )
  }
  const url = (text: string | undefined) => {
    const reason = text === undefined ? null : known.refusedUrl(text)
    if (reason !== null) findings.error('url_refused', id, `It may not call that address: ${reason}.`)
  }
  switch (tile.type) {
    case 'provider':
      action(tile.action)
      if (tile.undoAction !== undefined) action(tile.undoAction)
      if (tile.action === 'http' && tile.url === undefined)
        findings.error('url_missing', id, 'The action http needs a url.')
      url(tile.url)
      break
    case 'invoice':
      if (tile.with !== undefined) action(tile.with)
      break
    case 'custom_http':
      url(tile.url)
      url(tile.undoUrl)
      break
    case 'custom_file':
      if (known.files !== null && !known.files.has(tile.file))
        findings.error(
          'file_unknown',
          id,
          `There is no ${tile.file}.js or ${tile.file}.ts in the folder actions.`,
        )
      break
    case 'assign_node':
    case 'soft_reserve':
      if (tile.nodeId !== undefined && !known.nodes.has(tile.nodeId))
        findings.error('node_unknown', id, `There is no node ${tile.nodeId}.`)
      break
  }
}

function list(names: ReadonlySet<string>): string {
  return [...names].slice(0, 20).join(', ')
}

function checkSplitter(tile: api.FlowTileOf<'splitter'>, kind: api.FlowKind, findings: Findings): void {
  const { id, by, branches } = tile
  if (by === 'lines' && kind === 'inventory')
    findings.error('tile_of_other_kind', id, 'Stock has no lines: split by all.')
  if (by === 'all') {
    if (tile.rest !== undefined)
      findings.warning(
        'rest_unused',
        id,
        'A splitter by all begins every branch that holds: nothing is left.',
      )
    return
  }
  const open = branches.findIndex(({ when }) => when.trim() === '')
  const isLast = open === branches.length - 1
  if (open !== -1 && !isLast)
    findings.error(
      'branch_shadowed',
      id,
      `Branch ${open + 1} takes all lines, so the ones after it get none.`,
    )
  if (open !== -1 && tile.rest !== undefined)
    findings.warning('rest_unused', id, `Branch ${open + 1} takes all lines: nothing is left.`)
  const seen = new Map<string, number>()
  for (const [i, { when }] of branches.entries()) {
    const first = seen.get(when.trim())
    if (first !== undefined && when.trim() !== '') {
      const text = `Branch ${i + 1} asks the same as branch ${first + 1}, which takes the lines first.`
      findings.error('branch_shadowed', id, text)
    }
    seen.set(when.trim(), first ?? i)
  }
}
