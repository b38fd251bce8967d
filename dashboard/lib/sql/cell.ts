// A value of an answer to SQL as text in a table. Pure.

const numeric = /INT|DOUBLE|FLOAT|DECIMAL|REAL/

/** Whether values of this DuckDB type are set to the right. */
export function isNumeric(type: string): boolean {
  return numeric.test(type) && !type.endsWith(']')
}

/** The value as text; null where there is none. */
export function cellText(value: unknown, type: string): string | null {
  if (value === null || value === undefined) return null
  if (typeof value === 'object') return JSON.stringify(value)
  if (typeof value === 'number' && isNumeric(type) && !Number.isInteger(value)) {
    return String(Number(value.toPrecision(8)))
  }
  return String(value)
}
