// Finds numbers that cannot be amounts in what a person tells. Pure.

/** Fields that may be below zero. */
const signed: ReadonlySet<string> = new Set(['latitude', 'longitude'])
const degrees: Readonly<Record<string, number>> = { latitude: 90, longitude: 180 }

/** A number that is not finite, below zero where that means nothing, or no place on earth; null = all are right. */
export function oddNumber(value: unknown, field = ''): { field: string; value: string } | null {
  if (typeof value === 'number') {
    const name = field.slice(field.lastIndexOf('.') + 1)
    const isOdd =
      !Number.isFinite(value) || (signed.has(name) ? Math.abs(value) > (degrees[name] ?? 0) : value < 0)
    return isOdd ? { field, value: String(value) } : null
  }
  if (typeof value !== 'object' || value === null) return null
  for (const [name, inner] of Object.entries(value)) {
    const odd = oddNumber(inner, field === '' ? name : `${field}.${name}`)
    if (odd !== null) return odd
  }
  return null
}
