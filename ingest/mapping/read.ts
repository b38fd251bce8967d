// Reads a mapping file and says what is wrong with it, by line and column. It never touches the files it maps.

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { Value } from 'typebox/value'
import { type Document, LineCounter, parseDocument } from 'yaml'
import { type Column, columnsOf, type EntityName, entities } from '#data/contracts'
import { fail, isCurrency, isTimeZone, reasonOf } from '#data/kernel'
import { unitsOf } from '../entity/field.ts'
import { type EntitySpec, type FieldSpec, type FileSpec, type MappingFile, mappingSchema } from './schema.ts'

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
    const extra = params.additionalProperties?.[0]
    const place = extra === undefined ? at : [...at, extra]
    const isExtra = extra !== undefined || error.message === 'schema is false'
    const word = isExtra ? strangeWord(place) : `${at.at(-1) ?? 'the file'}: ${wording(error, at)}`
    return { at: place, reason: `${word}${list(params.requiredProperties)}`, allowed: allowed(error) }
  })
  faults.sort((a, b) => b.at.length - a.at.length)
  const [first] = faults
  if (first === undefined) return { at: [], reason: 'not a mapping' }
  const choices = faults
    .filter((fault) => fault.at.join('/') === first.at.join('/'))
    .flatMap((f) => f.allowed)
  if (choices.length === 0) return first
  return { at: first.at, reason: `${first.at.at(-1)}: must be one of ${choices.join(', ')}` }
}

type ShapeError = ReturnType<typeof Value.Errors>[number]

function allowed(error: ShapeError): string[] {
  const { allowedValue } = error.params as { allowedValue?: unknown }
  return allowedValue === undefined ? [] : [JSON.stringify(allowedValue)]
}

function strangeWord(at: string[]): string {
  const isName = (at.length === 2 && at[0] === 'files') || (at.length === 4 && at[2] === 'join')
  return isName
    ? `"${at.at(-1)}" cannot be a name here: use a-z, 0-9 and _, beginning with a letter`
    : `"${at.at(-1)}" is not a word of the mapping language here`
}

function wording(error: ShapeError, at: string[]): string {
  const isField = at.length === 4 && at[2] === 'fields'
  if (isField) return 'must be the name of a column, or { ... } with column, firstOf, value or expr'
  const isText = error.keyword === 'type' && error.message === 'must be string'
  return isText ? 'must be text: put it in quotes' : error.message
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
    const fault = fileFault(role, spec)
    if (fault !== null) return fault
  }
  for (const [name, spec] of Object.entries(file.entities)) {
    const fault = entityFault(file, name, spec)
    if (fault !== null) return fault
  }
  return null
}

function fileFault(role: string, spec: FileSpec): Fault | null {
  const at: Path = ['files', role]
  if (spec.header === false && spec.columns === undefined) {
    return { at: [...at, 'header'], reason: 'a file without a header needs "columns", in order' }
  }
  try {
    new TextDecoder(spec.encoding ?? 'utf-8')
    return null
  } catch {
    return { at: [...at, 'encoding'], reason: `"${spec.encoding}" is not an encoding this runtime knows` }
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
    const place = [...at, 'join', alias]
    if (alias === 'b' || alias === 'e' || alias === 'document' || alias === 'element') {
      return { at: place, reason: `"${alias}" is taken: name the join otherwise` }
    }
    if (file.files[join.file] === undefined) {
      return { at: [...place, 'file'], reason: `"${join.file}" is not one of the files` }
    }
  }
  const columns = columnsOf(entities[name as EntityName].mapped)
  for (const [field, value] of Object.entries(spec.fields)) {
    const fault = fieldFault([...at, 'fields', field], value, columns, spec)
    if (fault !== null) return fault
  }
  const missing = columns.find((column) => !column.nullable && spec.fields[column.name] === undefined)
  if (missing === undefined) return null
  return {
    at: [...at, 'fields'],
    reason: `${name} needs the field "${missing.name}" (${missing.description})`,
  }
}

function fieldFault(
  at: Path,
  value: string | FieldSpec,
  columns: Column[],
  entity: EntitySpec,
): Fault | null {
  const column = columns.find((each) => each.name === at.at(-1))
  if (column === undefined) {
    const known = columns.map((each) => each.name).join(', ')
    return { at, reason: `there is no field "${at.at(-1)}"; there are ${known}` }
  }
  const spec = longForm(value)
  const sources = [spec.column, spec.firstOf, spec.value, spec.expr].filter((source) => source !== undefined)
  if (sources.length !== 1) return { at, reason: 'give exactly one of column, firstOf, value, expr' }
  if (spec.timeZone !== undefined && !isTimeZone(spec.timeZone)) {
    return { at: [...at, 'timeZone'], reason: `"${spec.timeZone}" is not an IANA time zone` }
  }
  const wrong = misplacedWord(spec, column, entity)
  return wrong === null ? null : { at: [...at, wrong.word], reason: wrong.reason }
}

/** A word that has no meaning for the kind of field it stands in. */
function misplacedWord(
  spec: FieldSpec,
  column: Column,
  entity: EntitySpec,
): { word: keyof FieldSpec; reason: string } | null {
  const isTime = column.type === 'TIMESTAMP WITH TIME ZONE'
  const isNumber = column.type === 'BIGINT' || column.type === 'DOUBLE'
  for (const word of ['format', 'timeZone', 'endOf'] as const) {
    if (spec[word] !== undefined && !isTime) return { word, reason: `${column.name} is not a time` }
  }
  if (spec.decimal !== undefined && !isNumber)
    return { word: 'decimal', reason: `${column.name} is not a number` }
  const units = unitsOf(column)
  if (spec.unit !== undefined && !units.includes(spec.unit)) {
    const reason = `"${spec.unit}" is not one of its units: ${units.join(', ') || 'it has none'}`
    return { word: 'unit', reason }
  }
  if (spec.otherwise !== undefined && spec.map === undefined) {
    return { word: 'otherwise', reason: '"otherwise" needs a "map"' }
  }
  if (spec.combine === undefined) return null
  if (entity.group !== true) return { word: 'combine', reason: '"combine" needs "group: true" on the entity' }
  const isSum = spec.combine === 'sum' && !isNumber
  return isSum ? { word: 'combine', reason: `${column.name} is not a number` } : null
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
