// Units and how they are said: money in cents, mass in grams, times in ms. Conversions only, no rounding by surprise.

/** Minor units in one major unit, by ISO 4217 code; currencies not listed have 100. */
const minorUnits: Record<string, number> = {
  BHD: 1000,
  BIF: 1,
  CLP: 1,
  DJF: 1,
  GNF: 1,
  IQD: 1000,
  ISK: 1,
  JOD: 1000,
  JPY: 1,
  KMF: 1,
  KRW: 1,
  KWD: 1000,
  LYD: 1000,
  OMR: 1000,
  PYG: 1,
  RWF: 1,
  TND: 1000,
  UGX: 1,
  UYI: 1,
  VND: 1,
  VUV: 1,
  XAF: 1,
  XOF: 1,
  XPF: 1,
}

const knownCurrencies = new Set(Intl.supportedValuesOf('currency'))

/** Whether this is an ISO 4217 code, upper case. */
export function isCurrency(code: string): boolean {
  return knownCurrencies.has(code)
}

/** How many minor units ("cents") one unit of the currency has: 100 for USD, 1 for JPY, 1000 for KWD. */
export function minorUnitsOf(currency: string): number {
  return minorUnits[currency] ?? 100
}

/** All ISO 4217 codes this runtime knows. */
export function currencies(): string[] {
  return [...knownCurrencies]
}

/** Grams in one of the unit. */
export const gramsPer = { g: 1, kg: 1000, oz: 28.349523125, lb: 453.59237 } as const

/** Millimetres in one of the unit. */
export const millimetresPer = { mm: 1, cm: 10, m: 1000, in: 25.4, ft: 304.8 } as const

/** Whether this is an IANA time zone this runtime knows. */
export function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

/** `1,234.5 MB`-like text for a number of bytes. */
export function showBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let step = 0
  while (bytes >= 1000 && step < units.length - 1) {
    bytes /= 1000
    step++
  }
  return `${bytes.toLocaleString('en', { maximumFractionDigits: step === 0 ? 0 : 1 })} ${units[step]}`
}

/** A number with thousands separators. */
export function showCount(count: number): string {
  return count.toLocaleString('en')
}

/** Money in minor units as text: `1,093,264.35 BRL`. */
export function showMoney(cents: number, currency: string): string {
  const per = minorUnitsOf(currency)
  const digits = Math.round(Math.log10(per))
  return `${amountFormat(digits).format(cents / per)} ${currency}`
}

const amountFormats = new Map<number, Intl.NumberFormat>()

/** Made once for each number of digits: to make one costs a hundred times more than to use it. */
function amountFormat(digits: number): Intl.NumberFormat {
  const known = amountFormats.get(digits)
  if (known !== undefined) return known
  const made = new Intl.NumberFormat('en', { minimumFractionDigits: digits, maximumFractionDigits: digits })
  amountFormats.set(digits, made)
  return made
}
