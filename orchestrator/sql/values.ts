// Query values as JSON: numbers where a double holds them exactly, text otherwise. It rounds nothing.

import {
  DuckDBTypeId,
  type DuckDBValueConverter,
  type Json,
  JsonDuckDBValueConverter,
} from '@duckdb/node-api'

const whole = new Set([
  DuckDBTypeId.BIGINT,
  DuckDBTypeId.UBIGINT,
  DuckDBTypeId.HUGEINT,
  DuckDBTypeId.UHUGEINT,
])

/** Decimal digits every double keeps. */
const safeDigits = 15

/** Turns a DuckDB value into JSON: whole numbers within 2^53 and decimals of up to 15 digits become numbers. */
export const jsonValue: DuckDBValueConverter<Json> = (value, type, converter) => {
  if (value === null) return null
  if (whole.has(type.typeId)) {
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : String(value)
  }
  if (type.typeId === DuckDBTypeId.DECIMAL) {
    const text = String(value)
    return text.replace(/\D/g, '').replace(/^0+/, '').length <= safeDigits ? Number(text) : text
  }
  return JsonDuckDBValueConverter(value, type, converter)
}
