// The SQL of one field: its text in the source, its typed value, and the tests that send a record to quarantine.

import type { Column } from '#data/contracts'
import { currencies, gramsPer, millimetresPer, minorUnitsOf, quoteName, quoteText } from '#data/kernel'
import type { FieldSpec } from '../mapping/schema.ts'

/** Why a value cannot stand, as SQL. */
export interface ProblemTest {
  field: string
  code: string
  /** SQL condition */
  test: string
  /** SQL text of the reason */
  reason: string
}

/** A field ready to be built into a query. */
export interface CompiledField {
  column: Column
  /** SQL over the source's columns; null when the mapping does not give the field. */
  text: string | null
  /** SQL over `t_<field>` texts. */
  value: string
  problems: ProblemTest[]
  /** Name and SQL of a flag the field can raise itself. */
  flag: { name: string; test: string } | null
}

/** What a field's SQL depends on beside itself. */
export interface FieldSurroundings {
  /** Zone the mapping declares, null when it declares none. */
  timeZone: string | null
  /** SQL of the destination's zone. */
  destinationZone: string
  /** Currency of the mapping, or SQL of the row's currency. */
  currency: { code: string } | { sql: string }
}

/** SQL name of a field's text. */
export function textName(column: string): string {
  return quoteName(`t_${column}`)
}

/** Whole numbers go up to a million millions: millions of them can be added without leaving 64 bits. */
const largest = 1_000_000_000_000

/** Days are kept until their end in these fields. */
const promises = new Set(['promised_at', 'ship_by'])
const atLeastOne = new Set(['quantity', 'attempt'])
const anySign = new Set(['on_hand', 'delta', 'loss_cents', 'latitude', 'longitude'])
const dayOnly = "'^\\d{4}[-/]\\d{1,2}[-/]\\d{1,2}$'"
/** What a strptime format says about the time of day, and about an offset or zone. */
const timeOfDay = /%-?[HIMSpfgncXT]/
const offsetOrZone = /%[zZ]/
const withOffset = "':[0-9.]+ ?([Zz]|[+-][0-9]{2}(:?[0-9]{2})?)$'"

/** The compiled field of a column from its mapping. */
export function compileField(
  column: Column,
  text: string | null,
  spec: FieldSpec,
  around: FieldSurroundings,
): CompiledField {
  const t = textName(column.name)
  const typed = text === null ? `NULL::${column.type}` : valueSql(column, t, spec, around)
  const isLenient = spec.unreadable === 'empty'
  const name = quoteName(column.name)
  const problems: ProblemTest[] = []
  const add = (code: string, test: string, reason: string) =>
    problems.push({ field: column.name, code, test, reason })
  const isAsGiven = column.type === 'VARCHAR' && column.words === null && spec.map === undefined
  if (text !== null && !isLenient && !isAsGiven && spec.otherwise !== 'empty') {
    const [code, what] = unreadable(column)
    add(
      code,
      isPlainWord(column, spec)
        ? `${name} NOT IN (${(column.words ?? []).map(quoteText).join(', ')})`
        : `${t} IS NOT NULL AND ${name} IS NULL`,
      `'"' || left(${t}, 200) || '" ${what.replaceAll("'", "''")}'`,
    )
  }
  if (!column.nullable) add('value_missing', `${name} IS NULL`, `'the value is missing'`)
  const range = rangeTest(column, name)
  if (range !== null && text !== null)
    add(range.code, range.test, `'"' || left(${t}, 200) || '" ${range.what}'`)
  if (column.type === 'BIGINT' && text !== null) {
    add(
      'number_out_of_range',
      `${name} NOT BETWEEN -${largest} AND ${largest}`,
      `'"' || left(${t}, 200) || '" is larger than ${largest}'`,
    )
  }
  const flag = isLenient
    ? { name: `${column.name}_unreadable`, test: `${t} IS NOT NULL AND ${name} IS NULL` }
    : null
  return { column, text, value: typed, problems, flag }
}

/** A listed word that is taken as it stands: a call of one function keeps DuckDB's dictionary, a CASE would not. */
function isPlainWord(column: Column, spec: FieldSpec): boolean {
  return column.words !== null && spec.map === undefined && spec.unreadable === undefined
}

function unreadable(column: Column): [string, string] {
  if (column.words !== null)
    return ['value_unknown', `is not one of ${column.words.join(', ')}: add it to "map"`]
  if (column.type === 'TIMESTAMP WITH TIME ZONE')
    return ['date_invalid', 'is not a date or time that can be read']
  if (column.type === 'BOOLEAN') return ['value_unknown', 'is neither true nor false']
  if (column.type === 'BIGINT' && !column.name.endsWith('_cents'))
    return ['number_invalid', 'is not a whole number']
  if (column.type === 'VARCHAR') return ['value_unknown', 'is not in "map"']
  return ['number_invalid', 'is not a number']
}

function rangeTest(column: Column, name: string): { code: string; test: string; what: string } | null {
  if (column.type === 'TIMESTAMP WITH TIME ZONE') {
    const test = `${name} NOT BETWEEN '1970-01-01 00:00:00+00'::TIMESTAMPTZ AND '2200-01-01 00:00:00+00'::TIMESTAMPTZ`
    return { code: 'date_implausible', test, what: 'is not between 1970 and 2200' }
  }
  if (column.name === 'latitude') {
    return { code: 'number_out_of_range', test: `abs(${name}) > 90`, what: 'is not a latitude' }
  }
  if (column.name === 'longitude') {
    return { code: 'number_out_of_range', test: `abs(${name}) > 180`, what: 'is not a longitude' }
  }
  if (column.name === 'currency') {
    return {
      code: 'currency_unknown',
      test: `${name} NOT IN (${currencies().map(quoteText).join(', ')})`,
      what: 'is not an ISO 4217 currency',
    }
  }
  if (column.name.endsWith('time_zone')) {
    return {
      code: 'time_zone_unknown',
      test: `${name} NOT IN (SELECT name FROM pg_timezone_names())`,
      what: 'is not an IANA time zone',
    }
  }
  if (column.type !== 'BIGINT' && column.type !== 'DOUBLE') return null
  if (anySign.has(column.name)) return null
  return atLeastOne.has(column.name)
    ? { code: 'number_out_of_range', test: `${name} < 1`, what: 'is less than 1' }
    : { code: 'number_out_of_range', test: `${name} < 0`, what: 'is negative' }
}

function valueSql(column: Column, t: string, spec: FieldSpec, around: FieldSurroundings): string {
  const mapped = mapSql(t, spec, column)
  if (column.words !== null) {
    const words = column.words.map(quoteText).join(', ')
    if (isPlainWord(column, spec)) return `lower(${t})`
    const word = spec.map === undefined ? `lower(${t})` : mapped
    return `CASE WHEN ${word} IN (${words}) THEN ${word} END`
  }
  switch (column.type) {
    case 'VARCHAR':
      return column.name === 'currency' ? `upper(${mapped})` : mapped
    case 'TIMESTAMP WITH TIME ZONE':
      return instantSql(column, mapped, spec, around)
    case 'BOOLEAN':
      return `CASE lower(${mapped}) WHEN 'true' THEN true WHEN 'false' THEN false WHEN '1' THEN true WHEN '0' THEN false
        WHEN 'yes' THEN true WHEN 'no' THEN false WHEN 'y' THEN true WHEN 'n' THEN false
        WHEN 't' THEN true WHEN 'f' THEN false END`
    case 'DOUBLE':
      return doubleSql(column, mapped, spec)
    default:
      return column.name.endsWith('_cents') ? centsSql(mapped, spec, around) : wholeSql(mapped, spec)
  }
}

/** A field's text after its `map`. */
export function mapSql(t: string, spec: FieldSpec, column: Pick<Column, 'type'>): string {
  if (spec.map === undefined) return t
  const cases = Object.entries(spec.map).map(
    ([from, to]) => `WHEN ${quoteText(from)} THEN ${quoteText(String(to))}`,
  )
  const keeps = spec.otherwise === 'keep' || (column.type !== 'VARCHAR' && spec.otherwise === undefined)
  return `CASE ${t} ${cases.join(' ')} ELSE ${keeps ? t : 'NULL'} END`
}

function instantSql(column: Column, t: string, spec: FieldSpec, around: FieldSurroundings): string {
  const isPromise = promises.has(column.name)
  const declared = spec.timeZone ?? around.timeZone
  const zone = declared === null ? (isPromise ? around.destinationZone : `'UTC'`) : quoteText(declared)
  const formats = typeof spec.format === 'string' ? [spec.format] : spec.format
  if (formats !== undefined) {
    const each = formats.map((format) => {
      const isDay = spec.endOf === 'day' || (isPromise && !timeOfDay.test(format))
      return formattedSql(t, format, zone, isDay)
    })
    return each.length === 1 ? (each[0] ?? 'NULL') : `coalesce(${each.join(', ')})`
  }
  const local = `try_cast(${t} AS TIMESTAMP)`
  const exact =
    zone === `'UTC'`
      ? offsetSql(t)
      : `CASE WHEN regexp_matches(${t}, ${withOffset}) THEN ${offsetSql(t)}
          ELSE ${placedSql(local, zone)} END`
  if (spec.endOf === 'day') return dayEndSql(offsetSql(t, 'TIMESTAMP'), zone)
  if (!isPromise) return exact
  return `CASE WHEN regexp_matches(${t}, ${dayOnly}) THEN ${dayEndSql(local, zone)} ELSE ${exact} END`
}

/** An ISO time with an offset; DuckDB wants seconds before it and no blank, people do not. */
function offsetSql(t: string, type: 'TIMESTAMP' | 'TIMESTAMPTZ' = 'TIMESTAMPTZ'): string {
  const joined = `regexp_replace(${t}, ' ([Zz]|[+-][0-9:]{2,6})$', '\\1')`
  const whole = `regexp_replace(${joined}, '([T ][0-9]{1,2}:[0-9]{2})([Zz+-][0-9:]*)$', '\\1:00\\2')`
  return `coalesce(try_cast(${t} AS ${type}), try_cast(${whole} AS ${type}))`
}

/** A text read by one strptime format; a format with an offset or zone gives an instant by itself. */
function formattedSql(t: string, format: string, zone: string, isDay: boolean): string {
  const parsed = `try_strptime(${t}, ${quoteText(format)})`
  const isPlaced = offsetOrZone.test(format)
  if (isDay) return dayEndSql(isPlaced ? `timezone(${zone}, ${parsed})` : parsed, zone)
  return isPlaced ? parsed : placedSql(parsed, zone)
}

/** The instant of a wall-clock time in a zone. */
function placedSql(local: string, zone: string): string {
  return zone === `'UTC'` ? `${local}::TIMESTAMPTZ` : `TRY(timezone(${zone}, ${local}))`
}

/** The last instant of a wall-clock time's day in a zone. */
function dayEndSql(local: string, zone: string): string {
  return `TRY(timezone(${zone}, (${local}::DATE + 1)::TIMESTAMP)) - INTERVAL 1 MICROSECOND`
}

/** Text of a number with a decimal point; thousands separators only where they stand in threes. */
function plainNumber(t: string, type: string, spec: FieldSpec): string {
  if (spec.decimal === ',') {
    return `try_cast(CASE WHEN regexp_matches(${t}, '^-?\\d{1,3}(\\.\\d{3})*(,\\d+)?$') OR NOT contains(${t}, '.')
      THEN replace(replace(${t}, '.', ''), ',', '.') END AS ${type})`
  }
  return `coalesce(try_cast(${t} AS ${type}), CASE WHEN regexp_matches(${t}, '^-?\\d{1,3}(,\\d{3})+(\\.\\d+)?$')
    THEN try_cast(replace(${t}, ',', '') AS ${type}) END)`
}

function centsSql(t: string, spec: FieldSpec, around: FieldSurroundings): string {
  if (spec.unit === 'minor') return wholeSql(t, spec)
  if ('sql' in around.currency) {
    return `(${plainNumber(t, 'DECIMAL(14,4)', spec)} * (${around.currency.sql})::DECIMAL(4,0))::BIGINT`
  }
  const per = minorUnitsOf(around.currency.code)
  const digits = String(per).length
  const amount = plainNumber(t, `DECIMAL(${18 - digits},${digits - 1})`, spec)
  return `(${amount} * ${per}::DECIMAL(${digits},0))::BIGINT`
}

function wholeSql(t: string, spec: FieldSpec): string {
  const number = plainNumber(t, 'DECIMAL(18,3)', spec)
  return `CASE WHEN contains(${t}, '.') OR contains(${t}, ',') OR contains(${t}, 'e')
    THEN CASE WHEN ${number} = trunc(${number}) THEN ${number}::BIGINT END ELSE try_cast(${t} AS BIGINT) END`
}

function doubleSql(column: Column, t: string, spec: FieldSpec): string {
  const units: Record<string, number> | null = column.name.endsWith('_g')
    ? gramsPer
    : column.name.endsWith('_mm')
      ? millimetresPer
      : null
  const factor = spec.unit === undefined ? 1 : (units?.[spec.unit] ?? 1)
  const value = plainNumber(t, 'DOUBLE', spec)
  return `CASE WHEN isfinite(${value}) THEN ${value}${factor === 1 ? '' : ` * ${factor}`} END`
}

/** Units a column can be given in; empty when it has none. */
export function unitsOf(column: Column): string[] {
  if (column.name.endsWith('_cents')) return ['major', 'minor']
  if (column.name.endsWith('_g')) return Object.keys(gramsPer)
  return column.name.endsWith('_mm') ? Object.keys(millimetresPer) : []
}
