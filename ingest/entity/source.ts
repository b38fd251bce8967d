// The SQL of where an entity's rows come from: landed files of a role, their records, joined files.

import { quoteName, quoteText } from '#data/kernel'
import { landedPaths, type Manifest } from '../files/lake.ts'
import type { EntitySpec, FileSpec } from '../mapping/schema.ts'

/** A landed file as a load uses it. */
export type LandedFile = Pick<
  Manifest,
  'fileId' | 'role' | 'path' | 'records' | 'rejected' | 'columns' | 'shape' | 'isTrimmed'
>

/** A landed file with the number that rows know it by. */
export type NumberedFile = LandedFile & { fileNo: number }

/** The landed files of a load by role. */
export type LandedFiles = Record<string, NumberedFile[]>

/** Where a column was found. */
export interface FoundColumn {
  /** Null when it is optional and not there. */
  sql: string | null
  /** Whether it is trimmed and null where empty already. */
  isClean?: boolean
  join?: string
  column?: string
}

/** Makes the SQL of relations over landed files. */
export class SourceSql {
  readonly #lake: string
  readonly #provider: string
  readonly #files: LandedFiles
  readonly #specs: Record<string, FileSpec>

  constructor(lake: string, provider: string, files: LandedFiles, specs: Record<string, FileSpec>) {
    this.#lake = lake
    this.#provider = provider
    this.#files = files
    this.#specs = specs
  }

  /** Whether the role has a file in this load. */
  has(role: string): boolean {
    return (this.#files[role]?.length ?? 0) > 0
  }

  /** Whether records of the role are JSON documents. */
  isDocument(role: string): boolean {
    const columns = this.columns(role)
    return columns.length === 1 && columns[0] === 'document'
  }

  /** Columns the files of a role have, all together. */
  columns(role: string): string[] {
    return [...new Set((this.#files[role] ?? []).flatMap((file) => file.columns))]
  }

  /**
   * All records of a role: `__file`, `__row` (place among the landed), `__order` (over all files), its columns,
   * trimmed, null where empty. Cells that need no trimming are left alone: DuckDB then passes on their dictionaries.
   * @param among SQL table of `file_no, row_number`: the records that are taken, all where none is given
   */
  records(role: string, among?: string): string {
    const columns = this.columns(role)
    const parts = (this.#files[role] ?? []).map((file, i) => {
      const { data } = landedPaths(this.#lake, this.#provider, file.fileId)
      const cells = columns.map((name) => {
        const cell = quoteName(name)
        if (!file.columns.includes(name)) return `NULL::VARCHAR AS ${cell}`
        if (this.isDocument(role)) return this.#document(cell)
        return file.isTrimmed ? cell : `nullif(trim(${cell}), '') AS ${cell}`
      })
      const order = `${i * 2 ** 40} + file_row_number AS __order`
      const places = `${file.fileNo} AS __file, file_row_number + 1 AS __row, ${order}`
      const taken = `SELECT row_number - 1 FROM ${among} WHERE file_no = ${file.fileNo}`
      return `SELECT ${[places, ...cells].join(', ')}
        FROM read_parquet(${quoteText(data)}, file_row_number = true)
        ${among === undefined ? '' : `WHERE file_row_number IN (${taken})`}`
    })
    return parts.join('\nUNION ALL\n')
  }

  #document(cell: string): string {
    return `CASE WHEN json_valid(${cell}) THEN ${cell}::JSON END AS document`
  }

  /**
   * The relation of an entity: its records, unnested where it says `each`, with its joined files.
   * @param among as for `records`
   */
  relation(spec: EntitySpec, needed: Map<string, Set<string>>, among?: string): string {
    const each =
      spec.each === undefined
        ? ''
        : `, unnest(CASE WHEN b.document IS NULL THEN [NULL::JSON]
            ELSE json_extract(b.document, ${quoteText(listPath(spec.each))}) END) AS e(element)`
    const joins = Object.entries(spec.join ?? {}).map(([alias, join]) => {
      const on = Object.entries(join.on).map(
        ([here, there]) =>
          `trim(${this.#cell('b', here, spec.from)}) = ${quoteName(alias)}.${quoteName(`__on_${there}`)}`,
      )
      const partner = this.#joined(join, needed.get(alias) ?? new Set())
      return `LEFT JOIN (${partner}) AS ${quoteName(alias)} ON ${on.join(' AND ')}`
    })
    return `(${this.records(spec.from, among)}) AS b${each}\n${joins.join('\n')}`
  }

  #joined(join: NonNullable<EntitySpec['join']>[string], needed: Set<string>): string {
    const keys = Object.values(join.on)
    const taken = Object.entries(join.take ?? {}).map(([name, expr]) => `${expr} AS ${quoteName(name)}`)
    if (!this.has(join.file)) {
      const names = [...keys.map((key) => `__on_${key}`), ...Object.keys(join.take ?? {}), ...needed]
      return `SELECT ${[...new Set(names)].map((name) => `NULL::VARCHAR AS ${quoteName(name)}`).join(', ')} WHERE false`
    }
    const plain = (join.take === undefined ? [...needed] : []).map(
      (name) => `arg_min(${this.#cell('r', name, join.file)}, __order) AS ${quoteName(name)}`,
    )
    const on = keys.map((key) => `trim(${this.#cell('r', key, join.file)}) AS ${quoteName(`__on_${key}`)}`)
    return `SELECT ${[...on, ...plain, ...taken].join(', ')} FROM (${this.records(join.file)}) AS r
      GROUP BY ${keys.map((_, i) => i + 1).join(', ')}`
  }

  #cell(alias: string, name: string, role: string): string {
    return this.isDocument(role)
      ? `json_extract_string(${alias}.document, ${quoteText(jsonPath(name))})`
      : `${alias}.${quoteName(name)}`
  }

  /**
   * The SQL of a column as a mapping names it, and which join it needs.
   * @returns null when no such column exists; `sql` null when it is optional and not there
   */
  column(name: string, spec: EntitySpec): FoundColumn | null {
    const columns = this.columns(spec.from)
    if (this.isDocument(spec.from)) {
      const joined = this.#joinedColumn(name, spec)
      if (joined !== null) return joined
      const inElement = spec.each !== undefined && !name.startsWith('$')
      const path = quoteText(jsonPath(name.replace(/^@/, '$')))
      return { sql: `json_extract_string(${inElement ? 'e.element' : 'b.document'}, ${path})` }
    }
    if (columns.includes(name)) return { sql: `b.${quoteName(name)}`, isClean: true }
    const joined = this.#joinedColumn(name, spec)
    if (joined !== null) return joined
    const inside = this.#insideCell(name, columns)
    if (inside !== null) return { sql: inside }
    return this.#specs[spec.from]?.optional?.includes(name) ? { sql: null } : null
  }

  /** A value inside a cell that is JSON, as nested columns of Parquet are: `address.city`. */
  #insideCell(name: string, columns: string[]): string | null {
    const dot = name.indexOf('.')
    const head = name.slice(0, dot)
    if (dot < 1 || !columns.includes(head)) return null
    return `TRY(json_extract_string(b.${quoteName(head)}, ${quoteText(jsonPath(name.slice(dot + 1)))}))`
  }

  #joinedColumn(name: string, spec: EntitySpec) {
    const dot = name.indexOf('.')
    const alias = name.slice(0, dot)
    const column = name.slice(dot + 1)
    const join = spec.join?.[alias]
    if (dot < 1 || join === undefined) return null
    const found = { sql: `${quoteName(alias)}.${quoteName(column)}::VARCHAR`, join: alias, column }
    if (join.take !== undefined) return Object.hasOwn(join.take, column) ? found : null
    if (!this.has(join.file) || this.isDocument(join.file)) return found
    if (this.columns(join.file).includes(column)) return found
    return this.#specs[join.file]?.optional?.includes(column) ? { sql: null } : null
  }

  /** Columns of joined files that the SQL expressions of an entity name as `alias.column`, by alias. */
  joinedNames(spec: EntitySpec): Map<string, Set<string>> {
    const exprs = Object.values(spec.fields).map((field) =>
      typeof field === 'string' ? '' : (field.expr ?? ''),
    )
    const text = [spec.where ?? '', ...exprs].join('\n')
    const names = Object.entries(spec.join ?? {}).map(([alias, join]) => {
      const found = [...text.matchAll(new RegExp(`\\b${alias}\\.(?:"([^"]+)"|(\\w+))`, 'gi'))]
      const columns = found.map((match) => match[1] ?? match[2] ?? '')
      const isFree = !this.has(join.file) || this.isDocument(join.file)
      const known = columns.filter((column) => isFree || this.columns(join.file).includes(column))
      return [alias, new Set(join.take === undefined ? known : [])] as const
    })
    return new Map(names)
  }
}

/** `a.b` and `$.a.b` -> `$.a.b[*]`: the members of a list; a path with `*` stays as it is. */
export function listPath(name: string): string {
  const path = jsonPath(name.replace(/^@/, '$'))
  return path.includes('*') ? path : `${path}[*]`
}

/** `a.b` -> `$.a.b`; paths stay as they are. */
function jsonPath(name: string): string {
  return name.startsWith('$') ? name : `$.${name}`
}
