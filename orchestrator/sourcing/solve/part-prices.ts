// What one part of an order costs in prices, and whether it fits into what is left. It looks at no other part.

import { exceeds, type OrderTable } from './columns.ts'

/** What a part takes of what has a price. */
export function priceOf(
  prices: Float64Array,
  table: OrderTable,
  j: number,
  units: readonly number[],
  lines: number,
  unitCount: number,
): number {
  let price = 0
  const end = table.useStart[j + 1] as number
  for (let k = table.useStart[j] as number; k < end; k++) {
    const each = prices[table.useRow[k] as number] as number
    if (each === 0) continue
    price +=
      each *
      ((table.useEach[k] as number) +
        (table.usePerLine[k] as number) * lines +
        (table.usePerUnit[k] as number) * unitCount)
  }
  const at = j * units.length
  for (let i = 0; i < units.length; i++) {
    const row = table.lineRow[at + i] as number
    if (row >= 0) price += (prices[row] as number) * (units[i] as number)
  }
  return price
}

/** Whether a part fits into what is left. */
export function isLeft(
  left: Float64Array,
  table: OrderTable,
  j: number,
  units: readonly number[],
  lines: number,
  unitCount: number,
): boolean {
  const at = j * units.length
  for (let i = 0; i < units.length; i++) {
    const row = table.lineRow[at + i] as number
    if (row >= 0 && (units[i] as number) > (left[row] as number)) return false
  }
  return !exceeds(left, table, j, lines, unitCount)
}
