// Reads and writes a network as one YAML text, in the words of the API. All of it, or what is wrong with every line.

import { type Document, isMap, isNode, LineCounter, parseDocument, stringify } from 'yaml'
import { api } from '#data/contracts'
import { reasonOf } from '#data/kernel'
import {
  type NetworkEntry as Entry,
  emptyNetwork,
  entryId,
  type ListName,
  listNames,
  referencesOf,
} from '#orchestrator/core'
import { Faults, faultsMost } from './faults.ts'
import type { ReadNetwork, ReadOptions } from './read-files.ts'
import { completed, type Path, type Shape } from './shapes.ts'

/** Characters of a text at most. */
const charactersMost = 30_000_000

/** The network in a YAML text. @param file its name, for faults */
export function readNetworkYaml(
  text: string,
  file: string,
  { base = emptyNetwork, references = 'fault' }: ReadOptions = {},
): ReadNetwork {
  const faults = new Faults()
  const done = (put: Partial<api.NetworkDocument>): ReadNetwork => ({
    put,
    faults: faults.named,
    faultCount: faults.count,
  })
  if (text.length > charactersMost) {
    faults.add(file, null, null, `is longer than ${charactersMost} characters; CSV files may be larger`)
    return done({})
  }
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  for (const error of document.errors)
    faults.add(file, lines.linePos(error.pos[0]).line, null, reasonOf(error))
  if (faults.count > 0) return done({})
  const odd = new Set<string>()
  const blame = (at: Path, reason: string) => {
    odd.add(`${at[0]}.${at[1]}`)
    const line = faults.count < faultsMost ? lineOf(document, lines, at) : null
    faults.add(file, line, at.length === 0 ? null : at.join('.'), reason)
  }
  let content: unknown
  try {
    content = document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    faults.add(file, null, null, reasonOf(error))
    return done({})
  }
  const put = readLists(content ?? {}, blame)
  findTwice(put, blame)
  if (references === 'fault') findUnknown(put, base, odd, blame)
  return done(put)
}

/** Only lists that the text names. */
function readLists(
  content: unknown,
  blame: (at: Path, reason: string) => void,
): Partial<api.NetworkDocument> {
  const { properties = {} } = api.networkDocument as unknown as Shape
  const isObject = typeof content === 'object' && content !== null && !Array.isArray(content)
  const named = isObject ? Object.keys(properties).filter((list) => Object.hasOwn(content, list)) : []
  const shape: Shape = {
    type: 'object',
    properties: Object.fromEntries(named.map((list) => [list, properties[list] ?? {}])),
  }
  const extra = isObject ? Object.keys(content).filter((name) => !Object.hasOwn(properties, name)) : []
  for (const name of extra) {
    blame([name], `is no list of a network; they are ${Object.keys(properties).join(', ')}`)
  }
  const known = isObject ? Object.fromEntries(named.map((list) => [list, (content as never)[list]])) : content
  return (completed(shape, known, [], blame) ?? {}) as Partial<api.NetworkDocument>
}

function entriesIn(put: Partial<api.NetworkDocument>, list: ListName): readonly (Entry | null)[] {
  return put[list] ?? []
}

function findTwice(put: Partial<api.NetworkDocument>, blame: (at: Path, reason: string) => void): void {
  for (const list of listNames) {
    const seen = new Set<string>()
    entriesIn(put, list).forEach((entry, i) => {
      if (entry === null) return
      const id = entryId(list, entry)
      if (seen.has(id)) blame([list, i], `${id} is there twice`)
      seen.add(id)
    })
  }
}

function findUnknown(
  put: Partial<api.NetworkDocument>,
  base: api.NetworkDocument,
  odd: ReadonlySet<string>,
  blame: (at: Path, reason: string) => void,
): void {
  const ids = new Map<ListName, Set<string>>()
  for (const list of listNames) {
    const entries = [...(base[list] as Entry[]), ...entriesIn(put, list)].filter((entry) => entry !== null)
    ids.set(list, new Set(entries.map((entry) => entryId(list, entry))))
  }
  for (const list of listNames) {
    entriesIn(put, list).forEach((entry, i) => {
      if (entry === null || odd.has(`${list}.${i}`)) return
      for (const { list: other, id, field } of referencesOf(list, entry)) {
        if (!ids.get(other)?.has(id)) blame([list, i, field], `${id} is not one of the ${other}`)
      }
    })
  }
}

/** Line of a place, or of the nearest that holds it. */
function lineOf(document: Document, lines: LineCounter, at: Path): number | null {
  for (let length = at.length; length > 0; length--) {
    const parent = length === 1 ? document.contents : document.getIn(at.slice(0, length - 1), true)
    const name = at[length - 1]
    const key = isMap(parent)
      ? parent.items.find((pair) => isNode(pair.key) && (pair.key as { value?: unknown }).value === name)?.key
      : undefined
    const place = isNode(key) ? key : document.getIn(at.slice(0, length), true)
    if (isNode(place) && place.range) return lines.linePos(place.range[0]).line
  }
  return null
}

/** The network as YAML, the same text for the same network. */
export function writeNetworkYaml(document: api.NetworkDocument): string {
  const lists = Object.fromEntries(
    Object.keys(api.networkDocument.properties).map((list) => [list, document[list as ListName]]),
  )
  return stringify(lists, { aliasDuplicateObjects: false, lineWidth: 0 })
}
