// Reads a mapping file and says what is wrong with it, by line and column. It never touches the files it maps.

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Value } from 'typebox/value'
import { type Document, LineCounter, parseDocument } from 'yaml'
import { columnsOf, type EntityName, entities } from '#data/contracts'
import { fail, isCurrency, isTimeZone, reasonOf } from '#data/kernel'
import { type EntitySpec, type FieldSpec, type MappingFile, mappingSchema } from './schema.ts'

/** A mapping that was read and found sound. */
export interface Mapping {
  name: string
  provider: string
  market: string
  timeZone: string
  currency: string | null
  /** SHA-256 of the file's text, hex: its version. */
  version: string
  /** Where it came from, for messages. */
  path: string
  text: string
  file: MappingFile
  /** An INGEST_MAPPING_INVALID that points at a place in the file. */
  fault(at: (string | number)[], reason: string): Error
}

type Path = (string | number)[]

/**
 * The mapping of a YAML text.
 * @param path for messages
 * @throws INGEST_MAPPING_INVALID with line and column of the first fault
 */
export function parseMapping(text: string, path: string): Mapping {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    maxAliasCount: 20,
  } as object)
  const fault = (at: Path, reason: string, offset?: number): Error => {
    const { line, col } = lines.linePos(offset ?? offsetOf(document, at))
    return fail('INGEST_MAPPING_INVALID', { path, line, column: col, reason })
  }
  const [broken] = document.errors
  if (broken !== undefined) throw fault([], reasonOf(broken), broken.pos[0])
  let content: unknown
  try {
    content = document.toJS({ maxAliasCount: 20 })
  } catch (error) {
    throw fault([], reasonOf(error))
  }
  const shape = firstShapeFault(content)
  if (shape !== null) throw fault(shape.at, shape.reason)
  const file = content as MappingFile
  const sense = firstSenseFault(file)
  if (sense !== null) throw fault(sense.at, sense.reason)
  return {
    name: file.mapping,
    provider: file.provider ?? file.mapping,
    market: file.market ?? 'main',
    timeZone: file.timeZone ?? 'UTC',
    currency: file.currency ?? null,
    version: createHash('sha256').update(text).digest('hex'),
    path,
    text,
    file,
    fault,
  }
}

/** The mapping in a file. @throws INGEST_PATH_UNREADABLE, INGEST_MAPPING_INVALID */
export async function readMapping(path: string): Promise<Mapping> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw fail('INGEST_PATH_UNREADABLE', { path, reason: reasonOf(error) }, { cause: error })
  })
  return parseMapping(text, path)
}

/** A field in its long form. */
export function longForm(field: string | FieldSpec): FieldSpec {
  return typeof field === 'string' ? { column: field } : field
}

interface Fault {
  at: Path
  reason: string
}

function firstShapeFault(content: unknown): Fault | null {
  if (Value.Check(mappingSchema, content)) return null
  const faults = [...Value.Errors(mappingSchema, content)].map((error) => {
    const params = error.params as { additionalProperties?: string[]; requiredProperties?: string[] }
    const at = error.instancePath
      .split('/')
      .slice(1)
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    const unknown = params.additionalProperties?.[0]
    return unknown === undefined
      ? { at, reason: `${at.at(-1) ?? 'the file'}: ${error.message}${list(params.requiredProperties)}` }
      : { at: [...at, unknown], reason: `"${unknown}" is not a word of the mapping language here` }
  })
  faults.sort((a, b) => b.at.length - a.at.length)
  return faults[0] ?? { at: [], reason: 'not a mapping' }
}

function list(names: string[] | undefined): string {
  return names === undefined ? '' : ` (${names.join(', ')})`
}

function firstSenseFault(file: MappingFile): Fault | null {
  if (file.timeZone !== undefined && !isTimeZone(file.timeZone)) {
    return { at: ['timeZone'], reason: `"${file.timeZone}" is not an IANA time zone` }
  }
  if (file.currency !== undefined && !isCurrency(file.currency)) {
    return { at: ['currency'], reason: `"${file.currency}" is not an ISO 4217 currency` }
  }
  for (const [role, spec] of Object.entries(file.files)) {
    const fault = encodingFault(role, spec.encoding)
    if (fault !== null) return fault
  }
  for (const [name, spec] of Object.entries(file.entities)) {
    const fault = entityFault(file, name, spec)
    if (fault !== null) return fault
  }
  return null
}

function encodingFault(role: string, encoding: string | undefined): Fault | null {
  try {
    new TextDecoder(encoding ?? 'utf-8')
    return null
  } catch {
    return { at: ['files', role, 'encoding'], reason: `"${encoding}" is not an encoding this runtime knows` }
  }
}

function entityFault(file: MappingFile, name: string, spec: EntitySpec): Fault | null {
  const at: Path = ['entities', name]
  if (!Object.hasOwn(entities, name)) {
    return { at, reason: `there is no entity "${name}"; there are ${Object.keys(entities).join(', ')}` }
  }
  if (file.files[spec.from] === undefined) {
    return { at: [...at, 'from'], reason: `"${spec.from}" is not one of the files` }
  }
  for (const [alias, join] of Object.entries(spec.join ?? {})) {
    if (file.files[join.file] === undefined) {
      return { at: [...at, 'join', alias, 'file'], reason: `"${join.file}" is not one of the files` }
    }
  }
  const columns = columnsOf(entities[name as EntityName].mapped)
  for (const [field, value] of Object.entries(spec.fields)) {
    const fault = fieldFault(
      [...at, 'fields', field],
      field,
      value,
      columns.map((column) => column.name),
    )
    if (fault !== null) return fault
  }
  const missing = columns.find((column) => !column.nullable && spec.fields[column.name] === undefined)
  if (missing === undefined) return null
  return {
    at: [...at, 'fields'],
    reason: `${name} needs the field "${missing.name}" (${missing.description})`,
  }
}

function fieldFault(at: Path, field: string, value: string | FieldSpec, known: string[]): Fault | null {
  if (!known.includes(field))
    return { at, reason: `there is no field "${field}"; there are ${known.join(', ')}` }
  const spec = longForm(value)
  const sources = [spec.column, spec.firstOf, spec.value, spec.expr].filter((source) => source !== undefined)
  if (sources.length !== 1) return { at, reason: 'give exactly one of column, firstOf, value, expr' }
  if (spec.timeZone !== undefined && !isTimeZone(spec.timeZone)) {
    return { at: [...at, 'timeZone'], reason: `"${spec.timeZone}" is not an IANA time zone` }
  }
  return null
}

/** Where the node of a path stands in the text; the nearest parent's place when there is none. */
function offsetOf(document: Document, at: Path): number {
  for (let length = at.length; length > 0; length--) {
    const parent = length === 1 ? document.contents : document.getIn(at.slice(0, length - 1), true)
    const items = (parent as { items?: { key?: { value?: unknown; range?: [number] } }[] } | null)?.items
    const pair = items?.find((item) => item.key?.value === at[length - 1])
    if (pair?.key?.range !== undefined) return pair.key.range[0]
    const node = document.getIn(at.slice(0, length), true) as { range?: [number] } | undefined
    if (node?.range !== undefined) return node.range[0]
  }
  return 0
}
