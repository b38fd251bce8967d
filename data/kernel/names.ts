// The one place where TypeScript's camelCase and SQL's snake_case meet.

/** `placedAt` -> `placed_at`. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** `placed_at` -> `placedAt`. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())
}

/** A row with snake_case columns as an object with camelCase fields. */
export function camelRow<T>(row: Record<string, unknown>): T {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [camelCase(name), value])) as T
}

/** An SQL identifier in double quotes, whatever it contains. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** An SQL text literal in single quotes, whatever it contains (NUL cut out: DuckDB has no such text). */
export function quoteText(text: string): string {
  return `'${text.replaceAll('\0', '').replaceAll("'", "''")}'`
}
