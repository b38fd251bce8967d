// What the vault asks of the store its tables lie in, so that one set of statements serves every store. Shapes only.

/** A row, by the names of its columns. */
export type Row = Record<string, unknown>

/** Tables of the vault in some store. `$1`, `$2`, ... stand for values; every statement is durable by itself. */
export interface VaultTables {
  /** What stands before the name of a table. */
  readonly schema: '' | 'detour.'
  /** Column that grows with every row that is made. */
  readonly order: 'rowid' | 'made'
  /**
   * Rows that a statement gives.
   * @throws VAULT_UNAVAILABLE
   */
  rows(sql: string, values?: readonly (string | number | null)[]): Promise<Row[]>
  /**
   * How many rows a statement changed.
   * @throws VAULT_UNAVAILABLE also where it may or may not have been carried out
   */
  change(sql: string, values?: readonly (string | number | null)[]): Promise<number>
  close(): Promise<void>
}
