// Rows as CSV text, as RFC 4180 says. Values that a spreadsheet would run as a formula are kept as text.

/** CSV of the rows, with a header. */
export function csvOf(
  columns: readonly { name: string }[],
  rows: readonly Record<string, unknown>[],
): string {
  const lines = [
    columns.map(({ name }) => field(name)),
    ...rows.map((row) => columns.map(({ name }) => field(row[name]))),
  ]
  return lines.map((cells) => `${cells.join(',')}\r\n`).join('')
}

function field(value: unknown): string {
  if (value === null || value === undefined) return ''
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  const isFormula = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) && !isNumber(text)
  const safe = isFormula ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

function isNumber(text: string): boolean {
  return /^[-+]?\d+(\.\d+)?(e[-+]?\d+)?$/i.test(text)
}
