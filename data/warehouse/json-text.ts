// JSON as DuckDB reads it. It changes nothing but what no reader of JSON would take.

/** The value as JSON text; half of a surrogate pair, which DuckDB refuses, becomes U+FFFD. */
export function jsonText(value: unknown): string {
  const text = JSON.stringify(value)
  if (!/\\ud[89a-f]/.test(text)) return text
  // JSON.stringify writes whole pairs as they are, so an escaped half is always alone
  return text.replace(/\\(?:u[0-9a-f]{4}|[^u])/g, (found) => (/^\\ud[89a-f]/.test(found) ? '\ufffd' : found))
}
