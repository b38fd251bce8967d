// Builds the one query that turns landed records into rows of an entity, and says of each record what is wrong with it.

import { type Column, columnsOf, type EntityName, entities } from '#data/contracts'
import { currencies as allCurrencies, fail, minorUnitsOf, quoteName, quoteText } from '#data/kernel'
import { longForm, type Mapping } from '../mapping/read.ts'
import type { EntitySpec, FieldSpec } from '../mapping/schema.ts'
import {
  type CompiledField,
  compileField,
  type FieldSurroundings,
  mapSql,
  type ProblemTest,
  textName,
} from './field.ts'
import { oddities } from './flags.ts'
import type { FoundColumn, SourceSql } from './source.ts'
import { destinationZoneSql } from './zones.ts'

/** An entity as SQL. */
export interface CompiledEntity {
  name: EntityName
  spec: EntitySpec
  columns: Column[]
  /**
   * Query over all records: `__file, __row, __order`, the mapped columns, `flags`,
   * and `__problem`: null, or the place (from 1) of the first problem in `problems`.
   */
  records: string
  /** The same over the records in `temp.load_left_out` alone. */
  leftOut: string
  /** Query of the rows: the sound records, combined where several make one row. */
  rows: string
  problems: ProblemTest[]
  /** SQL texts of the reasons, over the columns of `select` with texts. */
  reasons: string
  /** Other files the entity joins. */
  joins: string[]
}

/**
 * The query of an entity.
 * @throws INGEST_MAPPING_INVALID when a column is named that no file has
 */
export function compileEntity(name: EntityName, mapping: Mapping, source: SourceSql): CompiledEntity {
  const spec = mapping.file.entities[name]
  if (spec === undefined) throw fail('INTERNAL', { reason: `no entity ${name}` })
  const columns = columnsOf(entities[name].mapped)
  if (spec.each !== undefined && !source.isDocument(spec.from)) {
    throw mapping.fault(['entities', name, 'each'], `"each" is for JSON; ${spec.from} is a table of columns`)
  }
  checkJoins(name, spec, mapping, source)
  const needed = source.joinedNames(spec)
  const reader = new FieldReader(name, spec, mapping, source, needed)
  const around = surroundings(name, reader, mapping)
  const fields = columns.map((column) => {
    const field = spec.fields[column.name]
    const long = field === undefined ? {} : longForm(field)
    return compileField(column, field === undefined ? null : reader.text(column, long), long, around)
  })
  const problems = fields.flatMap((field) => field.problems)
  if (source.isDocument(spec.from)) {
    problems.unshift({
      field: 'document',
      code: 'json_invalid',
      test: 'NOT __is_json',
      reason: `'the record is not JSON'`,
    })
  }
  const recordsOf = (relation: string) => recordsSql(name, spec, fields, problems, relation, source, reader)
  const records = recordsOf(source.relation(spec, needed))
  return {
    name,
    spec,
    columns,
    records,
    leftOut: recordsOf(source.relation(spec, needed, 'temp.load_left_out')),
    rows:
      spec.group === true
        ? groupSql(name, fields, spec, records)
        : `SELECT * FROM (${records}) WHERE __problem IS NULL`,
    problems,
    reasons: `CASE __problem ${problems.map((problem, i) => `WHEN ${i + 1} THEN ${problem.reason}`).join(' ')} END`,
    joins: Object.values(spec.join ?? {}).map((join) => join.file),
  }
}

function recordsSql(
  name: EntityName,
  spec: EntitySpec,
  fields: CompiledField[],
  problems: ProblemTest[],
  relation: string,
  source: SourceSql,
  reader: FieldReader,
): string {
  const given = fields.filter((field) => field.text !== null)
  const texts = given.map((field) => `${field.text} AS ${textName(field.column.name)}`)
  const values = fields.map((field) => `${field.value} AS ${quoteName(field.column.name)}`)
  const flags = [
    ...Object.entries(oddities[name] ?? {}),
    ...Object.entries(spec.flags ?? {}),
    ...fields.flatMap((field) => (field.flag === null ? [] : [[field.flag.name, field.flag.test] as const])),
  ].map(([flag, test]) => `CASE WHEN TRY(${test}\n) THEN ${quoteText(flag)} END`)
  const noFlags = '[]::VARCHAR[]'
  const flagList =
    flags.length === 0
      ? noFlags
      : `CASE WHEN coalesce(${flags.join(', ')}) IS NULL THEN ${noFlags}
      ELSE list_filter([${flags.join(', ')}], lambda f: f IS NOT NULL) END`
  const tests = problems.map((problem, i) => `WHEN ${problem.test} THEN ${i + 1}`)
  const isJson = source.isDocument(spec.from) ? ['b.document IS NOT NULL AS __is_json'] : []
  const cells = ['b.__file', 'b.__row', 'b.__order', ...isJson, ...texts]
  const broken = source.isDocument(spec.from) ? ' OR b.document IS NULL' : ''
  const where = spec.where === undefined ? '' : `WHERE TRY(${spec.where}\n)${broken}`
  return `
    SELECT *, ${flagList} AS flags, CASE ${tests.join('\n      ')} END + ${barrier} AS __problem
    FROM (
      SELECT *, ${values.join(',\n        ')}
      FROM (
        SELECT ${cells.join(',\n          ')}${reader.currencySql}${reader.zoneSql}
        FROM ${relation}
        ${where}
      )
    )`
}

/**
 * Nothing, but volatile: so a filter on `__problem` stays above the columns it is computed from. Without it the
 * optimiser pushes the filter down and every cast is computed twice.
 */
const barrier = '(random() * 0)::INTEGER'

/** Every column that joins two files has to be there; a fault beforehand says which is not. */
function checkJoins(name: EntityName, spec: EntitySpec, mapping: Mapping, source: SourceSql): void {
  for (const [alias, join] of Object.entries(spec.join ?? {})) {
    for (const [here, there] of Object.entries(join.on)) {
      const sides = [
        [spec.from, here],
        [join.file, there],
      ] as const
      for (const [role, column] of sides) {
        if (!source.has(role) || source.isDocument(role) || source.columns(role).includes(column)) continue
        const reason = `no file has the column "${column}"; ${role} has ${source.columns(role).join(', ')}`
        throw mapping.fault(['entities', name, 'join', alias, 'on', here], reason)
      }
    }
  }
}

/** Several records make one row: each field is combined over the records that are sound; problems stay per record. */
function groupSql(name: EntityName, fields: CompiledField[], spec: EntitySpec, body: string): string {
  const keys = entities[name].naturalKey
  const combined = fields.map(({ column }) => {
    const field = quoteName(column.name)
    if (keys.includes(column.name)) return field
    const value = spec.fields[column.name]
    const how = (value === undefined ? undefined : longForm(value).combine) ?? 'first'
    if (how === 'first') return `arg_min(${field}, __order) AS ${field}`
    if (how === 'last') return `arg_max(${field}, __order) AS ${field}`
    // In file order: a sum of fractions depends on it, and a rebuild must give the same.
    const order = how === 'sum' && column.type === 'DOUBLE' ? ' ORDER BY __order' : ''
    return `${how}(${field}${order})::${column.type} AS ${field}`
  })
  return `
    SELECT arg_min(__file, __order) AS __file, arg_min(__row, __order) AS __row, min(__order) AS __order,
      ${combined.join(', ')}, list_sort(list_distinct(flatten(list(flags)))) AS flags, NULL::INTEGER AS __problem
    FROM (${body}) AS records
    WHERE __problem IS NULL AND (__file, __row) NOT IN (SELECT (file_no, row_number) FROM temp.load_bad)
    GROUP BY ${keys.map(quoteName).join(', ')}`
}

/** Turns a mapping's words for a field into the SQL of its text. */
class FieldReader {
  /** SQL of the row's currency as `__currency`, with a leading comma, or nothing. */
  currencySql = ''
  /** SQL of the destination's zone as `__zone`, with a leading comma. Apart: TRY takes no subquery. */
  zoneSql = ''
  readonly #name: EntityName
  readonly #spec: EntitySpec
  readonly #mapping: Mapping
  readonly #source: SourceSql
  readonly #needed: Map<string, Set<string>>

  constructor(
    name: EntityName,
    spec: EntitySpec,
    mapping: Mapping,
    source: SourceSql,
    needed: Map<string, Set<string>>,
  ) {
    this.#name = name
    this.#spec = spec
    this.#mapping = mapping
    this.#source = source
    this.#needed = needed
  }

  /** SQL of a field's text: trimmed, words for "nothing" taken as null; null when no file has its column. */
  text(column: { name: string }, spec: FieldSpec): string | null {
    const nulls = [
      '',
      ...(this.#mapping.file.nulls ?? []),
      ...(this.#fileNulls() ?? []),
      ...(spec.nulls ?? []),
    ]
    const clean = ({ sql, isClean }: { sql: string | null; isClean?: boolean }) => {
      const trimmed = isClean === true ? sql : `trim(${sql})`
      if (nulls.length > 1)
        return `CASE WHEN ${trimmed} NOT IN (${nulls.map(quoteText).join(', ')}) THEN ${trimmed} END`
      return isClean === true ? `${sql}` : `nullif(${trimmed}, '')`
    }
    const text = this.#given(column.name, spec, clean)
    if (spec.default === undefined) return text
    const other = quoteText(String(spec.default))
    return text === null ? other : `coalesce(${text}, ${other})`
  }

  #given(field: string, spec: FieldSpec, clean: (found: FoundColumn) => string): string | null {
    if (spec.value !== undefined) return quoteText(String(spec.value))
    if (spec.expr !== undefined) return clean({ sql: `TRY(${spec.expr}\n)::VARCHAR` })
    const names = spec.firstOf ?? [spec.column ?? '']
    const cells = names
      .map((name) => this.#column(field, name))
      .filter((found) => found.sql !== null)
      .map(clean)
    return cells.length < 2 ? (cells[0] ?? null) : `coalesce(${cells.join(', ')})`
  }

  #column(field: string, name: string): FoundColumn {
    const found = this.#source.column(name, this.#spec)
    if (found === null) {
      const known = this.#source.columns(this.#spec.from).join(', ')
      throw this.#fault(field, `no file has the column "${name}"; ${this.#spec.from} has ${known}`)
    }
    if (found.join !== undefined && found.column !== undefined) {
      const set = this.#needed.get(found.join) ?? new Set()
      this.#needed.set(found.join, set.add(found.column))
    }
    return found
  }

  #fileNulls(): string[] | undefined {
    return this.#mapping.file.files[this.#spec.from]?.nulls
  }

  #fault(field: string, reason: string): Error {
    return this.#mapping.fault(['entities', this.#name, 'fields', field], reason)
  }
}

function surroundings(name: EntityName, reader: FieldReader, mapping: Mapping): FieldSurroundings {
  const spec = mapping.file.entities[name]
  const text = (field: string) => {
    const given = spec?.fields[field]
    const isThere = given !== undefined && reader.text({ name: field }, longForm(given)) !== null
    return isThere ? textName(field) : 'NULL::VARCHAR'
  }
  const currency = spec?.currency ?? spec?.fields.currency
  const zone = destinationZoneSql(text('ship_to_time_zone'), text('ship_to_country'), text('ship_to_region'))
  reader.zoneSql = `, ${zone} AS __zone`
  const base = { timeZone: mapping.file.timeZone ?? null, destinationZone: '__zone' }
  const long = currency === undefined ? {} : longForm(currency)
  const constant = long.value ?? long.default ?? mapping.currency ?? 'USD'
  const { default: _, ...withoutDefault } = long
  const source = currency === undefined ? null : reader.text({ name: 'currency' }, withoutDefault)
  const given = source === null ? null : mapSql(source, long, { type: 'VARCHAR' })
  if (given === null || long.value !== undefined)
    return { ...base, currency: { code: String(constant).toUpperCase() } }
  reader.currencySql = `, upper(coalesce(${given}, ${quoteText(String(constant))})) AS __currency`
  const odd = allCurrencies().filter((code) => minorUnitsOf(code) !== 100)
  const cases = [1, 1000].map((per) => {
    const codes = odd.filter((code) => minorUnitsOf(code) === per).map(quoteText)
    return `WHEN __currency IN (${codes.join(', ')}) THEN ${per}`
  })
  return { ...base, currency: { sql: `CASE ${cases.join(' ')} ELSE 100 END` } }
}
